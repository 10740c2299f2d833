/**
 * `import ... from 'cohort-rl'` in Node: the library bound to files and threads.
 */
import { type Cohort, createCohort } from '../api/cohort.ts';
import type { Recording, RecordOptions } from './film/record.ts';
import { nodePlatform } from './platform.ts';
import { nodeHost, nodeStorage } from './storage.ts';

export * from '../api/index.ts';
export type { RecordFormat, Recording, RecordOptions } from './film/record.ts';
export { nodePlatform } from './platform.ts';
export { nodeStorage } from './storage.ts';

const cohort: Cohort = createCohort(nodePlatform, { host: nodeHost(), open: nodeStorage });

export const {
  context,
  train,
  trainLanguageModel,
  resume,
  evaluate,
  load,
  loadPolicy,
  loadLanguageModel,
  loadPlayer,
  readPolicy,
  savePolicy,
  createPolicy,
  environmentOf,
  registerEnv,
  registerAlgorithm,
  useModule,
}: Cohort = cohort;

/**
 * Films what a run has learned: `await record('runs/mine', { file: 'mine.gif' })`. Needs no display, but the optional package
 * `@napi-rs/canvas`, and for MP4 `h264-mp4-encoder`. The file appears when it is whole. Throws `CohortError` for options out of range, a file
 * that is there already, an environment that cannot be drawn, and a missing package.
 */
export async function record(runDirectory: string, options: RecordOptions): Promise<Recording> {
  // Loaded late: programs that only train need none of it.
  const { recordPlayer } = await import('./film/record.ts');
  const player = await loadPlayer(runDirectory, { env: options.env, iteration: options.iteration });
  try {
    return await recordPlayer(player, options);
  } finally {
    player.close();
  }
}
