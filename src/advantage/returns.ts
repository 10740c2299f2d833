/**
 * Returns inside trajectories: discounted reward-to-go, and the return of the whole trajectory.
 */
import { endings, type Trajectories } from '../core/trajectory.ts';
import type { AdvantageBatch } from './batch.ts';
import { groupMoments } from './normalize.ts';

/** What the returns are made of. */
export interface ReturnsInput extends Pick<AdvantageBatch, 'numEnvs' | 'rewards' | 'trajectories'> {
  /** Discount per step, 0 .. 1. */
  readonly gamma: number;
  /** One number per trajectory: what is worth having after its last step. Left out: 0 (the zero tail). */
  readonly edgeValues?: Float64Array;
  /** Whether `edgeValues` counts for truncated trajectories too; else only where the rollout's edge cut. Default false. */
  readonly valueTruncated?: boolean;
}

/**
 * Discounted reward-to-go of every step, arXiv 2510.03679 section 3.1: `R_t = sum over u >= t of gamma^(u-t) r_u` over the rest of the
 * trajectory, plus `gamma^(end-t) * edgeValue` where the trajectory was cut at the edge. Steps outside every trajectory keep what `out` holds.
 *
 * Example: gamma 0.5, rewards 1, 0, 2: returns 1.5, 1, 2; with an edge value of 4: 2, 2, 4.
 */
export function discountedReturns(input: ReturnsInput, out: Float64Array): Float64Array {
  const { numEnvs, rewards, trajectories, gamma, edgeValues, valueTruncated } = input;
  const { count, env, start, end, endedBy } = trajectories;
  for (let i = 0; i < count; i++) {
    let value = 0;
    if (edgeValues) {
      const counts = endedBy[i] === endings.edge || (valueTruncated === true && endedBy[i] === endings.truncated);
      if (counts) value = edgeValues[i]!;
    }
    const first = start[i]! * numEnvs + env[i]!;
    for (let step = (end[i]! - 1) * numEnvs + env[i]!; step >= first; step -= numEnvs) {
      value = rewards[step]! + gamma * value;
      out[step] = value;
    }
  }
  return out;
}

/**
 * Returns that trust the baseline: `R_t = r_t + gamma ((1 - lambda) V_(t+1) + lambda R_(t+1))` inside a trajectory, V the baseline (T, N). Minus V_t that is
 * generalized advantage estimation (arXiv 1506.02438, equation 16) with bins in the place of a critic; lambda 1 is {@link discountedReturns}.
 *
 * Example: gamma 0.5, lambda 0.5, rewards 1, 1, V 3, 2, no edge value: R_1 = 1, R_0 = 1 + 0.5 (0.5 x 2 + 0.5 x 1) = 1.75.
 */
export function lambdaReturns(input: ReturnsInput, lambda: number, values: Float64Array, out: Float64Array): Float64Array {
  const { numEnvs, rewards, trajectories, gamma, edgeValues, valueTruncated } = input;
  const { count, env, start, end, endedBy } = trajectories;
  for (let i = 0; i < count; i++) {
    const counts = endedBy[i] === endings.edge || (valueTruncated === true && endedBy[i] === endings.truncated);
    let next = counts ? (edgeValues?.[i] ?? 0) : 0;
    let after = next;
    const first = start[i]! * numEnvs + env[i]!;
    for (let step = (end[i]! - 1) * numEnvs + env[i]!; step >= first; step -= numEnvs) {
      const value = rewards[step]! + gamma * ((1 - lambda) * next + lambda * after);
      out[step] = value;
      after = value;
      next = values[step]!;
    }
  }
  return out;
}

/**
 * Gives every step of a trajectory the return of its first step (R_1 for all t), as outcome methods such as GRPO do. Works in place.
 *
 * Example: returns 1.5, 1, 2 of one trajectory become 1.5, 1.5, 1.5.
 */
export function episodeReturns(returns: Float64Array, trajectories: Trajectories, numEnvs: number): Float64Array {
  const { count, env, start, end } = trajectories;
  for (let i = 0; i < count; i++) {
    const first = start[i]! * numEnvs + env[i]!;
    const value = returns[first]!;
    const last = (end[i]! - 1) * numEnvs + env[i]!;
    for (let step = first; step <= last; step += numEnvs) returns[step] = value;
  }
  return returns;
}

/** Standardises rewards within groups, see {@link standardiseRewards}. */
export interface StandardiseInput extends Pick<AdvantageBatch, 'numEnvs' | 'rewards' | 'trajectories' | 'groups' | 'numGroups'> {
  /** (T, N) 1 where a step counts. */
  readonly participates: Uint8Array;
  /** Divide by n - 1 or by n. */
  readonly standardDeviation: 'sample' | 'population';
  /** Added to the standard deviation. */
  readonly epsilon: number;
}

/**
 * Step rewards minus the mean and over the standard deviation of all step rewards of their group: the first half of process GRPO
 * (DeepSeekMath, arXiv 2402.03300, section 4.1.3). A group whose rewards are all equal gives zeros.
 *
 * Example: rewards 1, 3 (population, epsilon 0): -1, 1.
 */
export function standardiseRewards(input: StandardiseInput, out: Float64Array): Float64Array {
  const { numEnvs, rewards, trajectories, participates, groups, standardDeviation, epsilon } = input;
  const numGroups = groups ? (input.numGroups ?? 1) : 1;
  const { count, env, start, end } = trajectories;
  const walk = (visit: (group: number, step: number) => void): void => {
    for (let i = 0; i < count; i++) {
      const group = groups ? groups[env[i]!]! : 0;
      for (let t = start[i]!; t < end[i]!; t++) visit(group, t * numEnvs + env[i]!);
    }
  };
  const { means, deviations } = groupMoments(numGroups, standardDeviation, (give) =>
    walk((group, step) => {
      if (participates[step] !== 0) give(group, rewards[step]!);
    }),
  );
  walk((group, step) => {
    const deviation = participates[step] !== 0 ? deviations[group]! : 0;
    out[step] = deviation > 0 ? (rewards[step]! - means[group]!) / (deviation + epsilon) : 0;
  });
  return out;
}
