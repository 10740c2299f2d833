/** The baselines beyond means of one bin, against their formulas, and what they may know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaselineShape, ownBaselines } from '../../src/advantage/baselines/index.ts';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import {
  createEstimatorWorkspace,
  defaultEstimatorSettings,
  type EstimatorSettings,
  estimateAdvantages,
} from '../../src/advantage/estimate.ts';
import { type Baseline, type OwnBaselineName, ownBaselineNames } from '../../src/advantage/groupBaseline.ts';
import { expectedGradient } from '../../src/theory/enumeration.ts';
import { estimator, problem } from '../../src/theory/problem.ts';
import { largestDifference } from '../../src/theory/vectors.ts';
import { batchOf, mean, perTrajectory, type Sample } from './helpers.ts';

const shapeOf = ({ numSteps, numEnvs, observationSize = 1 }: AdvantageBatch): BaselineShape => ({ numSteps, numEnvs, observationSize });
const plain: EstimatorSettings = { ...defaultEstimatorSettings, gamma: 1, scale: 'none' };

/** What a baseline says of every step, per trajectory. */
function baselinesOf(batch: AdvantageBatch, baseline: Baseline, settings: Partial<EstimatorSettings> = {}): number[][] {
  return perTrajectory(batch, estimateAdvantages(batch, { ...plain, ...settings, baseline }).baseline);
}

/** Samples whose only reward is their return. */
const single = (returns: readonly number[], states?: readonly number[]): Sample[] =>
  returns.map((value, i) => ({ rewards: [value], ...(states && { states: [states[i]!] }) }));

describe('length-weighted', () => {
  it('the example: returns 1 and 0 of 3 and 1 steps', () => {
    const batch = batchOf([{ rewards: [0, 0, 1] }, { rewards: [0] }]);
    expect(baselinesOf(batch, ownBaselines['length-weighted'](shapeOf(batch)), { returns: 'episode' })).toEqual([
      [0.75, 0.75, 0.75],
      [0.75],
    ]);
  });

  it('every group by itself', () => {
    const batch = batchOf(single([1, 3, 10, 50]), { groups: Int32Array.of(0, 0, 1, 1), numGroups: 2 });
    expect(baselinesOf(batch, ownBaselines['length-weighted'](shapeOf(batch)))).toEqual([[2], [2], [30], [30]]);
  });
});

describe('ridge', () => {
  const quadratic = (state: number): number => 3 + 2 * state - 0.5 * state * state;

  it('is 0 at first, and then a quadratic function of the observation that gave the returns', () => {
    const states = [-2, -1, -0.5, 0, 0.3, 1, 2, 3];
    const batch = batchOf(single(states.map(quadratic), states));
    const ridge = ownBaselines.ridge(shapeOf(batch));
    expect(baselinesOf(batch, ridge).flat()).toEqual(states.map(() => 0));
    const other = [0.7, -1.5, 2.5, 1.1, 0, 0, 0, 0];
    const next = baselinesOf(
      batchOf(
        single(
          other.map(() => 99),
          other,
        ),
      ),
      ridge,
    ).flat();
    next.forEach((value, i) => {
      expect(Math.abs(value - quadratic(other[i]!))).toBeLessThan(1e-3);
    });
  });

  it('refuses a batch without observations', () => {
    const batch = batchOf(single([1, 2]));
    const blind = { ...batch, observations: undefined, observationSize: undefined } as unknown as AdvantageBatch;
    expect(() => baselinesOf(blind, ownBaselines.ridge({ numSteps: 1, numEnvs: 2, observationSize: 3 }))).toThrow(/observations of size 3/);
  });
});

describe('shrunk', () => {
  /** The formula, by lists: the mean of the others in a bin drawn towards that of the next coarser one. */
  const direct = (returns: readonly number[], cells: readonly number[], strength: number): number[] =>
    returns.map((_, i) => {
      const others = returns.map((_value, j) => j).filter((j) => j !== i);
      const meanOf = (chosen: readonly number[]): number => mean(chosen.map((j) => returns[j]!));
      // One step each, so that time and everything are one bin.
      const coarse = others.length > 0 ? meanOf(others) : 0;
      const fine = others.filter((j) => cells[j] === cells[i]);
      return fine.length > 0 ? coarse + (fine.length / (fine.length + strength)) * (meanOf(fine) - coarse) : coarse;
    });

  it('the example: 1 of 5 parts from the cell', () => {
    const batch = batchOf(single([1, 3, 8], [0, 0, 5]));
    const [first] = baselinesOf(batch, ownBaselines.shrunk(shapeOf(batch)), { bins: 'state' }).flat();
    // The time bin and everything have all three, and say 5.5 of the others; the time bin is shrunk towards the same number.
    expect(first).toBeCloseTo(5.5 + (1 / 5) * (3 - 5.5), 12);
  });

  it('is its formula for any returns and cells, in the first iteration', () => {
    const one = fc.record({ value: fc.double({ min: -5, max: 5, noNaN: true }), cell: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 2, maxLength: 8 }), (steps) => {
        const returns = steps.map(({ value }) => value);
        const cells = steps.map(({ cell }) => cell);
        const batch = batchOf(single(returns, cells));
        const got = baselinesOf(batch, ownBaselines.shrunk(shapeOf(batch)), { bins: 'state' }).flat();
        direct(returns, cells, 4).forEach((value, i) => {
          expect(Math.abs(got[i]! - value)).toBeLessThan(1e-9);
        });
      }),
    );
  });

  it('of means with the own return in them: a step that is alone keeps most of what is coarser', () => {
    const batch = batchOf(single([1, 3, 8], [0, 0, 5]));
    const got = baselinesOf(batch, ownBaselines['shrunk-own'](shapeOf(batch)), { bins: 'state' }).flat();
    // Everybody's mean is 4; two of six parts of 2, one of five of 8.
    [4 + (2 / 6) * (2 - 4), 4 + (2 / 6) * (2 - 4), 4 + (1 / 5) * (8 - 4)].forEach((value, i) => {
      expect(got[i]).toBeCloseTo(value, 12);
    });
  });

  it('learns how much a bin says: cells that differ keep their means, cells that do not lose them', () => {
    const apart = batchOf(single([0, 1, 0, 1, 100, 101, 100, 101], [0, 0, 0, 0, 1, 1, 1, 1]));
    const alike = batchOf(single([0, 8, 2, 6, 1, 7, 3, 5], [0, 0, 0, 0, 1, 1, 1, 1]));
    const second = (batch: AdvantageBatch): number => {
      const shrunk = ownBaselines.shrunk(shapeOf(batch));
      baselinesOf(batch, shrunk, { bins: 'state' });
      return baselinesOf(batch, shrunk, { bins: 'state' }).flat()[0]!;
    };
    // The others in the cell: 2/3 apart from everybody's 57.7; 16/3 and 32/7.
    expect(Math.abs(second(apart) - 2 / 3)).toBeLessThan(0.1);
    expect(Math.abs(second(alike) - 32 / 7)).toBeLessThan(0.1);
  });
});

describe('own-or-coarser', () => {
  const sameAs = (bins: 'state' | 'time', baseline: 'own' | 'own-or-coarser', samples: readonly Sample[]): number[] => {
    const batch = batchOf(samples);
    const made = baseline === 'own' ? baseline : ownBaselines[baseline](shapeOf(batch));
    return [
      ...estimateAdvantages(batch, { ...plain, bins, baseline: made }, createEstimatorWorkspace(batch.numSteps, batch.numEnvs)).baseline,
    ];
  };

  it('the example: two in a cell are company enough, none is not', () => {
    expect(sameAs('state', 'own-or-coarser', single([1, 3, 8], [0, 0, 5]))).toEqual([2, 2, 8]);
    expect(sameAs('state', 'own-or-coarser', single([1, 3, 8], [0, 1, 5]))).toEqual([4, 4, 4]);
    // One trajectory has no company anywhere, and keeps its own bins.
    expect(sameAs('state', 'own-or-coarser', [{ rewards: [1, 2, 4], states: [0, 1, 0] }])).toEqual(
      sameAs('state', 'own', [{ rewards: [1, 2, 4], states: [0, 1, 0] }]),
    );
  });

  it('is the paper’s where most have company, tails beyond the edge too', () => {
    const samples = single([1, 3, 8, 10], [0, 0, 5, 5]);
    expect(sameAs('state', 'own-or-coarser', samples)).toEqual(sameAs('state', 'own', samples));
    const long = [{ rewards: [1, 2] }, { rewards: [3, 5] }];
    expect(sameAs('time', 'own-or-coarser', long)).toEqual(sameAs('time', 'own', long));
    const cut: Sample[] = [
      { rewards: [1, 2], states: [0, 1], ending: 'edge' },
      { rewards: [3, 5], states: [0, 1], ending: 'edge' },
      { rewards: [4, 4], states: [0, 3] },
    ];
    const batch = batchOf(cut, { edgeObservations: Float64Array.of(1, 0, 0) });
    const returnsOf = (baseline: 'own' | Baseline) => [
      ...estimateAdvantages(batch, { ...plain, bins: 'state', tail: 'bootstrap', baseline }, createEstimatorWorkspace(2, 3)).advantages,
    ];
    expect(returnsOf(ownBaselines['own-or-coarser'](shapeOf(batch)))).toEqual(returnsOf('own'));
  });
});

describe('pooled', () => {
  it('the example: two iterations of one bin', () => {
    const pooled = ownBaselines.pooled({ numSteps: 1, numEnvs: 2, observationSize: 1 });
    expect(baselinesOf(batchOf(single([2, 4])), pooled).flat()).toEqual([4, 2]);
    const [first, second] = baselinesOf(batchOf(single([1, 6])), pooled).flat();
    expect(first).toBeCloseTo((1.8 * 3 + 6) / 2.8, 12);
    expect(second).toBeCloseTo((1.8 * 3 + 1) / 2.8, 12);
  });

  it('gives a group of one a baseline', () => {
    const pooled = ownBaselines.pooled({ numSteps: 1, numEnvs: 1, observationSize: 1 });
    expect(baselinesOf(batchOf(single([5])), pooled).flat()).toEqual([0]);
    expect(baselinesOf(batchOf(single([9])), pooled).flat()).toEqual([5]);
  });

  it('refuses bins that are others in every iteration', () => {
    const batch = batchOf(single([1, 2], [0, 1]));
    expect(() => baselinesOf(batch, ownBaselines.pooled(shapeOf(batch)), { bins: 'state' })).toThrow(
      /baseline pooled: expected bins that are the same/,
    );
  });
});

describe('selected', () => {
  it('takes what explained most: time where returns fall with it, everybody where nothing says anything', () => {
    const falling = batchOf([{ rewards: [1, 1, 1] }, { rewards: [1, 1, 1] }, { rewards: [1, 1, 1.5] }]);
    const selected = ownBaselines.selected(shapeOf(falling));
    baselinesOf(falling, selected);
    expect(baselinesOf(falling, selected)[0]).toEqual([3.25, 2.25, 1.25]);
    const noise = batchOf(single([0, 10, 3, 7]));
    const other = ownBaselines.selected(shapeOf(noise));
    baselinesOf(noise, other);
    // The mean of the others always misses more than the mean of all: everything explains less than nothing.
    expect([...other.kept!().explained!].slice(0, 2).every((value) => value < 0)).toBe(true);
  });
});

describe('all of them', () => {
  const { mdp, policy, table, exact } = problem(1);
  const shape = { numSteps: 3, numEnvs: 2048, observationSize: 1 };

  // The baselines of the own trajectory alone would be wrong here: of groups, none crosses another.
  it.each(['shrunk', 'selected'] as const)('%s: the exact expectation of its gradient is the true one', (name) => {
    // A memory would carry one group of the enumeration into the next: one call, one baseline.
    const settings = estimator({ bins: 'state', baseline: 'leave-one-out' });
    const fresh = {
      ...settings,
      get baseline() {
        return ownBaselines[name](shape);
      },
    };
    expect(largestDifference(expectedGradient({ mdp, policy, table, groupSize: 2, settings: fresh }), exact)).toBeLessThan(1e-12);
  });

  it('what the own trajectory gets changes no baseline of its own, but for the three that have it', () => {
    const rows: Sample[] = [
      { rewards: [1, 2], states: [0, 1] },
      { rewards: [3, 1], states: [0, 0] },
      { rewards: [0, 5], states: [1, 1] },
    ];
    const changed = (name: OwnBaselineName): boolean => {
      const own = (rewards: readonly number[]): number[] => {
        const batch = batchOf([{ ...rows[0]!, rewards }, ...rows.slice(1)]);
        const settings = name === 'pooled' ? {} : ({ bins: 'state' } as const);
        return baselinesOf(batch, ownBaselines[name](shapeOf(batch)), settings)[0]!;
      };
      return own([1, 2]).some((value, t) => value !== own([-40, 70])[t]);
    };
    expect(ownBaselineNames.filter(changed)).toEqual(['length-weighted', 'shrunk-own', 'own-or-coarser']);
  });

  it('keep what they remember in arrays of a fixed size, from which they go on with the same bits', () => {
    const first = batchOf([
      { rewards: [1, 2], states: [0.1, 1] },
      { rewards: [3, 1], states: [0, 0.5] },
      { rewards: [0, 5], states: [1, 1] },
    ]);
    const second = batchOf([
      { rewards: [2, 2], states: [0.3, 1] },
      { rewards: [4, 1], states: [0.2, 0] },
      { rewards: [1, 5], states: [1, 0] },
    ]);
    for (const name of ownBaselineNames) {
      const [one, other] = [ownBaselines[name](shapeOf(first)), ownBaselines[name](shapeOf(first))];
      baselinesOf(first, one);
      for (const [key, array] of Object.entries(one.kept?.() ?? {})) other.kept!()[key]!.set(array);
      expect(baselinesOf(second, other), name).toEqual(baselinesOf(second, one));
    }
  });

  it('leave out steps that do not take part', () => {
    const batch = batchOf([
      { rewards: [1], ending: 'terminated' },
      { rewards: [100], ending: 'edge' },
      { rewards: [3], ending: 'terminated' },
    ]);
    for (const name of ownBaselineNames) {
      const settings = { ...plain, tail: 'discard', baseline: ownBaselines[name](shapeOf(batch)) } as const;
      const { baseline } = estimateAdvantages(batch, settings, createEstimatorWorkspace(batch.numSteps, batch.numEnvs));
      expect(baseline[1], name).toBe(0);
      if (name !== 'ridge') expect(baseline[0], name).toBe(/^(length-weighted|shrunk-own|own-or-coarser)$/.test(name) ? 2 : 3);
    }
  });
});
