/**
 * What training asks of an algorithm: a state that is everything, and one iteration that advances it in place.
 */
import type * as z from 'zod/mini';
import type { BinKey } from '../advantage/core.ts';
import type { StateArray, VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import type { KernelTimes, LayOut, Learner, Losses, MinibatchReport, Update } from '../policy/learner.ts';
import { updateMetrics } from '../policy/metrics.ts';
import type { Rollout } from '../rollout/buffer.ts';
import { type CollectorState, createCollectorState, type EpisodeRecord } from '../rollout/collect.ts';
import type { Collected } from '../rollout/source.ts';

/** What an algorithm is given to build its state from. */
export interface AlgorithmContext {
  /** N environments, just reset. */
  readonly env: VectorEnv;
  readonly platform: Platform;
  /** Makes the kernels, with the memory that the algorithm takes. */
  readonly layOut: LayOut;
  /** Learner key: two 32-bit words, `learnerKey(seed)`. */
  readonly key: Uint32Array;
  /** The user's own binning, where `bins` is `custom`. */
  readonly binning?: BinKey;
}

/** The part of a state that every algorithm has; checkpoints are made of it. */
export interface AlgorithmState {
  readonly env: VectorEnv;
  /** Clock in milliseconds, for the time split. */
  readonly now: () => number;
  readonly learner: Learner;
  readonly rollout: Rollout;
  readonly collector: CollectorState;
  /** Iterations done; while one goes on, its own number. */
  iteration: number;
  /** Number of the first environment in the run: above 0 where these are a shard of its environments. */
  firstEnv: number;
  /** What an algorithm keeps from earlier rollouts: views by name, which a checkpoint stores and a resume fills. */
  readonly history?: () => Readonly<Record<string, StateArray>>;
}

/** What one iteration reports. */
export interface IterationReport {
  /** By the keys of the metrics table. */
  readonly metrics: Record<string, number>;
  /** Episodes that ended during the iteration. */
  readonly episodes: readonly EpisodeRecord[];
}

/** What an iteration leaves to its update. */
export interface Estimated {
  readonly update: Update;
  /** By the keys of the metrics table. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Spent on advantages. */
  readonly milliseconds: number;
}

/** The stops of an iteration around its update. A state may be that of all environments, or of a shard of them: see `Algorithm.stops`. */
// biome-ignore lint/suspicious/noExplicitAny: as for Algorithm
export interface Stops<State extends AlgorithmState = any> {
  /** The first: fills the rollout. Only a source of trajectories gives a batch. */
  collect(state: State): Omit<Collected, 'batch'> & Partial<Pick<Collected, 'batch'>>;
  /** What is minimized: a function of the configuration alone. */
  losses(state: State): Losses;
  /** The batch of a rollout that was collected in shards and put together in the state's; missing without a source of trajectories. */
  batch?(state: State): Collected['batch'];
  /** The second and the third: advantages from the rollout of all environments, and the update that is to be made. */
  estimate(state: State, collected: Collected): Estimated;
}

/** Whoever does the first stop and the update of an iteration elsewhere. */
export interface Elsewhere {
  collect(): Promise<Collected>;
  update(update: Update): Promise<readonly MinibatchReport[]>;
  /** By the keys of the metrics table, once all is done: what is counted besides, and what is to be added to what was counted here. */
  measured(): { readonly besides: Readonly<Record<string, number>>; readonly added: Readonly<Record<string, number>> };
}

/** Why a configuration cannot be computed in shards: what would have to be otherwise. */
export interface Uncut {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** One algorithm. `State` is its own; training only sees the common part. */
// biome-ignore lint/suspicious/noExplicitAny: each algorithm's configuration and state are its own; training passes them through
export interface Algorithm<Config = any, State extends AlgorithmState = any> {
  /** What `--algorithm` takes, and run folders record. */
  readonly name: string;
  readonly title: string;
  /** One sentence for help texts. */
  readonly description: string;
  /** What it is one of, where many have the same fields: help texts then name the family. */
  readonly family?: string;
  /** It takes the recipes of this algorithm where it has none, without the fields that are its own. */
  readonly recipesOf?: { readonly algorithm: string; readonly without: readonly string[] };
  /** What it plays beyond its rollouts, in one word: how many steps a run takes is then not known before. */
  readonly playsBesides?: string;
  /** Name of the algorithm to compare it with. */
  readonly comparesWith?: string;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
  /** Configuration fields, joined with the training fields into one flat record. */
  readonly fields: z.core.$ZodShape;
  /** Throws {@link CohortError} where fields contradict each other. */
  check(config: Config, subject: string, nameOf: (field: string) => string): void;
  create(config: Config, context: AlgorithmContext): Promise<State>;
  /** Advances `state` by one iteration, in place. */
  iterate(state: State): IterationReport;
  /** The same in stops, of which the first and the gradients can be computed shard by shard; missing where an iteration does not come apart so. */
  readonly stops?: Stops<State> | undefined;
  /** The same with the first stop and the update elsewhere; there where `stops` are. */
  iterateElsewhere?(state: State, elsewhere: Elsewhere): Promise<IterationReport>;
  /** Environments that must be in one shard, this many at a time. Default 1. */
  together?(config: Config): number;
  /** What keeps a configuration from being computed in shards; `undefined` if nothing does. */
  uncut?(config: Config): Uncut | undefined;
}

/** An algorithm's iteration from its stops. */
export function inStops<State extends AlgorithmState>(
  stops: Stops<State>,
): Pick<Algorithm<never, State>, 'stops' | 'iterate' | 'iterateElsewhere'> {
  return {
    stops,
    iterate(state) {
      const times = beginIteration(state);
      const collected = stops.collect(state) as Collected;
      const estimated = stops.estimate(state, collected);
      return endIteration(state, times, collected, estimated, state.learner.update(estimated.update));
    },
    async iterateElsewhere(state, elsewhere) {
      const times = beginIteration(state);
      const collected = await elsewhere.collect();
      const estimated = stops.estimate(state, collected);
      const reports = await elsewhere.update(estimated.update);
      const { besides, added } = elsewhere.measured();
      const { metrics, episodes } = endIteration(state, times, collected, estimated, reports);
      const sums = Object.entries(added).map(([key, value]) => [key, (metrics[key] ?? 0) + value] as const);
      return { metrics: { ...metrics, ...Object.fromEntries(sums), ...besides }, episodes };
    },
  };
}

/** Counts an iteration; gives the kernels' times at its start. */
function beginIteration(state: AlgorithmState): KernelTimes {
  state.iteration++;
  return state.learner.policy.kernels.times();
}

/** What an iteration reports; `before` is what {@link beginIteration} gave. */
function endIteration(
  state: AlgorithmState,
  before: KernelTimes,
  { episodes, measured }: Pick<Collected, 'episodes' | 'measured'>,
  { update, metrics, milliseconds }: Estimated,
  reports: readonly MinibatchReport[],
): IterationReport {
  const updated = updateMetrics(reports, update.optimizer.learningRate, update.valueLoss !== undefined);
  return { metrics: { ...updated, ...metrics, ...measured, ...timeMetrics(state, before, milliseconds) }, episodes };
}

/** The common part of a state before its first iteration. */
export function startState({ env, platform }: AlgorithmContext, learner: Learner, rollout: Rollout): AlgorithmState {
  return { env, now: platform.now, learner, rollout, collector: createCollectorState(rollout.numEnvs), iteration: 0, firstEnv: 0 };
}

/** Throws where a rollout cannot be cut into that many minibatches: of one sample each, or of two where their advantages are normalized. */
export function checkMinibatches(
  config: { numEnvs: number; numSteps: number; numMinibatches: number; normalizeAdvantage?: boolean },
  subject: string,
  nameOf: (field: string) => string,
): void {
  const { numEnvs, numSteps, numMinibatches, normalizeAdvantage = true } = config;
  const batch = numEnvs * numSteps;
  const least = normalizeAdvantage ? 2 : 1;
  if (Math.floor(batch / numMinibatches) >= least) return;
  const most = Math.floor(batch / least);
  const samples = normalizeAdvantage ? 'at least 2 samples, whose advantages are normalized,' : 'at least 1 sample';
  const fewer = most > 0 ? [`use at most ${most} ${most === 1 ? 'minibatch' : 'minibatches'}`] : [];
  const whole = normalizeAdvantage && batch >= numMinibatches ? [`switch ${nameOf('normalizeAdvantage')} off`] : [];
  throw mistake(
    `${subject}: ${nameOf('numMinibatches')}`,
    `minibatches of ${samples} from ${numEnvs} environments x ${numSteps} steps = ${batch}`,
    `${numMinibatches} ${numMinibatches === 1 ? 'minibatch' : 'minibatches'}`,
    [...fewer, ...whole, 'take more environments or steps'].join(', or '),
  );
}

/** Where the iteration went, in seconds, by the keys of the metrics table. Acting counts as forward. `before`: the kernels' times at its start. */
function timeMetrics(state: AlgorithmState, before: KernelTimes, advantageMilliseconds: number): Record<string, number> {
  const { policy } = state.learner;
  const after = policy.kernels.times();
  return {
    'time/env': state.collector.envMilliseconds / 1000,
    'time/forward': (after.forward - before.forward) / 1000,
    'time/backward': (after.backward - before.backward) / 1000,
    'time/optimizer': (after.optimizer - before.optimizer) / 1000,
    'time/advantage': advantageMilliseconds / 1000,
  };
}
