/** Pictures of another size: means by area, worked out by hand. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPicture, type Picture } from '../../../../src/lm/tasks/pictures/canvas.ts';
import { fitPicture } from '../../../../src/lm/tasks/pictures/fit.ts';

/** A picture of grey values. */
const grey = (width: number, values: readonly number[]): Picture => ({
  width,
  height: values.length / width,
  pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const reds = ({ pixels }: Picture): number[] => Array.from({ length: pixels.length / 3 }, (_, i) => pixels[3 * i]!);

it('takes the mean of four, in the middle of what is white', () => {
  expect(reds(fitPicture(grey(4, [0, 10, 100, 110, 20, 31, 120, 131]), 2))).toEqual([15, 115, 255, 255]);
});

it('shares pixels out by area: three into two', () => {
  // (2 * 30 + 60) / 3 and (60 + 2 * 90) / 3.
  expect(reds(fitPicture(grey(3, [30, 60, 90, 30, 60, 90, 30, 60, 90]), 2))).toEqual([40, 80, 40, 80]);
});

it('grows what is small, and keeps what fits', () => {
  expect(reds(fitPicture(grey(1, [7]), 3))).toEqual(Array(9).fill(7));
  const same = createPicture(4, 4, [1, 2, 3]);
  expect(fitPicture(same, 4)).toBe(same);
});

it('keeps one colour one colour, and channels apart', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      (width, height, side) => {
        const { pixels } = fitPicture(createPicture(width, height, [200, 100, 50]), side);
        const seen = new Set(Array.from({ length: side * side }, (_, i) => pixels.subarray(3 * i, 3 * i + 3).join()));
        seen.delete('255,255,255');
        expect([...seen]).toEqual(['200,100,50']);
      },
    ),
  );
});
