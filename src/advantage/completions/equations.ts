/**
 * The equations of the table, each on the rewards of one group: rewards in, advantages out, (G) both. Every mean is taken as deviations from the first
 * entry, so that equal rewards give exactly 0.
 */
import { meanAndScale } from '../normalize.ts';

/** Added to the variance that advantages are whitened by: verl's `masked_whiten`. */
export const whiteningEpsilon = 1e-8;

/**
 * `A_i = r_i - mean(r)` (GRPO, Dr. GRPO, GPG).
 *
 * Example: 1, 0, 0, 1: 0.5, -0.5, -0.5, 0.5.
 */
export function minusGroupMean(rewards: Float64Array): Float64Array {
  const { mean } = meanAndScale(rewards);
  return rewards.map((reward) => reward - mean);
}

/**
 * `A_i = r_i - mean of the others = G / (G - 1) (r_i - mean(r))` (RLOO, arXiv 2402.14740). One alone gets 0, as with every baseline of the group here, in
 * TRL and in verl's vectorised RLOO: a lone reward would be the largest gradient of the batch for the least information.
 *
 * Example: 1, 0, 0: 1, -0.5, -0.5.
 */
export function minusOthersMean(rewards: Float64Array): Float64Array {
  const size = rewards.length;
  if (size === 1) return new Float64Array(1);
  const { mean } = meanAndScale(rewards);
  return rewards.map((reward) => (size / (size - 1)) * (reward - mean));
}

/**
 * `A_i = r_i - sum of |o_j| r_j / sum of |o_j|` (OPO, arXiv 2505.23585).
 *
 * Example: rewards 1, 0 of 3 and 1 tokens: baseline 3/4, advantages 0.25, -0.75.
 */
export function minusLengthWeightedMean(rewards: Float64Array, lengths: Int32Array): Float64Array {
  const { mean } = weightedMean(rewards, lengths);
  return rewards.map((reward) => reward - mean);
}

/**
 * `A_i = r_i - r(greedy)` (ReMax, arXiv 2310.10505).
 *
 * Example: 1, 0 with a greedy reward of 1: 0, -1.
 */
export function minusGreedyReward(rewards: Float64Array, greedyReward: number): Float64Array {
  return rewards.map((reward) => reward - greedyReward);
}

/**
 * `A_best = r_best - r_second`, 0 for the others (arXiv 2503.19595): what the best of the group would lose without its best member.
 *
 * Example: 0.2, 1, 0.5: 0, 0.5, 0; and 1, 1, 0: 0, 0, 0.
 */
export function leadOverSecond(rewards: Float64Array): Float64Array {
  const advantages = new Float64Array(rewards.length);
  if (rewards.length < 2) return advantages;
  let best = 0;
  let second = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < rewards.length; i++) {
    if (rewards[i]! > rewards[best]!) {
      second = rewards[best]!;
      best = i;
    } else if (rewards[i]! > second) {
      second = rewards[i]!;
    }
  }
  advantages[best] = rewards[best]! - second;
  return advantages;
}

/**
 * `A_i / (std(r) + epsilon)`; zeros stay zeros, also where there is no spread.
 *
 * Example (epsilon 0): advantages -1, 1 of rewards 0, 2: `population` -1, 1; `sample` -0.7071, 0.7071.
 */
export function overDeviation(
  advantages: Float64Array,
  rewards: Float64Array,
  standardDeviation: 'sample' | 'population',
  epsilon: number,
): Float64Array {
  const divisor = meanAndScale(rewards, { standardDeviation }).standardDeviation + epsilon;
  return advantages.map((advantage) => (advantage === 0 ? 0 : advantage / divisor));
}

/**
 * `(A_i - mean) / sqrt(variance + epsilon)`, where mean and variance count completion i |o_i| times: whitening over the tokens of the batch (REINFORCE++,
 * arXiv 2501.03262) without writing out the tokens. The epsilon stands under the root, as in verl: differences as small as rounding stay small.
 *
 * Example (`population`, epsilon 0): advantages 1, 0 of 1 and 3 tokens have mean 1/4 and standard deviation sqrt(3)/4: 1.7321, -0.5774.
 */
export function whitenOverTokens(
  advantages: Float64Array,
  lengths: Int32Array,
  standardDeviation: 'sample' | 'population' = 'sample',
  epsilon: number = whiteningEpsilon,
): Float64Array {
  const { mean, tokens } = weightedMean(advantages, lengths);
  let squares = 0;
  for (let i = 0; i < advantages.length; i++) squares += lengths[i]! * (advantages[i]! - mean) * (advantages[i]! - mean);
  const variance = squares > 0 ? squares / (standardDeviation === 'sample' ? tokens - 1 : tokens) : 0;
  const divisor = Math.sqrt(variance + epsilon);
  return advantages.map((advantage) => (advantage === mean ? 0 : (advantage - mean) / divisor));
}

/** Mean of the values, value i counted `lengths[i]` times, and how many that are; 0 of none. */
function weightedMean(values: Float64Array, lengths: Int32Array): { mean: number; tokens: number } {
  const reference = values[0] ?? 0;
  let sum = 0;
  let tokens = 0;
  for (let i = 0; i < values.length; i++) {
    sum += lengths[i]! * (values[i]! - reference);
    tokens += lengths[i]!;
  }
  return { mean: tokens > 0 ? reference + sum / tokens : 0, tokens };
}
