/**
 * All trajectories of a small decision process under a policy, with their probabilities.
 */
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';

/** All trajectories of one environment, or all its rollouts of T steps with several trajectories each. C is how many. */
export interface TrajectoryTable {
  /** C. */
  readonly count: number;
  /** T. */
  readonly horizon: number;
  /** (C, T); -1 where the trajectory is over. */
  readonly states: Int32Array;
  /** (C, T). */
  readonly actions: Int32Array;
  /** (C, T). */
  readonly rewards: Float64Array;
  /** (C, T) 1 where a trajectory ends after the step. */
  readonly ends: Uint8Array;
  /** (C), adds up to 1. */
  readonly probabilities: Float64Array;
}

/**
 * All trajectories of an MDP. The state after the last step changes nothing (rewards belong to state and action), so it is summed out. Where the MDP
 * can stop, trajectories have different lengths; with `resets`, the environment begins anew then, and a class is a rollout of T steps.
 *
 * Example: S = 3, A = 2, T = 3: 216 classes (648 with the final state). What has probability 0 is left out.
 */
export function enumerateTrajectories(
  mdp: FiniteMdp,
  policy: SoftmaxPolicy,
  { resets = false }: { resets?: boolean } = {},
): TrajectoryTable {
  const { numStates, numActions, horizon, initial, transitions, rewards, stops } = mdp;
  const found: { pairs: number[]; ends: number[]; probability: number }[] = [];
  const pairs: number[] = [];
  const ends: number[] = [];
  const give = (probability: number): void => {
    found.push({ pairs: [...pairs], ends: [...ends], probability });
  };
  /** Adds a step in a state drawn from `from` (at `offset`). */
  const extend = (probability: number, from: Float64Array, offset: number): void => {
    for (let state = 0; state < numStates; state++) {
      for (let action = 0; action < numActions; action++) {
        const pair = state * numActions + action;
        const here = probability * from[offset + state]! * policy.probabilities[pair]!;
        if (here === 0) continue;
        const stop = stops?.[pair] ?? 0;
        pairs.push(pair);
        if (pairs.length === horizon) {
          ends.push(1);
          give(here);
          ends.pop();
        } else {
          if (stop > 0) {
            ends.push(1);
            if (resets) extend(here * stop, initial, 0);
            else give(here * stop);
            ends.pop();
          }
          if (stop < 1) {
            ends.push(0);
            extend(here * (1 - stop), transitions, pair * numStates);
            ends.pop();
          }
        }
        pairs.pop();
      }
    }
  };
  extend(1, initial, 0);
  const count = found.length;
  const table = {
    count,
    horizon,
    states: new Int32Array(count * horizon).fill(-1),
    actions: new Int32Array(count * horizon),
    rewards: new Float64Array(count * horizon),
    ends: new Uint8Array(count * horizon),
    probabilities: Float64Array.from(found, ({ probability }) => probability),
  };
  for (const [c, one] of found.entries()) {
    for (const [t, pair] of one.pairs.entries()) {
      const place = c * horizon + t;
      table.states[place] = Math.floor(pair / numActions);
      table.actions[place] = pair % numActions;
      table.rewards[place] = rewards[pair]!;
      table.ends[place] = one.ends[t]!;
    }
  }
  return table;
}

/** Adds `weight * grad log pi(a|s)` to `gradient` (S, A): for the logits of s, the indicator of a minus the probabilities. */
export function addScore(
  gradient: Float64Array,
  policy: SoftmaxPolicy,
  numActions: number,
  state: number,
  action: number,
  weight: number,
): void {
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
      const state = table.states[place]!;
      if (state >= 0) addScore(gradient, policy, mdp.numActions, state, table.actions[place]!, weight(c, t));
    }
  }
  return gradient;
}

/** (C, T) what each step of a trajectory still gets, itself included; 0 where the trajectory is over. */
export function returnsOf({ count, horizon, rewards, ends }: TrajectoryTable, gamma = 1): Float64Array {
  const returns = new Float64Array(count * horizon);
  for (let c = 0; c < count; c++) {
    let rest = 0;
    for (let place = (c + 1) * horizon - 1; place >= c * horizon; place--) {
      rest = rewards[place]! + gamma * (ends[place] === 1 ? 0 : rest);
      returns[place] = rest;
    }
  }
  return returns;
}

/** (C) how many steps a trajectory has. */
export function lengthsOf({ count, horizon, states }: TrajectoryTable): Int32Array {
  const lengths = new Int32Array(count);
  for (let place = 0; place < count * horizon; place++) if (states[place]! >= 0) lengths[Math.floor(place / horizon)]!++;
  return lengths;
}
