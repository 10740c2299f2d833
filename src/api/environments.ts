/**
 * Training on environments, in a program.
 */
import type { BinKey, BinName } from '../advantage/index.ts';
import type { AlgorithmName } from '../algorithms/index.ts';
import { checkCount } from '../core/arguments.ts';
import type { Env, VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import { ClipActionVectorEnv, type EnvSpec, environmentSeeds, makeVectorEnv, normalized, vectorize } from '../envs/index.ts';
import { evaluateBoth, usualMaxSteps } from '../play/evaluate.ts';
import { playEpisode } from '../play/playEpisode.ts';
import type { Player } from '../play/player.ts';
import { checkSpaces } from '../policies/environment.ts';
import type { Policy } from '../policy/policy.ts';
import { learnerKey } from '../random/index.ts';
import { inPieces } from '../run/breathe.ts';
import type { Evaluation } from '../run/evaluation.ts';
import { driveSession, RunInProgress } from '../run/runInProgress.ts';
import { runSession, type SessionContext } from '../run/session.ts';
import type { RunDescription } from '../run/storedRun.ts';
import type { RunSummary } from '../run/summary.ts';
import { type ResolvedConfig, resolveConfig } from '../training/config.ts';
import { withRecipe } from '../training/recipes.ts';
import { createTrainee, type EnvironmentSource, episodesTable, type IterationResult, type TrainedPolicy } from '../training/trainee.ts';
import type { LibraryContext, RunOptions } from './context.ts';
import type { TrainConfigFields } from './generated.ts';
import type { Policies } from './policies.ts';

/** A custom environment: a function that makes one. */
export type EnvFactory = () => Env;

/** Fields of all algorithms; which belong to which, and their ranges, is checked when a run begins. */
export type TrainFields = Omit<TrainConfigFields, 'bins'>;

/** What `train` takes besides the environment: any field of the configuration. */
export interface TrainConfig extends Readonly<TrainFields> {
  /** The id of an environment, or a function that makes your own (called once per parallel environment). */
  readonly env: string | EnvFactory;
  /** Default `gpg`. */
  readonly algorithm?: AlgorithmName;
  /** Default: the recipe named `default`, if the environment has one; `none` for the plain defaults. */
  readonly recipe?: string;
  /** Options of the environment's constructor. */
  readonly envOptions?: Readonly<Record<string, unknown>>;
  /** A named binning (GPG), or your own: a function of the step to its key. */
  readonly bins?: BinName | BinKey;
}

/** What no file of a run on environments can hold. */
export interface EnvironmentGiven {
  /** The custom environment of the run. */
  readonly env?: EnvFactory;
  /** The custom binning of the run. */
  readonly bins?: BinKey;
}

/** What a run gives at its end. */
export type TrainingResult = { readonly summary: RunSummary } & TrainedPolicy;

/** A run in progress: iterate over it, or `finish()` it; leaving the loop early ends the run as if it had been aborted. */
export type Training = RunInProgress<ResolvedConfig, IterationResult, TrainingResult, Policy>;

/** Name of a task whose environment is the user's own. */
const customEnv = 'custom';

/** Whole episodes with a policy, sampled and greedy. */
export interface EpisodeOptions {
  /** Episodes. Default 100. */
  readonly episodes?: number | undefined;
  /** Seed of the episodes. Default: the run's own. */
  readonly seed?: number | undefined;
  /** Episodes are cut here. Default: as in training. */
  readonly maxSteps?: number | undefined;
  /** The custom environment of the run. */
  readonly env?: EnvFactory | undefined;
}

/** What `loadPlayer` takes. */
export interface PlayerLoadOptions {
  /** The custom environment of the run, which no file can hold. */
  readonly env?: EnvFactory;
  /** The policy that the run kept after this iteration. Default: its last checkpoint. */
  readonly iteration?: number;
}

/** The road of environments on one platform; `cohort.ts` says what its members do. */
export function createEnvironmentRoad(context: LibraryContext, policies: Policies) {
  const { platform, registry, algorithms, modules, versions, layOut } = context;

  const sourceOf = (env: string, factory: EnvFactory | undefined): EnvironmentSource => {
    if (factory) return sourceFrom(env, {}, async (numEnvs) => vectorize(Array.from({ length: numEnvs }, factory)));
    if (env === customEnv) {
      const advice = 'pass it again as { env: () => new YourEnv() }';
      throw mistake('env', 'the function that makes the run’s own environment', 'nothing', advice);
    }
    const spec = registry.get(env);
    const { spawnEnvWorker } = platform;
    return sourceFrom(
      env,
      spec,
      (numEnvs, options) => makeVectorEnv(env, numEnvs, { options, registry }),
      (numEnvs, options, threads) => makeVectorEnv(env, numEnvs, { options, threads, registry, spawnEnvWorker, modules: modules.urls }),
    );
  };

  const begin = (
    config: ResolvedConfig,
    given: EnvironmentGiven,
    { signal, onEvent }: Pick<SessionContext, 'signal' | 'onEvent'>,
    openFolder: SessionContext['openFolder'],
  ): Training => {
    const { env, bins: binning } = given;
    if (config.bins === 'custom' && !binning) {
      throw mistake('bins', 'the function behind bins custom', 'nothing', 'pass it as { bins: (step) => key }');
    }
    const source = sourceOf(config.env, env);
    const key = learnerKey(config.seed);
    const algorithm = algorithms.get(config.algorithm);
    const session = { source, algorithm, platform, layOut, key, binning, openFolder, versions, signal, onEvent };
    const driven = driveSession<IterationResult, TrainedPolicy>((listener) =>
      runSession(() => createTrainee(config, session), episodesTable, session, listener),
    );
    return new RunInProgress(config, { ...driven, snapshot: async () => (await driven.snapshot()).policy });
  };

  return {
    train(input: TrainConfig, options: RunOptions = {}): Training {
      const { env, bins, recipe, ...fields } = input;
      const factory = typeof env === 'function' ? env : undefined;
      const named = {
        ...fields,
        env: factory ? customEnv : env,
        ...(bins === undefined ? {} : { bins: typeof bins === 'function' ? 'custom' : bins }),
      };
      const config = resolveConfig(withRecipe(named, recipe), 'train', undefined, algorithms);
      const recorded = modules.recordedFor(config.env, config.algorithm);
      const openFolder = context.newFolder(options.runDirectory, { road: 'environments', modules: recorded, config });
      return begin(config, { ...(factory && { env: factory }), ...(typeof bins === 'function' && { bins }) }, options, openFolder);
    },

    resume(
      directory: string,
      description: RunDescription,
      changes: Readonly<Record<string, unknown>>,
      given: EnvironmentGiven,
      options: Pick<SessionContext, 'signal' | 'onEvent'>,
    ): Training {
      const config = resolveConfig({ ...description.config, ...changes }, `${directory}: config.json`, undefined, algorithms);
      return begin(config, given, options, context.oldFolder(directory, config.iterations));
    },

    async evaluate(directory: string, options: EpisodeOptions): Promise<{ readonly target: string } & Evaluation> {
      const { config, policy } = await policies.load(directory);
      const source = sourceOf(config.env, options.env);
      const { episodes = 100, seed = config.seed, maxSteps = config.evaluationMaxSteps ?? source.evaluationMaxSteps } = options;
      const env = await source.makeVector(episodes, config.envOptions);
      checkSpaces(policy.spec, env, config.env);
      const shared = { seeds: source.seeds(seed, episodes, config.envSeeding, 'evaluation'), maxSteps };
      const { sampled, greedy } = (await inPieces(evaluateBoth(policy, env, shared), { platform }))!;
      env.close();
      return { target: config.env, sampled, greedy };
    },

    async loadPlayer(directory: string, { env: factory, iteration }: PlayerLoadOptions): Promise<Player> {
      const { config, policy } = await policies.load(directory, iteration);
      // Speaks where the custom environment is missing.
      const source = sourceOf(config.env, factory);
      const env = factory ? factory() : await registry.get(config.env).make(config.envOptions);
      checkSpaces(policy.spec, env, config.env);
      const { seed: ownSeed, envSeeding, evaluationMaxSteps = source.evaluationMaxSteps } = config;
      return {
        env: config.env,
        policy,
        seed: ownSeed,
        play({ seed = ownSeed, episode: index = 0, greedy, maxSteps = evaluationMaxSteps } = {}) {
          // Seeds are drawn for all episodes before it.
          checkCount(index, 'play: episode', 0, 99_999);
          checkCount(seed, 'play: seed', 0, Number.MAX_SAFE_INTEGER);
          checkCount(maxSteps, 'play: maxSteps', 1, 100_000_000);
          const seeds = source.seeds(seed, index + 1, envSeeding, 'evaluation');
          return playEpisode(policy, env, { seed: seeds[index]!, index, greedy, maxSteps });
        },
        close: () => env.close?.(),
      };
    },
  };
}

/** The road of environments on one platform. */
export type EnvironmentRoad = ReturnType<typeof createEnvironmentRoad>;

type MakeThreaded = (numEnvs: number, options: Readonly<Record<string, unknown>>, threads: number) => Promise<VectorEnv>;

/** A source from what makes its environments, for training on several threads if that is possible. */
function sourceFrom(
  id: string,
  { evaluationMaxSteps, maxEpisodeSteps }: Pick<EnvSpec, 'evaluationMaxSteps' | 'maxEpisodeSteps'>,
  make: EnvironmentSource['makeVector'],
  makeThreaded: MakeThreaded = make,
): EnvironmentSource {
  const isCutAssumed = evaluationMaxSteps === undefined && maxEpisodeSteps === undefined;
  return {
    id,
    evaluationMaxSteps: evaluationMaxSteps ?? (isCutAssumed ? usualMaxSteps : undefined),
    isCutAssumed,
    seeds: environmentSeeds,
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
