/**
 * Accurate gradient estimation (AGE) of `gpg-lm`, arXiv 2504.02546 section 2.2: one number alpha per batch that multiplies the gradient, because groups
 * whose rewards are all equal have no gradient and dilute the mean. What it does and does not do is in docs/language-models/method.md.
 */
import { show } from '../../core/errors.ts';
import { batchError, checkName } from '../batch.ts';
import type { CompletionBatch } from './batch.ts';
import { type ScoredBatch, scoreBatch, type Validity } from './scored.ts';

/**
 * `off`: alpha is 1. `group`: groups / valid groups, the paper's B / (B - M). `token`: tokens / tokens of the valid groups, which makes the token mean over
 * all exactly the token mean over the valid. `nonzero`: completions / completions whose reward is not 0, as verl computes it.
 */
export const gradientRescalings = ['off', 'group', 'token', 'nonzero'] as const;
/** One of {@link gradientRescalings}. */
export type GradientRescaling = (typeof gradientRescalings)[number];

/** What {@link gradientScale} reads. */
export interface GradientScaleOptions {
  readonly gradientRescaling: GradientRescaling;
  /** Default: that of a scored batch, else `total`. */
  readonly validBy?: Validity;
  /** Largest alpha allowed, at least 1; left out: no bound (one valid group of 32 gives 32). */
  readonly alphaMax?: number;
}

/** What {@link gradientScale} gives; the counts are those of {@link scoreBatch}. */
export interface GradientScale extends Pick<ScoredBatch, 'validGroups' | 'allRight' | 'allWrong'> {
  /** What the gradient is multiplied by; 1 where no group is valid, as there is nothing to multiply. */
  readonly alpha: number;
  /** B, groups with at least one completion. */
  readonly groups: number;
  /** `validGroups / groups`; 0 without groups. */
  readonly validFraction: number;
}

/**
 * alpha and the numbers it is made of.
 *
 * Example: rewards 1, 0, 0, 0 | 1, 1, 1, 1 | 0, 0, 0, 0 | 1, 1, 0, 0: two of four groups are valid. `group`: 4 / 2 = 2; `nonzero`: 16 / 7 = 2.2857.
 *
 * Throws {@link CohortError} for a batch that does not fit, unknown names, or an `alphaMax` below 1.
 */
export function gradientScale(batch: CompletionBatch, options: GradientScaleOptions): GradientScale {
  const { gradientRescaling, alphaMax = Number.POSITIVE_INFINITY } = options;
  checkName('gradientRescaling', gradientRescaling, gradientRescalings);
  if (!(alphaMax >= 1))
    throw batchError('alphaMax', 'a number of at least 1', show(alphaMax), 'alpha is never below 1; leave it out for no bound');
  const { rewards, lengths, groups: groupOf, ranges, valid, validGroups, allRight, allWrong } = scoreBatch(batch, options.validBy);
  let tokens = 0;
  let validTokens = 0;
  let nonzero = 0;
  for (let i = 0; i < rewards.length; i++) {
    tokens += lengths[i]!;
    if (valid[groupOf[i]!] === 1) validTokens += lengths[i]!;
    if (rewards[i] !== 0) nonzero++;
  }

  const groups = ranges.length;
  const ratios = { off: [1, 1], group: [groups, validGroups], token: [tokens, validTokens], nonzero: [rewards.length, nonzero] } as const;
  const [all, counted] = ratios[gradientRescaling];
  const alpha = validGroups === 0 || counted === 0 ? 1 : Math.min(all / counted, alphaMax);
  return { alpha, groups, validGroups, validFraction: groups > 0 ? validGroups / groups : 0, allRight, allWrong };
}
