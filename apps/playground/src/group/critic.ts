/** What PPO's critic guesses on the states of a group, and the advantages that PPO would make of it. */
import { gae } from 'cohort-rl/advantage';
import type { PlayedGroup, Policy } from 'cohort-rl/play';

/** The critic's side of a group. */
export interface CriticView {
  /** (T, N) V(s) before every step. */
  readonly values: Float64Array;
  /** (T, N) by generalized advantage estimation. */
  readonly advantages: Float64Array;
  readonly gaeLambda: number;
}

/** Observations that are judged between two looks at the clock. */
const rowsAtOnce = 256;

/** PPO's default lambda (Schulman et al. 2017). */
export const usualLambda = 0.95;

/**
 * Evaluates the critic of `policy` on every state of the group, a part at a time. It was trained on the states of PPO's own policy and guesses what that one
 * would get; the group is of another. Throws `CohortError` for a policy without a critic.
 */
export function* criticOf(group: PlayedGroup, policy: Policy, gamma: number, gaeLambda = usualLambda): Generator<void, CriticView, void> {
  const { numSteps, numEnvs, rawObservations, observationSize: depth, rewards, terminated, truncated } = group;
  const size = numSteps * numEnvs;
  const count = size + numEnvs;
  const all = new Float64Array(count);
  for (let first = 0; first < count; first += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - first);
    policy.valuesOf(rawObservations.subarray(first * depth, (first + rows) * depth), rows, all.subarray(first, first + rows));
    yield;
  }
  const ended = Uint8Array.from(terminated, (flag, step) => flag | truncated[step]!);
  // CleanRL's flags: a row is done where the step before it ended an episode. The first row begins one, which nothing looks back on.
  const dones = new Uint8Array(size).fill(1, 0, numEnvs);
  dones.set(ended.subarray(0, size - numEnvs), numEnvs);
  const [values, nextValues, nextDone] = [all.subarray(0, size), all.subarray(size), ended.subarray(size - numEnvs)];
  const out = { advantages: new Float64Array(size), returns: new Float64Array(size) };
  gae({ numSteps, numEnvs, rewards, values, nextValues, dones, nextDone, gamma, gaeLambda }, out);
  return { values, advantages: out.advantages, gaeLambda };
}
