/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import type { Cohort } from '../api/cohort.ts';
import { context, environments, languageModels, policies, roads, seeds } from './library.ts';

export * from '../api/index.ts';
export { runMatrix } from './experiments.ts';
export { browserPlatform } from './platform.ts';
export { browserHome } from './storage.ts';

// Each by its type in Cohort, so that declaration files keep the comments there, which an editor shows at a call; and each a function of its own, so
// that a bundler takes no more than is called.
export const train: Cohort['train'] = (config, options) => environments.train(config, options);
export const trainLanguageModel: Cohort['trainLanguageModel'] = (config, options) => languageModels.train(config, options);
export const resume: Cohort['resume'] = (directory, options) => roads.resume(directory, options);
export const trainSeeds: Cohort['trainSeeds'] = (config, list, options = {}) => seeds.train(config, list, options);
export const resumeSeeds: Cohort['resumeSeeds'] = (directory, options = {}) => seeds.resume(directory, { ...options });
export const evaluate: Cohort['evaluate'] = (directory, options) => roads.evaluate(directory, options);
export const load: Cohort['load'] = (directory, options) => roads.load(directory, options);
export const loadPolicy: Cohort['loadPolicy'] = (directory) => policies.loadPolicy(directory);
export const loadLanguageModel: Cohort['loadLanguageModel'] = (directory, options) => languageModels.load(directory, options);
export const loadPlayer: Cohort['loadPlayer'] = (directory, options) => roads.loadPlayer(directory, options);
export const readPolicy: Cohort['readPolicy'] = (directory, options) => policies.readPolicy(directory, options);
export const savePolicy: Cohort['savePolicy'] = (directory, file, options) => policies.save(directory, file, options);
export const createPolicy: Cohort['createPolicy'] = (file, options) => policies.create(file, options);
export const environmentOf: Cohort['environmentOf'] = (file) => policies.environmentOf(file);
export const makeEnv: Cohort['makeEnv'] = (id, options) => context.makeEnv(id, options);
export const makeVectorEnv: Cohort['makeVectorEnv'] = (id, numEnvs, settings) => context.makeVectorEnv(id, numEnvs, settings);
export const registerEnv: Cohort['registerEnv'] = (spec) => void context.registry.register(spec);
export const registerAlgorithm: Cohort['registerAlgorithm'] = (algorithm) => void context.algorithms.register(algorithm);
export const useModule: Cohort['useModule'] = (url) => context.modules.use(url);
