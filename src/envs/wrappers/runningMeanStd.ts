/**
 * Running mean and variance of vectors, as Gymnasium's `RunningMeanStd`: the parallel formula of Chan, Golub and LeVeque (1979,
 * "Updating formulae and a pairwise algorithm for computing sample variances"), in the order of operations of Gymnasium's NumPy code.
 */
import { mistake } from '../../core/errors.ts';

/** Count before the first sample: Gymnasium's `epsilon`, the weight of the first guess "mean 0, variance 1". */
export const initialCount = 1e-4;

/** Added to the variance under the root: `epsilon` of Gymnasium's `NormalizeObservation` and `NormalizeReward`. */
export const varianceEpsilon = 1e-8;

/** Mean and population variance of `count` vectors of D numbers; the count is not whole, since it begins at {@link initialCount}. */
export interface RunningStatistics {
  /** (D). */
  readonly mean: Float64Array;
  /** (D). */
  readonly variance: Float64Array;
  readonly count: number;
}

/** Mean of `count` numbers of mean `mean` and `batchCount` numbers of mean `mean + delta`: `mean + delta n_b / (n + n_b)`. */
export function combinedMean(mean: number, count: number, delta: number, batchCount: number): number {
  return mean + (delta * batchCount) / (count + batchCount);
}

/**
 * Population variance of two samples together: `(S + S_b + delta^2 n n_b / (n + n_b)) / (n + n_b)`, where S is a sample's sum of squared
 * differences from its own mean (variance times count) and delta the difference of the means.
 */
export function combinedVariance(squares: number, count: number, batchSquares: number, delta: number, batchCount: number): number {
  const total = count + batchCount;
  return (squares + batchSquares + (delta * delta * count * batchCount) / total) / total;
}

/** Statistics that grow. The caller may give the arrays, as views, so that N of them can lie in one block. */
export class RunningMeanStd implements RunningStatistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** (1). */
  readonly counts: Float64Array;

  /** Mean 0, variance 1, count {@link initialCount}, for vectors of `size` numbers. `arrays` are overwritten. */
  constructor(
    size: number,
    arrays: { readonly mean: Float64Array; readonly variance: Float64Array; readonly counts: Float64Array } = {
      mean: new Float64Array(size),
      variance: new Float64Array(size),
      counts: new Float64Array(1),
    },
  ) {
    this.mean = arrays.mean.fill(0);
    this.variance = arrays.variance.fill(1);
    this.counts = arrays.counts.fill(initialCount);
  }

  get count(): number {
    return this.counts[0]!;
  }

  /** Takes in `rows` vectors (rows, D) that begin at entry `offset` of `values`. Sums go from the first row to the last, in float64. */
  update(values: ArrayLike<number>, offset = 0, rows = 1): void {
    const { mean, variance, count } = this;
    const size = mean.length;
    for (let k = 0; k < size; k++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += values[offset + i * size + k]!;
      const batchMean = sum / rows;
      let squares = 0;
      for (let i = 0; i < rows; i++) {
        const difference = values[offset + i * size + k]! - batchMean;
        squares += difference * difference;
      }
      const batchSquares = (squares / rows) * rows;
      const delta = batchMean - mean[k]!;
      mean[k] = combinedMean(mean[k]!, count, delta, rows);
      variance[k] = combinedVariance(variance[k]! * count, count, batchSquares, delta, rows);
    }
    this.counts[0] = count + rows;
  }
}

/**
 * One sample's statistics from those of its parts, by the same formula, from the first part to the last. A single part is returned as it is.
 * Throws {@link CohortError} for no parts, or parts of different sizes.
 */
export function mergeStatistics(parts: readonly RunningStatistics[]): RunningStatistics {
  const first = parts[0];
  if (!first || parts.some(({ mean }) => mean.length !== first.mean.length)) {
    throw mistake(
      'mergeStatistics',
      'at least one part, all of the same size',
      `sizes ${parts.map(({ mean }) => mean.length).join(', ') || 'of nothing'}`,
      'pass statistics of the same environment',
    );
  }
  const mean = first.mean.slice();
  const variance = first.variance.slice();
  let { count } = first;
  for (const part of parts.slice(1)) {
    for (let k = 0; k < mean.length; k++) {
      const delta = part.mean[k]! - mean[k]!;
      mean[k] = combinedMean(mean[k]!, count, delta, part.count);
      variance[k] = combinedVariance(variance[k]! * count, count, part.variance[k]! * part.count, delta, part.count);
    }
    count += part.count;
  }
  return { mean, variance, count };
}
