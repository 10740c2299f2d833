import { describe, expect, it } from 'vitest';
import {
  leadOverSecond,
  minusGreedyReward,
  minusGroupMean,
  minusLengthWeightedMean,
  minusOthersMean,
  overDeviation,
  whitenOverTokens,
} from '../../../src/advantage/completions/equations.ts';
import { farthest } from './helpers.ts';

const r = (...values: number[]): Float64Array => Float64Array.from(values);

describe('the equations of the table, examples of their comments', () => {
  it('minusGroupMean', () => {
    expect([...minusGroupMean(r(1, 0, 0, 1))]).toEqual([0.5, -0.5, -0.5, 0.5]);
  });

  it('minusOthersMean', () => {
    expect(farthest(minusOthersMean(r(1, 0, 0)), [1, -0.5, -0.5])).toBeLessThan(1e-15);
    expect([...minusOthersMean(r(0.7))]).toEqual([0]);
  });

  it('minusLengthWeightedMean', () => {
    expect([...minusLengthWeightedMean(r(1, 0), Int32Array.of(3, 1))]).toEqual([0.25, -0.75]);
  });

  it('minusGreedyReward', () => {
    expect([...minusGreedyReward(r(1, 0), 1)]).toEqual([0, -1]);
  });

  it('leadOverSecond', () => {
    expect([...leadOverSecond(r(0.2, 1, 0.5))]).toEqual([0, 0.5, 0]);
    expect([...leadOverSecond(r(1, 0.2, 0.5))]).toEqual([0.5, 0, 0]);
    expect([...leadOverSecond(r(0.2, 0.5, 1))]).toEqual([0, 0, 0.5]);
    expect([...leadOverSecond(r(1, 1, 0))]).toEqual([0, 0, 0]);
    expect([...leadOverSecond(r(3))]).toEqual([0]);
  });

  it('overDeviation', () => {
    expect([...overDeviation(r(-1, 1), r(0, 2), 'population', 0)]).toEqual([-1, 1]);
    expect(farthest(overDeviation(r(-1, 1), r(0, 2), 'sample', 0), [-Math.SQRT1_2, Math.SQRT1_2])).toBeLessThan(1e-15);
    expect([...overDeviation(r(0, 0), r(2, 2), 'sample', 0)]).toEqual([0, 0]);
  });

  it('whitenOverTokens', () => {
    const got = whitenOverTokens(r(1, 0), Int32Array.of(1, 3), 'population', 0);
    expect(farthest(got, [Math.sqrt(3), -1 / Math.sqrt(3)])).toBeLessThan(1e-15);
    expect([...whitenOverTokens(r(0.1, 0.1, 0.1), Int32Array.of(1, 5, 2), 'sample', 0)]).toEqual([0, 0, 0]);
    // verl: sqrt(variance + 1e-8); the four tokens -1e-5, 1e-5, 1e-5, 1e-5 have mean 5e-6 and sample variance 1e-10.
    const small = whitenOverTokens(r(-1e-5, 1e-5), Int32Array.of(1, 3));
    expect(farthest(small, [-1.5e-5 / Math.sqrt(1.01e-8), 5e-6 / Math.sqrt(1.01e-8)])).toBeLessThan(1e-15);
    expect([...whitenOverTokens(r(4), Int32Array.of(1))]).toEqual([0]);
    expect([...whitenOverTokens(r(), Int32Array.of())]).toEqual([]);
  });
});
