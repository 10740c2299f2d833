/**
 * Intervals of 95 % for differences between shares of right answers.
 */
import type { Library } from '../library.ts';

/** From low to high. */
export type Interval = readonly [low: number, high: number];

/** A share with the size of the sample that would have its uncertainty. */
export interface Share {
  readonly share: number;
  readonly size: number;
}

// 0.975 quantile of the standard normal distribution, for more seeds than the table has.
const normalQuantile = 1.96;
// 0.975 quantiles of Student's t for 1, 2, ... degrees of freedom.
const studentQuantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
  2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/** Interval of `after - before` for two independent samples: Newcombe's hybrid of Wilson's intervals (Newcombe 1998, method 10). */
export function differenceInterval(before: Share, after: Share, { wilsonInterval }: Pick<Library, 'wilsonInterval'>): Interval {
  const from = wilsonInterval(before.share, before.size);
  const to = wilsonInterval(after.share, after.size);
  const difference = after.share - before.share;
  return [
    difference - Math.hypot(after.share - to.low, from.high - before.share),
    difference + Math.hypot(to.high - after.share, before.share - from.low),
  ];
}

/**
 * A share from the mean over prompts (of 0 or 1, or of the shares of several completions) and its standard error. The completions of a prompt
 * resemble each other: the size is that of independent answers with the same standard error, and at least the number of prompts.
 */
export function shareFrom(mean: number, standardError: number | null, prompts: number): Share {
  const spread = mean * (1 - mean);
  const size = standardError !== null && standardError > 0 && spread > 0 ? spread / (standardError * standardError) : 0;
  return { share: mean, size: Math.max(prompts, size) };
}

/** Mean of a few numbers and its interval by Student's t; no interval of fewer than two, or where all are equal. */
export function meanInterval(values: readonly number[]): { readonly mean: number; readonly interval: Interval | undefined } {
  const center = mean(values);
  const freedom = values.length - 1;
  if (freedom < 1) return { mean: center, interval: undefined };
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / freedom;
  if (variance === 0) return { mean: center, interval: undefined };
  const half = (studentQuantiles[freedom - 1] ?? normalQuantile) * Math.sqrt(variance / values.length);
  return { mean: center, interval: [center - half, center + half] };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
