/**
 * A group of trajectories played by a frozen policy: what an advantage estimator reads, without training.
 */
import { checkCount, checkRecord } from '../core/arguments.ts';
import type { Seed, VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import { clipToBox, createActionRows, flatSize, isStoredAsValues, sameSpace } from '../core/space.ts';
import type { Trajectories } from '../core/trajectory.ts';
import type { Policy } from '../policy/policy.ts';
import { noIteration } from '../random/index.ts';
import { cutTrajectories } from '../rollout/trajectories.ts';

/** What to play. */
export interface PlayGroupOptions {
  /** T. */
  readonly numSteps: number;
  /** One per environment: `environmentSeeds(seed, numEnvs)` of `cohort-rl/envs`. */
  readonly seeds: readonly Seed[];
  /** Which of several groups this is, from 0: chooses the random numbers of sampled actions. Default 0. */
  readonly index?: number;
  /** The most probable action (or the mean) instead of a sample. Default false: training samples. */
  readonly greedy?: boolean;
}

/** A rollout, time-major, with its trajectories: an `AdvantageBatch` of `cohort-rl/advantage`. Every environment begins with a reset. */
export interface PlayedGroup {
  /** T. */
  readonly numSteps: number;
  /** N. */
  readonly numEnvs: number;
  /** (T, N). */
  readonly rewards: Float64Array;
  /** (T, N) 1 where the step ended its episode by the rules of the task. */
  readonly terminated: Uint8Array;
  /** (T, N) 1 where the step's episode was cut after it. */
  readonly truncated: Uint8Array;
  readonly trajectories: Trajectories;
  /** (T, N, D) what the policy saw: normalized where it has a normalizer. */
  readonly observations: Float32Array;
  /** (N, D) the same after the last row. */
  readonly edgeObservations: Float32Array;
  /** D. */
  readonly observationSize: number;
  /** (T + 1, N, D) what the environments showed; the last row is after the last step. */
  readonly rawObservations: Float32Array;
  /** (T, N, A) indices of whole numbers, or the numbers of a box. */
  readonly actions: Int32Array | Float32Array;
  /** A. */
  readonly actionSize: number;
}

/**
 * Plays T steps in every environment, and gives the rollout at the end: `const played = playGroup(...)`, then `played.next()` until it is done. The
 * generator waits after every step and gives the number of steps so far, so that the caller can leave the thread to others. The same policy, seeds and index
 * give the same bits. Throws `CohortError` for options out of range, and for environments that the policy does not fit.
 */
export function* playGroup(policy: Policy, env: VectorEnv, options: PlayGroupOptions): Generator<number, PlayedGroup, void> {
  checkRecord(policy, 'playGroup', 'a policy', 'pass what loadPolicy or snapshot() gave');
  checkRecord(env, 'playGroup', 'a vector environment', 'pass what makeVectorEnv gave');
  checkRecord(options, 'playGroup', 'options', 'write for example { numSteps: 128, seeds: environmentSeeds(1, 32) }');
  const { numSteps, seeds, index = 0, greedy = false } = options;
  checkCount(numSteps, 'playGroup: numSteps', 1, 100_000);
  checkCount(index, 'playGroup: index', 0, 1_000_000);
  const { numEnvs, observationSpace, actionSpace } = env;
  if (!sameSpace(observationSpace, policy.spec.observationSpace) || !sameSpace(actionSpace, policy.spec.actionSpace)) {
    throw mistake('playGroup', 'environments of the task of the policy', 'others', 'make them with the id that the policy was trained on');
  }
  const size = numSteps * numEnvs;
  const depth = flatSize(observationSpace);
  const rawObservations = new Float32Array((size + numEnvs) * depth);
  const seen = policy.normalizer && !isStoredAsValues(observationSpace) ? new Float32Array(rawObservations.length) : rawObservations;
  const actions = createActionRows(actionSpace, size);
  const actionSize = actions.length / size;
  const rewards = new Float64Array(size);
  const [terminated, truncated] = [new Uint8Array(size), new Uint8Array(size)];
  // Training keeps what was drawn and steps with what the bounds leave of it.
  const clipped = new Float32Array(numEnvs * actionSize);
  env.reset(seeds);
  for (let row = 0; row <= numSteps; row++) {
    const [from, to] = [row * numEnvs * depth, (row + 1) * numEnvs * depth];
    rawObservations.set(env.observations, from);
    if (seen !== rawObservations) policy.encodeObservations(env.observations, numEnvs, seen.subarray(from, to));
    if (row === numSteps) break;
    const rowActions = actions.subarray(row * numEnvs * actionSize, (row + 1) * numEnvs * actionSize);
    const key = { iteration: noIteration, step: row, stream: 'evaluation', greedy, firstEnv: index * numEnvs } as const;
    policy.decide(env.observations, numEnvs, rowActions, key, env.actionMasks);
    env.step(actionSpace.kind === 'box' ? clipToBox(actionSpace, rowActions, clipped) : rowActions);
    rewards.set(env.rewards, row * numEnvs);
    terminated.set(env.terminated, row * numEnvs);
    truncated.set(env.truncated, row * numEnvs);
    yield row + 1;
  }
  const startedByReset = new Uint8Array(numEnvs).fill(1);
  return {
    numSteps,
    numEnvs,
    rewards,
    terminated,
    truncated,
    trajectories: cutTrajectories({ numSteps, numEnvs, terminated, truncated, startedByReset }),
    observations: seen.subarray(0, size * depth),
    edgeObservations: seen.subarray(size * depth),
    observationSize: depth,
    rawObservations,
    actions,
    actionSize,
  };
}
