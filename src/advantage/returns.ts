/**
 * Returns inside trajectories: discounted reward-to-go, and the return of the whole trajectory.
 */
import { endings, type Trajectories } from '../core/trajectory.ts';
import type { Floats } from './batch.ts';

/** What the returns are made of. */
export interface ReturnsInput {
  /** N. */
  readonly numEnvs: number;
  /** (T, N). */
  readonly rewards: Floats;
  readonly trajectories: Trajectories;
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
export interface StandardiseInput {
  readonly numEnvs: number;
  readonly rewards: Floats;
  readonly trajectories: Trajectories;
  /** (T, N) 1 where a step counts. */
  readonly participates: Uint8Array;
  /** (N) group of every environment; left out: one group. */
  readonly groups?: Int32Array;
  readonly numGroups?: number;
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
  const counts = new Float64Array(numGroups);
  const means = new Float64Array(numGroups);
  const squares = new Float64Array(numGroups);
  const { count, env, start, end } = trajectories;
  // Three walks: the mean, the squares around it, the result; two-pass variance keeps equal rewards at exactly zero.
  for (let pass = 0; pass < 3; pass++) {
    for (let i = 0; i < count; i++) {
      const group = groups ? groups[env[i]!]! : 0;
      for (let t = start[i]!; t < end[i]!; t++) {
        const step = t * numEnvs + env[i]!;
        if (participates[step] === 0) {
          if (pass === 2) out[step] = 0;
          continue;
        }
        const reward = rewards[step]!;
        if (pass === 0) {
          counts[group]! += 1;
          // A running mean: equal rewards leave it exactly where it is.
          means[group]! += (reward - means[group]!) / counts[group]!;
        } else if (pass === 1) {
          squares[group]! += (reward - means[group]!) * (reward - means[group]!);
        } else {
          const degrees = standardDeviation === 'sample' ? counts[group]! - 1 : counts[group]!;
          const deviation = squares[group]! > 0 ? Math.sqrt(squares[group]! / degrees) : 0;
          out[step] = deviation > 0 ? (reward - means[group]!) / (deviation + epsilon) : 0;
        }
      }
    }
  }
  return out;
}
