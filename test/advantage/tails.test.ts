import { describe, expect, it } from 'vitest';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { defaultEstimatorSettings, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { horizonOf, tails } from '../../src/advantage/tails.ts';
import { cutTrajectories } from '../../src/rollout/trajectories.ts';
import { batchOf, perTrajectory, type Sample, workedExample } from './helpers.ts';

const half: EstimatorSettings = { ...defaultEstimatorSettings, gamma: 0.5, scale: 'none' };
const returnsOf = (batch: AdvantageBatch, settings: Partial<EstimatorSettings>): number[][] =>
  perTrajectory(batch, estimateAdvantages(batch, { ...half, ...settings }).returns);

describe('tails', () => {
  const cut: Sample = { rewards: [1, 1], ending: 'edge' };
  const whole: Sample = { rewards: [2, 2, 2] };

  it('zero, carry, budget: returns stop at the edge', () => {
    for (const tail of ['zero', 'carry', 'budget'] as const) expect(returnsOf(batchOf([cut, whole]), { tail })[0]).toEqual([1.5, 1]);
  });

  it('discard: cut trajectories leave the bins and the loss', () => {
    const batch = batchOf([cut, whole, { rewards: [4] }]);
    const { participates, numParticipants, advantages } = estimateAdvantages(batch, { ...half, tail: 'discard' });
    expect(perTrajectory(batch, participates)).toEqual([[0, 0], [1, 1, 1], [1]]);
    expect(numParticipants).toBe(4);
    // Bin of time 0: 3.5 and 4, without the 1.5 of the cut one.
    expect(perTrajectory(batch, advantages)).toEqual([[0, 0], [-0.25, 0, 0], [0.25]]);
  });

  it('discard with nothing finished leaves nothing', () => {
    const { numParticipants, advantages, diagnostics } = estimateAdvantages(batchOf([cut, cut]), { ...half, tail: 'discard' });
    expect(numParticipants).toBe(0);
    expect([...advantages]).toEqual([0, 0, 0, 0]);
    expect(Object.values(diagnostics).every(Number.isFinite)).toBe(true);
  });

  it('horizonOf: the steps until little of the discount is left', () => {
    expect([horizonOf(0.5, 0.2), horizonOf(0.5, 0.125), horizonOf(0, 0.5), horizonOf(0.99, 0.1)]).toEqual([3, 3, 1, 230]);
    expect([horizonOf(1, 0.1), horizonOf(0.5, 0)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('mask: rows near the edge leave, in every trajectory, finished or not', () => {
    const trajectories = cutTrajectories({
      numSteps: 4,
      numEnvs: 2,
      terminated: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0),
      truncated: new Uint8Array(8),
    });
    const batch: AdvantageBatch = { numSteps: 4, numEnvs: 2, rewards: new Float64Array(8).fill(1), trajectories };
    const { participates, numParticipants, returns, advantages } = estimateAdvantages(batch, { ...half, tail: 'mask', maskTolerance: 0.2 });
    expect([...participates]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(numParticipants).toBe(4);
    expect([...returns.subarray(0, 2)]).toEqual([1.875, 1.75]);
    expect([...advantages]).toEqual([0.0625, -0.0625, 0.125, -0.125, 0, 0, 0, 0]);
  });

  it('mask refuses what would leave nothing', () => {
    expect(() => estimateAdvantages(batchOf([cut]), { ...half, tail: 'mask', maskTolerance: 0.2 })).toThrow(
      /a rollout of at least 3 steps.*got 2 steps/,
    );
    expect(() => estimateAdvantages(batchOf([cut]), { ...half, gamma: 1, tail: 'mask' })).toThrow(/tail mask: expected gamma below 1/);
  });

  it('complete: the collector says what was still to come', () => {
    const edgeValues = Float64Array.of(8, 100);
    expect(returnsOf(batchOf([cut, whole], { edgeValues }), { tail: 'complete' })).toEqual([
      [3.5, 5],
      [3.5, 3, 2],
    ]);
    expect(() => estimateAdvantages(batchOf([cut]), { ...half, tail: 'complete' })).toThrow(/edgeValues, one per trajectory, got none/);
  });

  it('bootstrap: the mean of the others after the edge', () => {
    // After the edge comes time 2, where the other one has a return of 2.
    expect(returnsOf(batchOf([cut, whole]), { tail: 'bootstrap' })).toEqual([
      [2, 2],
      [3.5, 3, 2],
    ]);
  });

  it('bootstrap: falls back on coarser bins, then on nothing, never on itself', () => {
    // Nobody reaches time 2: the universal bin of the others, 4.
    expect(returnsOf(batchOf([cut, { rewards: [4] }]), { tail: 'bootstrap' })[0]).toEqual([2.5, 3]);
    expect(returnsOf(batchOf([cut]), { tail: 'bootstrap' })[0]).toEqual([1.5, 1]);
    // State bins: nobody was in state 9, somebody was at time 2.
    const runs = [
      { ...cut, states: [0, 0] },
      { ...whole, states: [0, 0, 0] },
    ];
    const batch = batchOf(runs, { edgeObservations: Float64Array.of(9, 0) });
    expect(returnsOf(batch, { tail: 'bootstrap', bins: 'state' })[0]).toEqual([2, 2]);
    const known = batchOf(runs, { edgeObservations: Float64Array.of(0, 0) });
    expect(returnsOf(known, { tail: 'bootstrap', bins: 'state' })[0]).toEqual([2.375, 2.75]);
  });

  it('bootstrap: every pass looks one rollout further, and the order of trajectories means nothing', () => {
    const runs = [cut, { rewards: [3, 5], ending: 'edge' as const }];
    // Pass 1: each gets the other's zero-tail first return, 5.5 and 1.5; pass 2: what those have become.
    const first = (rows: Sample[], bootstrapPasses: number): number[] =>
      returnsOf(batchOf(rows), { tail: 'bootstrap', bootstrapPasses }).map((row) => row[0]!);
    expect(first(runs, 1)).toEqual([1.5 + 0.25 * 5.5, 5.5 + 0.25 * 1.5]);
    expect(first(runs, 2)).toEqual([1.5 + 0.25 * 5.875, 5.5 + 0.25 * 2.875]);
    expect(first([...runs].reverse(), 2)).toEqual(first(runs, 2).reverse());
  });

  it('bootstrap with leave-one-env-out does not look at other trajectories of the environment', () => {
    const trajectories = cutTrajectories({
      numSteps: 3,
      numEnvs: 1,
      terminated: Uint8Array.of(0, 1, 0),
      truncated: new Uint8Array(3),
    });
    const batch: AdvantageBatch = { numSteps: 3, numEnvs: 1, rewards: Float64Array.of(1, 6, 1), trajectories };
    expect(returnsOf(batch, { tail: 'bootstrap', baseline: 'leave-one-env-out' })[1]).toEqual([1]);
    expect(returnsOf(batch, { tail: 'bootstrap', baseline: 'leave-one-out' })[1]).toEqual([4]);
  });

  it('bootstrap with leave-one-pair-out does not look at the partner of the environment', () => {
    const terminated = Uint8Array.of(0, 0, 1, 1, 0, 0);
    const trajectories = cutTrajectories({ numSteps: 3, numEnvs: 2, terminated, truncated: new Uint8Array(6) });
    const batch: AdvantageBatch = { numSteps: 3, numEnvs: 2, rewards: Float64Array.of(1, 2, 6, 8, 1, 1), trajectories };
    expect(returnsOf(batch, { tail: 'bootstrap', baseline: 'leave-one-pair-out' })[1]).toEqual([1]);
    expect(returnsOf(batch, { tail: 'bootstrap', baseline: 'leave-one-env-out' })[1]).toEqual([5]);
  });

  it('bootstrap at truncations too, if asked, with the final observations', () => {
    const runs: Sample[] = [
      { rewards: [1], states: [0], ending: 'truncated' },
      { rewards: [2, 6], states: [0, 3] },
    ];
    const batch = batchOf(runs, { edgeObservations: Float64Array.of(0, 0), finalObservations: Float64Array.of(3, 0, 0, 0) });
    expect(returnsOf(batch, { tail: 'bootstrap', bins: 'state' })[0]).toEqual([1]);
    expect(returnsOf(batch, { tail: 'bootstrap', bins: 'state', bootstrapTruncated: true })[0]).toEqual([4]);
    const missing = { ...batch, finalObservations: undefined };
    expect(() => returnsOf(missing, { tail: 'bootstrap', bins: 'state', bootstrapTruncated: true })).toThrow(/finalObservations, got none/);
    // Time bins need no observation.
    expect(returnsOf(missing, { tail: 'bootstrap', bootstrapTruncated: true })[0]).toEqual([4]);
  });

  it('budget: the rest of the rollout is a part of the bin', () => {
    const trajectories = cutTrajectories({
      numSteps: 4,
      numEnvs: 1,
      terminated: Uint8Array.of(0, 1, 0, 1),
      truncated: new Uint8Array(4),
    });
    const batch: AdvantageBatch = { numSteps: 4, numEnvs: 1, rewards: Float64Array.of(1, 2, 3, 4), trajectories };
    const zero = estimateAdvantages(batch, { ...half, bins: 'universal' }).diagnostics['group/bins'];
    const budget = estimateAdvantages(batch, { ...half, bins: 'universal', tail: 'budget', budgetBuckets: 2 });
    expect([zero, budget.diagnostics['group/bins']]).toEqual([1, 2]);
    expect([...budget.advantages]).toEqual([0, 0, 0, -1]);
  });

  it('settings that do not exist or do not go together are errors', () => {
    const wrong = (settings: Partial<EstimatorSettings>) => () => estimateAdvantages(batchOf(workedExample), { ...half, ...settings });
    expect(wrong({ tail: 'zreo' as 'zero' })).toThrow(/tail: expected one of zero, discard.*did you mean zero\?/);
    expect(wrong({ gamma: 1.1 })).toThrow(/gamma: expected a number from 0 to 1, got 1.1/);
    expect(wrong({ gamma: Number.NaN })).toThrow(/gamma: expected/);
    expect(wrong({ baseline: 'all' as 'own' })).toThrow(/baseline: expected own, leave-one-out/);
    expect(wrong({ visit: 'second' as 'first' })).toThrow(/visit: expected first, every, got second/);
    expect(wrong({ bootstrapPasses: 0 })).toThrow(/bootstrapPasses: expected a whole number of at least 1/);
    expect(tails).toHaveLength(7);
  });
});
