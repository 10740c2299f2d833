/**
 * The records of a W&B run as protocol buffers (wandb/proto/wandb_internal.proto: message `Record`), as far as a run of ours needs them.
 */
import { Message } from '../run/protobuf.ts';

/** The fields of `Record` by what they hold. */
const kinds = { history: 2, summary: 3, run: 17, exit: 18, final: 20, header: 21 } as const;

/** What W&B knows of a run from its beginning. */
export interface WandbRun {
  /** Eight letters and digits. */
  readonly id: string;
  readonly project: string;
  readonly entity?: string | undefined;
  readonly name: string;
  readonly group?: string | undefined;
  readonly tags: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly startTime: number;
}

/** A value as W&B reads it: JSON, in which numbers that are not finite have names. */
export function valueJson(value: unknown): string | undefined {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
}

/** An item of a configuration, a row or a summary: `key` 1 and `value_json` 16; `undefined` where there is no value. */
function item(key: string, value: unknown): Message | undefined {
  const json = valueJson(value);
  return json === undefined ? undefined : new Message().text(1, key).text(16, json);
}

function items(field: number, values: Readonly<Record<string, unknown>>, into = new Message()): Message {
  for (const [key, value] of Object.entries(values)) {
    const entry = item(key, value);
    if (entry) into.message(field, entry);
  }
  return into;
}

/** Record number `number` (1 for the first of a file). */
function record(number: number, kind: keyof typeof kinds, content: Message): Uint8Array {
  return new Message().whole(1, number).message(kinds[kind], content).bytes();
}

/** The first record: who wrote the file. */
export function headerRecord(number: number, producer: string): Uint8Array {
  return record(number, 'header', new Message().message(1, new Message().text(1, producer)));
}

/** The run: its id, its configuration, where it belongs. */
export function runRecord(number: number, run: WandbRun): Uint8Array {
  const content = new Message().text(1, run.id);
  if (run.entity !== undefined) content.text(2, run.entity);
  content.text(3, run.project).message(4, items(1, run.config));
  if (run.group !== undefined) content.text(6, run.group);
  content.text(8, run.name);
  for (const tag of run.tags) content.text(10, tag);
  const seconds = Math.floor(run.startTime / 1000);
  content.message(17, new Message().whole(1, seconds).whole(2, Math.floor(run.startTime - seconds * 1000) * 1_000_000));
  return record(number, 'run', content);
}

/** One row of the history; steps only rise. */
export function historyRecord(number: number, step: number, row: Readonly<Record<string, number>>): Uint8Array {
  return record(number, 'history', items(1, row).message(2, new Message().whole(1, step)));
}

/** New values of the summary. */
export function summaryRecord(number: number, values: Readonly<Record<string, unknown>>): Uint8Array {
  return record(number, 'summary', items(1, values));
}

/** The end of the run: 0 for a good one. `seconds` is how long it took. */
export function exitRecord(number: number, code: number, seconds: number): Uint8Array {
  return record(number, 'exit', new Message().whole(1, code).whole(2, Math.floor(seconds)));
}

/** The last record, after which readers up to wandb 0.29 take the end for real. */
export function finalRecord(number: number): Uint8Array {
  return record(number, 'final', new Message());
}
