import { describe, expect, it } from 'vitest';
import { bfloat16, float16 } from '../../src/run/halves.ts';

describe('numbers of 16 bits', () => {
  // IEEE 754-2019, table 3.5: largest, smallest normal, smallest subnormal; the others by hand.
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 2 ** -14 - 2 ** -24],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('binary16 %i is %d', (bits, expected) => expect(float16(bits)).toBe(expected));

  it.each([
    [0x3f80, 1],
    [0xc000, -2],
    [0x3eab, 0.333984375],
    [0x7f80, Number.POSITIVE_INFINITY],
    [0x7fc0, Number.NaN],
    [0x0001, 2 ** -133],
  ])('bfloat16 %i is %d', (bits, expected) => expect(bfloat16(bits)).toBe(expected));

  it('are float32, all of them', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      for (const number of [float16(bits), bfloat16(bits)]) expect(Object.is(Math.fround(number), number)).toBe(true);
    }
  });
});
