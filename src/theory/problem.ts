/** The decision processes that the statements are checked on, drawn once per seed. */
import { defaultEstimatorSettings, type EstimatorSettings } from '../advantage/estimate.ts';
import { exactGradient, type FiniteMdp, randomFiniteMdp, randomSoftmaxPolicy, type SoftmaxPolicy } from './finiteMdp.ts';
import { enumerateTrajectories, type TrajectoryTable } from './trajectories.ts';

/** A linear congruential generator (constants of Numerical Recipes), good enough to draw a problem. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
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

function withTable(mdp: FiniteMdp, policy: SoftmaxPolicy): Problem {
  return { mdp, policy, table: enumerateTrajectories(mdp, policy), exact: exactGradient(mdp, policy).gradient };
}

/** The problem of the exact expectations: S = 3, A = 2, T = 3 by default; rewards, transitions and policy drawn at random. */
export function problem(seed: number, horizon = 3): Problem {
  const draw = random(seed);
  const mdp = randomFiniteMdp({ numStates: 3, numActions: 2, horizon }, draw);
  return withTable(mdp, randomSoftmaxPolicy(mdp, draw));
}

/** The problem of mirrored pairs: S = 2, A = 2, T = 2, so that all groups of two pairs can be gone through. */
export function pairedProblem(seed: number): Problem {
  const draw = random(seed + 10);
  const mdp = randomFiniteMdp({ numStates: 2, numActions: 2, horizon: 2 }, draw);
  return withTable(mdp, randomSoftmaxPolicy(mdp, draw));
}

/** The problem of the drawn groups: S = 4, A = 2, T = 5. */
export function largerProblem(seed: number): Problem {
  const draw = random(seed + 1000);
  const mdp = randomFiniteMdp({ numStates: 4, numActions: 2, horizon: 5 }, draw);
  return withTable(mdp, randomSoftmaxPolicy(mdp, draw));
}

/**
 * Trajectories of random lengths: S = 3, A = 2, at most T steps. In every state one action stops far more often than the other, and rewards are mostly
 * above 0, so that lengths and returns go together, as in tasks that pay for every step.
 */
export function stoppingProblem(seed: number, horizon: number): Problem {
  const draw = random(seed + 2000);
  const mdp = randomFiniteMdp({ numStates: 3, numActions: 2, horizon }, draw);
  const rewards = mdp.rewards.map((reward) => reward + 1);
  const stops = Float64Array.from(rewards, (_, pair) => (pair % 2 === 0 ? 0.05 : 0.5) + 0.2 * draw());
  return withTable({ ...mdp, rewards, stops }, randomSoftmaxPolicy(mdp, draw));
}

/** Undiscounted and without scale, as the propositions have it. */
export function estimator(settings: Partial<EstimatorSettings>): EstimatorSettings {
  return { ...defaultEstimatorSettings, gamma: 1, scale: 'none', ...settings };
}
