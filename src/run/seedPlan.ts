/**
 * The common folder of several seeds of one configuration: what is to be trained, and how far each seed is.
 *
 *     seeds.json     the plan, written before the first seed begins; never changed
 *     start-*.safetensors  what the seeds begin from that begin from a policy
 *     data.jsonl     the questions and answers that they are trained on, if they are a user's own
 *     seed<n>/       the run folder of seed n; missing until it begins
 *     summary.json   all seeds together, once all have ended
 */

import { failure, mistake, show } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { type Checked, listOf, objectOf, oneOf, optional, recordOf, such, text, whole } from '../core/stored.ts';
import { isVisible } from '../core/text.ts';
import { checkRecordedData, type DataOfRun } from './data.ts';
import type { RunHome } from './home.ts';
import { isLabel, maxTags } from './labels.ts';
import { roadNames, runFiles } from './layout.ts';
import { checkRecordedStart, filesOfStart, type RunStart } from './start.ts';
import { maxJsonBytes, type RunStorage } from './storage.ts';
import { readSummary } from './storedRun.ts';
import type { RunSummary } from './summary.ts';

/** The file of a plan in a common folder. */
export const seedPlanFile = 'seeds.json';
/** `format` and `formatVersion` of a plan; the version goes up when a reader of today could not read the file. */
const planFormat = { format: 'cohort-seeds', formatVersion: 2 } as const;
/** A mistyped range, or a stranger's plan, fills no disk. */
const maxSeeds = 1000;

const name = such(text({ min: 1, max: 200 }), isVisible, 'text without control characters');
const label = such(text(), isLabel, 'a short text without control characters');
const differ = (seeds: readonly number[]): boolean => new Set(seeds).size === seeds.length;
const checkPlan = objectOf({
  format: oneOf(planFormat.format),
  formatVersion: oneOf(planFormat.formatVersion),
  road: oneOf(...roadNames),
  target: name,
  method: name,
  modules: listOf(objectOf({ name, sha256: name }, { open: true })),
  name: optional(label),
  tags: optional(listOf(label, { max: maxTags })),
  start: optional(checkRecordedStart),
  data: optional(checkRecordedData),
  seeds: such(listOf(whole({ min: 0 }), { min: 1, max: maxSeeds }), differ, 'seeds that differ'),
  // Checked field by field where it is trained.
  input: recordOf<unknown>(text(), (value) => value),
});

/** The plan of several seeds. */
export interface SeedPlan extends Readonly<Omit<Checked<typeof checkPlan>, keyof typeof planFormat | 'seeds' | 'input' | 'tags'>> {
  /** Words to find the seeds by. */
  readonly tags?: readonly string[];
  /** Seeds that differ, in the order given. */
  readonly seeds: readonly number[];
  /** What every seed is trained with, as `train` takes it, without the seed. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** The folder of one seed in a common folder. */
export function seedDirectory(common: string, seed: number): string {
  return `${common.replace(/\/+$/, '')}/seed${seed}`;
}

/** The text of a plan. Throws `CohortError` (kind `failure`) for anything else; `where` names the file. */
export function parseSeedPlan(json: string, where: string): SeedPlan {
  const advice = 'restore the file from a copy, or train the seeds again in another folder';
  const value = parseJson(json);
  if (value === undefined) throw failure(where, 'a plan of seeds', 'something that is no JSON', advice);
  const { format: _format, formatVersion: _version, ...plan } = checkPlan(value, { subject: where, path: [], advice });
  return plan;
}

/** The plan in a common folder; `undefined` where there is none. Throws as {@link parseSeedPlan} does. */
export async function readSeedPlan(storage: RunStorage): Promise<SeedPlan | undefined> {
  const bytes = await storage.read(seedPlanFile, maxJsonBytes);
  return bytes && parseSeedPlan(new TextDecoder().decode(bytes), storage.locate(seedPlanFile));
}

/** Writes the plan of several seeds, what they begin from, and what they are trained on. Throws `CohortError` if the folder holds a plan or a run. */
export async function writeSeedPlan(storage: RunStorage, plan: SeedPlan, start?: RunStart, data?: DataOfRun): Promise<void> {
  await storage.makeDirectory('');
  const isTaken = async (): Promise<boolean> =>
    (await storage.size(runFiles.config)) !== undefined || (await storage.size(seedPlanFile)) !== undefined;
  const files = [...(start ? filesOfStart(start) : []), ...(data?.files ?? [])];
  if (files.length > 0 && !(await isTaken())) for (const [file, content] of files) await storage.write(file, content);
  const bytes = new TextEncoder().encode(`${JSON.stringify({ ...planFormat, ...plan }, null, 2)}\n`);
  if ((await storage.size(runFiles.config)) === undefined && (await storage.writeNew(seedPlanFile, bytes))) return;
  const got = `${show(storage.locate(''))}, which holds a run`;
  throw mistake('runDirectory', 'a new or empty folder', got, 'choose another folder, or go on with what is in this one');
}

/** How far one seed of a common folder is. */
export interface SeedState {
  readonly seed: number;
  readonly directory: string;
  /** Whether its training was ever begun. */
  readonly begun: boolean;
  /** How it ended, if it did, and if its file can be read. */
  readonly summary?: RunSummary | undefined;
}

/** Whether there is nothing left to train; with `iterations`, where a seed is prolonged to so many. */
export function isDone({ summary }: Pick<SeedState, 'summary'>, iterations?: unknown): boolean {
  return summary?.status === 'done' && !(typeof iterations === 'number' && summary.iterations < iterations);
}

/** How far the seeds of a plan are, in its order. Throws `CohortError` where the folder of a seed is a link, or no folder. */
export async function readSeedStates(open: RunHome['open'], common: string, { seeds }: SeedPlan): Promise<SeedState[]> {
  const states: SeedState[] = [];
  const whole = open(common);
  for (const seed of seeds) {
    await whole.list(`seed${seed}`);
    const directory = seedDirectory(common, seed);
    const storage = open(directory);
    const begun = (await storage.size(runFiles.config)) !== undefined;
    // A damaged one is written again when the run goes on.
    const summary = await readSummary(storage).catch(() => undefined);
    states.push({ seed, directory, begun, summary });
  }
  return states;
}
