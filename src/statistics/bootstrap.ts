/** Statistics of a list of numbers. The sums run in order, so that the same list gives the same bits everywhere. */

function needsNumbers(name: string, values: ArrayLike<number>, least: number): void {
  if (values.length < least) throw new RangeError(`${name}: expected at least ${least} numbers, got ${values.length}; gather more`);
}

/** Arithmetic mean. Throws RangeError for an empty list. */
export function mean(values: ArrayLike<number>): number {
  needsNumbers('mean', values, 1);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/**
 * Mean squared distance from the mean, in two passes. `sample` divides by n - 1 (0 for a single number), `population` by n.
 * Throws RangeError for an empty list.
 */
export function variance(values: ArrayLike<number>, kind: 'sample' | 'population' = 'sample'): number {
  const center = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - center;
    total += distance * distance;
  }
  if (kind === 'population') return total / values.length;
  return values.length === 1 ? 0 : total / (values.length - 1);
}

/** Square root of the {@link variance}. */
export function standardDeviation(values: ArrayLike<number>, kind: 'sample' | 'population' = 'sample'): number {
  return Math.sqrt(variance(values, kind));
}

/** Standard error of the mean: sample standard deviation / sqrt(n); 0 for a single number. */
export function standardError(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values, 'sample') / values.length);
}

/**
 * The value below which a share of the list lies, by linear interpolation between order statistics (NumPy's default, type 7 of
 * Hyndman and Fan 1996). Throws RangeError for an empty list or a share outside 0 .. 1.
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  needsNumbers('quantile', values, 1);
  if (!(share >= 0 && share <= 1)) throw new RangeError(`quantile: expected a share from 0 to 1, got ${share}; the median is 0.5`);
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return high === low ? low : low + (high - low) * (position - below);
}

/**
 * Interquartile mean: the mean of the middle half. A quarter of the list, rounded down, is left out at each end, as in
 * R. Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice" (2021). Throws RangeError for an empty list.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  needsNumbers('interquartileMean', values, 1);
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/** A source of doubles in [0, 1); `Generator` of random fits. */
export interface UniformSource {
  random(): number;
}

/** An interval and the statistic itself. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap interval of a statistic (B. Efron 1979): `resamples` lists of n values drawn with replacement, and the quantiles
 * of their statistics that leave `1 - level` outside. Throws RangeError for an empty list.
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  statistic: (values: ArrayLike<number>) => number,
  source: UniformSource,
  options: { readonly resamples?: number; readonly level?: number } = {},
): Interval {
  needsNumbers('bootstrapInterval', values, 1);
  const { resamples = 2000, level = 0.95 } = options;
  const drawn = new Float64Array(values.length);
  const statistics = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[Math.floor(source.random() * drawn.length)]!;
    statistics[b] = statistic(drawn);
  }
  const outside = (1 - level) / 2;
  return { estimate: statistic(values), low: quantile(statistics, outside), high: quantile(statistics, 1 - outside) };
}
