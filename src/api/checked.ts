/**
 * The library behind checks of its arguments: what is no record, no name and no folder is answered in words before anything looks into it.
 */
import { checkCount, checkFunction, checkOptions, checkRecord, checkText } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { checkPolicyShape } from '../policies/check.ts';
import type { RunHome } from '../run/home.ts';
import type { JobThreads } from '../run/job.ts';
import { type Cohort, createCohort } from './cohort.ts';
import type { LibraryOptions, RunOptions } from './context.ts';
import { checkAlgorithm, checkEnvSpec } from './registrations.ts';

const greatestSeed = Number.MAX_SAFE_INTEGER;
/** As at the command line. */
const mostEpisodes = 100_000;
const mostSteps = 100_000_000;

function checkFolder(value: unknown, subject: string): void {
  checkText(value, subject, 'the path of a run folder', "write for example 'runs/mine'");
}

function checkConfig(value: unknown, subject: string, example: string): void {
  checkRecord(value, subject, 'a configuration', `write for example { ${example} }`);
}

/** What a run takes besides its configuration. */
function checkRunOptions(options: unknown, subject: string): void {
  checkOptions(options, subject);
  const { runDirectory, signal, onEvent } = (options ?? {}) as Record<keyof RunOptions, unknown>;
  if (runDirectory !== undefined) checkFolder(runDirectory, `${subject}: runDirectory`);
  checkFunction(onEvent, `${subject}: onEvent`, 'a function of an event', 'write (event) => ..., or leave it out', true);
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw mistake(`${subject}: signal`, 'an AbortSignal', show(signal), 'pass the signal of an AbortController, or leave it out');
}

/** What no file of a run can hold: functions of the program. */
function checkGiven({ env, bins }: { readonly env?: unknown; readonly bins?: unknown }, subject: string): void {
  checkFunction(env, `${subject}: env`, 'a function that makes the environment', 'write () => new YourEnv()', true);
  checkFunction(bins, `${subject}: bins`, 'a function of a step', 'write (step) => key', true);
}

/** The same library; every call is checked first. */
function checked(cohort: Cohort): Cohort {
  return {
    ...cohort,
    train(config, options) {
      checkConfig(config, 'train', "env: 'CartPole-v1'");
      checkRunOptions(options, 'train');
      return cohort.train(config, options);
    },
    trainLanguageModel(config, options) {
      checkConfig(config, 'trainLanguageModel', "task: 'add-2digit'");
      checkRunOptions(options, 'trainLanguageModel');
      return cohort.trainLanguageModel(config, options);
    },
    async resume(directory, options) {
      checkFolder(directory, 'resume');
      checkRunOptions(options, 'resume');
      checkGiven(options ?? {}, 'resume');
      return cohort.resume(directory, options);
    },
    async trainSeeds(config, seeds, options) {
      checkConfig(config, 'trainSeeds', "env: 'CartPole-v1'");
      checkRunOptions(options, 'trainSeeds');
      return cohort.trainSeeds(config, seeds, options);
    },
    async resumeSeeds(directory, options) {
      checkFolder(directory, 'resumeSeeds');
      checkRunOptions(options, 'resumeSeeds');
      checkGiven(options ?? {}, 'resumeSeeds');
      return cohort.resumeSeeds(directory, options);
    },
    async evaluate(directory, options = {}) {
      checkFolder(directory, 'evaluate');
      checkOptions(options, 'evaluate');
      checkGiven(options, 'evaluate');
      checkCount(options.episodes, 'evaluate: episodes', 1, mostEpisodes);
      checkCount(options.maxSteps, 'evaluate: maxSteps', 1, mostSteps);
      checkCount(options.seed, 'evaluate: seed', 0, greatestSeed);
      checkCount(options.numPrompts, 'evaluate: numPrompts', 1, 1_000_000);
      checkCount(options.numSamples, 'evaluate: numSamples', 1, 4096);
      checkCount(options.threads, 'evaluate: threads', 1, 64);
      return cohort.evaluate(directory, options);
    },
    async load(directory, options) {
      checkFolder(directory, 'load');
      checkOptions(options, 'load');
      return cohort.load(directory, options);
    },
    async loadLanguageModel(directory, options) {
      checkFolder(directory, 'loadLanguageModel');
      checkOptions(options, 'loadLanguageModel');
      return cohort.loadLanguageModel(directory, options);
    },
    async loadPolicy(directory) {
      checkFolder(directory, 'loadPolicy');
      return cohort.loadPolicy(directory);
    },
    async readPolicy(directory, options = {}) {
      checkFolder(directory, 'readPolicy');
      checkOptions(options, 'readPolicy');
      checkCount(options.iteration, 'readPolicy: iteration', 0, mostSteps);
      return cohort.readPolicy(directory, options);
    },
    async savePolicy(directory, file, options) {
      checkText(directory, 'savePolicy', 'the path of a new folder', "write for example 'policies/mine'");
      checkPolicyShape(file, 'savePolicy');
      checkOptions(options, 'savePolicy');
      return cohort.savePolicy(directory, file, options);
    },
    async environmentOf(file) {
      checkPolicyShape(file, 'environmentOf');
      return cohort.environmentOf(file);
    },
    async createPolicy(file, options = {}) {
      checkPolicyShape(file, 'createPolicy');
      checkOptions(options, 'createPolicy');
      checkCount(options.seed, 'createPolicy: seed', 0, greatestSeed);
      return cohort.createPolicy(file, options);
    },
    async loadPlayer(directory, options = {}) {
      checkFolder(directory, 'loadPlayer');
      checkOptions(options, 'loadPlayer');
      checkGiven(options, 'loadPlayer');
      checkCount(options.iteration, 'loadPlayer: iteration', 0, mostSteps);
      return cohort.loadPlayer(directory, options);
    },
    async makeEnv(id, options) {
      checkText(id, 'makeEnv', 'the id of an environment', 'name one, for example CartPole-v1');
      checkOptions(options, 'makeEnv');
      return cohort.makeEnv(id, options);
    },
    async makeVectorEnv(id, numEnvs, settings = {}) {
      checkText(id, 'makeVectorEnv', 'the id of an environment', 'name one, for example CartPole-v1');
      checkOptions(settings, 'makeVectorEnv');
      checkOptions(settings.options, 'makeVectorEnv: options');
      checkCount(settings.threads, 'makeVectorEnv: threads', 1, 64);
      return cohort.makeVectorEnv(id, numEnvs, settings);
    },
    registerEnv(spec) {
      checkEnvSpec(spec);
      cohort.registerEnv(spec);
    },
    registerAlgorithm(algorithm) {
      checkAlgorithm(algorithm);
      cohort.registerAlgorithm(algorithm);
    },
    async useModule(url) {
      checkText(url, 'useModule', 'the address of a module', "write for example new URL('mine.js', import.meta.url).href");
      return cohort.useModule(url);
    },
  };
}

/**
 * Binds the library to a platform. `home` is missing where nothing can be kept; `jobThreads` where whole runs have no threads of their own, which must
 * see the same home and the standard registries.
 */
export function createCheckedCohort(platform: Platform, home?: RunHome, options: LibraryOptions = {}, jobThreads?: JobThreads): Cohort {
  checkRecord(platform, 'createCohort', 'a platform', 'pass nodePlatform, or what your platform brings');
  checkOptions(options, 'createCohort');
  return checked(createCohort(platform, home, options, jobThreads));
}
