/**
 * The rooms put together for one platform: what `import ... from 'cohort-rl'` gives. This file knows every room; no room knows it.
 */
import type { z } from 'zod';
import type { BinKey, BinName } from '../advantage/index.ts';
import type { gpgFields } from '../algorithms/gpg.ts';
import type { ppoFields } from '../algorithms/ppo.ts';
import type { Env, Seed, VectorEnv } from '../core/env.ts';
import { CohortError } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { version } from '../core/version.ts';
import {
  ClipActionVectorEnv,
  type EnvRegistry,
  environmentSeeds,
  makeVectorEnv,
  normalized,
  standardRegistry,
  vectorize,
} from '../envs/index.ts';
import { evaluate } from '../play/evaluate.ts';
import { createPlayer, type Player } from '../play/player.ts';
import {
  checkSpaces,
  isPolicyFolder,
  listSnapshots,
  policyOfCheckpoint,
  readPolicyFolder,
  readSnapshot,
  snapshotOf,
  writePolicyFolder,
} from '../policies/folder.ts';
import { instantiatePolicy, kernelBytesOf, type PolicyFile } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';
import { learnerKey } from '../random/index.ts';
import type { EvaluationResult, RunEvent } from '../run/events.ts';
import { type Checkpoint, checkRoad, readRun } from '../run/readRun.ts';
import { createRun, openRun } from '../run/runFolder.ts';
import { type AlgorithmName, type ResolvedConfig, resolveConfig, type trainingFields } from '../training/config.ts';
import { withRecipe } from '../training/recipes.ts';
import { type Task, Training, type TrainingDependencies } from '../training/train.ts';
import { kernelsOn, type RunHome, requireHome } from './home.ts';

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
  /** Plays whole episodes with the policy of a run folder or a policy folder, sampled and greedy. */
  evaluateRun(
    runDirectory: string,
    options?: EvaluateOptions,
  ): Promise<{ env: string; sampled: EvaluationResult; greedy: EvaluationResult }>;
  /** The policy of a run folder (its last checkpoint) or a policy folder, for use. */
  loadPolicy(directory: string): Promise<Policy>;
  /**
   * The policy of a run folder or a policy folder as plain data, to look at, or to write with `encodePolicy`. With `iteration` the one that
   * the run kept then.
   */
  readPolicy(directory: string, options?: { readonly iteration?: number }): Promise<PolicyFile>;
  /** Writes a policy folder. Throws if there is one already, unless `overwrite`. */
  savePolicy(directory: string, file: PolicyFile, options?: { readonly overwrite?: boolean }): Promise<void>;
  /**
   * Whether the policy's environment is known here. Throws if it is, and shows or takes something else than the policy, or does not take the
   * policy's options.
   */
  checkPolicyTask(file: PolicyFile): Promise<boolean>;
  /**
   * A policy from plain data, for use; `seed` names the random numbers of sampled actions and is the run's own unless said. `arithmetic` as
   * in training, `plain` unless said.
   */
  createPolicy(file: PolicyFile, options?: { readonly seed?: number; readonly arithmetic?: 'plain' | 'fused' }): Promise<Policy>;
  /** The policy of a run folder or a policy folder with its environment, to play episodes that can be seen. */
  loadPlayer(directory: string, options?: PlayerLoadOptions): Promise<Player>;
}

/** What `loadPlayer` takes. */
export interface PlayerLoadOptions {
  /** The custom environment of the run, which no file can hold. */
  readonly env?: EnvFactory;
  /** The policy that the run kept after this iteration. Default: its last checkpoint. */
  readonly iteration?: number;
}

/** Name of a task whose environment is the user's own. */
const customEnv = 'custom';

/** Binds the library to a platform. `home` is missing where nothing can be kept. */
export function createCohort(platform: Platform, home?: RunHome): Cohort {
  const registry: EnvRegistry = standardRegistry();
  const versions = { 'cohort-rl': version };
  const createKernels = kernelsOn(platform);

  const taskOf = (env: string, factory: EnvFactory | undefined): Task => {
    if (factory) {
      return taskFrom(env, undefined, async (numEnvs) => vectorize(Array.from({ length: numEnvs }, factory)));
    }
    if (env === customEnv) {
      throw new CohortError({
        subject: 'env',
        expected: 'the function that makes the run’s own environment',
        got: 'nothing',
        advice: 'pass it again as { env: () => new YourEnv() }',
      });
    }
    const { evaluationMaxSteps } = registry.get(env);
    const { spawnEnvWorker } = platform;
    return taskFrom(
      env,
      evaluationMaxSteps,
      (numEnvs, options) => makeVectorEnv(env, numEnvs, { options, registry }),
      (numEnvs, options, threads) => makeVectorEnv(env, numEnvs, { options, threads, registry, spawnEnvWorker }),
    );
  };

  const homeOf = (): RunHome => requireHome(home, platform);

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
    const encodeSnapshot: TrainingDependencies['encodeSnapshot'] = (policy, moment) => snapshotOf(policy, config, moment, versions);
    const own = { task, platform, createKernels, learnerKey, openFolder, versions, encodeSnapshot };
    return new Training(config, { ...own, binning, signal, onEvent });
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
      const { config, policy } = await load(runDirectory);
      const task = taskOf(config.env, options.env);
      const { episodes = 100, seed = config.seed, maxSteps = config.evaluationMaxSteps ?? task.evaluationMaxSteps } = options;
      const env = await task.makeVector(episodes, config.envOptions);
      checkSpaces(policy.spec, env, config.env);
      const shared = { seeds: task.seeds(seed, episodes, config.envSeeding, 'evaluation'), maxSteps, iteration: 0xffffffff };
      const sampled = evaluate(policy, env, { ...shared, greedy: false });
      const greedy = evaluate(policy, env, { ...shared, greedy: true });
      env.close();
      return { env: config.env, sampled, greedy };
    },

    async loadPlayer(directory, options = {}) {
      const { config, policy } = await load(directory, options.iteration);
      // Speaks where the custom environment is missing.
      const task = taskOf(config.env, options.env);
      const env = options.env ? options.env() : await registry.get(config.env).make(config.envOptions);
      checkSpaces(policy.spec, env, config.env);
      return createPlayer({
        id: config.env,
        policy,
        env,
        seed: config.seed,
        maxSteps: config.evaluationMaxSteps ?? task.evaluationMaxSteps,
        seeds: (seed, count) => task.seeds(seed, count, config.envSeeding, 'evaluation'),
      });
    },

    loadPolicy: async (directory) => (await load(directory)).policy,

    readPolicy: async (directory, { iteration } = {}) => (await readPolicy(directory, iteration)).file,

    savePolicy: (directory, file, { overwrite = false } = {}) => writePolicyFolder(homeOf().open(directory), file, overwrite),

    async checkPolicyTask(file) {
      const spec = registry.list().find(({ id }) => id === file.env);
      if (!spec) return false;
      // With options the spaces may be others than those registered.
      const env = Object.keys(file.envOptions).length === 0 ? undefined : await spec.make(file.envOptions);
      checkSpaces(file.spec, env ?? spec, file.env);
      env?.close?.();
      return true;
    },

    createPolicy: (file, options = {}) => createPolicy(file, { arithmetic: 'plain', ...options }),
  };

  async function createPolicy(file: PolicyFile, options: { seed?: number; arithmetic: 'plain' | 'fused' }): Promise<Policy> {
    const { seed = file.source.seed ?? usualSeed, arithmetic } = options;
    const kernels = await createKernels({ bytes: kernelBytesOf(file.spec), threads: 1, arithmetic });
    return instantiatePolicy(file, kernels, learnerKey(seed));
  }

  /** A folder's policy, and how its run would play it. */
  async function readPolicy(directory: string, iteration: number | undefined): Promise<{ file: PolicyFile; config: PlayConfig }> {
    const storage = homeOf().open(directory);
    if (await isPolicyFolder(storage)) {
      const file = await readPolicyFolder(storage);
      const { env, envOptions, source } = file;
      const { seed = usualSeed, evaluationMaxSteps } = source;
      if (iteration === undefined || iteration === source.iteration) {
        return { file, config: { env, envOptions, seed, evaluationMaxSteps, envSeeding: 'cohort', arithmetic: 'plain' } };
      }
      return refuseIteration(directory, iteration, source.iteration === undefined ? [] : [source.iteration]);
    }
    const { config: stored, checkpoint } = await readRun(storage, '');
    const config = configOf(stored, directory, {});
    const snapshot = iteration === undefined ? undefined : await readSnapshot(storage, iteration);
    if (snapshot) return { file: snapshot, config };
    if (!checkpoint) {
      throw new CohortError({
        subject: directory,
        expected: 'a run with a checkpoint',
        got: 'none yet',
        advice: 'let it train for a moment, or resume it',
        kind: 'failure',
      });
    }
    const file = policyOfCheckpoint(config, checkpoint, storedVersions(stored), directory);
    if (iteration === undefined || iteration === file.source.iteration) return { file, config };
    return refuseIteration(directory, iteration, [...(await listSnapshots(storage)), file.source.iteration ?? 0]);
  }

  async function load(directory: string, iteration?: number): Promise<{ config: PlayConfig; policy: Policy }> {
    const { file, config } = await readPolicy(directory, iteration);
    return { config, policy: await createPolicy(file, config) };
  }
}

/** What playing needs to know of a run. */
type PlayConfig = Pick<ResolvedConfig, 'env' | 'envOptions' | 'seed' | 'evaluationMaxSteps' | 'envSeeding' | 'arithmetic'>;

/** Seed of a run that names none: the default of the configuration. */
const usualSeed = 1;

function refuseIteration(directory: string, iteration: number, kept: readonly number[]): never {
  const known = [...new Set(kept)];
  throw new CohortError({
    subject: `${directory}: iteration`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : 'none, for the policy does not say which it has',
    got: String(iteration),
    advice: 'choose one of those, or leave it out; policySnapshots says how many a run keeps',
  });
}

/** The versions that began a run, from its config.json. */
function storedVersions({ cohort }: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const entries = typeof cohort === 'object' && cohort !== null ? Object.entries(cohort) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function seeds(seed: number, numEnvs: number, mode: 'cohort' | 'gymnasium', purpose: 'training' | 'evaluation'): Seed[] {
  return environmentSeeds(seed, numEnvs, mode, purpose);
}

type MakeThreaded = (numEnvs: number, options: Readonly<Record<string, unknown>>, threads: number) => Promise<VectorEnv>;

/** A task from what makes its environments, for training on several threads if that is possible. */
function taskFrom(id: string, evaluationMaxSteps: number | undefined, make: Task['makeVector'], makeThreaded: MakeThreaded = make): Task {
  return {
    id,
    evaluationMaxSteps,
    seeds,
    makeVector: async (numEnvs, options) => clipped(await make(numEnvs, options)),
    makeTrainingVector: async (config) => {
      const env = await makeThreaded(config.numEnvs as number, config.envOptions, config.threads);
      return normalized(clipped(env), config as ResolvedConfig & { readonly gamma: number });
    },
  };
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
  checkRoad(stored, runDirectory, 'mdp');
  const { cohort: _versions, platform: _platform, ...fields } = stored;
  return resolveConfig({ ...fields, ...changes }, `${runDirectory}: config.json`);
}
