/**
 * Training on environments, in a program.
 */
import type { BinKey, BinName } from '../advantage/core.ts';
import type { AlgorithmName } from '../algorithms/standard.ts';
import { checkCount } from '../core/arguments.ts';
import type { Env, VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import { isOfThePackage } from '../envs/family.ts';
import { makeVectorEnvOf } from '../envs/makeOf.ts';
import { environmentSeeds } from '../envs/seeding.ts';
import type { EnvSpec } from '../envs/spec.ts';
import { vectorizeMade } from '../envs/vectorize.ts';
import { ClipActionVectorEnv } from '../envs/wrappers/clipAction.ts';
import { normalized } from '../envs/wrappers/normalize.ts';
import { evaluateBoth, type PlayedEpisodes, usualMaxSteps } from '../play/evaluate.ts';
import { playEpisode } from '../play/playEpisode.ts';
import type { Player } from '../play/player.ts';
import { checkSpaces } from '../policies/environment.ts';
import type { Policy } from '../policy/policy.ts';
import { learnerKey } from '../random/index.ts';
import { inPieces } from '../run/breathe.ts';
import type { Evaluation } from '../run/evaluation.ts';
import { checkLabels } from '../run/labels.ts';
import { driveSession, RunInProgress } from '../run/runInProgress.ts';
import { runSession, type SessionContext } from '../run/session.ts';
import { filesOfStart, type RunStart, readStart, recordStart } from '../run/start.ts';
import type { RunDescription } from '../run/storedRun.ts';
import type { RunSummary } from '../run/summary.ts';
import { type ResolvedConfig, resolveConfig } from '../training/config.ts';
import { withRecipe } from '../training/recipes.ts';
import type { OpenShards } from '../training/shards/open.ts';
import type { ShardExecutor } from '../training/shards/tasks.ts';
import type { EnvironmentSource } from '../training/source.ts';
import { createTrainee, episodesTable, type IterationResult, type TrainedPolicy } from '../training/trainee.ts';
import type { LibraryContext, RunOptions } from './context.ts';
import { displayed } from './display.ts';
import type { TrainConfigFields } from './generated.ts';
import type { Policies } from './policies.ts';
import { saidStart } from './startOptions.ts';

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
  /** Opens what computes the shards of the run, elsewhere. Default: shards are computed here, one after the other. */
  readonly openShards?: OpenShards;
}

/** How to run on environments. */
export interface EnvironmentRunOptions extends RunOptions, Pick<EnvironmentGiven, 'openShards'> {}

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
  /** Wraps the environment that is played, for example to show something else. Default: the environment as it is. */
  readonly wrap?: (env: Env) => Env;
}

/** What is known of a run that begins from a policy once that is read. */
interface Beginning {
  readonly config: ResolvedConfig;
  readonly start: RunStart;
  /** Missing where it is the one that is known. */
  readonly openFolder?: SessionContext['openFolder'];
}

/** The road of environments on one platform; `cohort.ts` says what its members do. */
export function createEnvironmentRoad(context: LibraryContext, policies: Policies) {
  const { platform, registry, algorithms, modules, versions, layOut, homeOf } = context;
  // Loaded late: most runs begin from random weights.
  const loadStarts = () => import('./starts.ts');

  /** Throws for what has no source, before anything is loaded. */
  const checkSource = (env: string, factory: EnvFactory | undefined): void => {
    if (!factory && env === customEnv) {
      const advice = 'pass it again as { env: () => new YourEnv() }';
      throw mistake('env', 'the function that makes the run’s own environment', 'nothing', advice);
    }
    if (!factory && !registry.has(env)) registry.get(env);
  };

  const sourceOf = async (env: string, factory: EnvFactory | undefined): Promise<EnvironmentSource> => {
    checkSource(env, factory);
    if (factory) {
      // One object must not be in two places, training and evaluation included.
      const known = new WeakSet<object>();
      return sourceFrom(env, undefined, async (numEnvs) => vectorizeMade(factory, numEnvs, known));
    }
    const spec = await registry.load(env);
    const { spawnEnvWorker } = platform;
    return sourceFrom(
      env,
      spec,
      (numEnvs, options) => makeVectorEnvOf(registry, env, numEnvs, { options }),
      (numEnvs, options, threads) => makeVectorEnvOf(registry, env, numEnvs, { options, threads, spawnEnvWorker, modules: modules.urls }),
    );
  };

  const begin = (
    config: ResolvedConfig,
    given: EnvironmentGiven,
    { signal, onEvent: listener, display, labels }: Pick<SessionContext, 'signal' | 'labels'> & Pick<RunOptions, 'onEvent' | 'display'>,
    openFolder: SessionContext['openFolder'],
    openBeginning?: () => Promise<Beginning | undefined>,
  ): Training => {
    const { env, bins: binning, openShards } = given;
    if (config.bins === 'custom' && !binning) {
      throw mistake('bins', 'the function behind bins custom', 'nothing', 'pass it as { bins: (step) => key }');
    }
    checkSource(config.env, env);
    const key = learnerKey(config.seed);
    const algorithm = algorithms.get(config.algorithm);
    let settled = config;
    const driven = driveSession<IterationResult, TrainedPolicy>((told) =>
      displayed(context, { display, onEvent: listener }, (onEvent) => {
        let folder = openFolder;
        const open: SessionContext['openFolder'] = openFolder && ((table) => folder!(table));
        const own = { algorithm, platform, layOut, key, binning, openShards };
        const session = { ...own, openFolder: open, versions, signal, onEvent, labels };
        const create = async (): ReturnType<typeof createTrainee> => {
          const beginning = await openBeginning?.();
          const source = await sourceOf(config.env, env);
          if (!beginning) return createTrainee(config, { ...session, source });
          settled = beginning.config;
          folder = beginning.openFolder ?? folder;
          const { startToTake } = await loadStarts();
          return createTrainee(beginning.config, { ...session, source, start: startToTake(beginning.start) });
        };
        return runSession(create, episodesTable, session, told);
      }),
    );
    return new RunInProgress(() => settled, { ...driven, snapshot: async () => (await driven.snapshot()).policy });
  };

  return {
    train(input: TrainConfig, options: EnvironmentRunOptions = {}): Training {
      const { env, bins, recipe, ...fields } = input;
      const factory = typeof env === 'function' ? env : undefined;
      const named = {
        ...fields,
        env: factory ? customEnv : env,
        ...(bins === undefined ? {} : { bins: typeof bins === 'function' ? 'custom' : bins }),
      };
      const resolve = (network: Readonly<Record<string, unknown>> = {}): ResolvedConfig =>
        resolveConfig({ ...withRecipe(named, recipe, registry, algorithms), ...network }, 'train', undefined, algorithms);
      const config = resolve();
      const recorded = modules.recordedFor(config.env, config.algorithm);
      const labels = checkLabels(options, 'train');
      const run = { road: 'environments', modules: recorded, ...labels } as const;
      const openFolder = context.newFolder(options.runDirectory, { ...run, config });
      const openBeginning = async (): Promise<Beginning | undefined> => {
        if (saidStart(options) === undefined) return undefined;
        const { createStarts } = await loadStarts();
        const starts = createStarts(context, policies);
        const start = await starts.open(options);
        if (!start) return undefined;
        const settled = resolve(starts.network(start, named, config.algorithm));
        const kept = { recorded: { start: recordStart(start) }, files: filesOfStart(start) };
        return { config: settled, start, openFolder: context.newFolder(options.runDirectory, { ...run, config: settled, kept }) };
      };
      const { openShards } = options;
      const given = { ...(factory && { env: factory }), ...(typeof bins === 'function' && { bins }), ...(openShards && { openShards }) };
      return begin(config, given, { ...options, labels }, openFolder, openBeginning);
    },

    async openShardRunner(
      input: Readonly<Record<string, unknown>>,
      { env: factory }: Pick<EnvironmentGiven, 'env'> = {},
    ): Promise<ShardExecutor> {
      const config = resolveConfig(input, 'openShardRunner', undefined, algorithms);
      const [algorithm, source] = [algorithms.get(config.algorithm), await sourceOf(config.env, factory)];
      const { openRunner } = await import('../training/shards/open.ts');
      return openRunner(config, { source, algorithm, platform, layOut, key: learnerKey(config.seed) });
    },

    resume(
      directory: string,
      { name, tags, start, config: stored }: RunDescription,
      changes: Readonly<Record<string, unknown>>,
      given: EnvironmentGiven,
      options: Pick<RunOptions, 'signal' | 'onEvent' | 'display'> & { readonly hasCheckpoint: boolean },
    ): Training {
      const config = resolveConfig({ ...stored, ...changes }, `${directory}: config.json`, undefined, algorithms);
      const { hasCheckpoint, ...run } = options;
      // Killed before its first checkpoint it begins again, from its own copy.
      const openBeginning = async (): Promise<Beginning | undefined> =>
        start && !hasCheckpoint ? { config, start: await readStart(homeOf().open(directory), start) } : undefined;
      const openFolder = context.oldFolder(directory, config.iterations);
      return begin(config, given, { ...run, labels: { name, tags } }, openFolder, openBeginning);
    },

    async evaluate(directory: string, options: EpisodeOptions): Promise<{ readonly target: string; readonly cut?: number } & Evaluation> {
      const { config, policy } = await policies.load(directory);
      const source = await sourceOf(config.env, options.env);
      const { episodes = 100, seed = config.seed, maxSteps = config.evaluationMaxSteps ?? source.evaluationMaxSteps } = options;
      const env = await source.makeVector(episodes, config.envOptions);
      let played: PlayedEpisodes;
      try {
        checkSpaces(policy.spec, env, config.env);
        const shared = { seeds: source.seeds(seed, episodes, config.envSeeding, 'evaluation'), maxSteps };
        played = (await inPieces(evaluateBoth(policy, env, shared), { platform }))!;
      } finally {
        closeAfterEvaluation(env);
      }
      const { sampled, greedy, cut } = played;
      return { target: config.env, sampled, greedy, ...(cut > 0 && { cut }) };
    },

    async loadPlayer(directory: string, { env: factory, iteration, wrap = (env) => env }: PlayerLoadOptions): Promise<Player> {
      const { config, policy } = await policies.load(directory, iteration);
      // Speaks where the custom environment is missing.
      const source = await sourceOf(config.env, factory);
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
          return playEpisode(policy, wrap(env), { seed: seeds[index]!, index, greedy, maxSteps });
        },
        close: () => env.close?.(),
      };
    },
  };
}

/** The road of environments on one platform. */
export type EnvironmentRoad = ReturnType<typeof createEnvironmentRoad>;

type MakeThreaded = (numEnvs: number, options: Readonly<Record<string, unknown>>, threads: number) => Promise<VectorEnv>;

/** A source from what makes its environments, for training on several threads if that is possible; without a spec they are a program's own. */
function sourceFrom(
  id: string,
  spec: EnvSpec | undefined,
  make: EnvironmentSource['makeVector'],
  makeThreaded: MakeThreaded = make,
): EnvironmentSource {
  const { evaluationMaxSteps, maxEpisodeSteps = 0 } = spec ?? {};
  const isOwn = spec === undefined || !isOfThePackage(spec);
  // Whether the limit that a user states is kept is not known.
  const isCutAssumed = evaluationMaxSteps === undefined && (isOwn || maxEpisodeSteps === 0);
  return {
    id,
    evaluationMaxSteps: evaluationMaxSteps ?? (isCutAssumed ? Math.max(usualMaxSteps, maxEpisodeSteps) : undefined),
    isCutAssumed,
    adviseOn: async (spaces, normalizes) => (isOwn ? (await import('../envs/advice.ts')).adviceOn(spaces, normalizes) : []),
    seeds: environmentSeeds,
    makeVector: async (numEnvs, options) => clipped(await make(numEnvs, options)),
    makeTrainingVector: async (config) => {
      const env = await makeThreaded(config.numEnvs as number, config.envOptions, config.threads);
      return normalized(clipped(env), config as ResolvedConfig & { readonly gamma: number });
    },
  };
}

/** A fault in closing takes no result away, and hides no other error. */
function closeAfterEvaluation(env: VectorEnv): void {
  try {
    env.close();
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: an evaluation has no listener, and a warning must be seen
    console.warn(`cohort-rl: closing after the evaluation failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** With a box of actions: cut to its bounds, since the policy is Gaussian. */
function clipped(env: VectorEnv): VectorEnv {
  return env.actionSpace.kind === 'box' ? new ClipActionVectorEnv(env) : env;
}
