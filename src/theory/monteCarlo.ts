/**
 * Gradients of many drawn groups: their mean, their error, and how it falls with the size of the group.
 */
import { createEstimatorWorkspace, type EstimatorSettings } from '../advantage/estimate.ts';
import { log } from '../math/index.ts';
import type { Generator as RandomGenerator } from '../random/index.ts';
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';
import type { Bench, ErrorCurve } from './row.ts';
import { createDrawing, groupGradient, type StepWeighting } from './sampling.ts';
import { norm } from './vectors.ts';

/** Half of a 95 % interval, in standard errors. */
export const normal95 = 1.96;

/** Running sums over drawn numbers. */
export interface Moments {
  count: number;
  sum: number;
  squares: number;
}

/** No numbers yet. */
export const noMoments = (): Moments => ({ count: 0, sum: 0, squares: 0 });

/** Takes a number in. */
export function take(moments: Moments, value: number): void {
  moments.count++;
  moments.sum += value;
  moments.squares += value * value;
}

/** A mean with its standard error and 95 % interval. */
export interface MeanOfDraws {
  readonly mean: number;
  readonly standardError: number;
  readonly interval: readonly [low: number, high: number];
}

/** Mean and standard error of what was taken in. Example: 1, 3: mean 2, standard error 1. */
export function meanOf({ count, sum, squares }: Moments): MeanOfDraws {
  const mean = sum / count;
  const standardError = Math.sqrt(Math.max(0, squares / count - mean * mean) / (count - 1));
  return { mean, standardError, interval: [mean - normal95 * standardError, mean + normal95 * standardError] };
}

/** Means of the entries of drawn vectors. */
export interface VectorMoments {
  readonly entries: readonly Moments[];
}

/** No vectors yet. */
export const noVectors = (length: number): VectorMoments => ({ entries: Array.from({ length }, noMoments) });

/** Takes a vector in. */
export function takeVector({ entries }: VectorMoments, vector: Float64Array): void {
  for (const [k, moments] of entries.entries()) take(moments, vector[k]!);
}

/** The mean vector. */
export function meanVector({ entries }: VectorMoments): Float64Array {
  return Float64Array.from(entries, ({ sum, count }) => sum / count);
}

/** Length of the vector of standard errors: how far the mean vector is off by chance, root mean square. */
export function standardErrorOf({ entries }: VectorMoments): number {
  return norm(Float64Array.from(entries, (moments) => meanOf(moments).standardError));
}

/** The variance of the vectors: the sum over their entries. */
export function varianceOf({ entries }: VectorMoments): number {
  return entries.reduce((total, { count, sum, squares }) => total + squares / count - (sum / count) * (sum / count), 0);
}

/**
 * The largest deviation of an entry of the mean vector from `expected`, in its standard errors. Entries without spread count only if they differ.
 */
export function largestDeviation({ entries }: VectorMoments, expected: Float64Array): number {
  let largest = 0;
  for (const [k, moments] of entries.entries()) {
    const { mean, standardError } = meanOf(moments);
    const off = Math.abs(mean - expected[k]!);
    largest = Math.max(largest, standardError > 0 ? off / standardError : off > 1e-12 || Number.isNaN(off) ? Number.POSITIVE_INFINITY : 0);
  }
  return largest;
}

/** Groups of one size, drawn for several estimators at once: all of them see the same groups. */
export interface GroupsToDraw {
  readonly mdp: FiniteMdp;
  readonly policy: SoftmaxPolicy;
  readonly groupSize: number;
  readonly settings: readonly EstimatorSettings[];
  /** Per estimator; default `sum` for all. */
  readonly weightings?: readonly StepWeighting[];
  readonly random: RandomGenerator;
  /** Trajectories that are drawn in all, a multiple of {@link trajectoriesPerCall}. */
  readonly trajectories: number;
}

/** Trajectories that one call of an estimator takes. */
export const trajectoriesPerCall = 4096;

/**
 * Draws groups and calls `visit` with the gradients (S, A) of each group, one per estimator; they are overwritten by the next. Gives the share that is
 * done.
 */
export function* drawGradients(
  { mdp, policy, groupSize, settings, weightings, random, trajectories }: GroupsToDraw,
  { subjects }: Pick<Bench, 'subjects'>,
  visit: (gradients: readonly Float64Array[]) => void,
): Generator<number, void, void> {
  const { numActions, numStates, horizon } = mdp;
  const { batch, draw } = createDrawing(mdp, policy, trajectoriesPerCall, groupSize, random);
  const workspaces = settings.map(() => createEstimatorWorkspace(horizon, trajectoriesPerCall));
  const gradients = settings.map(() => new Float64Array(numStates * numActions));
  const calls = trajectories / trajectoriesPerCall;
  for (let call = 0; call < calls; call++) {
    draw();
    const advantages = settings.map((one, k) => subjects.estimate(batch, one, workspaces[k]!).advantages);
    for (let group = 0; group < batch.numGroups!; group++) {
      for (const [k, gradient] of gradients.entries()) {
        groupGradient(policy, numActions, batch, advantages[k]!, group, weightings?.[k] ?? 'sum', gradient);
      }
      visit(gradients);
    }
    yield (call + 1) / calls;
  }
}

/** A point of a line that is fitted: a value with its standard error. */
export interface FittedPoint {
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** The slope of a straight line through points, least squares without weights, with the standard error that those of the points give it. */
export function fitSlope(points: readonly FittedPoint[]): { readonly slope: number; readonly standardError: number } {
  const center = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const spread = points.reduce((sum, { x }) => sum + (x - center) * (x - center), 0);
  const slope = points.reduce((sum, { x, y }) => sum + ((x - center) / spread) * y, 0);
  const variance = points.reduce((sum, { x, error }) => sum + ((x - center) / spread) * ((x - center) / spread) * error * error, 0);
  return { slope, standardError: Math.sqrt(variance) };
}

/** A curve of root mean squared errors from the squared errors of groups of each size. */
export function errorCurve(name: string, sizes: readonly number[], squaredErrors: readonly Moments[]): ErrorCurve {
  const measured = squaredErrors.map((moments) => {
    const { mean, standardError } = meanOf(moments);
    // The logarithm of a root: half the relative error.
    return { y: 0.5 * log(mean), error: (0.5 * standardError) / mean, rms: Math.sqrt(mean) };
  });
  const { slope, standardError } = fitSlope(sizes.map((size, k) => ({ x: log(size), ...measured[k]! })));
  return {
    name,
    points: sizes.map((groupSize, k) => {
      const { rms, error } = measured[k]!;
      return { groupSize, error: rms, low: rms * (1 - normal95 * error), high: rms * (1 + normal95 * error) };
    }),
    slope,
    slopeInterval: [slope - normal95 * standardError, slope + normal95 * standardError],
  };
}
