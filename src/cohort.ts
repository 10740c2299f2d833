/**
 * The rooms put together for one platform: what `import ... from 'cohort-rl'` gives. This file knows every room; no room knows it.
 */
import type { z } from 'zod';
import type { BinKey, BinName } from './advantage/index.ts';
import type { gpgFields } from './algorithms/gpg.ts';
import type { ppoFields } from './algorithms/ppo.ts';
import type { Env, Seed, VectorEnv } from './core/env.ts';
import { CohortError, show } from './core/errors.ts';
import type { Platform } from './core/platform.ts';
import type { EnvRegistry } from './core/registry.ts';
import { ClipActionVectorEnv, createStandardRegistry, environmentSeeds, makeVector, vectorise } from './envs/index.ts';
import { createKernelsAsync } from './kernels/index.ts';
import { Policy, type PolicySpec } from './policy/policy.ts';
import { parseSpec } from './policy/spec.ts';
import { learnerKey } from './random/index.ts';
import type { EvaluationResult, RunEvent } from './run/events.ts';
import type { RunHost } from './run/lock.ts';
import { type Checkpoint, readRun } from './run/readRun.ts';
import { createRun, openRun } from './run/runFolder.ts';
import type { RunStorage } from './run/storage.ts';
import { restoreParameters } from './training/checkpoint.ts';
import { type AlgorithmName, type ResolvedConfig, resolveConfig, type trainingFields } from './training/config.ts';
import { evaluate } from './training/evaluation.ts';
import { withRecipe } from './training/recipes.ts';
import { type Task, Training } from './training/train.ts';
import { version } from './version.ts';

/** Where runs are kept on a platform: a storage for one run folder, and what is known of processes. */
export interface RunHome {
  readonly host: RunHost;
  /** The storage whose root is that folder. */
  open(runDirectory: string): RunStorage;
}

/** A custom environment: a function that makes one. */
export type EnvFactory = () => Env;

/** What `train` takes besides the environment: any field of the configuration; see `runSchema`. */
export interface TrainInput extends Readonly<TrainFields> {
  /** The id of an environment, or a function that makes your own (called once per parallel environment). */
  readonly env: string | EnvFactory;
  readonly algorithm?: AlgorithmName;
  /** `default` unless said; `paper`; `none` for the plain defaults. */
  readonly recipe?: string;
  readonly envOptions?: Readonly<Record<string, unknown>>;
  /** A named binning (GPG), or your own: a function of the step to its key. */
  readonly bins?: BinName | BinKey;
}

/** Fields of all algorithms; which belong to which, and their ranges, is checked when a run begins. */
export type TrainFields = Omit<z.input<z.ZodObject<typeof trainingFields & typeof gpgFields & typeof ppoFields>>, 'bins'>;

/** How to run. */
export interface TrainOptions {
  /** Keep the run in this folder, which must not hold one yet. */
  readonly runDirectory?: string;
  /** Ends the run after the current iteration, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** What a resumed run may be given again. */
export interface ResumeOptions extends Omit<TrainOptions, 'runDirectory'> {
  /** The custom environment of the run, which no file can hold. */
  readonly env?: EnvFactory;
  /** The custom binning of the run, which no file can hold. */
  readonly bins?: BinKey;
  /** A new place to stop; left out, the run goes to its end. */
  readonly stopAfter?: number;
  readonly threads?: number;
}

/** What a run is evaluated with. */
export interface EvaluateOptions {
  /** Episodes, 100 unless said. */
  readonly episodes?: number;
  /** Seed of the episodes; the run's own unless said. */
  readonly seed?: number;
  /** Episodes are cut here. */
  readonly maxSteps?: number;
  /** The custom environment of the run, which no file can hold. */
  readonly env?: EnvFactory;
}

/** The library on one platform. */
export interface Cohort {
  /** Begins a run; the configuration is checked at once, the work begins when the result is iterated or finished. */
  train(input: TrainInput, options?: TrainOptions): Training;
  /** Goes on with a run from its last checkpoint. */
  resumeTraining(runDirectory: string, options?: ResumeOptions): Promise<Training>;
  /** Plays whole episodes with a run's policy, sampled and greedy. */
  evaluateRun(
    runDirectory: string,
    options?: EvaluateOptions,
  ): Promise<{ env: string; sampled: EvaluationResult; greedy: EvaluationResult }>;
  /** The policy of a run, for use. */
  loadPolicy(runDirectory: string): Promise<Policy>;
}

/** Name of a task whose environment is the user's own. */
const customEnv = 'custom';

/** Binds the library to a platform. `home` is missing where nothing can be kept. */
export function createCohort(platform: Platform, home?: RunHome): Cohort {
  const registry: EnvRegistry = createStandardRegistry();
  const versions = { 'cohort-rl': version };
  const makeKernels = (options: { bytes: number; threads: number; arithmetic: 'plain' | 'fused' }): ReturnType<typeof createKernelsAsync> =>
    createKernelsAsync({ ...options, spawnThread: platform.spawnThread, enableRelaxedSimd: platform.enableRelaxedSimd, now: platform.now });

  const taskOf = (env: string, factory: EnvFactory | undefined): Task => {
    if (factory) return { id: env, makeVector: async (numEnvs) => clipped(vectorise(Array.from({ length: numEnvs }, factory))), seeds };
    if (env === customEnv) {
      throw new CohortError({
        subject: 'env',
        expected: 'the function that makes the run’s own environment',
        got: 'nothing',
        advice: 'pass it again as { env: () => new YourEnv() }',
      });
    }
    const { evaluationMaxSteps } = registry.get(env);
    return {
      id: env,
      evaluationMaxSteps,
      makeVector: async (numEnvs, options) => clipped(await makeVector(env, numEnvs, options, registry)),
      seeds,
    };
  };

  const homeOf = (): RunHome => {
    if (home) return home;
    throw new CohortError({
      subject: 'runDirectory',
      expected: 'a platform that keeps files',
      got: platform.name,
      advice: 'train without a run folder here',
    });
  };

  const begin = (
    config: ResolvedConfig,
    factory: EnvFactory | undefined,
    binning: BinKey | undefined,
    options: TrainOptions,
    openFolder: (() => Promise<{ writer: Awaited<ReturnType<typeof createRun>>; checkpoint?: Checkpoint; directory: string }>) | undefined,
  ): Training => {
    if (config.bins === 'custom' && !binning) {
      throw new CohortError({
        subject: 'bins',
        expected: 'the function behind bins custom',
        got: 'nothing',
        advice: 'pass it as { bins: (step) => key }',
      });
    }
    const task = taskOf(config.env, factory);
    const { signal, onEvent } = options;
    return new Training(config, { task, platform, createKernels: makeKernels, learnerKey, openFolder, versions, binning, signal, onEvent });
  };

  return {
    train(input, options = {}) {
      const { env, bins, recipe, ...fields } = input;
      const factory = typeof env === 'function' ? env : undefined;
      const named = {
        ...fields,
        env: factory ? customEnv : env,
        ...(bins === undefined ? {} : { bins: typeof bins === 'function' ? 'custom' : bins }),
      };
      const config = resolveConfig(withRecipe(named, recipe), 'train');
      const { runDirectory } = options;
      const openFolder =
        runDirectory === undefined
          ? undefined
          : async () => {
              const { host, open } = homeOf();
              const stored = { ...config, cohort: versions, platform: platform.name };
              return { writer: await createRun(open(runDirectory), '', stored, { host }), directory: runDirectory };
            };
      return begin(config, factory, typeof bins === 'function' ? bins : undefined, options, openFolder);
    },

    async resumeTraining(runDirectory, options = {}) {
      const { host, open } = homeOf();
      const storage = open(runDirectory);
      const { config: stored } = await readRun(storage, '');
      const changes = { stopAfter: options.stopAfter, ...(options.threads === undefined ? {} : { threads: options.threads }) };
      const config = configOf(stored, runDirectory, changes);
      const openFolder = async () => {
        const { writer, checkpoint } = await openRun(storage, '', { host });
        return { writer, checkpoint, directory: runDirectory };
      };
      return begin(config, options.env, options.bins, options, openFolder);
    },

    async evaluateRun(runDirectory, options = {}) {
      const { config, policy } = await load(runDirectory, options.env);
      const task = taskOf(config.env, options.env);
      const { episodes = 100, seed = config.seed, maxSteps = config.evaluationMaxSteps ?? task.evaluationMaxSteps } = options;
      const env = await task.makeVector(episodes, config.envOptions);
      const shared = { seeds: task.seeds(seed, episodes, config.envSeeding, 'evaluation'), maxSteps, iteration: 0xffffffff };
      const sampled = evaluate(policy, env, { ...shared, greedy: false });
      const greedy = evaluate(policy, env, { ...shared, greedy: true });
      env.close();
      return { env: config.env, sampled, greedy };
    },

    loadPolicy: async (runDirectory) => (await load(runDirectory, undefined)).policy,
  };

  async function load(runDirectory: string, _factory: EnvFactory | undefined): Promise<{ config: ResolvedConfig; policy: Policy }> {
    const { config: stored, checkpoint } = await readRun(homeOf().open(runDirectory), '');
    const config = configOf(stored, runDirectory, {});
    if (!checkpoint) {
      throw new CohortError({
        subject: runDirectory,
        expected: 'a run with a checkpoint',
        got: 'none yet',
        advice: 'let it train for a moment, or resume it',
        kind: 'failure',
      });
    }
    const spec = parsePolicySpec(checkpoint.metadata.policy, runDirectory);
    const kernels = await makeKernels({ bytes: 64 * 2 ** 20, threads: 1, arithmetic: config.arithmetic });
    const policy = new Policy(spec, kernels, learnerKey(config.seed));
    restoreParameters(policy, checkpoint);
    return { config, policy };
  }
}

function seeds(seed: number, numEnvs: number, mode: 'cohort' | 'gymnasium', purpose: 'training' | 'evaluation'): Seed[] {
  return environmentSeeds(seed, numEnvs, mode, purpose);
}

/** With a box of actions: cut to its bounds, since the policy is Gaussian. */
function clipped(env: VectorEnv): VectorEnv {
  return env.actionSpace.kind === 'box' ? new ClipActionVectorEnv(env) : env;
}

/** A stored configuration, checked again: the file may have been changed by hand. */
function configOf(
  stored: Readonly<Record<string, unknown>>,
  runDirectory: string,
  changes: Readonly<Record<string, unknown>>,
): ResolvedConfig {
  const { cohort: _versions, platform: _platform, ...fields } = stored;
  return resolveConfig({ ...fields, ...changes }, `${runDirectory}: config.json`);
}

/** The policy's shape from a checkpoint's metadata. Throws {@link CohortError} if it is not one. */
function parsePolicySpec(text: string | undefined, runDirectory: string): PolicySpec {
  try {
    return parseSpec(text ?? '');
  } catch (cause) {
    throw new CohortError({
      subject: `${runDirectory}: checkpoint`,
      expected: 'the description of its policy',
      got: show(text),
      advice: 'the checkpoint was not written by training; restore the folder from a copy',
      kind: 'failure',
      cause,
    });
  }
}
