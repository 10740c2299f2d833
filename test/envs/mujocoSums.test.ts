import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numpySum, numpySumOfSquares } from '../../src/envs/mujoco/sums.ts';

const numbers = (length: number) => fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: length, maxLength: length });

describe("NumPy's sum", () => {
  it('of fewer than eight numbers goes from the first to the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }).chain(numbers), (values) => {
        expect(numpySum(values)).toBe(values.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it('of nineteen keeps eight partial sums, joins neighbors, and adds the rest one by one', () => {
    fc.assert(
      fc.property(numbers(19), (v) => {
        const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, k) => v[k]! + v[k + 8]!) as [
          ...[number, number, number, number],
          ...[number, number, number, number],
        ];
        expect(numpySum(v)).toBe(a + b + (c + d) + (e + f + (g + h)) + v[16]! + v[17]! + v[18]!);
      }),
    );
    // As numpy.sum says: one after the other the ones would all be lost.
    expect(numpySum([2 ** 53, 1, 1, 1, 1, 1, 1, 1, 1])).toBe(2 ** 53 + 8);
  });

  it('of squares is cut first, and rounds to float32 at every step if asked', () => {
    expect(numpySumOfSquares([3, -4, 0.5], undefined, -1, 2)).toBe(4 + 1 + 0.25);
    expect(numpySumOfSquares(Float32Array.of(4096, 1, 1), Math.fround)).toBe(4096 ** 2);
    expect(numpySumOfSquares(Float32Array.of(4096, 1, 1))).toBe(4096 ** 2 + 2);
    expect(numpySumOfSquares(Float32Array.of(4096, 0, 1, 1, 1, 1, 1, 1), Math.fround)).toBe(4096 ** 2 + 6);
  });
});
