import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, normalQuantile, studentQuantile, studentTail } from '../../src/statistics/index.ts';

describe('the normal distribution', () => {
  it('has the quantiles that everybody knows, on both sides', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.025)).toBeCloseTo(-1.959963984540054, 14);
    for (const p of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/expected a probability between 0 and 1/);
  });
});

describe('Student’s t', () => {
  it('is Cauchy’s distribution with one degree of freedom, and has a root in it with two', () => {
    expect(studentTail(1, 1)).toBeCloseTo(0.5, 13);
    // 1 - 2 atan(t) / pi and 1 - t / sqrt(2 + t^2).
    for (const t of [0.1, 0.7, 3, 50]) {
      expect(studentTail(t, 1)).toBeCloseTo(1 - (2 * Math.atan(t)) / Math.PI, 13);
      expect(studentTail(-t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 13);
    }
    expect([studentTail(0, 5), studentTail(Number.POSITIVE_INFINITY, 5)]).toEqual([1, 0]);
  });

  it('has the quantiles of the printed tables', () => {
    expect([1, 4, 30].map((freedom) => studentQuantile(0.975, freedom).toFixed(3))).toEqual(['12.706', '2.776', '2.042']);
    expect(studentQuantile(0.5, 7)).toBe(0);
  });

  it('comes near the normal distribution with many degrees of freedom', () => {
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(normalQuantile(0.975), 6);
  });

  it('has a quantile that is the inverse of its tail, and odd', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.499, noNaN: true }), fc.double({ min: 1, max: 500, noNaN: true }), (p, freedom) => {
        const t = studentQuantile(1 - p, freedom);
        expect(studentTail(t, freedom) / (2 * p)).toBeCloseTo(1, 8);
        expect(studentQuantile(p, freedom) / t).toBeCloseTo(-1, 8);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses probabilities and degrees of freedom that are none', () => {
    expect(() => studentQuantile(1, 4)).toThrow(/a probability between 0 and 1, got 1/);
    expect(() => studentQuantile(0.9, 0)).toThrow(/at least 1 degree of freedom, got 0/);
    expect(() => studentTail(1, Number.NaN)).toThrow(/at least 1 degree of freedom/);
  });
});

describe('the interval of a mean', () => {
  it('is as by hand', () => {
    const interval = meanInterval([1, 2, 3])!;
    expect(interval.estimate).toBe(2);
    // 4.302653 is the 0.975 quantile with two degrees of freedom.
    expect(interval.low).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 7);
    expect(interval.high).toBeCloseTo(2 + 4.30265273 / Math.sqrt(3), 7);
    expect(meanInterval([5, 5, 5])).toEqual({ estimate: 5, low: 5, high: 5 });
    expect(() => meanInterval([1, 2], 95)).toThrow(/a level between 0 and 1, got 95; 95 % is 0.95/);
  });
});
