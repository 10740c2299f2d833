/** The MDP of the exact expectations: S = 3, A = 2, T = 3 by default, drawn once per seed. */
import { defaultEstimatorSettings, type EstimatorSettings } from '../advantage/estimate.ts';
import { enumerateTrajectories, type TrajectoryTable } from './enumeration.ts';
import { exactGradient, type FiniteMdp, randomFiniteMdp, randomSoftmaxPolicy, type SoftmaxPolicy } from './finiteMdp.ts';

/** A linear congruential generator (constants of Numerical Recipes), good enough to draw a problem. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A small MDP with everything that an expectation needs. */
export interface Problem {
  readonly mdp: FiniteMdp;
  readonly policy: SoftmaxPolicy;
  readonly table: TrajectoryTable;
  /** The true gradient, (S, A). */
  readonly exact: Float64Array;
}

/** The problem of a seed: rewards, transitions and policy drawn at random. */
export function problem(seed: number, horizon = 3): Problem {
  const draw = random(seed);
  const mdp = randomFiniteMdp({ numStates: 3, numActions: 2, horizon }, draw);
  const policy = randomSoftmaxPolicy(mdp, draw);
  return { mdp, policy, table: enumerateTrajectories(mdp, policy), exact: exactGradient(mdp, policy).gradient };
}

/** Undiscounted and without scale, as the propositions have it. */
export function estimator(settings: Partial<EstimatorSettings>): EstimatorSettings {
  return { ...defaultEstimatorSettings, gamma: 1, scale: 'none', ...settings };
}

/** Largest absolute difference of two vectors of one length. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, k) => Math.max(largest, Math.abs(value - b[k]!)), 0);
}

const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/** |a - b| / |b|. */
export function relativeBias(a: Float64Array, b: Float64Array): number {
  return norm(a.map((value, k) => value - b[k]!) as Float64Array) / norm(b);
}

/** Cosine of the angle between two vectors. */
export function cosine(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0) / (norm(a) * norm(b));
}
