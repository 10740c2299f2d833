import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bonferroni, holm, pairedDifference, probabilityOfImprovement, welchDifference } from '../../src/statistics/index.ts';

const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 });

describe('a paired difference', () => {
  it('is as by hand', () => {
    const { estimate, low, standardError, freedom, pValue } = pairedDifference([3, 5, 7], [2, 3, 4])!;
    expect([estimate, freedom]).toEqual([2, 2]);
    expect(standardError).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(low).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 7);
    // t = 2 sqrt(3), and with two degrees p = 1 - t / sqrt(2 + t^2).
    expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 14);
  });

  it('is certain where all pairs differ alike', () => {
    expect(pairedDifference([2, 3], [1, 2])).toMatchObject({ estimate: 1, low: 1, high: 1, pValue: 0 });
    expect(pairedDifference([2, 3], [2, 3])).toMatchObject({ estimate: 0, low: 0, high: 0, pValue: 1 });
  });

  it('has an unknown spread for one pair, and needs partners', () => {
    expect(pairedDifference([1], [2])).toBeNull();
    expect(() => pairedDifference([1, 2], [1])).toThrow(/two lists of the same length, got 2 and 1/);
    expect(() => pairedDifference([], [])).toThrow(/at least 1/);
  });
});

describe('Welch’s difference', () => {
  it('is as by hand', () => {
    const { estimate, standardError, freedom } = welchDifference([1, 2, 3], [0, 0, 3])!;
    expect(estimate).toBe(1);
    expect(standardError).toBeCloseTo(Math.sqrt(4 / 3), 14);
    expect(freedom).toBeCloseTo(3.2, 13);
  });

  it('changes its sign with its order, and knows nothing of a single value', () => {
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        const [one, other] = [welchDifference(x, y)!, welchDifference(y, x)!];
        expect(one.estimate).toBe(-other.estimate || 0);
        expect(one.low).toBeCloseTo(-other.high, 9);
        expect(one.pValue).toBeCloseTo(other.pValue, 12);
      }),
    );
    expect(welchDifference([1], [1, 2])).toBeNull();
    expect(welchDifference([1, 1], [2, 2, 2])).toMatchObject({ estimate: -1, low: -1, high: -1, freedom: 3, pValue: 0 });
  });
});

describe('the probability of improvement', () => {
  it('counts pairs, and ties one half', () => {
    expect(probabilityOfImprovement([[1, 3]], [[2, 3]])).toBe(0.375);
    expect(probabilityOfImprovement([[1], [5, 6]], [[2], [0]])).toBe(0.5);
  });

  it('of both orders sums up to 1', () => {
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        expect(probabilityOfImprovement([x], [y]) + probabilityOfImprovement([y], [x])).toBeCloseTo(1, 12);
      }),
    );
  });

  it('needs the same tasks, and runs of each', () => {
    expect(() => probabilityOfImprovement([[1]], [])).toThrow(/the same tasks, got 1 and 0/);
    expect(() => probabilityOfImprovement([[]], [[1]])).toThrow(/at least 1/);
    expect(() => probabilityOfImprovement([], [])).toThrow(/at least 1/);
  });
});

describe('p-values of several comparisons', () => {
  it('are adjusted as by hand', () => {
    expect(bonferroni([0.01, 0.04, 0.5])).toEqual([0.03, 0.12, 1]);
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
    expect([bonferroni([]), holm([])]).toEqual([[], []]);
    expect(() => holm([0.5, 1.1])).toThrow(/p-values from 0 to 1, got 1.1/);
    expect(() => bonferroni([Number.NaN])).toThrow(/p-values from 0 to 1, got NaN/);
  });

  it('are never above Bonferroni’s with Holm, and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (values) => {
        const [stepped, multiplied] = [holm(values), bonferroni(values)];
        values.forEach((p, i) => {
          expect(stepped[i]!).toBeGreaterThanOrEqual(p);
          expect(stepped[i]!).toBeLessThanOrEqual(multiplied[i]!);
          values.forEach((q, j) => void (p < q && expect(stepped[i]!).toBeLessThanOrEqual(stepped[j]!)));
        });
      }),
    );
  });
});
