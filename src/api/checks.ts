/**
 * What the functions of the library take: what is no record, no name and no folder is answered in words before anything looks into it.
 */
import { checkCount, checkFunction, checkOptions, checkText, makerBreach, throwBreach } from '../core/arguments.ts';
import { checkPolicyShape } from '../policies/check.ts';
import type { Cohort, ResumeOptions } from './cohort.ts';
import { checkAlgorithm, checkEnvSpec } from './registrations.ts';
import { checkConfig, checkFolder, checkRunOptions } from './runArguments.ts';

const greatestSeed = Number.MAX_SAFE_INTEGER;
/** As at the command line. */
const mostEpisodes = 100_000;
const mostSteps = 100_000_000;
/** Of a prompt or an answer. */
const mostTokens = 2 ** 24;

/** What no file of a run can hold: functions of the program. */
function checkGiven(
  { env, bins, openShards }: { readonly env?: unknown; readonly bins?: unknown; readonly openShards?: unknown },
  subject: string,
): void {
  if (env !== undefined) checkMaker(env, subject);
  checkFunction(bins, `${subject}: bins`, 'a function of a step', 'write (step) => key', true);
  checkFunction(openShards, `${subject}: openShards`, 'a function that opens an executor', 'write async (run) => executor', true);
}

/** A function that makes an environment. Throws `CohortError` for anything else, a class included. */
function checkMaker(env: unknown, subject: string): void {
  const breach = makerBreach(env);
  if (breach) throwBreach(breach, `${subject}: env`, 'usage');
}

/** A configuration whose environment, where it is no id, is a function that makes one. */
function checkTraining(config: unknown, subject: string): void {
  checkConfig(config, subject, "env: 'CartPole-v1'");
  const { env } = config as { readonly env?: unknown };
  if (typeof env === 'function' || typeof env === 'object') checkMaker(env, subject);
}

/** What a run, or several seeds, go on with. */
function checkResume(directory: unknown, options: ResumeOptions | undefined, subject: string): void {
  checkFolder(directory, subject);
  checkRunOptions(options, subject);
  checkGiven(options ?? {}, subject);
  checkCount(options?.iterations, `${subject}: iterations`, 1, mostSteps);
}

/** Where a model or a tokenizer is, and how it is opened. */
function checkPlace(from: unknown, options: unknown, subject: string): void {
  if (typeof from !== 'object' || from === null || typeof (from as { read?: unknown }).read !== 'function') {
    checkText(from, subject, 'the path of a model, or its files', "write for example './smollm2-135m-instruct.gguf'");
  }
  checkOptions(options, subject);
}

/** The checks of a function's arguments, by its name. */
type Checks = { readonly [Name in Exclude<keyof Cohort, 'context'>]: (...values: Parameters<Cohort[Name]>) => void };

/** Throws `CohortError` for arguments that a function of the library does not take. */
export const checks: Checks = {
  train(config, options) {
    checkTraining(config, 'train');
    checkRunOptions(options, 'train');
    checkGiven({ openShards: options?.openShards }, 'train');
  },
  openShardRunner(config, given) {
    checkConfig(config, 'openShardRunner', "env: 'CartPole-v1'");
    checkOptions(given, 'openShardRunner');
    checkGiven(given ?? {}, 'openShardRunner');
  },
  trainLanguageModel(config, options) {
    checkConfig(config, 'trainLanguageModel', "task: 'add-2digit'");
    checkRunOptions(options, 'trainLanguageModel');
  },
  resume: (directory, options) => checkResume(directory, options, 'resume'),
  trainSeeds(config, _seeds, options) {
    checkTraining(config, 'trainSeeds');
    checkRunOptions(options, 'trainSeeds');
  },
  resumeSeeds: (directory, options) => checkResume(directory, options, 'resumeSeeds'),
  evaluate(directory, options = {}) {
    checkFolder(directory, 'evaluate');
    checkOptions(options, 'evaluate');
    checkGiven(options, 'evaluate');
    checkCount(options.episodes, 'evaluate: episodes', 1, mostEpisodes);
    checkCount(options.maxSteps, 'evaluate: maxSteps', 1, mostSteps);
    checkCount(options.seed, 'evaluate: seed', 0, greatestSeed);
    checkCount(options.numPrompts, 'evaluate: numPrompts', 1, 1_000_000);
    checkCount(options.numSamples, 'evaluate: numSamples', 0, 4096);
    checkCount(options.threads, 'evaluate: threads', 1, 64);
    checkFunction(options.onProgress, 'evaluate: onProgress', 'a function of { done, total }', 'write ({ done, total }) => ...', true);
  },
  load(directory, options) {
    checkFolder(directory, 'load');
    checkOptions(options, 'load');
  },
  loadLanguageModel(directory, options) {
    checkFolder(directory, 'loadLanguageModel');
    checkOptions(options, 'loadLanguageModel');
  },
  openModel: (from, options) => checkPlace(from, options, 'openModel'),
  openTokenizer: (from, options) => checkPlace(from, options, 'openTokenizer'),
  openServedModel(options) {
    checkConfig(options, 'openServedModel', "url: 'http://127.0.0.1:8000/v1'");
    const { url, model, tokenizer, maxTokens, promptLength, server } = options;
    checkText(url, 'openServedModel: url', 'the address of a server', "write for example 'http://127.0.0.1:8000/v1'");
    if (model !== undefined)
      checkText(model, 'openServedModel: model', 'the server’s name of a model', "write for example 'Qwen/Qwen3-4B'");
    if (tokenizer !== undefined)
      checkText(tokenizer, 'openServedModel: tokenizer', 'where a tokenizer is', "write for example 'hf:Qwen/Qwen3-4B'");
    checkCount(maxTokens, 'openServedModel: maxTokens', 1, mostTokens);
    checkCount(promptLength, 'openServedModel: promptLength', 1, mostTokens);
    checkOptions(server, 'openServedModel: server');
  },
  loadPolicy(directory) {
    checkFolder(directory, 'loadPolicy');
  },
  readPolicy(directory, options = {}) {
    checkFolder(directory, 'readPolicy');
    checkOptions(options, 'readPolicy');
    checkCount(options.iteration, 'readPolicy: iteration', 0, mostSteps);
  },
  savePolicy(directory, file, options) {
    checkText(directory, 'savePolicy', 'the path of a new folder', "write for example 'policies/mine'");
    checkPolicyShape(file, 'savePolicy');
    checkOptions(options, 'savePolicy');
  },
  environmentOf(file) {
    checkPolicyShape(file, 'environmentOf');
  },
  createPolicy(file, options = {}) {
    checkPolicyShape(file, 'createPolicy');
    checkOptions(options, 'createPolicy');
    checkCount(options.seed, 'createPolicy: seed', 0, greatestSeed);
  },
  loadPlayer(directory, options = {}) {
    checkFolder(directory, 'loadPlayer');
    checkOptions(options, 'loadPlayer');
    checkGiven(options, 'loadPlayer');
    checkCount(options.iteration, 'loadPlayer: iteration', 0, mostSteps);
  },
  makeEnv(id, options) {
    checkText(id, 'makeEnv', 'the id of an environment', 'name one, for example CartPole-v1');
    checkOptions(options, 'makeEnv');
  },
  makeVectorEnv(id, _numEnvs, settings = {}) {
    checkText(id, 'makeVectorEnv', 'the id of an environment', 'name one, for example CartPole-v1');
    checkOptions(settings, 'makeVectorEnv');
    checkOptions(settings.options, 'makeVectorEnv: options');
    checkCount(settings.threads, 'makeVectorEnv: threads', 1, 64);
  },
  registerEnv(spec) {
    checkEnvSpec(spec);
  },
  registerAlgorithm(algorithm) {
    checkAlgorithm(algorithm);
  },
  useModule(url) {
    checkText(url, 'useModule', 'the address of a module', "write for example new URL('mine.js', import.meta.url).href");
  },
};

type Call = (...values: readonly unknown[]) => unknown;

/**
 * A function of the library that checks its arguments first, and throws what is wrong with them. It is named by a text: a bundler keeps what it cannot
 * prove to do nothing, and reading a member of {@link checks} is such.
 */
export function checkedFirst<Name extends keyof Checks>(name: Name, work: Cohort[Name]): Cohort[Name] {
  const checked: Call = (...values) => {
    (checks[name] as Call)(...values);
    return (work as Call)(...values);
  };
  return checked as Cohort[Name];
}

/** The same for a function that gives a promise, which rejects with what is wrong. */
export function checkedLater<Name extends keyof Checks>(name: Name, work: Cohort[Name]): Cohort[Name] {
  const checked: Call = async (...values) => {
    (checks[name] as Call)(...values);
    return (work as Call)(...values);
  };
  return checked as Cohort[Name];
}
