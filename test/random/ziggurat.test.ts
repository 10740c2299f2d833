/** The tables that are computed are NumPy's, to the bit. */
import { describe, expect, it } from 'vitest';
import { exponentialZiggurat, normalInverseTailStart, normalZiggurat } from '../../src/random/ziggurat.ts';
import * as recorded from './zigguratTables.ts';

/** Whole numbers below 2^53 from pairs of words, low first. */
const joined = (pairs: Uint32Array): number[] =>
  Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + 1]! * 2 ** 32 + pairs[2 * i]!);
const bitsOf = (values: Float64Array): string[] => Array.from(new BigUint64Array(values.slice().buffer), (bits) => bits.toString(16));

describe('the ziggurat', () => {
  it.each([
    ['normal', normalZiggurat, recorded.zigguratNormalR, recorded.zigguratNormalK, recorded.zigguratNormalW, recorded.zigguratNormalF],
    [
      'exponential',
      exponentialZiggurat,
      recorded.zigguratExponentialR,
      recorded.zigguratExponentialK,
      recorded.zigguratExponentialW,
      recorded.zigguratExponentialF,
    ],
  ] as const)('of the %s distribution', (_name, make, start, limits, widths, densities) => {
    const table = make();
    expect(table.tailStart).toBe(start);
    expect(Array.from(table.limits)).toEqual(joined(limits));
    expect(bitsOf(table.widths)).toEqual(bitsOf(widths));
    expect(bitsOf(table.densities)).toEqual(bitsOf(densities));
    expect(make()).toBe(table);
  });

  it('has the inverse that NumPy writes', () => {
    expect(normalInverseTailStart).toBe(recorded.zigguratNormalInverseR);
  });
});
