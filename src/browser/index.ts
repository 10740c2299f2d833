/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import { checkedFirst, checkedLater } from '../api/checks.ts';
import type { Cohort } from '../api/cohort.ts';
import { context, environments, languageModels, policies, roads, seeds } from './library.ts';

export * from '../api/index.ts';
export { runMatrix } from './experiments.ts';
export { browserPlatform } from './platform.ts';
export { browserHome } from './storage.ts';

// Each by its type in Cohort, so that declaration files keep the comments there, which an editor shows at a call; and each a function of its own, so
// that a bundler takes no more than is called.
export const train: Cohort['train'] = /* @__PURE__ */ checkedFirst('train', (config, options) => environments.train(config, options));
export const trainLanguageModel: Cohort['trainLanguageModel'] = /* @__PURE__ */ checkedFirst('trainLanguageModel', (config, options) =>
  languageModels.train(config, options),
);
export const resume: Cohort['resume'] = /* @__PURE__ */ checkedLater('resume', (directory, options) => roads.resume(directory, options));
export const trainSeeds: Cohort['trainSeeds'] = /* @__PURE__ */ checkedLater('trainSeeds', (config, list, options = {}) =>
  seeds.train(config, list, options),
);
export const resumeSeeds: Cohort['resumeSeeds'] = /* @__PURE__ */ checkedLater('resumeSeeds', (directory, options = {}) =>
  seeds.resume(directory, { ...options }),
);
export const evaluate: Cohort['evaluate'] = /* @__PURE__ */ checkedLater('evaluate', (directory, options) =>
  roads.evaluate(directory, options),
);
export const load: Cohort['load'] = /* @__PURE__ */ checkedLater('load', (directory, options) => roads.load(directory, options));
export const loadPolicy: Cohort['loadPolicy'] = /* @__PURE__ */ checkedLater('loadPolicy', (directory) => policies.loadPolicy(directory));
export const loadLanguageModel: Cohort['loadLanguageModel'] = /* @__PURE__ */ checkedLater('loadLanguageModel', (directory, options) =>
  languageModels.load(directory, options),
);
export const openModel: Cohort['openModel'] = /* @__PURE__ */ checkedLater('openModel', (from, options) =>
  languageModels.openModel(from, options),
);
export const loadPlayer: Cohort['loadPlayer'] = /* @__PURE__ */ checkedLater('loadPlayer', (directory, options) =>
  roads.loadPlayer(directory, options),
);
export const readPolicy: Cohort['readPolicy'] = /* @__PURE__ */ checkedLater('readPolicy', (directory, options) =>
  policies.readPolicy(directory, options),
);
export const savePolicy: Cohort['savePolicy'] = /* @__PURE__ */ checkedLater('savePolicy', (directory, file, options) =>
  policies.save(directory, file, options),
);
export const createPolicy: Cohort['createPolicy'] = /* @__PURE__ */ checkedLater('createPolicy', (file, options) =>
  policies.create(file, options),
);
export const environmentOf: Cohort['environmentOf'] = /* @__PURE__ */ checkedLater('environmentOf', (file) => policies.environmentOf(file));
export const makeEnv: Cohort['makeEnv'] = /* @__PURE__ */ checkedLater('makeEnv', (id, options) => context.makeEnv(id, options));
export const makeVectorEnv: Cohort['makeVectorEnv'] = /* @__PURE__ */ checkedLater('makeVectorEnv', (id, numEnvs, settings) =>
  context.makeVectorEnv(id, numEnvs, settings),
);
export const registerEnv: Cohort['registerEnv'] = /* @__PURE__ */ checkedFirst(
  'registerEnv',
  (spec) => void context.registry.register(spec),
);
export const registerAlgorithm: Cohort['registerAlgorithm'] = /* @__PURE__ */ checkedFirst(
  'registerAlgorithm',
  (algorithm) => void context.algorithms.register(algorithm),
);
export const useModule: Cohort['useModule'] = /* @__PURE__ */ checkedLater('useModule', (url) => context.modules.use(url));
