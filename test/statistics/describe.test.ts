import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/index.ts';
import {
  bootstrapInterval,
  interquartileMean,
  mean,
  quantile,
  standardDeviation,
  standardError,
  variance,
} from '../../src/statistics/bootstrap.ts';

describe('statistics', () => {
  const list = [2, 4, 4, 4, 5, 5, 7, 9];

  it('of a list known by hand', () => {
    expect(mean(list)).toBe(5);
    expect(variance(list, 'population')).toBe(4);
    expect(standardDeviation(list, 'population')).toBe(2);
    expect(variance(list)).toBe(32 / 7);
    expect(standardError(list)).toBe(Math.sqrt(32 / 7 / 8));
    // The middle four of eight.
    expect(interquartileMean(list)).toBe(4.5);
    expect(quantile(list, 0.5)).toBe(4.5);
    expect(quantile(list, 0.9)).toBeCloseTo(7.6, 12);
    expect([quantile(list, 0), quantile(list, 1)]).toEqual([2, 9]);
  });

  it('of one number', () => {
    expect([mean([3]), variance([3]), standardError([3]), interquartileMean([3]), quantile([3], 0.3)]).toEqual([3, 0, 0, 3, 3]);
  });

  it('interquartile mean leaves out a quarter, rounded down', () => {
    expect(interquartileMean([1, 2, 100])).toBeCloseTo(103 / 3, 12);
    expect(interquartileMean([100, 1, 3, 2])).toBe(2.5);
    expect(interquartileMean([1, 2, 3, 4, 500, -70, 5])).toBe(3);
  });

  it('refuses an empty list and a share that is none', () => {
    expect(() => mean([])).toThrow(/at least 1/);
    expect(() => interquartileMean([])).toThrow(/at least 1/);
    expect(() => quantile([1], 1.5)).toThrow(/from 0 to 1/);
  });

  it('stays between the extremes and does not change its argument', () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const copy = [...values];
        const low = Math.min(...values);
        const high = Math.max(...values);
        for (const value of [mean(values), interquartileMean(values), quantile(values, share)]) {
          expect(value).toBeGreaterThanOrEqual(low - 1e-9);
          expect(value).toBeLessThanOrEqual(high + 1e-9);
        }
        expect(variance(values)).toBeGreaterThanOrEqual(0);
        expect(values).toEqual(copy);
      }),
    );
  });

  it('bootstrap: the 95 % interval of the mean holds the true mean about 95 % of the time', () => {
    const generator = createGenerator(3);
    let held = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 30 }, () => generator.standardNormal());
      const { estimate, low, high } = bootstrapInterval(values, mean, generator, { resamples: 300 });
      expect(low <= estimate && estimate <= high).toBe(true);
      if (low <= 0 && high >= 0) held++;
    }
    // 190 expected, standard deviation 3; the percentile interval is a little short at n = 30.
    expect(held).toBeGreaterThan(176);
    expect(held).toBeLessThan(200);
  });
});
