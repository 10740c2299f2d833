/**
 * Small Markov decision processes with a finite horizon, and the exact policy gradient by dynamic programming. Theory is a check on the estimators,
 * not a part of training.
 */

/** S states, A actions, at most T steps; the reward belongs to the state and the action. */
export interface FiniteMdp {
  /** S. */
  readonly numStates: number;
  /** A. */
  readonly numActions: number;
  /** T: a trajectory has this many steps, unless it stops before. */
  readonly horizon: number;
  /** (S) probability of the first state. */
  readonly initial: Float64Array;
  /** (S, A, S) probability of the next state. */
  readonly transitions: Float64Array;
  /** (S, A). */
  readonly rewards: Float64Array;
  /** (S, A) probability that the trajectory stops after the step. Left out: 0, all trajectories have T steps. */
  readonly stops?: Float64Array;
}

/** A softmax policy with one logit per state and action, kept as probabilities; the same at every step. */
export interface SoftmaxPolicy {
  /** (S, A). */
  readonly probabilities: Float64Array;
}

/** The shape of an MDP. */
export type FiniteMdpShape = Pick<FiniteMdp, 'numStates' | 'numActions' | 'horizon'>;

/** An MDP with random probabilities (none of them near 0) and rewards in -1 .. 1; `random` gives numbers in 0 .. 1. */
export function randomFiniteMdp(shape: FiniteMdpShape, random: () => number): FiniteMdp {
  const { numStates, numActions } = shape;
  return {
    ...shape,
    initial: randomRows(1, numStates, random),
    transitions: randomRows(numStates * numActions, numStates, random),
    rewards: Float64Array.from({ length: numStates * numActions }, () => 2 * random() - 1),
  };
}

/**
 * The softmax policy whose logits are the logarithms of `weights` (S, A), all above 0: the gradient with respect to the logits needs the
 * probabilities only.
 *
 * Example: weights 1, 3 in one state: probabilities 0.25, 0.75.
 */
export function softmaxPolicy(weights: Float64Array, numActions: number): SoftmaxPolicy {
  const probabilities = Float64Array.from(weights);
  for (let row = 0; row < probabilities.length; row += numActions) {
    let total = 0;
    for (let a = 0; a < numActions; a++) total += probabilities[row + a]!;
    for (let a = 0; a < numActions; a++) probabilities[row + a]! /= total;
  }
  return { probabilities };
}

/** A random softmax policy. */
export function randomSoftmaxPolicy(shape: FiniteMdpShape, random: () => number): SoftmaxPolicy {
  return { probabilities: randomRows(shape.numStates, shape.numActions, random) };
}

/** The exact value of a policy and its gradient. */
export interface ExactGradient {
  /** Expected return of a trajectory. */
  readonly value: number;
  /** (S, A) with respect to the logits. */
  readonly gradient: Float64Array;
}

/**
 * The policy gradient theorem by dynamic programming: `sum over t, s, a of d_t(s) pi(a|s) (Q_t(s,a) - V_t(s))` per logit, where Q and V discount by
 * gamma and d_t does not (for gamma 1 the gradient of the expected return, else what all PPO code ascends).
 *
 * Example: one state, two actions with rewards 0 and 1, one step, probabilities 0.25, 0.75: value 0.75, gradient -0.1875, 0.1875.
 */
export function exactGradient(mdp: FiniteMdp, policy: SoftmaxPolicy, gamma = 1): ExactGradient {
  const { numStates, numActions, horizon, initial, transitions, rewards, stops } = mdp;
  const pairs = numStates * numActions;
  const values = new Float64Array((horizon + 1) * numStates);
  const actionValues = new Float64Array(horizon * pairs);
  for (let t = horizon - 1; t >= 0; t--) {
    for (let pair = 0; pair < pairs; pair++) {
      let next = 0;
      for (let s = 0; s < numStates; s++) next += transitions[pair * numStates + s]! * values[(t + 1) * numStates + s]!;
      const value = rewards[pair]! + gamma * (1 - (stops?.[pair] ?? 0)) * next;
      actionValues[t * pairs + pair] = value;
      const state = Math.floor(pair / numActions);
      values[t * numStates + state]! += policy.probabilities[pair]! * value;
    }
  }
  const gradient = new Float64Array(pairs);
  let occupancy: Float64Array = Float64Array.from(initial);
  for (let t = 0; t < horizon; t++) {
    const next = new Float64Array(numStates);
    for (let pair = 0; pair < pairs; pair++) {
      const state = Math.floor(pair / numActions);
      const weight = occupancy[state]! * policy.probabilities[pair]!;
      gradient[pair]! += weight * (actionValues[t * pairs + pair]! - values[t * numStates + state]!);
      const goesOn = weight * (1 - (stops?.[pair] ?? 0));
      for (let s = 0; s < numStates; s++) next[s]! += goesOn * transitions[pair * numStates + s]!;
    }
    occupancy = next;
  }
  let value = 0;
  for (let s = 0; s < numStates; s++) value += initial[s]! * values[s]!;
  return { value, gradient };
}

/** Rows of probabilities, each at least a tenth of the largest before scaling. */
function randomRows(rows: number, columns: number, random: () => number): Float64Array {
  const entries = Float64Array.from({ length: rows * columns }, () => 0.1 + random());
  return softmaxPolicy(entries, columns).probabilities;
}
