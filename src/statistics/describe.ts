/**
 * One list of numbers in a few: mean, spread, quantiles, interquartile mean.
 *
 * One convention holds in the whole room: the spread of a single value is not known, so `variance`, `standardDeviation`, `standardError` and every
 * interval that rests on them are `null` for it, never 0 and never NaN. A place, such as a mean or a quantile, needs at least one value and throws
 * RangeError without any. Sums go from first to last (the interquartile mean's in rising order), so that the same list gives the same bits everywhere.
 */

/** Throws RangeError for fewer than `least` values. */
export function needsValues(name: string, values: ArrayLike<number>, least = 1): void {
  if (values.length >= least) return;
  throw new RangeError(`${name}: expected at least ${least} value${least === 1 ? '' : 's'}, got ${values.length}; gather more`);
}

/** Arithmetic mean. Throws RangeError for an empty list. Example: 2 4 4 4 5 5 7 9: 5. */
export function mean(values: ArrayLike<number>): number {
  needsValues('mean', values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/**
 * Sample variance: the mean squared distance from the mean, times n / (n - 1) (Bessel's correction). `null` for a single value. Throws RangeError for
 * an empty list.
 *
 * Example: 2 4 4 4 5 5 7 9: squared distances 9 1 1 1 0 0 4 16, so 4 * 8 / 7 = 32 / 7.
 */
export function variance(values: ArrayLike<number>): number | null {
  const n = values.length;
  const center = mean(values);
  if (n === 1) return null;
  const squares = Float64Array.from(values, (value) => (value - center) * (value - center));
  return (mean(squares) * n) / (n - 1);
}

/** Square root of the sample {@link variance}; `null` for a single value. Throws RangeError for an empty list. */
export function standardDeviation(values: ArrayLike<number>): number | null {
  const squared = variance(values);
  return squared === null ? null : Math.sqrt(squared);
}

/** Standard error of the mean: sample standard deviation / sqrt(n); `null` for a single value. Throws RangeError for an empty list. */
export function standardError(values: ArrayLike<number>): number | null {
  const squared = variance(values);
  return squared === null ? null : Math.sqrt(squared / values.length);
}

/**
 * The value below which a share of the list lies, by linear interpolation between order statistics (NumPy's default; type 7 of R. J. Hyndman and
 * Y. Fan 1996). Throws RangeError for an empty list or a share outside 0 .. 1.
 *
 * Example: the 0.9 quantile of 2 4 4 4 5 5 7 9 lies 0.3 of the way from 7 to 9: 7.6.
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  needsValues('quantile', values);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`quantile: expected a share from 0 to 1, got ${share}; the median is 0.5`);
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return high === low ? low : low + (high - low) * (position - below);
}

/** The middle value, or the mean of the two in the middle. Throws RangeError for an empty list. Example: 4 1 3 2: 2.5. */
export function median(values: ArrayLike<number>): number {
  needsValues('median', values);
  return quantile(values, 0.5);
}

/**
 * Interquartile mean: the mean without the lowest and the highest quarter, each rounded down to whole values. This is rliable's (R. Agarwal et al.
 * 2021, arXiv 2108.13264), which takes `scipy.stats.trim_mean(values, 0.25)`. Throws RangeError for an empty list.
 *
 * Example: of 1 2 3 4 500 -70 5 one goes at each end: (1 + 2 + 3 + 4 + 5) / 5 = 3.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  needsValues('interquartileMean', values);
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/** The three numbers that every evaluation and every set of seeds is reported with. */
export interface SampleStatistics {
  /** Arithmetic mean; `null` of nothing. */
  readonly mean: number | null;
  /** {@link standardError} of that mean; `null` of fewer than two. */
  readonly standardError: number | null;
  /** {@link interquartileMean}; `null` of nothing. */
  readonly iqm: number | null;
}

/** Mean, standard error and interquartile mean. Example: 10 9: 9.5, 0.5 and 9.5. */
export function sampleStatistics(values: readonly number[]): SampleStatistics {
  if (values.length === 0) return { mean: null, standardError: null, iqm: null };
  return { mean: mean(values), standardError: standardError(values), iqm: interquartileMean(values) };
}
