/**
 * Where a group's trajectories come from: one iteration of collecting, with whatever a method wants done to it. Each source wraps the one below it, so
 * that none knows what the others do, and no algorithm does.
 */
import type { Actor } from '../core/actor.ts';
import type { StateArray, VectorEnv } from '../core/env.ts';
import type { Trajectories } from '../core/trajectory.ts';
import type { Rollout } from './buffer.ts';
import { carryArrays, createCarryState, shiftRollout, takeUsable } from './carry.ts';
import { type CollectorState, collectRollout, completeTrajectories, type EpisodeRecord } from './collect.ts';
import { createTrajectories, cutTrajectories } from './trajectories.ts';

/** One iteration's rollout, cut into trajectories: what an estimator reads (`AdvantageBatch`). */
export interface GroupBatch extends Rollout {
  readonly trajectories: Trajectories;
  /** One number per trajectory, only of {@link completing}: the true discounted return after its last step. */
  readonly edgeValues?: Float64Array;
  /** (T + 1, N), only of a source that branches: what states are worth, NaN where nobody asked. */
  readonly stateValues?: Float64Array;
  /** (N) and how many, only of a source with groups of one start: the group of every environment. */
  readonly groups?: Int32Array;
  readonly numGroups?: number;
}

/** What one iteration collected. */
export interface Collected {
  readonly batch: GroupBatch;
  /** Episodes that ended meanwhile. */
  readonly episodes: readonly EpisodeRecord[];
  /** What a source measures itself, by the keys of the metrics table. */
  readonly measured?: Readonly<Record<string, number>>;
}

/** Collects one iteration after the other into the same arrays. */
export interface TrajectorySource {
  /** `actor` is the policy of this iteration. */
  collect(actor: Actor): Collected;
  /** The batch of a rollout that was collected elsewhere and put into the arrays; missing where more than a rollout is needed for it. */
  readonly batch?: (() => GroupBatch) | undefined;
  /** What is kept from one iteration to the next, by name: a checkpoint stores these arrays, a resume fills them. */
  readonly kept?: () => Readonly<Record<string, StateArray>>;
}

/** What every source collects with. */
export interface SourceContext {
  readonly env: VectorEnv;
  readonly rollout: Rollout;
  readonly collector: CollectorState;
  /** Clock in milliseconds, for the time split. */
  readonly now: () => number;
}

/** The rollout as it comes: trajectories are cut at resets and at both of its edges. */
export function plain({ env, rollout, collector, now }: SourceContext): TrajectorySource {
  const trajectories = createTrajectories(rollout.numSteps * rollout.numEnvs);
  const batch = (): GroupBatch => ({ ...rollout, trajectories: cutTrajectories(rollout, trajectories) });
  return {
    batch,
    collect(actor) {
      const episodes = collectRollout(env, actor, rollout, collector, now);
      return { batch: batch(), episodes };
    },
  };
}

/** Every episode is begun anew at the start of a rollout. */
export function restarting(source: TrajectorySource, { env, collector }: SourceContext): TrajectorySource {
  return {
    ...source,
    collect(actor) {
      env.reset();
      collector.elapsed.fill(0);
      return source.collect(actor);
    },
  };
}

/** Open trajectories are played on to their end, at most `maxSteps` steps; what they get there is their value at the edge. */
export function completing(source: TrajectorySource, context: SourceContext, gamma: number, maxSteps: number): TrajectorySource {
  const { env, rollout, collector, now } = context;
  return {
    ...source,
    collect(actor) {
      const { batch, episodes } = source.collect(actor);
      const { trajectories } = batch;
      const completed = completeTrajectories(env, actor, rollout, collector, gamma, maxSteps, now);
      const edgeValues = Float64Array.from(trajectories.env.subarray(0, trajectories.count), (n) => completed.edgeValues[n]!);
      return { batch: { ...batch, edgeValues }, episodes: [...episodes, ...completed.episodes] };
    },
  };
}

/** Open trajectories wait for the next iteration: the rollout has room for earlier ones, and its last `numSteps` rows are new each time. */
export function carrying({ env, rollout, collector, now }: SourceContext, numSteps: number): TrajectorySource {
  const trajectories = createTrajectories(rollout.numSteps * rollout.numEnvs);
  const carry = createCarryState(rollout, numSteps);
  return {
    collect(actor) {
      shiftRollout(rollout, carry);
      const episodes = collectRollout(env, actor, rollout, collector, now, rollout.numSteps - numSteps);
      takeUsable(cutTrajectories(rollout, trajectories), carry);
      return { batch: { ...rollout, trajectories }, episodes };
    },
    kept: () => carryArrays(rollout, carry),
  };
}
