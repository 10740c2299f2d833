/**
 * `import ... from 'cohort-rl'` in Node: the library bound to files and threads.
 */
import { type Cohort, createCohort } from '../api/environments.ts';
import type { RunHome } from '../api/home.ts';
import { createLanguageCohort, type LanguageCohort } from '../api/languageModels.ts';
import type { Recording, RecordOptions } from './film/record.ts';
import { nodePlatform } from './platform.ts';
import { nodeHost, nodeStorage } from './storage.ts';

export * from '../api/index.ts';
export type { RecordFormat, Recording, RecordOptions } from './film/record.ts';
export { nodePlatform } from './platform.ts';
export { nodeStorage } from './storage.ts';

const home: RunHome = { host: nodeHost(), open: nodeStorage };
const cohort: Cohort = createCohort(nodePlatform, home);

/** Begins a run: `for await (const { metrics } of train({ env: 'CartPole-v1' })) ...`, or `await train(...).finish()`. */
export const train: Cohort['train'] = cohort.train;
/** Goes on with a run from its last checkpoint, to the same bits as if it had never stopped. */
export const resumeTraining: Cohort['resumeTraining'] = cohort.resumeTraining;
/** Plays whole episodes with a run's policy, sampled and greedy. */
export const evaluateRun: Cohort['evaluateRun'] = cohort.evaluateRun;
/** A run's policy with its environment, to play episodes that can be seen: `for (const { scene } of (await loadPlayer('runs/mine')).play()) ...`. */
export const loadPlayer: Cohort['loadPlayer'] = cohort.loadPlayer;
/**
 * Films what a run has learned: `await recordRun('runs/mine', { file: 'mine.gif' })`. Needs no display, but the optional package
 * `@napi-rs/canvas`, and for MP4 `h264-mp4-encoder`. The file appears when it is whole. Throws `CohortError` for options out of range, a file
 * that is there already, an environment that cannot be drawn, and a missing package.
 */
export async function recordRun(runDirectory: string, options: RecordOptions): Promise<Recording> {
  // Loaded late: programs that only train need none of it.
  const { recordPlayer } = await import('./film/record.ts');
  const player = await loadPlayer(runDirectory, { env: options.env, iteration: options.iteration });
  try {
    return await recordPlayer(player, options);
  } finally {
    player.close();
  }
}
/** The policy of a run folder or a policy folder: `(await loadPolicy('runs/mine')).act(observation)`. */
export const loadPolicy: Cohort['loadPolicy'] = cohort.loadPolicy;
/** The same as plain data: `encodePolicy(await readPolicy('runs/mine', { iteration: 100 }))`. */
export const readPolicy: Cohort['readPolicy'] = cohort.readPolicy;
/** Writes a policy folder, for Python, for a page, for another machine. */
export const savePolicy: Cohort['savePolicy'] = cohort.savePolicy;
/** Whether a policy's environment is known here; throws if the two do not fit. */
export const checkPolicyTask: Cohort['checkPolicyTask'] = cohort.checkPolicyTask;
/** A policy from the bytes of its file: `await createPolicy(decodePolicy(bytes))`. */
export const createPolicy: Cohort['createPolicy'] = cohort.createPolicy;

const languageCohort: LanguageCohort = createLanguageCohort(nodePlatform, home);

/** Warms a tiny language model up and improves it by its rewards: `await trainLanguageModel({ task: 'add-2digit' }).finish()`. */
export const trainLanguageModel: LanguageCohort['trainLanguageModel'] = languageCohort.trainLanguageModel;
/** Goes on with a run of a language model from its last checkpoint, to the same bits as if it had never stopped. */
export const resumeLanguageTraining: LanguageCohort['resumeLanguageTraining'] = languageCohort.resumeLanguageTraining;
/** Sampled and greedy accuracy, pass@k and maj@k of a run's model on held-out prompts. */
export const evaluateLanguageRun: LanguageCohort['evaluateLanguageRun'] = languageCohort.evaluateLanguageRun;
/** Completions of a prompt: `await sampleLanguageRun('runs/mine', { prompt: '37+58=' })`. */
export const sampleLanguageRun: LanguageCohort['sampleLanguageRun'] = languageCohort.sampleLanguageRun;
/** The model of a run, for use: `(await loadLanguageModel('runs/mine')).sample({ prompt: '37+58=' })`. */
export const loadLanguageModel: LanguageCohort['loadLanguageModel'] = languageCohort.loadLanguageModel;
