/** What training sees of the wrappers that normalize a training environment. */
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
   * parallel variance formula. `undefined` where only rewards are normalized.
   */
  normalizer(): ObservationStatistics | undefined;
}
