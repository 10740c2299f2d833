import { describe, expect, it } from 'vitest';
import type { BinKey } from '../../src/advantage/binStep.ts';
import { defaultEstimatorSettings, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { discountedReturns, episodeReturns } from '../../src/advantage/returns.ts';
import { cutTrajectories } from '../../src/rollout/trajectories.ts';
import { advantagesOf, batchOf, perTrajectory, workedExample } from './helpers.ts';

const batch = batchOf(workedExample);
const advantages = (settings: Partial<EstimatorSettings>): number[][] => advantagesOf(batch, { gamma: 0.5, ...settings });

/** Equal to four places, as the table in docs/gpg.md prints them. */
function expectPrinted(got: number[][], printed: number[][]): void {
  expect(got.map((row) => row.map((value) => Math.round(value * 1e4) / 1e4 + 0))).toEqual(printed);
}

describe('worked example', () => {
  it('returns', () => {
    const returns = discountedReturns({ ...batch, gamma: 0.5 }, new Float64Array(9));
    expect(perTrajectory(batch, returns)).toEqual([[1.5, 1, 2], [2, 4], [3]]);
  });

  it('time bins', () => {
    expectPrinted(advantages({ bins: 'time' }), [[-0.6667, -1.5, 0], [-0.1667, 1.5], [0.8333]]);
  });

  it('universal bin', () => {
    expectPrinted(advantages({ bins: 'universal' }), [[-0.6667, -1.1667, -0.1667], [-0.1667, 1.8333], [0.8333]]);
  });

  it('state bins, first visit', () => {
    expectPrinted(advantages({ bins: 'state' }), [[-1.3333, -0.5, -0.8333], [0.5, 1.1667], [0.1667]]);
    const { baseline } = estimateAdvantages(batch, { ...defaultEstimatorSettings, gamma: 0.5, bins: 'state' });
    expectPrinted(perTrajectory(batch, baseline), [[2.8333, 1.5, 2.8333], [1.5, 2.8333], [2.8333]]);
  });

  it('state bins, every visit', () => {
    const { baseline } = estimateAdvantages(batch, { ...defaultEstimatorSettings, gamma: 0.5, bins: 'state', visit: 'every' });
    expectPrinted(perTrajectory(batch, baseline), [[2.625, 1.5, 2.625], [1.5, 2.625], [2.625]]);
  });

  it('leave-one-out with time bins, the last step by the chain', () => {
    expectPrinted(advantages({ bins: 'time', baseline: 'leave-one-out' }), [[-1, -3, -0.5], [-0.25, 3], [1.25]]);
    const { baseline } = estimateAdvantages(batch, { ...defaultEstimatorSettings, gamma: 0.5, baseline: 'leave-one-out' });
    expectPrinted(perTrajectory(batch, baseline), [[2.5, 4, 2.5], [2.25, 1], [1.75]]);
  });

  it('leave-one-out at a revisit leaves out all returns of the trajectory', () => {
    expect(advantages({ bins: 'state', baseline: 'leave-one-out' })[0]![2]).toBe(-1.5);
    expect(advantages({ bins: 'state', baseline: 'leave-one-out', visit: 'every' })[0]![2]).toBe(-1.5);
  });
});

describe('examples of the doc comments', () => {
  it('discountedReturns with an edge value', () => {
    const edge = batchOf([{ rewards: [1, 0, 2], ending: 'edge' }]);
    const returns = discountedReturns({ ...edge, gamma: 0.5, edgeValues: Float64Array.of(4) }, new Float64Array(3));
    expect([...returns]).toEqual([2, 2, 4]);
  });

  it('an edge value counts only where the edge cut, or the time limit if asked', () => {
    const samples = (['edge', 'terminated', 'truncated'] as const).map((ending) => ({ rewards: [1], ending }));
    const cut = batchOf(samples);
    const edgeValues = Float64Array.of(4, 4, 4);
    expect([...discountedReturns({ ...cut, gamma: 0.5, edgeValues }, new Float64Array(3))]).toEqual([3, 1, 1]);
    const returns = discountedReturns({ ...cut, gamma: 0.5, edgeValues, valueTruncated: true }, new Float64Array(3));
    expect([...returns]).toEqual([3, 1, 3]);
  });

  it('episodeReturns', () => {
    const one = batchOf([{ rewards: [1, 0, 2] }]);
    expect([...episodeReturns(Float64Array.of(1.5, 1, 2), one.trajectories, 1)]).toEqual([1.5, 1.5, 1.5]);
  });
});

describe('singletons', () => {
  it('have exactly 0 at their first visit, whatever the returns', () => {
    const samples = [
      { rewards: [0.1, 0.7, 1e17, -3], states: [5, 6, 7, 8] },
      { rewards: [1 / 3, 0.2], states: [9, 10] },
    ];
    const rows = advantagesOf(batchOf(samples), { bins: 'state', gamma: 0.9 });
    expect(rows.flat().every((value) => value === 0)).toBe(true);
  });

  it('at a revisit keep the difference to their own first return', () => {
    expect(advantagesOf(batchOf([{ rewards: [1, 2], states: [0, 0] }]), { bins: 'state', gamma: 1 })).toEqual([[0, -1]]);
  });

  it('equal returns give exactly 0 in any number', () => {
    const rows = advantagesOf(batchOf(Array.from({ length: 7 }, () => ({ rewards: [0.1, 0.2, 0.7] }))), { gamma: 0.99 });
    expect(rows.flat().every((value) => value === 0)).toBe(true);
    const others = batchOf(Array.from({ length: 7 }, () => ({ rewards: [0.1, 0.2, 0.7] })));
    expect(
      advantagesOf(others, { baseline: 'leave-one-out' })
        .flat()
        .every((value) => value === 0),
    ).toBe(true);
  });
});

describe('first visit', () => {
  it('is per trajectory, not global: the second trajectory puts its return into a bin that the first has seen', () => {
    const samples = [
      { rewards: [1, 1], states: [0, 0] },
      { rewards: [5], states: [0] },
    ];
    // Members of the bin: 2 (first visit of the first) and 5; per rollout only the 2 would be there.
    expect(advantagesOf(batchOf(samples), { bins: 'state', gamma: 1 })).toEqual([[-1.5, -2.5], [1.5]]);
  });

  it('is per trajectory also for two trajectories of one environment', () => {
    const flags = { numSteps: 3, numEnvs: 1, terminated: Uint8Array.of(0, 1, 1), truncated: new Uint8Array(3) };
    const batch = { numSteps: 3, numEnvs: 1, rewards: Float64Array.of(2, 0, 4), trajectories: cutTrajectories(flags) };
    const key: BinKey = () => 'one bin';
    expect(advantagesOf(batch, { bins: key, gamma: 1 })).toEqual([[-1, -3], [1]]);
  });
});
