/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import { type Cohort, createCohort } from '../cohort.ts';
import { browserPlatform } from './platform.ts';

export * from '../index.ts';
export { browserPlatform } from './platform.ts';

const cohort: Cohort = createCohort(browserPlatform);

/** Begins a run: `for await (const { metrics } of train({ env: 'CartPole-v1' })) ...`; best inside a worker, where it may also use threads. */
export const train: Cohort['train'] = cohort.train;
/** Needs files; throws in a browser. */
export const resumeTraining: Cohort['resumeTraining'] = cohort.resumeTraining;
/** Needs files; throws in a browser. */
export const evaluateRun: Cohort['evaluateRun'] = cohort.evaluateRun;
/** Needs files; throws in a browser. */
export const loadPolicy: Cohort['loadPolicy'] = cohort.loadPolicy;
