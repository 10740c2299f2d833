/**
 * From completions to one advantage each, for every method of the table but PPO and VinePPO.
 */
import { show } from '../../core/errors.ts';
import { batchError, checkName } from '../batch.ts';
import type { CompletionBatch } from './batch.ts';
import {
  leadOverSecond,
  minusGreedyReward,
  minusGroupMean,
  minusLengthWeightedMean,
  minusOthersMean,
  overDeviation,
  whitenOverTokens,
} from './equations.ts';
import { type CompletionBaseline, type CompletionEstimator, type CompletionScale, completionEstimators } from './estimators.ts';
import { type ScoredBatch, scoreBatch, type Validity } from './scored.ts';

/** F_norm of `gpg-lm`: what centered rewards are divided by; 1, or the standard deviation of the group. */
export const advantageScales = ['1', 'std'] as const;
/** One of {@link advantageScales}. */
export type AdvantageScale = (typeof advantageScales)[number];

/** What {@link completionAdvantages} may be told. */
export interface CompletionAdvantageOptions {
  /** Replaces the method's division: `1` divides by nothing, `std` as `grpo` does unless the method has a group's deviation. Left out: the method's. */
  readonly advantageScale?: AdvantageScale;
  /** `outcome`: groups whose outcomes are all equal get advantage 0 whatever else their rewards say. Default: that of a scored batch, else `total`, which changes nothing. */
  readonly validBy?: Validity;
}

/**
 * (N) the advantage of every completion; all its tokens share it.
 *
 * Example: rewards 1, 0, 0, 1 | 1, 1, 1, 1 give `gpg-lm` 0.5, -0.5, -0.5, 0.5 | 0, 0, 0, 0, and `rloo` 4/3 of that.
 *
 * Throws {@link CohortError} for a batch that does not fit, for ReMax without greedy rewards, for PPO and VinePPO (see `tokenGae` and `tokenStretches`), and where a custom method gives
 * something else than N finite numbers.
 */
export function completionAdvantages(
  batch: CompletionBatch,
  estimator: CompletionEstimator,
  options: CompletionAdvantageOptions = {},
): Float64Array {
  const scored = scoreBatch(batch, options.validBy);
  const advantages = estimator.advantages
    ? checkOwn(estimator.advantages(batch), batch, estimator.title)
    : scaled(centered(scored, estimator.baseline), scored, scaleOf(estimator, options.advantageScale));
  if (scored.validBy !== 'total') {
    for (let i = 0; i < advantages.length; i++) if (scored.valid[batch.groups[i]!] === 0) advantages[i] = 0;
  }
  return advantages;
}

/** Rewards minus the baseline. */
function centered(batch: ScoredBatch, baseline: CompletionBaseline): Float64Array {
  const { rewards, lengths, ranges } = batch;
  const advantages = new Float64Array(rewards.length);
  for (const { group, start, end } of ranges) {
    const own = rewards.subarray(start, end);
    advantages.set(
      centeredGroup(own, lengths.subarray(start, end), baseline, () => greedyReward(batch, group)),
      start,
    );
  }
  return advantages;
}

/** What gives the advantages of tokens instead. */
const perToken = {
  critic: 'use tokenGae and whitenTokens for PPO',
  branches: 'use tokenStretches and whitenTokens for VinePPO',
} as const;

function centeredGroup(rewards: Float64Array, lengths: Int32Array, baseline: CompletionBaseline, greedy: () => number): Float64Array {
  switch (baseline) {
    case 'none':
      return rewards;
    case 'group-mean':
      return minusGroupMean(rewards);
    case 'leave-one-out':
      return minusOthersMean(rewards);
    case 'length-weighted':
      return minusLengthWeightedMean(rewards, lengths);
    case 'greedy':
      return minusGreedyReward(rewards, greedy());
    case 'second-best':
      return leadOverSecond(rewards);
    default:
      throw batchError('completionAdvantages', 'one advantage per completion', show(baseline), perToken[baseline]);
  }
}

/** Advantages divided as the scale says. */
function scaled(advantages: Float64Array, batch: ScoredBatch, scale: CompletionScale): Float64Array {
  if (scale.by === 'none') return advantages;
  const { standardDeviation, epsilon } = scale;
  if (scale.by === 'batch') return whitenOverTokens(advantages, batch.lengths, standardDeviation, epsilon);
  for (const { start, end } of batch.ranges) {
    const rewards = batch.rewards.subarray(start, end);
    advantages.set(overDeviation(advantages.subarray(start, end), rewards, standardDeviation, epsilon), start);
  }
  return advantages;
}

function scaleOf({ scale }: CompletionEstimator, advantageScale: AdvantageScale | undefined): CompletionScale {
  if (advantageScale === undefined) return scale;
  checkName('advantageScale', advantageScale, advantageScales);
  if (advantageScale === '1') return { by: 'none' };
  return scale.by === 'group' ? scale : completionEstimators.grpo.scale;
}

function greedyReward({ greedyRewards }: CompletionBatch, group: number): number {
  const reward = greedyRewards?.[group];
  if (reward !== undefined && reward - reward === 0) return reward;
  const subject = `greedyRewards[${group}]`;
  throw batchError(subject, 'the reward of a greedy completion of every prompt', show(reward), 'sample one greedily and score it');
}

function checkOwn(advantages: Float64Array, batch: CompletionBatch, title: string): Float64Array {
  const count = batch.rewards.length;
  if (!(advantages instanceof Float64Array) || advantages.length !== count) {
    throw batchError(`estimator ${show(title)}`, `a Float64Array of ${count} advantages`, show(advantages), 'give one per completion');
  }
  for (let i = 0; i < count; i++) {
    const advantage = advantages[i]!;
    if (advantage - advantage !== 0) {
      throw batchError(`estimator ${show(title)}, completion ${i}`, 'a finite advantage', show(advantage), 'guard divisions by 0');
    }
  }
  // A copy: what the method gave may be the rewards themselves.
  return advantages.slice();
}
