import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, isRange, storedRange } from '../../src/core/optionRange.ts';
import { readOptions } from '../../src/envs/options.ts';

// JSON has no negative zero.
const bound = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true }).map((value) => value + 0),
);

describe('a range as an option', () => {
  it('is two bounds, the first below the second; null and infinity are no bound', () => {
    const ranges = [
      [0.7, null],
      [null, 2],
      [null, null],
      [-Infinity, Infinity],
      [-1, 1],
    ];
    expect(ranges.map(isRange)).toEqual(ranges.map(() => true));
    const none = [
      [1, 1],
      [2, 1],
      [1],
      [1, 2, 3],
      ['1', 2],
      [Number.NaN, 1],
      [0, Number.NaN],
      [undefined, 1],
      [Infinity, null],
      null,
      1,
      '[1,2]',
    ];
    expect(none.map(isRange)).toEqual(none.map(() => false));
  });

  it('means the same after JSON has held it', () => {
    fc.assert(
      fc.property(bound, bound, (low, high) => {
        const range = [low, high] as const;
        if (!isRange(range)) return;
        const read = JSON.parse(JSON.stringify(range));
        expect(isRange(read)).toBe(true);
        expect(boundsOf(read)).toEqual(boundsOf(range).map((value) => value + 0));
        expect(storedRange(range).map((value) => value && value + 0)).toEqual(read.map((value: number) => value && value + 0));
      }),
    );
  });

  it('is asked for in words', () => {
    const known = { healthyZRange: { kind: 'range', default: [0.7, null], meaning: 'heights' } } as const;
    expect(readOptions('Mine-v0', known, { healthyZRange: [null, 2] })).toEqual({ healthyZRange: [null, 2] });
    expect(() => readOptions('Mine-v0', known, { healthyZRange: [2, 1] })).toThrow(
      'Mine-v0: healthyZRange: expected two numbers [low, high], low < high, null for no bound, got [2, 1]; give another value, or leave it out',
    );
  });
});
