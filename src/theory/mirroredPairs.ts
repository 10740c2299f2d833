/**
 * Pairs that act with mirrored random numbers (`antithetic`), without sampling: the joint distribution of two trajectories whose actions are drawn with u and
 * with 1 - u, and the exact expectation of the gradient over groups of two such pairs. For two actions and trajectories of full length.
 */
import type { AdvantageBatch } from '../advantage/batch.ts';
import { createEstimatorWorkspace, type EstimatorSettings, estimateAdvantages } from '../advantage/estimate.ts';
import { endings } from '../core/trajectory.ts';
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';
import type { Estimator } from './row.ts';
import { type TrajectoryTable, weightedScores } from './trajectories.ts';

/** A decision process of two actions, its policy and its trajectories, all of T steps. */
export interface PairedProblem {
  readonly mdp: FiniteMdp;
  readonly policy: SoftmaxPolicy;
  readonly table: TrajectoryTable;
}

/** How probable action a in state s and b in state r are together, where a is drawn with u and b with 1 - u: the share of all u that give them. */
function jointOfActions({ probabilities }: SoftmaxPolicy, s: number, a: number, r: number, b: number): number {
  const [first, second] = [probabilities[2 * s]!, probabilities[2 * r]!];
  // Action 0 is drawn where u is below its probability; the partner draws it where u is above one minus that.
  const [low, high] = a === 0 ? [0, first] : [first, 1];
  const [from, to] = b === 0 ? [1 - second, 1] : [0, 1 - second];
  return Math.max(0, Math.min(high, to) - Math.max(low, from));
}

/** (C, C) how probable trajectories c and d are as a pair. */
export function jointOfPairs({ mdp, policy, table }: PairedProblem): Float64Array {
  const { count, horizon, states, actions } = table;
  /** How probable the state of step t is after the steps before it. */
  const stateProbability = (place: number, t: number): number => {
    const state = states[place]!;
    if (t === 0) return mdp.initial[state]!;
    const pair = mdp.numActions * states[place - 1]! + actions[place - 1]!;
    return mdp.transitions[mdp.numStates * pair + state]!;
  };
  const joint = new Float64Array(count * count);
  for (let c = 0; c < count; c++) {
    for (let d = 0; d < count; d++) {
      let probability = 1;
      for (let t = 0; t < horizon; t++) {
        const [one, other] = [c * horizon + t, d * horizon + t];
        probability *= stateProbability(one, t) * stateProbability(other, t);
        probability *= jointOfActions(policy, states[one]!, actions[one]!, states[other]!, actions[other]!);
      }
      joint[c * count + d] = probability;
    }
  }
  return joint;
}

/** Which estimator, on which pairs. */
export interface PairsInput extends PairedProblem {
  /** From {@link jointOfPairs}. */
  readonly joint: Float64Array;
  readonly settings: EstimatorSettings;
  /** Default: the package's. */
  readonly estimate?: Estimator;
}

/** The exact expectation of the gradient, (S, A), over groups of two pairs; yields the share of the first pairs that are done, from 0 to 1. */
export function* expectedGradientOfPairs({
  mdp,
  policy,
  table,
  joint,
  settings,
  estimate = estimateAdvantages,
}: PairsInput): Generator<number, Float64Array, void> {
  const { count, horizon } = table;
  // One call takes all groups of one first pair.
  const pairs = count * count;
  const numEnvs = 4 * pairs;
  const steps = horizon * numEnvs;
  const members = new Int32Array(numEnvs);
  const everyEnv = Int32Array.from({ length: numEnvs }, (_, n) => n);
  const [rewards, observations, actions] = [new Float64Array(steps), new Float64Array(steps), new Int32Array(steps)];
  const batch: AdvantageBatch = {
    ...{ numSteps: horizon, numEnvs, rewards, observations, observationSize: 1, actions },
    trajectories: {
      count: numEnvs,
      env: everyEnv,
      start: new Int32Array(numEnvs),
      end: new Int32Array(numEnvs).fill(horizon),
      startedByReset: new Uint8Array(numEnvs).fill(1),
      endedBy: new Uint8Array(numEnvs).fill(endings.terminated),
      elapsed: new Int32Array(numEnvs),
    },
    groups: everyEnv.map((n) => n >> 2),
    numGroups: pairs,
  };
  const workspace = createEstimatorWorkspace(horizon, numEnvs);
  const coefficients = new Float64Array(count * horizon);
  for (let first = 0; first < pairs; first++) {
    for (let n = 0; n < numEnvs; n++) {
      const pair = n & 2 ? n >> 2 : first;
      members[n] = n & 1 ? pair % count : Math.floor(pair / count);
      for (let t = 0; t < horizon; t++) {
        const [place, step] = [members[n]! * horizon + t, t * numEnvs + n];
        rewards[step] = table.rewards[place]!;
        observations[step] = table.states[place]!;
        actions[step] = table.actions[place]!;
      }
    }
    const { advantages } = estimate(batch, settings, workspace);
    for (let n = 0; n < numEnvs; n++) {
      const weight = (joint[first]! * joint[n >> 2]!) / 4;
      for (let t = 0; t < horizon; t++) coefficients[members[n]! * horizon + t]! += weight * advantages[t * numEnvs + n]!;
    }
    if (first % 16 === 15) yield (first + 1) / pairs;
  }
  return weightedScores(mdp, policy, table, (c, t) => coefficients[c * horizon + t]!);
}
