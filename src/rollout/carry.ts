/**
 * Carrying open trajectories over to the next iteration (tail `carry`): a rollout buffer with room for earlier rollouts, of which the last
 * `numSteps` rows are new each time. A trajectory is used once: in the iteration in which it ends, or when its first row is about to leave
 * the buffer. The probability ratio corrects for the policy that has changed in the meantime.
 */
import { endings, type Trajectories } from '../core/trajectory.ts';
import type { Rollout } from './buffer.ts';

/** What carrying keeps between iterations. */
export interface CarryState {
  /** Rows of one iteration. */
  readonly numSteps: number;
  /** (N) rows before this one have been used. */
  readonly usedUntil: Int32Array;
}

/** Before the first iteration: all rows count as used, and an episode ends where the new ones will begin. */
export function createCarryState(rollout: Rollout, numSteps: number): CarryState {
  rollout.terminated.fill(1, rollout.terminated.length - rollout.numEnvs);
  return { numSteps, usedUntil: new Int32Array(rollout.numEnvs).fill(rollout.numSteps) };
}

/** Makes room for an iteration: every row moves up by `numSteps`, and what was known of row 0 becomes what is known of the new row 0. */
export function shiftRollout(rollout: Rollout, state: CarryState): void {
  const { numEnvs, inputSize, observationSize, actionSize } = rollout;
  const { numSteps, usedUntil } = state;
  const steps = numSteps * numEnvs;
  for (let n = 0; n < numEnvs; n++) {
    let elapsed = rollout.elapsedAtStart[n]!;
    for (let t = 0; t < numSteps; t++) {
      const i = t * numEnvs + n;
      elapsed = rollout.terminated[i] || rollout.truncated[i] ? 0 : elapsed + 1;
    }
    rollout.elapsedAtStart[n] = elapsed;
    rollout.startedByReset[n] = elapsed === 0 ? 1 : 0;
    usedUntil[n] = Math.max(0, usedUntil[n]! - numSteps);
  }
  rollout.inputs.copyWithin(0, steps * inputSize);
  if (rollout.encodes) rollout.observations.copyWithin(0, steps * observationSize);
  rollout.actions.copyWithin(0, steps * actionSize);
  rollout.masks?.copyWithin(0, steps * rollout.maskWords);
  for (const array of [rollout.logProbs, rollout.rewards, rollout.terminated, rollout.truncated]) array.copyWithin(0, steps);
}

/**
 * Leaves in `trajectories` those that are to be used now, without the rows that were used before, and notes them as used.
 *
 * Example: 2 rows per iteration, room for 4, one environment that ends with row 2: after rows 2 and 3 the trajectory [0, 3) is used, and
 * [3, 4) waits; two rows later it is [1, 4) and is used whether it has ended or not, since its first row leaves the buffer then.
 */
export function takeUsable(trajectories: Trajectories, state: CarryState): void {
  const { numSteps, usedUntil } = state;
  const { env, start, end, startedByReset, endedBy, elapsed } = trajectories;
  let kept = 0;
  for (let i = 0; i < trajectories.count; i++) {
    const n = env[i]!;
    const from = Math.max(start[i]!, usedUntil[n]!);
    const waits = endedBy[i] === endings.edge && from >= numSteps;
    if (from >= end[i]! || waits) continue;
    env[kept] = n;
    elapsed[kept] = elapsed[i]! + from - start[i]!;
    startedByReset[kept] = from === start[i] ? startedByReset[i]! : 0;
    start[kept] = from;
    end[kept] = end[i]!;
    endedBy[kept] = endedBy[i]!;
    usedUntil[n] = end[i]!;
    kept++;
  }
  trajectories.count = kept;
}

/** The arrays that carrying keeps, by name: what a checkpoint must hold. Views, not copies. */
export function carryArrays(rollout: Rollout, state: CarryState): Record<string, Float32Array | Float64Array | Int32Array | Uint8Array> {
  const { inputs, actions, logProbs, rewards, terminated, truncated, startedByReset, elapsedAtStart, observations, encodes, masks } =
    rollout;
  const arrays = { inputs, actions, logProbs, rewards, terminated, truncated, startedByReset, elapsedAtStart, usedUntil: state.usedUntil };
  return { ...arrays, ...(encodes && { observations }), ...(masks && { masks }) };
}
