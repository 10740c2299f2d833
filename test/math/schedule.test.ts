import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../src/math/schedule.ts';

describe('learningRateAt', () => {
  const rates = (schedule: 'constant' | 'linear' | 'cosine', warmupIterations: number, iterations: number): number[] =>
    Array.from({ length: iterations }, (_, i) => learningRateAt({ learningRate: 1, schedule, warmupIterations, iterations }, i + 1));

  it('warms up, stays or falls', () => {
    expect(rates('constant', 2, 4)).toEqual([0.5, 1, 1, 1]);
    expect(rates('linear', 0, 4)).toEqual([1, 0.75, 0.5, 0.25]);
    expect(rates('linear', 2, 4)).toEqual([0.5, 1, 1, 0.5]);
    const cosine = rates('cosine', 0, 4);
    [1, 0.5 + Math.SQRT2 / 4, 0.5, 0.5 - Math.SQRT2 / 4].forEach((rate, i) => {
      expect(cosine[i]).toBeCloseTo(rate, 14);
    });
  });

  it('is CleanRL’s schedule bit for bit when it is linear without a warm-up', () => {
    const rate = fc.double({ min: 1e-6, max: 10, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 1e6 }), fc.nat(), (learningRate, iterations, n) => {
        const iteration = 1 + (n % iterations);
        const expected = learningRate * (1 - (iteration - 1) / iterations);
        expect(learningRateAt({ learningRate, schedule: 'linear', iterations }, iteration)).toBe(expected);
        expect(learningRateAt({ learningRate, schedule: 'constant', iterations }, iteration)).toBe(learningRate);
      }),
    );
  });
});
