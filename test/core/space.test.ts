import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { box, clipToBox, contains, describeSpace, discrete, flatSize, sameShape } from '../../src/core/space.ts';

describe('discrete', () => {
  it('contains its whole numbers and nothing else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: -100, max: 100 }),
        (n, start, value) => {
          expect(contains(discrete(n, start), value)).toBe(value >= start && value < start + n);
        },
      ),
    );
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, '0', 0n, [0], undefined]) {
      expect(contains(discrete(2), value)).toBe(false);
    }
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses n = %d', (n) => {
    expect(() => discrete(n)).toThrow(CohortError);
  });

  it('takes one entry of a buffer', () => {
    expect(flatSize(discrete(48))).toBe(1);
  });
});

describe('box', () => {
  it('rounds the bounds of a float32 box to float32, and only those', () => {
    expect(box(-0.1, 0.1, [1]).high[0]).toBe(Math.fround(0.1));
    expect(box(-0.1, 0.1, [1], 'float64').high[0]).toBe(0.1);
  });

  it('has the product of its shape as size', () => {
    expect(box(0, 1, [2, 3]).size).toBe(6);
    expect(flatSize(box(0, 1, [2, 3]))).toBe(6);
  });

  it.each([[[]], [[0]], [[1.5]], [[-2]], [[Number.NaN]]])('refuses the shape %j', (shape) => {
    expect(() => box(0, 1, shape)).toThrow(CohortError);
  });

  it('refuses bounds of another length, and NaN', () => {
    expect(() => box([0, 0], 1, [3])).toThrow(CohortError);
    expect(() => box(0, Number.NaN, [3])).toThrow(CohortError);
  });

  it('contains exactly the vectors between its bounds', () => {
    const space = box([-1, Number.NEGATIVE_INFINITY], [1, 5], [2], 'float64');
    const entry = fc.double({ min: -10, max: 10 });
    fc.assert(
      fc.property(entry, entry, (x, y) => {
        expect(contains(space, [x, y])).toBe(x >= -1 && x <= 1 && y <= 5);
        expect(contains(space, Float64Array.of(x, y))).toBe(contains(space, [x, y]));
      }),
    );
    expect(contains(space, [1, 5])).toBe(true);
    for (const value of [[0], [0, 0, 0], [Number.NaN, 0], ['0', 0], 0, new Int32Array(2), null]) expect(contains(space, value)).toBe(false);
  });
});

it('describes spaces in a word', () => {
  expect(describeSpace(discrete(2))).toBe('Discrete(2)');
  expect(describeSpace(discrete(3, -1))).toBe('Discrete(3, start -1)');
  expect(describeSpace(box(-1, 1, [2, 4]))).toBe('Box(2x4, float32)');
});

describe('sameShape', () => {
  it('asks for the same whole numbers, or as many real ones, whatever their bounds', () => {
    expect(sameShape(discrete(3), discrete(3))).toBe(true);
    expect(sameShape(discrete(3), discrete(4))).toBe(false);
    expect(sameShape(discrete(3), discrete(3, 1))).toBe(false);
    expect(sameShape(box(0, 1, [4]), box(-5, 5, [2, 2], 'float64'))).toBe(true);
    expect(sameShape(box(0, 1, [4]), box(0, 1, [5]))).toBe(false);
    expect(sameShape(box(0, 1, [3]), discrete(3))).toBe(false);
  });
});

describe('clipToBox', () => {
  it('cuts every row to the bounds of its columns', () => {
    const out = new Float32Array(4);
    expect(clipToBox(box([-1, 0], [1, 0.5], [2]), [-3, 0.25, 7, 2], out)).toBe(out);
    expect(Array.from(out)).toEqual([-1, 0.25, 1, 0.5]);
  });
});
