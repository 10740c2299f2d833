/**
 * The third stop of the road as a value: reads a group's trajectories, writes one advantage per step. Some remember earlier iterations.
 */
import type { AdvantageBatch, Floats } from './batch.ts';
import { createEstimatorWorkspace, type Estimate, type EstimatorSettings, estimateAdvantages } from './estimate.ts';

/** An estimator with its memory. */
export interface Estimator {
  /** Estimates a batch, and writes its advantages, (T, N), to `out`. What it returns is valid until the next call. */
  estimate(batch: AdvantageBatch, out: Floats): Estimate;
  /** What it keeps from one iteration to the next, by name: a checkpoint stores these arrays, a resume fills them. */
  readonly kept?: (() => Readonly<Record<string, Float64Array>>) | undefined;
}

/** The estimator of settings, for rollouts of shape (T, N). */
export function createEstimator(settings: EstimatorSettings, numSteps: number, numEnvs: number): Estimator {
  const workspace = createEstimatorWorkspace(numSteps, numEnvs);
  const { baseline, coordinates } = settings;
  const own = typeof baseline === 'object' ? baseline.kept : undefined;
  return {
    estimate: (batch, out) => estimateAdvantages(batch, settings, workspace, out),
    kept: own || coordinates ? () => ({ ...own?.(), ...coordinates?.kept() }) : undefined,
  };
}
