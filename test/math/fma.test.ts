import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fma, sumOfSquares } from '../../src/math/fma.ts';

/** A double as a whole number times 2^-1100. */
function exactly(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const upper = bits.getUint32(0);
  const exponent = (upper >>> 20) & 0x7ff;
  const fraction = (BigInt(upper & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const size = (exponent === 0 ? fraction : fraction | (1n << 52n)) << BigInt(Math.max(exponent, 1) - 1075 + 1100);
  return upper >>> 31 === 1 ? -size : size;
}

/** Whether no double is nearer to a * b + c than `found`; of two that are as near it is the even one. */
function isNearest(a: number, b: number, c: number, found: number): boolean {
  const away = (x: number): bigint => {
    const difference = exactly(a) * exactly(b) + (exactly(c) << 1100n) - (exactly(x) << 1100n);
    return difference < 0n ? -difference : difference;
  };
  const words = new BigInt64Array(new Float64Array([found]).buffer);
  const isEven = (words[0]! & 1n) === 0n;
  return [-1n, 1n].every((step) => {
    const other = new Float64Array(new BigInt64Array([words[0]! + step]).buffer)[0]!;
    return away(found) < away(other) || (away(found) === away(other) && isEven);
  });
}

const numberNear = fc
  .tuple(fc.double({ min: 0.5, max: 1, noNaN: true }), fc.integer({ min: -60, max: 60 }), fc.boolean())
  .map(([fraction, exponent, minus]) => (minus ? -1 : 1) * fraction * 2 ** exponent);

describe('fused multiply-add', () => {
  it('is rounded once', () => {
    fc.assert(
      fc.property(numberNear, numberNear, numberNear, (a, b, c) => {
        const found = fma(a, b, c);
        fc.pre(found !== 0);
        expect(isNearest(a, b, c, found)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('differs from product and sum where these round twice', () => {
    // (1 + 2^-30)^2 - (1 + 2^-29) = 2^-60.
    expect(fma(1 + 2 ** -30, 1 + 2 ** -30, -(1 + 2 ** -29))).toBe(2 ** -60);
    // The product ends half a unit in the last place of the sum away from it, and a trace beyond: a tie for two roundings, none for one.
    expect(fma(1 + 2 ** -27, 2 ** -53 * (1 + 2 ** -27), 1)).toBe(1 + 2 ** -52);
    expect(fma(1 - 2 ** -53, 2 ** -53, 1)).toBe(1);
    expect([fma(0, 5, 3), fma(2, 3, 0), fma(2, 3, -6)]).toEqual([3, 6, 0]);
  });

  it('sums squares in their order', () => {
    expect(sumOfSquares(Float64Array.of(9, 3, 4), 1, 2)).toBe(25);
    expect(sumOfSquares(Float64Array.of(0.1, 0.2), 0, 2)).toBe(fma(0.2, 0.2, 0.1 * 0.1));
  });
});
