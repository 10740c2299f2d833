/**
 * Expectations of gradient estimators without sampling: all trajectories of a small MDP, and all groups of N of them, weighted by probability.
 * The advantages come from the estimators of the product, on many groups at once.
 */
import { type AdvantageBatch, batchError } from '../advantage/batch.ts';
import { createEstimatorWorkspace, type EstimatorSettings, estimateAdvantages } from '../advantage/estimate.ts';
import { endings } from '../core/trajectory.ts';
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';

/** All trajectories of an MDP under a policy. C is how many. */
export interface TrajectoryTable {
  /** C. */
  readonly count: number;
  /** T. */
  readonly horizon: number;
  /** (C, T). */
  readonly states: Int32Array;
  /** (C, T). */
  readonly actions: Int32Array;
  /** (C, T). */
  readonly rewards: Float64Array;
  /** (C) the state after the last step; -1 where it is summed out. */
  readonly finalStates: Int32Array;
  /** (C), adds up to 1. */
  readonly probabilities: Float64Array;
}

/**
 * All trajectories. The state after the last step changes nothing (rewards belong to state and action), so it is summed out unless
 * `withFinalState`: S * A * (S * A)^(T-1) classes instead of S times as many.
 *
 * Example: S = 3, A = 2, T = 3: 216 classes, 648 trajectories.
 */
export function enumerateTrajectories(mdp: FiniteMdp, policy: SoftmaxPolicy, withFinalState = false): TrajectoryTable {
  const { numStates, numActions, horizon, initial, transitions, rewards } = mdp;
  const pairs = numStates * numActions;
  const classes = Array.from({ length: horizon }, () => pairs).reduce((product, factor) => product * factor, 1);
  const finals = withFinalState ? numStates : 1;
  const count = classes * finals;
  const table = {
    count,
    horizon,
    states: new Int32Array(count * horizon),
    actions: new Int32Array(count * horizon),
    rewards: new Float64Array(count * horizon),
    finalStates: new Int32Array(count).fill(-1),
    probabilities: new Float64Array(count),
  };
  for (let c = 0; c < count; c++) {
    // The digits of c in base S * A are the pairs (state, action), the last digit the final state.
    let digits = Math.floor(c / finals);
    let probability = 1;
    let before = -1;
    for (let t = 0; t < horizon; t++) {
      const pair = digits % pairs;
      digits = Math.floor(digits / pairs);
      const state = Math.floor(pair / numActions);
      probability *= before < 0 ? initial[state]! : transitions[before * numStates + state]!;
      probability *= policy.probabilities[pair]!;
      table.states[c * horizon + t] = state;
      table.actions[c * horizon + t] = pair % numActions;
      table.rewards[c * horizon + t] = rewards[pair]!;
      before = pair;
    }
    if (withFinalState) {
      table.finalStates[c] = c % finals;
      probability *= transitions[before * numStates + (c % finals)]!;
    }
    table.probabilities[c] = probability;
  }
  return table;
}

/** Adds `weight * grad log pi(a|s)` to `gradient` (S, A): for the logits of s, the indicator of a minus the probabilities. */
function addScore(gradient: Float64Array, policy: SoftmaxPolicy, numActions: number, state: number, action: number, weight: number): void {
  for (let a = 0; a < numActions; a++) {
    const pair = state * numActions + a;
    gradient[pair]! += weight * ((a === action ? 1 : 0) - policy.probabilities[pair]!);
  }
}

/** `sum over classes and steps of weight(class, t) * grad log pi(a_t | s_t)`, (S, A). */
export function weightedScores(
  mdp: FiniteMdp,
  policy: SoftmaxPolicy,
  table: TrajectoryTable,
  weight: (trajectory: number, t: number) => number,
): Float64Array {
  const gradient = new Float64Array(mdp.numStates * mdp.numActions);
  for (let c = 0; c < table.count; c++) {
    for (let t = 0; t < table.horizon; t++) {
      const place = c * table.horizon + t;
      addScore(gradient, policy, mdp.numActions, table.states[place]!, table.actions[place]!, weight(c, t));
    }
  }
  return gradient;
}

/** What {@link expectedGradient} averages over. */
export interface ExpectedGradientInput {
  readonly mdp: FiniteMdp;
  readonly policy: SoftmaxPolicy;
  /** From {@link enumerateTrajectories}. */
  readonly table: TrajectoryTable;
  /** N: independent trajectories in a group, 1 to 3. */
  readonly groupSize: number;
  readonly settings: EstimatorSettings;
  /** Divide the sum over the group by N; without it the estimator is N times too long (equation 1 of the paper as printed). Default true. */
  readonly average?: boolean;
}

/** Groups that one call of the estimator takes: an own choice, in cache and few calls. */
const groupsPerCall = 1024;

/**
 * The exact expectation of `(1/N) sum over n, t of A_t^n grad log pi(a_t^n | s_t^n)` over groups of N independent trajectories, (S, A). All unordered
 * groups are enumerated, each with its probability times the number of its orders; every group is a group of its own in the batch.
 *
 * Throws {@link CohortError} for a group size other than 1, 2, 3.
 */
export function expectedGradient(input: ExpectedGradientInput): Float64Array {
  const { mdp, policy, table, groupSize, settings, average = true } = input;
  if (![1, 2, 3].includes(groupSize)) {
    throw batchError('expectedGradient: groupSize', '1, 2 or 3', String(groupSize), 'larger groups take too long to enumerate');
  }
  const { horizon } = table;
  const numEnvs = groupsPerCall * groupSize;
  const members = new Int32Array(numEnvs);
  const weights = new Float64Array(groupsPerCall);
  const rewards = new Float64Array(horizon * numEnvs);
  const observations = new Float64Array(horizon * numEnvs);
  const actions = new Int32Array(horizon * numEnvs);
  const batch: AdvantageBatch = {
    numSteps: horizon,
    numEnvs,
    rewards,
    observations,
    observationSize: 1,
    actions,
    trajectories: {
      count: numEnvs,
      env: Int32Array.from({ length: numEnvs }, (_, n) => n),
      start: new Int32Array(numEnvs),
      end: new Int32Array(numEnvs).fill(horizon),
      startedByReset: new Uint8Array(numEnvs).fill(1),
      endedBy: new Uint8Array(numEnvs).fill(endings.terminated),
      elapsed: new Int32Array(numEnvs),
    },
    groups: Int32Array.from({ length: numEnvs }, (_, n) => Math.floor(n / groupSize)),
    numGroups: groupsPerCall,
  };
  const workspace = createEstimatorWorkspace(horizon, numEnvs);
  const coefficients = new Float64Array(table.count * horizon);
  let filled = 0;
  const flush = (): void => {
    for (let n = 0; n < numEnvs; n++) {
      for (let t = 0; t < horizon; t++) {
        const place = members[n]! * horizon + t;
        rewards[t * numEnvs + n] = table.rewards[place]!;
        observations[t * numEnvs + n] = table.states[place]!;
        actions[t * numEnvs + n] = table.actions[place]!;
      }
    }
    const { advantages } = estimateAdvantages(batch, settings, workspace);
    const scale = average ? 1 / groupSize : 1;
    for (let n = 0; n < filled * groupSize; n++) {
      const weight = weights[Math.floor(n / groupSize)]! * scale;
      for (let t = 0; t < horizon; t++) coefficients[members[n]! * horizon + t]! += weight * advantages[t * numEnvs + n]!;
    }
    filled = 0;
  };
  forEachGroup(table, groupSize, (group, weight) => {
    for (let k = 0; k < groupSize; k++) members[filled * groupSize + k] = group[k]!;
    weights[filled] = weight;
    filled++;
    if (filled === groupsPerCall) flush();
  });
  if (filled > 0) flush();
  return weightedScores(mdp, policy, table, (c, t) => coefficients[c * horizon + t]!);
}

/** Calls `visit` with every unordered group of N trajectories and the probability of drawing it in any order. */
export function forEachGroup(table: TrajectoryTable, groupSize: number, visit: (group: Int32Array, weight: number) => void): void {
  const group = new Int32Array(groupSize);
  const extend = (position: number, weight: number, run: number): void => {
    if (position === groupSize) {
      visit(group, weight);
      return;
    }
    const least = position > 0 ? group[position - 1]! : 0;
    for (let c = least; c < table.count; c++) {
      group[position] = c;
      // n! / (runs of equals)!, built up: the k-th member brings a factor k, and a division by its place in its run.
      const place = position > 0 && c === least ? run + 1 : 1;
      extend(position + 1, (weight * table.probabilities[c]! * (position + 1)) / place, place);
    }
  };
  extend(0, 1, 0);
}
