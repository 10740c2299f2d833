import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endings } from '../../src/core/trajectory.ts';
import { createTrajectories, cutTrajectories } from '../../src/rollout/trajectories.ts';
import { advantagesOf, perTrajectory, rollouts } from './helpers.ts';

const flags = (columns: string[], more: object = {}): Parameters<typeof cutTrajectories>[0] => {
  const numEnvs = columns.length;
  const numSteps = columns[0]!.length;
  const pick = (letter: string): Uint8Array =>
    Uint8Array.from({ length: numSteps * numEnvs }, (_, k) => (columns[k % numEnvs]![Math.floor(k / numEnvs)] === letter ? 1 : 0));
  return { numSteps, numEnvs, terminated: pick('d'), truncated: pick('t'), ...more };
};
const listed = (...args: Parameters<typeof cutTrajectories>): string[] => {
  const got = cutTrajectories(...args);
  return Array.from({ length: got.count }, (_, i) => {
    const ending = Object.entries(endings).find(([, code]) => code === got.endedBy[i])![0];
    return `${got.env[i]}: ${got.start[i]}-${got.end[i]} ${ending} reset ${got.startedByReset[i]} elapsed ${got.elapsed[i]}`;
  });
};

describe('segmentation', () => {
  it('the example of the doc comment', () => {
    expect(listed(flags(['.d...']))).toEqual(['0: 0-2 terminated reset 0 elapsed 0', '0: 2-5 edge reset 1 elapsed 0']);
  });

  it('resets, edges, both kinds of ending, in the order of environments', () => {
    const got = listed(flags(['..d.', 't..d', '....'], { startedByReset: Uint8Array.of(1, 0, 0), elapsedAtStart: Int32Array.of(0, 7, 9) }));
    expect(got).toEqual([
      '0: 0-3 terminated reset 1 elapsed 0',
      '0: 3-4 edge reset 1 elapsed 0',
      '1: 0-1 truncated reset 0 elapsed 7',
      '1: 1-4 terminated reset 1 elapsed 0',
      '2: 0-4 edge reset 0 elapsed 9',
    ]);
  });

  it('every step ends an episode; an end on the last row leaves no empty trajectory', () => {
    expect(listed(flags(['ddd'])).map((line) => line.slice(3, 6))).toEqual(['0-1', '1-2', '2-3']);
  });

  it('both flags: terminated', () => {
    const both = { numSteps: 1, numEnvs: 1, terminated: Uint8Array.of(1), truncated: Uint8Array.of(1) };
    expect(listed(both)).toEqual(['0: 0-1 terminated reset 0 elapsed 0']);
  });

  it('every step belongs to exactly one trajectory, and none crosses an end', () => {
    fc.assert(
      fc.property(rollouts, ({ batch, terminated, truncated }) => {
        const { numEnvs, trajectories: got } = batch;
        const seen = new Int32Array(terminated.length);
        for (let i = 0; i < got.count; i++) {
          for (let t = got.start[i]!; t < got.end[i]!; t++) {
            const step = t * numEnvs + got.env[i]!;
            seen[step]! += 1;
            const ends = terminated[step] === 1 || truncated[step] === 1;
            expect(ends).toBe(t === got.end[i]! - 1 && got.endedBy[i] !== endings.edge);
          }
        }
        expect(seen.every((times) => times === 1)).toBe(true);
      }),
    );
  });

  it('no leakage: what happens after an end does not change the returns before it, and t starts again', () => {
    const cut = flags(['.d..']);
    const rewards = (last: number): Float64Array => Float64Array.of(1, 2, 3, last);
    const batch = (last: number) => ({ numSteps: 4, numEnvs: 1, rewards: rewards(last), trajectories: cutTrajectories(cut) });
    // Time bins of a single environment: segments meet at t = 0 and t = 1, so t has started again.
    expect(advantagesOf(batch(5), { gamma: 1 })).toEqual([
      [-2.5, -1.5],
      [2.5, 1.5],
    ]);
    expect(advantagesOf(batch(7), { gamma: 1, baseline: 'none' })[0]).toEqual([3, 2]);
    expect(advantagesOf(batch(9), { gamma: 1, baseline: 'none' })[0]).toEqual([3, 2]);
  });

  it('reuses its memory and says when there is too little', () => {
    const out = createTrajectories(4);
    expect(cutTrajectories(flags(['dddd']), out)).toBe(out);
    expect(cutTrajectories(flags(['....']), out).count).toBe(1);
    expect(() => cutTrajectories(flags(['dd', 'd.']), createTrajectories(3))).toThrow(/room for 3; make it with createTrajectories/);
    expect(() => cutTrajectories({ ...flags(['dd']), truncated: new Uint8Array(3) })).toThrow(/truncated: expected 2 entries, got 3/);
  });

  it('the helper lists values along trajectories', () => {
    const batch = { numSteps: 4, numEnvs: 1, rewards: new Float64Array(4), trajectories: cutTrajectories(flags(['.d..'])) };
    expect(perTrajectory(batch, [0, 1, 2, 3])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});
