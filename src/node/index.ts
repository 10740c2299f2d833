/**
 * `import ... from 'cohort-rl'` in Node: the library bound to files and threads.
 */
import type { Cohort } from '../api/cohort.ts';
import { checkOptions } from '../core/arguments.ts';
import { visible } from '../envs/draw/visible.ts';
import type { Recording, RecordOptions } from './film/record.ts';
import { cohort } from './library.ts';

export * from '../api/index.ts';
export { runMatrix } from './experiments.ts';
export type { RecordFormat, Recording, RecordOptions } from './film/record.ts';
export { nodePlatform } from './platform.ts';
export { nodeHome } from './storage.ts';

// Each by its type in Cohort, so that declaration files keep the comments there, which an editor shows at a call.
export const train: Cohort['train'] = cohort.train;
export const trainLanguageModel: Cohort['trainLanguageModel'] = cohort.trainLanguageModel;
export const resume: Cohort['resume'] = cohort.resume;
export const trainSeeds: Cohort['trainSeeds'] = cohort.trainSeeds;
export const resumeSeeds: Cohort['resumeSeeds'] = cohort.resumeSeeds;
export const evaluate: Cohort['evaluate'] = cohort.evaluate;
export const load: Cohort['load'] = cohort.load;
export const loadPolicy: Cohort['loadPolicy'] = cohort.loadPolicy;
export const loadLanguageModel: Cohort['loadLanguageModel'] = cohort.loadLanguageModel;
export const openModel: Cohort['openModel'] = cohort.openModel;
export const loadPlayer: Cohort['loadPlayer'] = cohort.loadPlayer;
export const readPolicy: Cohort['readPolicy'] = cohort.readPolicy;
export const savePolicy: Cohort['savePolicy'] = cohort.savePolicy;
export const createPolicy: Cohort['createPolicy'] = cohort.createPolicy;
export const environmentOf: Cohort['environmentOf'] = cohort.environmentOf;
export const makeEnv: Cohort['makeEnv'] = cohort.makeEnv;
export const makeVectorEnv: Cohort['makeVectorEnv'] = cohort.makeVectorEnv;
export const registerEnv: Cohort['registerEnv'] = cohort.registerEnv;
export const registerAlgorithm: Cohort['registerAlgorithm'] = cohort.registerAlgorithm;
export const useModule: Cohort['useModule'] = cohort.useModule;

/**
 * Films what a run has learned: `await record('runs/mine', { file: 'mine.gif' })`. Needs no display, but the optional package
 * `@napi-rs/canvas`, and for MP4 `h264-mp4-encoder`. The file appears when it is whole. Throws `CohortError` for options out of range, a file
 * that is there already, an environment that cannot be drawn, and a missing package.
 */
export async function record(runDirectory: string, options: RecordOptions): Promise<Recording> {
  checkOptions(options, 'record');
  // Loaded late: programs that only train need none of it.
  const { recordPlayer } = await import('./film/record.ts');
  const player = await loadPlayer(runDirectory, { env: options?.env, iteration: options?.iteration, wrap: visible });
  try {
    return await recordPlayer(player, options);
  } finally {
    player.close();
  }
}
