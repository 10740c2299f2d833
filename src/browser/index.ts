/**
 * `import ... from 'cohort-rl'` in a browser: the library bound to the page or to a worker.
 */
import { type Cohort, createCohort } from '../api/environments.ts';
import { createLanguageCohort, type LanguageCohort } from '../api/languageModels.ts';
import { browserPlatform } from './platform.ts';

export * from '../api/index.ts';
export { browserPlatform } from './platform.ts';

const cohort: Cohort = createCohort(browserPlatform);

/** Begins a run: `for await (const { metrics } of train({ env: 'CartPole-v1' })) ...`; best inside a worker, where it may also use threads. */
export const train: Cohort['train'] = cohort.train;
/** Needs files; throws in a browser. */
export const resumeTraining: Cohort['resumeTraining'] = cohort.resumeTraining;
/** Needs files; throws in a browser. */
export const evaluateRun: Cohort['evaluateRun'] = cohort.evaluateRun;
/** Needs files; throws in a browser. Use `playEpisode` with a policy and an environment. */
export const loadPlayer: Cohort['loadPlayer'] = cohort.loadPlayer;
/** Needs files; throws in a browser. Use `createPolicy(decodePolicy(bytes))`. */
export const loadPolicy: Cohort['loadPolicy'] = cohort.loadPolicy;
/** Needs files; throws in a browser. Use `decodePolicy`. */
export const readPolicy: Cohort['readPolicy'] = cohort.readPolicy;
/** Needs files; throws in a browser. Use `encodePolicy`. */
export const savePolicy: Cohort['savePolicy'] = cohort.savePolicy;
/** Whether a policy's environment is known here; throws if the two do not fit. */
export const checkPolicyTask: Cohort['checkPolicyTask'] = cohort.checkPolicyTask;
/** A policy from the bytes of its file: `await createPolicy(decodePolicy(bytes))`. */
export const createPolicy: Cohort['createPolicy'] = cohort.createPolicy;

const languageCohort: LanguageCohort = createLanguageCohort(browserPlatform);

/** Warms a tiny language model up and improves it by its rewards; best inside a worker, where it may also use threads. */
export const trainLanguageModel: LanguageCohort['trainLanguageModel'] = languageCohort.trainLanguageModel;
/** Needs files; throws in a browser. */
export const resumeLanguageTraining: LanguageCohort['resumeLanguageTraining'] = languageCohort.resumeLanguageTraining;
/** Needs files; throws in a browser. Use the `model` that training ends with. */
export const evaluateLanguageRun: LanguageCohort['evaluateLanguageRun'] = languageCohort.evaluateLanguageRun;
/** Needs files; throws in a browser. Use the `model` that training ends with. */
export const sampleLanguageRun: LanguageCohort['sampleLanguageRun'] = languageCohort.sampleLanguageRun;
/** Needs files; throws in a browser. Use the `model` that training ends with. */
export const loadLanguageModel: LanguageCohort['loadLanguageModel'] = languageCohort.loadLanguageModel;
