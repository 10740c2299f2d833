/**
 * Results in a folder: one file of lines per environment or task, added to as runs end. A process that dies while it writes costs the line that it wrote.
 */
import type { RunStorage } from '../run/storage.ts';
import { type RunResult, readResults, writeResult } from './result.ts';

/** The ending of files of results. */
export const resultsEnding = '.jsonl';

/** `CartPole-v1.jsonl`: the file that a result belongs in. */
export function resultsFile(target: string): string {
  return `${target.replace(/[^\w.-]+/g, '-')}${resultsEnding}`;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `CartPole-v1.part-0123456789abcdef.jsonl`: the file of one result alone, which nobody else writes. */
function partFile({ target, identity }: RunResult): string {
  return resultsFile(target).replace(resultsEnding, `.part-${identity.slice(0, 16)}${resultsEnding}`);
}
const isPart = (name: string): boolean => /\.part-[0-9a-f]{16}\.jsonl$/.test(name);

/**
 * Keeps a result in a file of its own, at once: any number of processes on any machines may do so at the same time, without a lock. `sort` of a
 * {@link ResultStore} puts it with the others.
 */
export async function addPart(storage: RunStorage, result: RunResult): Promise<void> {
  await storage.makeDirectory('');
  await storage.write(partFile(result), encode(writeResult(result)));
}

/** The results of a folder, and a way to add to them. */
export interface ResultStore {
  /** All that are there, by identity. */
  readonly results: ReadonlyMap<string, RunResult>;
  /** Adds a result; it has reached the disk when the promise is fulfilled. */
  add(result: RunResult): Promise<void>;
  /** Puts the lines of every file in order, by method, settings and seed, and results that lay alone with the others. */
  sort(): Promise<void>;
}

/** The order of lines in a file: numbers by their value, so that 4 comes before 16. */
function orderOf({ source, method, settings, seed }: RunResult): string {
  const text = JSON.stringify([source, method, settings, String(seed)]);
  return text.replace(/\d+(?:\.\d+)?/g, (number) => number.padStart(20 + (number.split('.')[1]?.length ?? -1) + 1, '0'));
}

/** Reads the results of a folder. Throws `CohortError` for a file that holds anything else. */
export async function openResults(storage: RunStorage): Promise<ResultStore> {
  const results = new Map<string, RunResult>();
  const files = (await storage.list('')).filter((name) => name.endsWith(resultsEnding));
  for (const name of files) {
    const bytes = (await storage.read(name)) ?? new Uint8Array(0);
    for (const result of readResults(new TextDecoder().decode(bytes), storage.locate(name))) results.set(result.identity, result);
  }
  /** Cuts what a process that died left of its last line; gives the size then. */
  const mendEnd = async (name: string): Promise<number> => {
    const bytes = (await storage.read(name)) ?? new Uint8Array(0);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) await storage.truncate(name, whole);
    return whole;
  };
  let writing: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = writing.then(work);
    writing = turn.catch(() => undefined);
    return turn;
  };
  return {
    results,
    add: (result) =>
      inTurn(async () => {
        if (results.has(result.identity)) return;
        const name = resultsFile(result.target);
        await storage.makeDirectory('');
        await storage.append(name, encode(writeResult(result)), await mendEnd(name), { sync: true });
        results.set(result.identity, result);
      }),
    sort: () =>
      inTurn(async () => {
        const byFile = new Map<string, RunResult[]>();
        for (const result of results.values()) {
          const name = resultsFile(result.target);
          byFile.set(name, [...(byFile.get(name) ?? []), result]);
        }
        for (const [name, list] of byFile) {
          const keyed = list.map((result) => [orderOf(result), result] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
          await storage.write(name, encode(keyed.map(([, result]) => writeResult(result)).join('')));
        }
        // Only what was read before, and is in the files above now: others may come at any moment.
        for (const name of files.filter(isPart)) await storage.remove(name);
      }),
  };
}
