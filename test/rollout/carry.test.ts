/** Tail `carry`: every row is used once, and none that was never collected. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, discrete } from '../../src/core/space.ts';
import { createRollout } from '../../src/rollout/buffer.ts';
import { createCarryState, shiftRollout, takeUsable } from '../../src/rollout/carry.ts';
import { createTrajectories, cutTrajectories } from '../../src/rollout/trajectories.ts';

const memory = { float32: (length: number) => new Float32Array(length), int32: (length: number) => new Int32Array(length) };

/** Iterations of `numSteps` rows with room for `rollouts` of them; `ends[t][n]` says where episodes end. Gives the rows used in each, by their number. */
function play(numSteps: number, rollouts: number, ends: readonly (readonly boolean[])[]): number[][] {
  const numEnvs = ends[0]!.length;
  const rows = numSteps * rollouts;
  const shape = { numSteps: rows, numEnvs, observationSpace: box(0, 1, [1]), actionSpace: discrete(2) };
  const rollout = createRollout(shape, memory);
  rollout.rewards.fill(-1);
  const state = createCarryState(rollout, numSteps);
  const trajectories = createTrajectories(rows * numEnvs);
  const used: number[][] = [];
  for (let first = 0; first < ends.length; first += numSteps) {
    shiftRollout(rollout, state);
    for (let t = 0; t < numSteps; t++) {
      for (let n = 0; n < numEnvs; n++) {
        const i = (rows - numSteps + t) * numEnvs + n;
        rollout.rewards[i] = (first + t) * numEnvs + n;
        rollout.terminated[i] = ends[first + t]![n] ? 1 : 0;
        rollout.truncated[i] = 0;
      }
    }
    cutTrajectories(rollout, trajectories);
    takeUsable(trajectories, state);
    const now: number[] = [];
    for (let k = 0; k < trajectories.count; k++)
      for (let t = trajectories.start[k]!; t < trajectories.end[k]!; t++) now.push(rollout.rewards[t * numEnvs + trajectories.env[k]!]!);
    used.push(now.sort((a, b) => a - b));
  }
  return used;
}

describe('carried trajectories', () => {
  it('are used when they end, or when their first row is about to leave', () => {
    // One environment, two rows per iteration, room for four, an end with row 2.
    const ends = [[false], [false], [true], [false], [false], [false], [false], [false]];
    expect(play(2, 2, ends)).toEqual([[], [0, 1, 2], [3, 4, 5], []]);
  });

  it('of the first iteration are those of its own rows', () => {
    const ends = [
      [true, false],
      [false, true],
    ];
    expect(play(2, 3, ends)).toEqual([[0, 1, 3]]);
  });

  it('hold every row once, and no row of before the first', () => {
    const shape = fc.record({ numSteps: fc.integer({ min: 1, max: 5 }), rollouts: fc.integer({ min: 1, max: 4 }) });
    const ends = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(shape, ends, ({ numSteps, rollouts }, pattern) => {
        const iterations = Math.floor(pattern.length / numSteps);
        const used = play(numSteps, rollouts, pattern.slice(0, iterations * numSteps)).flat();
        expect(new Set(used).size).toBe(used.length);
        expect(used.every((row) => row >= 0)).toBe(true);
        // What is missing waits, and nothing waits longer than there is room.
        const oldest = (iterations * numSteps - (rollouts - 1) * numSteps) * 2;
        for (let row = 0; row < oldest; row++) expect(used).toContain(row);
      }),
    );
  });
});
