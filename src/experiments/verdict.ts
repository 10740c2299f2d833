/**
 * Verdicts: whether runs of ours agree with a figure that somebody published, and whether a claim about several cells holds. The rules are stated in
 * docs/log.md (2026-11-28), before any run that they judge.
 */
import { contrast, type Difference, type MeanWithError, meanWithError } from '../statistics/index.ts';

/** A published figure: the mean of some seeds with a spread of unknown kind. */
export interface PublishedFigure {
  readonly mean: number;
  /** What stands behind the plus-minus sign. */
  readonly spread: number;
  /** Seeds that it is the mean of. */
  readonly seeds: number;
}

/** What a published spread may be of: the single seeds, or their mean. */
export const spreadReadings = ['standard deviation', 'standard error'] as const;
/** One of {@link spreadReadings}. */
export type SpreadReading = (typeof spreadReadings)[number];

/** How a cell compares with a published figure. */
export type CellVerdict = 'agrees' | 'differs' | 'cannot tell';

/** A published figure beside ours. */
export interface Agreement {
  readonly verdict: CellVerdict;
  /** Ours minus published, with Welch's 95 % interval. */
  readonly difference: Difference;
}

/** The published mean with its error, under one reading of its spread. */
export function publishedMean({ mean, spread, seeds }: PublishedFigure, reading: SpreadReading): MeanWithError {
  const error = reading === 'standard error' ? spread : spread / Math.sqrt(seeds);
  return { mean, squaredError: error * error, freedom: Math.max(1, seeds - 1) };
}

/**
 * Judges ours minus published. `agrees`: the interval lies within the margin, or it holds 0 and its half-width is at most the margin. `differs`: it does
 * not hold 0 and leaves the margin. `cannot tell`: it holds 0 and is wider than the margin.
 *
 * Example: margin 10; [-3, 5] agrees, [2, 8] agrees, [4, 14] differs, [-20, 4] cannot tell.
 */
export function judge({ low, high }: Pick<Difference, 'low' | 'high'>, margin: number): CellVerdict {
  if (low >= -margin && high <= margin) return 'agrees';
  if (low > 0 || high < 0) return 'differs';
  return (high - low) / 2 <= margin ? 'agrees' : 'cannot tell';
}

/** Whether scores of ours, one per seed, agree with a published figure; `undefined` for fewer than two seeds. */
export function agreement(
  scores: readonly number[],
  published: PublishedFigure,
  reading: SpreadReading,
  margin: number,
): Agreement | undefined {
  const ours = scores.length > 1 ? meanWithError(scores) : null;
  if (!ours) return undefined;
  const difference = contrast([
    { weight: 1, mean: ours },
    { weight: -1, mean: publishedMean(published, reading) },
  ]);
  return { verdict: judge(difference, margin), difference };
}

/** Whether a claim holds: `confirmed` where the 95 % interval lies above 0, `contradicted` where it lies below. */
export type ClaimVerdict = 'confirmed' | 'contradicted' | 'cannot tell' | 'not run';

/** A claim that a weighted sum of means is above 0, judged. */
export interface JudgedClaim {
  readonly verdict: ClaimVerdict;
  /** `undefined` where a cell has fewer than two seeds. */
  readonly difference: Difference | undefined;
}

/** Judges the claim that the weighted sum of the means of independent cells is above 0. */
export function judgeClaim(terms: readonly { readonly weight: number; readonly scores: readonly number[] }[]): JudgedClaim {
  const means = terms.map(({ weight, scores }) => ({ weight, mean: scores.length > 1 ? meanWithError(scores) : null }));
  const known = means.flatMap(({ weight, mean }) => (mean ? [{ weight, mean }] : []));
  if (known.length < terms.length || terms.length === 0) return { verdict: 'not run', difference: undefined };
  const difference = contrast(known);
  const verdict = difference.low > 0 ? 'confirmed' : difference.high < 0 ? 'contradicted' : 'cannot tell';
  return { verdict, difference };
}
