/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import { type Cohort, createCohort } from '../api/cohort.ts';
import { browserPlatform } from './platform.ts';
import { browserHome } from './storage.ts';

export * from '../api/index.ts';
export { browserPlatform } from './platform.ts';

const cohort: Cohort = createCohort(browserPlatform, browserHome());

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
