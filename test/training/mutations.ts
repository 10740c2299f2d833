/**
 * Every kind of file that this package reads, mutated, through everything that reads it.
 */
import { CohortError } from '../../src/core/errors.ts';
import { resultOfRun } from '../../src/experiments/fromRun.ts';
import { writeResult } from '../../src/experiments/result.ts';
import { openResults } from '../../src/experiments/store.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { readMetrics, readSummary } from '../../src/run/storedRun.ts';
import { mutate } from '../run/mutations.ts';
import { memoryHome, testCohort } from './cohort.ts';

const small = { env: 'CartPole-v1', recipe: 'none', iterations: 4, numEnvs: 2, numSteps: 8, hiddenSizes: [4], checkpointInterval: 1 };
const brief = { evaluationInterval: 1, evaluationEpisodes: 1, finalEvaluationEpisodes: 1, evaluationMaxSteps: 5, stopAfter: 2 };
const over = { signal: AbortSignal.abort(), onEvent: () => {} };
const few = { episodes: 1, maxSteps: 3 };

/** Files by folder and path, of a run, of several seeds, of a policy and of results. */
async function honestFiles(): Promise<Map<string, Map<string, Uint8Array>>> {
  const cohort = testCohort();
  await cohort.train({ ...small, ...brief, normalizeObservation: 'shared' }, { runDirectory: 'run' }).finish();
  await cohort.trainSeeds({ ...small, ...brief }, [1, 2], { runDirectory: 'seeds' });
  const labels = { name: 'further', tags: ['a', 'b'] };
  await cohort.train({ ...small, ...brief }, { runDirectory: 'further', from: 'seeds/seed1', withOptimizer: true, ...labels }).finish();
  // Killed before its first checkpoint: it begins again.
  for (const name of [...cohort.home.folders.get('further')!.files.keys()]) {
    if (!/^(config|start)/.test(name)) cohort.home.folders.get('further')!.files.delete(name);
  }
  await cohort.savePolicy('policy', await cohort.readPolicy('run'));
  const result = await resultOfRun(cohort.home.open('run'), { behaviorOf: () => ({ method: 1, target: 1 }), machine: 'test' });
  await cohort.home.open('results').write('CartPole-v1.jsonl', new TextEncoder().encode(writeResult(result).repeat(2)));
  return new Map([...cohort.home.folders].map(([name, { files }]) => [name, new Map(files)]));
}

/** A file, and all that is done with its folder. */
export const kinds: readonly (readonly [folder: string, path: string])[] = [
  ['run', 'config.json'],
  ['run', 'checkpoint.safetensors'],
  ['run', 'metrics.jsonl'],
  ['run', 'summary.json'],
  ['run', 'policies/000001.safetensors'],
  ['run', 'run.lock'],
  ['seeds', 'seeds.json'],
  ['further', 'config.json'],
  ['further', 'start-policy.safetensors'],
  ['further', 'start-optimizer.safetensors'],
  ['policy', 'policy.safetensors'],
  ['policy', 'policy.json'],
  ['results', 'CartPole-v1.jsonl'],
];

/** What one file did to its readers. */
export interface Tally {
  taken: number;
  refused: number;
  /** What no reader may answer with. */
  readonly raw: string[];
}

/** Tries the mutations of so many seeds. */
export async function tryMutations(kind: readonly [string, string], seeds: number): Promise<Tally> {
  const honest = await honestFiles();
  const tally: Tally = { taken: 0, refused: 0, raw: [] };
  for (let seed = 1; seed <= seeds; seed++) await tryMutation(honest, kind, seed, tally);
  return tally;
}

/** Reads a folder with one file mutated, in every way there is. */
async function tryMutation(
  honest: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>,
  [folder, path]: readonly [string, string],
  seed: number,
  tally: Tally,
): Promise<void> {
  const home = memoryHome();
  for (const [name, files] of honest) home.folders.set(name, memoryStorage(new Map(files)));
  const original =
    honest.get(folder)!.get(path) ?? new TextEncoder().encode('{"machine":"here","place":"","pid":1,"startToken":"start1","token":"t"}\n');
  const { files } = home.folders.get(folder)!;
  files.set(path, mutate(path, original, seed));
  const cohort = testCohort(undefined, home);
  const storage = home.open(folder);
  const readers: (() => Promise<unknown>)[] = {
    run: [
      () => cohort.evaluate('run', few),
      () => cohort.readPolicy('run', { iteration: 1 }),
      () => readMetrics(storage),
      () => readSummary(storage),
      async () => (await cohort.resume('run', over)).finish(),
      async () => cohort.train({ ...small, ...brief }, { from: 'run', withOptimizer: true, ...over }).finish(),
    ],
    further: [async () => (await cohort.resume('further', over)).finish()],
    seeds: [() => cohort.resumeSeeds('seeds', over)],
    policy: [
      async () => cohort.train({ ...small, ...brief }, { from: 'policy', ...over }).finish(),
      () => cohort.evaluate('policy', few),
      () => cohort.loadPolicy('policy'),
    ],
    results: [() => openResults(storage)],
  }[folder]!;
  for (const read of readers) {
    try {
      await read();
      tally.taken++;
    } catch (error) {
      if (error instanceof CohortError) tally.refused++;
      else tally.raw.push(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
