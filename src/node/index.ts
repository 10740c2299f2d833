/**
 * `import ... from 'cohort-rl'` in Node: the library bound to files and threads.
 */
import { type Cohort, createCohort } from '../cohort.ts';
import { nodePlatform } from './platform.ts';
import { nodeHost, nodeStorage } from './storage.ts';

export * from '../index.ts';
export { nodePlatform } from './platform.ts';
export { nodeStorage } from './storage.ts';

const cohort: Cohort = createCohort(nodePlatform, { host: nodeHost(), open: nodeStorage });

/** Begins a run: `for await (const { metrics } of train({ env: 'CartPole-v1' })) ...`, or `await train(...).finish()`. */
export const train: Cohort['train'] = cohort.train;
/** Goes on with a run from its last checkpoint, to the same bits as if it had never stopped. */
export const resumeTraining: Cohort['resumeTraining'] = cohort.resumeTraining;
/** Plays whole episodes with a run's policy, sampled and greedy. */
export const evaluateRun: Cohort['evaluateRun'] = cohort.evaluateRun;
/** The policy of a run folder: `(await loadPolicy('runs/mine')).act(observation)`. */
export const loadPolicy: Cohort['loadPolicy'] = cohort.loadPolicy;
