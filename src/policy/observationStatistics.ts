/**
 * Observation normalization with frozen statistics: what a policy that was trained on normalized observations does to the raw ones it is
 * shown in evaluation, on a page, or in Python. Training itself normalizes in the environment (`envs/wrappers`), where the statistics grow.
 */

import type { ObservationStatistics } from '../core/observationStatistics.ts';

export type { ObservationStatistics };

/** Added to the variance under the root: Gymnasium's `NormalizeObservation`. */
export const normalizerEpsilon = 1e-8;

/**
 * `clip((observation - mean) / sqrt(variance + 1e-8))` of `count` observations (count, D), in float64 and then rounded to the float32 of
 * `outputs`: the order of Gymnasium's wrapper on float64 statistics.
 */
export function normalize(
  normalizer: ObservationStatistics,
  observations: Float32Array | Float64Array,
  count: number,
  outputs: Float32Array,
): void {
  const { mean, variance, clip } = normalizer;
  const size = mean.length;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < size; k++) {
      const value = (observations[i * size + k]! - mean[k]!) / Math.sqrt(variance[k]! + normalizerEpsilon);
      outputs[i * size + k] = Math.min(Math.max(value, -clip), clip);
    }
  }
}
