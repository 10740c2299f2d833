/**
 * Statistics of observations. Training normalizes in the environment (`envs/wrappers`), where they grow; a policy that was trained so takes
 * them along, frozen, for the raw observations that it is shown in evaluation, on a page, or in Python.
 */
import type { StateArray } from './env.ts';

/** Statistics of raw observations, frozen. */
export interface ObservationStatistics {
  /** (D). */
  readonly mean: Float64Array;
  /** (D), population variance. */
  readonly variance: Float64Array;
  /** Normalized observations are cut to [-clip, clip]. */
  readonly clip: number;
}

/** Added to the variance under the root: Gymnasium's `NormalizeObservation`. */
export const normalizerEpsilon = 1e-8;

/**
 * `clip((observation - mean) / sqrt(variance + 1e-8))` of `count` observations (count, D), in float64 and then rounded to the float32 of
 * `outputs`: the order of Gymnasium's wrapper on float64 statistics.
 */
export function normalizeObservations(
  { mean, variance, clip }: ObservationStatistics,
  observations: Float32Array | Float64Array,
  count: number,
  outputs: Float32Array,
): void {
  const size = mean.length;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < size; k++) {
      const value = (observations[i * size + k]! - mean[k]!) / Math.sqrt(variance[k]! + normalizerEpsilon);
      outputs[i * size + k] = Math.min(Math.max(value, -clip), clip);
    }
  }
}

/** Growing statistics of a training environment. */
export interface TrainingNormalization {
  /**
   * Views of everything that they are, by name. They are part of the environment's state; where that cannot be had a checkpoint stores them by
   * themselves and a resume fills them.
   */
  readonly arrays: Readonly<Record<string, StateArray>>;
  /** To be called when the arrays have been filled. */
  restored(): void;
  /**
   * The observation statistics of this moment, frozen, for a policy that is to see raw observations; statistics per environment are merged by the
   * parallel variance formula. `undefined` if only rewards are normalized.
   */
  normalizer(): ObservationStatistics | undefined;
}
