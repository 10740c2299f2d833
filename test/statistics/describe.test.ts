import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  interquartileMean,
  mean,
  meanInterval,
  median,
  quantile,
  sampleStatistics,
  standardDeviation,
  standardError,
  variance,
} from '../../src/statistics/index.ts';

describe('a list in a few numbers', () => {
  const list = [2, 4, 4, 4, 5, 5, 7, 9];

  it('is described as by hand', () => {
    expect(mean(list)).toBe(5);
    expect(variance(list)).toBe(32 / 7);
    expect(standardDeviation(list)).toBe(Math.sqrt(32 / 7));
    expect(standardError(list)).toBe(Math.sqrt(32 / 7 / 8));
    // The middle four of eight.
    expect(interquartileMean(list)).toBe(4.5);
    expect(median(list)).toBe(4.5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile(list, 0.9)).toBeCloseTo(7.6, 12);
    expect([quantile(list, 0), quantile(list, 1)]).toEqual([2, 9]);
  });

  it('has a place but no spread when it holds one value', () => {
    expect([mean([3]), interquartileMean([3]), median([3]), quantile([3], 0.3)]).toEqual([3, 3, 3, 3]);
    expect([variance([3]), standardDeviation([3]), standardError([3]), meanInterval([3])]).toEqual([null, null, null, null]);
  });

  it('loses a quarter, rounded down, at each end of its interquartile mean', () => {
    expect(interquartileMean([1, 2, 100])).toBeCloseTo(103 / 3, 12);
    expect(interquartileMean([100, 1, 3, 2])).toBe(2.5);
    expect(interquartileMean([1, 2, 3, 4, 500, -70, 5])).toBe(3);
  });

  it('is refused when it is empty, and so is a share outside 0 to 1', () => {
    for (const of of [mean, variance, standardDeviation, standardError, median, interquartileMean, meanInterval]) {
      expect(() => of([])).toThrow(/expected at least 1 value, got 0; gather more/);
    }
    expect(() => quantile([], 0.5)).toThrow(/at least 1/);
    expect(() => quantile([1], 1.5)).toThrow(/from 0 to 1/);
  });

  it('has all its statistics between the extremes, and stays as it is', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const copy = [...values];
        const low = Math.min(...values);
        const high = Math.max(...values);
        for (const value of [mean(values), interquartileMean(values), median(values), quantile(values, share)]) {
          expect(value).toBeGreaterThanOrEqual(low - 1e-9);
          expect(value).toBeLessThanOrEqual(high + 1e-9);
        }
        expect(variance(values) ?? 0).toBeGreaterThanOrEqual(0);
        expect(values).toEqual(copy);
      }),
    );
  });
});

describe('sampleStatistics', () => {
  it('gives mean, standard error and interquartile mean', () => {
    const found = sampleStatistics([8, 1, 2, 3, 4, 5, 6, 100]);
    expect(found.mean).toBe(129 / 8);
    // Squares 10155, sum 129: sample variance (10155 - 129^2 / 8) / 7.
    expect(found.standardError).toBeCloseTo(Math.sqrt((10155 - (129 * 129) / 8) / 7 / 8), 12);
    expect(found.iqm).toBe((3 + 4 + 5 + 6) / 4);
    expect(sampleStatistics([1, 2, 30]).iqm).toBe(11);
    expect(sampleStatistics([-100, 1, 2, 3, 100]).iqm).toBe(2);
    expect(sampleStatistics([10, 9])).toEqual({ mean: 9.5, standardError: 0.5, iqm: 9.5 });
  });

  it('knows nothing of an empty list, and no spread of one value', () => {
    expect(sampleStatistics([])).toEqual({ mean: null, standardError: null, iqm: null });
    expect(sampleStatistics([3])).toEqual({ mean: 3, standardError: null, iqm: 3 });
  });
});
