/**
 * Accurate gradient estimation (AGE) of `gpg-lm`, arXiv 2504.02546 section 2.2: one number alpha per batch that multiplies the gradient, because groups
 * whose rewards are all equal have no gradient and dilute the mean. What it does and does not do is in docs/language-models.md.
 */
import { show, suggest } from '../../core/errors.ts';
import { allEqual, type CompletionBatch, checkCompletionBatch, completionError, groupRanges } from './batch.ts';

/**
 * `off`: alpha is 1. `group`: groups / valid groups, the paper's B / (B - M). `token`: tokens / tokens of the valid groups, which makes the token mean over
 * all exactly the token mean over the valid. `nonzero`: completions / completions whose reward is not 0, as verl computes it.
 */
export const gradientRescalings = ['off', 'group', 'token', 'nonzero'] as const;
/** One of {@link gradientRescalings}. */
export type GradientRescaling = (typeof gradientRescalings)[number];

/** What a group must differ in to be valid: the `total` reward, or the `outcome` part of it, so that a shaped reward keeps no all-wrong group. */
export const validities = ['total', 'outcome'] as const;
/** One of {@link validities}. */
export type Validity = (typeof validities)[number];

/** What {@link gradientScale} reads. */
export interface GradientScaleOptions {
  readonly gradientRescaling: GradientRescaling;
  /** Default `total`. */
  readonly validBy?: Validity;
  /** Largest alpha allowed, at least 1; left out: no bound (one valid group of 32 gives 32). */
  readonly alphaMax?: number;
}

/** What {@link gradientScale} gives. */
export interface GradientScale {
  /** What the gradient is multiplied by; 1 where no group is valid, as there is nothing to multiply. */
  readonly alpha: number;
  /** B, groups with at least one completion. */
  readonly groups: number;
  /** B - M, groups whose rewards are not all equal. */
  readonly validGroups: number;
  /** `validGroups / groups`; 0 without groups. */
  readonly validFraction: number;
  /** Groups in which every outcome is at least 1. */
  readonly allRight: number;
  /** Groups in which no outcome is at least 1; one of these is valid where wrong answers are worth different amounts. */
  readonly allWrong: number;
}

/**
 * (B) 1 where not all completions of the group are worth exactly the same; 0 for a group of one, and for numbers without completions.
 *
 * Example: rewards 1, 0 | 1, 1 | 5: 1, 0, 0.
 *
 * Throws {@link CohortError} for a batch that does not fit, and for `outcome` without outcomes.
 */
export function validGroups(batch: CompletionBatch, validBy: Validity = 'total'): Uint8Array {
  checkCompletionBatch(batch);
  const values = comparedBy(batch, validBy);
  const ranges = groupRanges(batch.groups);
  const valid = new Uint8Array((ranges.at(-1)?.group ?? -1) + 1);
  for (const { group, start, end } of ranges) valid[group] = allEqual(values, start, end) ? 0 : 1;
  return valid;
}

/**
 * alpha and the numbers it is made of.
 *
 * Example: rewards 1, 0, 0, 0 | 1, 1, 1, 1 | 0, 0, 0, 0 | 1, 1, 0, 0: two of four groups are valid. `group`: 4 / 2 = 2; `nonzero`: 16 / 7 = 2.2857.
 *
 * Throws {@link CohortError} for a batch that does not fit, unknown names, or an `alphaMax` below 1.
 */
export function gradientScale(batch: CompletionBatch, options: GradientScaleOptions): GradientScale {
  const { gradientRescaling, validBy = 'total', alphaMax = Number.POSITIVE_INFINITY } = options;
  if (!gradientRescalings.includes(gradientRescaling))
    throw completionError(
      'gradientRescaling',
      `one of ${gradientRescalings.join(', ')}`,
      show(gradientRescaling),
      suggest(String(gradientRescaling), gradientRescalings),
    );
  if (!(alphaMax >= 1))
    throw completionError('alphaMax', 'a number of at least 1', show(alphaMax), 'alpha is never below 1; leave it out for no bound');
  const valid = validGroups(batch, validBy);
  const { rewards, lengths, outcomes = rewards, groups: groupOf } = batch;
  const ranges = groupRanges(groupOf);

  let allRight = 0;
  let allWrong = 0;
  let validCount = 0;
  for (const { group, start, end } of ranges) {
    validCount += valid[group]!;
    let right = 0;
    for (let i = start; i < end; i++) if (outcomes[i]! >= rightFrom) right++;
    if (right === end - start) allRight++;
    if (right === 0) allWrong++;
  }

  let tokens = 0;
  let validTokens = 0;
  let nonzero = 0;
  for (let i = 0; i < rewards.length; i++) {
    tokens += lengths[i]!;
    if (valid[groupOf[i]!] === 1) validTokens += lengths[i]!;
    if (rewards[i] !== 0) nonzero++;
  }

  const groups = ranges.length;
  const ratios = { off: [1, 1], group: [groups, validCount], token: [tokens, validTokens], nonzero: [rewards.length, nonzero] } as const;
  const [all, counted] = ratios[gradientRescaling];
  const alpha = validCount === 0 || counted === 0 ? 1 : Math.min(all / counted, alphaMax);
  return { alpha, groups, validGroups: validCount, validFraction: groups > 0 ? validCount / groups : 0, allRight, allWrong };
}

/** An outcome says right from here on: the contract of a task. */
const rightFrom = 1;

function comparedBy(batch: CompletionBatch, validBy: Validity): Float64Array {
  if (!validities.includes(validBy)) {
    throw completionError('validBy', `one of ${validities.join(', ')}`, show(validBy), suggest(String(validBy), validities));
  }
  if (validBy === 'total') return batch.rewards;
  if (batch.outcomes) return batch.outcomes;
  throw completionError('validBy outcome', 'batch.outcomes', 'none', 'give the outcome of every completion, or choose total');
}
