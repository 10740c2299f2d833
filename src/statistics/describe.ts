/**
 * The three numbers that every evaluation and every set of seeds is reported with.
 */

/** Mean, standard error and interquartile mean of a sample. */
export interface SampleStatistics {
  /** Arithmetic mean; `null` of nothing. */
  readonly mean: number | null;
  /** Sample standard deviation (n - 1) over sqrt(n); `null` of fewer than two. */
  readonly standardError: number | null;
  /** Interquartile mean: the mean without the lowest and highest quarter (rounded down), as in rliable (arXiv 2108.13264); `null` of nothing. */
  readonly iqm: number | null;
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Mean, standard error and interquartile mean. Sums go from first to last (the IQM's in rising order). */
export function sampleStatistics(values: readonly number[]): SampleStatistics {
  const n = values.length;
  if (n === 0) return { mean: null, standardError: null, iqm: null };
  const mean = meanOf(values);
  const squares = values.map((value) => (value - mean) * (value - mean));
  const standardError = n < 2 ? null : Math.sqrt((meanOf(squares) * n) / (n - 1) / n);
  const cut = Math.floor(n / 4);
  const sorted = [...values].sort((x, y) => x - y);
  return { mean, standardError, iqm: meanOf(sorted.slice(cut, n - cut)) };
}
