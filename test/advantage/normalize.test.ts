import { describe, expect, it } from 'vitest';
import { defaultEstimatorSettings, type EstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { meanAndScale, normalize } from '../../src/advantage/normalize.ts';
import { batchOf, workedExample } from './helpers.ts';

describe('normalization', () => {
  it('the examples of the doc comments', () => {
    const values = Float64Array.of(1, 2, 3);
    expect(meanAndScale(values, { epsilon: 0 })).toEqual({ mean: 2, standardDeviation: 1, scale: 1, count: 3 });
    normalize(values, { epsilon: 0 });
    expect([...values]).toEqual([-1, 0, 1]);
  });

  it('sample and population', () => {
    const values = Float32Array.of(0, 2, 4, 6);
    expect(meanAndScale(values).standardDeviation).toBeCloseTo(Math.sqrt(20 / 3), 15);
    expect(meanAndScale(values, { standardDeviation: 'population' }).standardDeviation).toBe(Math.sqrt(5));
    expect(meanAndScale(values).scale).toBe(1 / (Math.sqrt(20 / 3) + 1e-8));
  });

  it('of some entries, by index or by mask', () => {
    const values = Float64Array.of(9, 1, 2, 3, 9);
    expect(meanAndScale(values, { indices: Int32Array.of(3, 1, 2) }).mean).toBe(2);
    expect(meanAndScale(values, { mask: Uint8Array.of(0, 1, 1, 1, 0) })).toMatchObject({ mean: 2, standardDeviation: 1, count: 3 });
    normalize(values, { mask: Uint8Array.of(0, 1, 1, 1, 0), epsilon: 0 });
    expect([...values]).toEqual([9, -1, 0, 1, 9]);
  });

  it('equal entries become exactly 0; none and one do not divide by 0', () => {
    const equal = new Float64Array(7).fill(0.1);
    normalize(equal, { epsilon: 0 });
    expect([...equal]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(meanAndScale(new Float64Array(0))).toEqual({ mean: 0, standardDeviation: 0, scale: 1e8, count: 0 });
    expect(meanAndScale(Float64Array.of(5))).toMatchObject({ mean: 5, standardDeviation: 0 });
  });

  it('a large mean costs no accuracy', () => {
    const values = Float64Array.of(1e9, 1e9 + 1, 1e9 + 2);
    expect(meanAndScale(values)).toMatchObject({ mean: 1e9 + 1, standardDeviation: 1 });
  });
});

describe('diagnostics', () => {
  const measure = (settings: Partial<EstimatorSettings>): Record<string, number> =>
    estimateAdvantages(batchOf(workedExample), { ...defaultEstimatorSettings, gamma: 0.5, ...settings }).diagnostics;

  it('the example of the doc comment: bins with 3, 2 and 1 returns', () => {
    const got = measure({ bins: 'time' });
    expect(got).toMatchObject({ 'group/bins': 3, 'group/size_mean': 2, 'group/singleton_frac': 1 / 6, 'group/cut_frac': 0 });
    expect(got['group/shrinkage']).toBeCloseTo(0.5, 15);
    // Population deviations: of 1.5, 2, 3 and of 1, 4.
    expect(got['group/return_std']).toBeCloseTo((Math.sqrt(7 / 18) + 1.5) / 2, 12);
    expect(got['group/zero_variance_frac']).toBe(0);
  });

  it('explained variance is 1 - var(A) / var(R)', () => {
    const variance = (values: number[]): number => {
      const center = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length;
    };
    const advantages = [1.5 - 13 / 6, -1.5, 0, 2 - 13 / 6, 1.5, 3 - 13 / 6];
    const expected = 1 - variance(advantages) / variance([1.5, 1, 2, 2, 4, 3]);
    expect(measure({ bins: 'time' })['advantage/explained_variance']).toBeCloseTo(expected, 12);
    expect(measure({ bins: 'time', baseline: 'none' })['advantage/explained_variance']).toBe(0);
  });

  it('says when all returns of a bin are equal, and how much the edge cut', () => {
    const batch = batchOf([{ rewards: [1], ending: 'edge' }, { rewards: [1] }, { rewards: [0, 1] }]);
    const got = estimateAdvantages(batch, { ...defaultEstimatorSettings, gamma: 1 }).diagnostics;
    expect(got).toMatchObject({ 'group/zero_variance_frac': 1, 'group/cut_frac': 0.25, 'advantage/std': 0 });
    expect(got['advantage/explained_variance']).toBe(0);
  });

  it('has no group keys without a group, except the share of cut steps', () => {
    expect(Object.keys(measure({ baseline: 'none' })).filter((key) => key.startsWith('group/'))).toEqual(['group/cut_frac']);
  });
});

describe('batches that do not fit', () => {
  const batch = batchOf(workedExample);
  const run = (more: object) => () => estimateAdvantages({ ...batch, ...more }, defaultEstimatorSettings);

  it('are errors that say what is wrong', () => {
    expect(run({ rewards: new Float64Array(8) })).toThrow(/batch.rewards: expected 9 entries, got 8/);
    expect(run({ rewards: new Float64Array(9).fill(Number.NaN, 4) })).toThrow(
      /rewards: step 1 of environment 1: expected a finite number, got NaN/,
    );
    expect(run({ observations: new Float64Array(7) })).toThrow(/batch.observations: expected 9 entries/);
    expect(run({ groups: Int32Array.of(0, 1, 2), numGroups: 2 })).toThrow(/groups\[2\]: expected a group of 0 .. numGroups - 1 = 1, got 2/);
    const trajectories = { ...batch.trajectories, env: Int32Array.of(1, 0, 2) };
    expect(run({ trajectories })).toThrow(/ordered by environment, then by start/);
  });

  it('out also receives the advantages', () => {
    const out = new Float32Array(9);
    const { advantages } = estimateAdvantages(batch, defaultEstimatorSettings, undefined, out);
    expect([...out]).toEqual([...advantages].map(Math.fround));
  });
});
