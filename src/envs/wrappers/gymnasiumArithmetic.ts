/**
 * What the versions of Gymnasium do differently when one environment normalizes its own observations, down to the last bit.
 *
 * - `gymnasium-1` (1.0 to 1.3, NumPy 2): the statistics of float32 observations are float32 and every operation rounds to it. Those of float64
 *   observations are float64, except the very first product, variance times count, which is float32 too.
 * - `gymnasium-0.29` (CleanRL's pin): float64 throughout, whatever the observations are.
 *
 * For float64 observations the two agree except in that first product: 1e-4 in float32 and in float64 differ by 2.5e-8 of it.
 */
import { combinedMean, combinedVariance, initialCount, type RunningMeanStd, varianceEpsilon } from './runningMeanStd.ts';

/** Which version's arithmetic. */
export type NormalizeReading = 'gymnasium-1' | 'gymnasium-0.29';

const firstSquares = Math.fround(initialCount);

/** Takes one observation into statistics (float32 or float64, by `reading` and the type of `observations`). */
export function updateWithOne(
  statistics: RunningMeanStd,
  observations: Float32Array | Float64Array,
  offset: number,
  reading: NormalizeReading,
): void {
  if (reading === 'gymnasium-0.29') statistics.update(observations, offset);
  else if (observations instanceof Float32Array) updateInFloat32(statistics, observations, offset);
  else if (statistics.count === initialCount) updateFirst(statistics, observations, offset);
  else statistics.update(observations, offset);
}

/** `RunningMeanStd.update` with one vector, in float64 except for the squares of the first guess. */
function updateFirst({ mean, variance, counts, count }: RunningMeanStd, values: Float64Array, offset: number): void {
  for (let k = 0; k < mean.length; k++) {
    const delta = values[offset + k]! - mean[k]!;
    mean[k] = combinedMean(mean[k]!, count, delta, 1);
    variance[k] = combinedVariance(firstSquares, count, 0, delta, 1);
  }
  counts[0] = count + 1;
}

/** The formula of `RunningMeanStd` for one vector with every result rounded to float32; the count is a Python float. */
function updateInFloat32({ mean, variance, counts, count }: RunningMeanStd, values: Float32Array, offset: number): void {
  const weight = Math.fround(count);
  const total = Math.fround(count + 1);
  for (let k = 0; k < mean.length; k++) {
    const delta = Math.fround(values[offset + k]! - mean[k]!);
    const between = Math.fround(Math.fround(Math.fround(delta * delta) * weight) / total);
    mean[k] = Math.fround(mean[k]! + Math.fround(delta / total));
    variance[k] = Math.fround(Math.fround(Math.fround(variance[k]! * weight) + between) / total);
  }
  counts[0] = count + 1;
}

const epsilon32 = Math.fround(varianceEpsilon);

/** `(observation - mean) / sqrt(variance + 1e-8)`, cut to [-clip, clip], of one observation into the float32 of `outputs`; see `updateWithOne`. */
export function normalizeOne(
  { mean, variance }: RunningMeanStd,
  observations: Float32Array | Float64Array,
  offset: number,
  outputs: Float32Array,
  clip: number,
  inFloat32: boolean,
): void {
  for (let k = 0; k < mean.length; k++) {
    const value = inFloat32
      ? Math.fround(Math.fround(observations[offset + k]! - mean[k]!) / Math.fround(Math.sqrt(Math.fround(variance[k]! + epsilon32))))
      : (observations[offset + k]! - mean[k]!) / Math.sqrt(variance[k]! + varianceEpsilon);
    outputs[offset + k] = Math.min(Math.max(value, -clip), clip);
  }
}
