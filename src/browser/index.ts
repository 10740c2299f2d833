/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import type { Cohort } from '../api/cohort.ts';
import { cohort } from './library.ts';

export * from '../api/index.ts';
export { runMatrix } from './experiments.ts';
export { browserPlatform } from './platform.ts';
export { browserHome } from './storage.ts';

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
