/**
 * Drawn rollouts of a small decision process, as batches for the estimators, and the gradient that advantages make of one.
 */
import type { AdvantageBatch } from '../advantage/batch.ts';
import { endings } from '../core/trajectory.ts';
import { createGenerator, type Generator as RandomGenerator } from '../random/index.ts';
import type { FiniteMdp, SoftmaxPolicy } from './finiteMdp.ts';

/** The random numbers of a row: of the seed and its name, so that a row draws the same alone and among others. */
export function generatorOf(seed: number, name: string): RandomGenerator {
  return createGenerator([seed, ...[...name].map((letter) => letter.codePointAt(0)!)]);
}

/** Draws batches of one shape, again and again into the same arrays. */
export interface Drawing {
  readonly batch: AdvantageBatch;
  /** Draws all trajectories anew. */
  draw(): void;
}

/**
 * Batches of `numEnvs` trajectories in groups of `groupSize`, drawn from an MDP under a policy. A trajectory that stops early leaves the rest of its
 * column out of everything.
 */
export function createDrawing(mdp: FiniteMdp, policy: SoftmaxPolicy, numEnvs: number, groupSize: number, random: RandomGenerator): Drawing {
  const { numStates, numActions, horizon, initial, transitions, rewards: rewardOf, stops } = mdp;
  const size = horizon * numEnvs;
  const rewards = new Float64Array(size);
  const observations = new Float64Array(size);
  const actions = new Int32Array(size);
  const end = new Int32Array(numEnvs);
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
      end,
      startedByReset: new Uint8Array(numEnvs).fill(1),
      endedBy: new Uint8Array(numEnvs).fill(endings.terminated),
      elapsed: new Int32Array(numEnvs),
    },
    groups: Int32Array.from({ length: numEnvs }, (_, n) => Math.floor(n / groupSize)),
    numGroups: numEnvs / groupSize,
  };
  /** An index with the probabilities of a row. */
  const pick = (probabilities: Float64Array, offset: number, length: number): number => {
    let left = random.random();
    for (let k = 0; k < length - 1; k++) {
      left -= probabilities[offset + k]!;
      if (left < 0) return k;
    }
    return length - 1;
  };
  const draw = (): void => {
    for (let n = 0; n < numEnvs; n++) {
      let state = pick(initial, 0, numStates);
      end[n] = horizon;
      for (let t = 0; t < horizon; t++) {
        const action = pick(policy.probabilities, state * numActions, numActions);
        const pair = state * numActions + action;
        const step = t * numEnvs + n;
        rewards[step] = rewardOf[pair]!;
        observations[step] = state;
        actions[step] = action;
        if (stops !== undefined && t < horizon - 1 && random.random() < stops[pair]!) {
          end[n] = t + 1;
          break;
        }
        state = pick(transitions, pair * numStates, numStates);
      }
    }
  };
  return { batch, draw };
}

/** How a trajectory's steps are added up: their sum, or their mean (the 1/length of GRPO's loss). */
export type StepWeighting = 'sum' | 'mean';

/**
 * `(1/N) sum over n, t of A_t^n grad log pi(a_t^n | s_t^n)` of one group of a batch, (S, A), written into `out`. With `mean` the sum over t is divided by
 * the length of the trajectory.
 */
export function groupGradient(
  policy: SoftmaxPolicy,
  numActions: number,
  batch: AdvantageBatch,
  advantages: Float64Array,
  group: number,
  weighting: StepWeighting,
  out: Float64Array,
): Float64Array {
  const { numEnvs, trajectories, observations, actions } = batch;
  const groupSize = numEnvs / batch.numGroups!;
  out.fill(0);
  for (let n = group * groupSize; n < (group + 1) * groupSize; n++) {
    const length = trajectories.end[n]!;
    const weight = weighting === 'mean' ? 1 / (groupSize * length) : 1 / groupSize;
    for (let t = 0; t < length; t++) {
      const step = t * numEnvs + n;
      out[observations![step]! * numActions + actions![step]!]! += weight * advantages[step]!;
    }
  }
  // What every action of a state got, taken from all of them by their probabilities: the second half of each score.
  for (let first = 0; first < out.length; first += numActions) {
    let total = 0;
    for (let a = 0; a < numActions; a++) total += out[first + a]!;
    for (let a = 0; a < numActions; a++) out[first + a]! -= policy.probabilities[first + a]! * total;
  }
  return out;
}
