import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addNoise, createPicture, fillShape, type Picture, type ShapeKind, shapeKinds } from '../../../../src/lm/tasks/pictures/canvas.ts';
import { createGenerator } from '../../../../src/random/index.ts';

/** The rows of a picture, `#` where the red channel is 255. */
function rowsOf({ width, height, pixels }: Picture): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (pixels[3 * (y * width + x)] === 255 ? '#' : '.')).join(''),
  );
}

function drawn(kind: ShapeKind, size: number): string[] {
  const picture = createPicture(size, size, [0, 0, 0]);
  fillShape(picture, kind, 0, 0, size, [255, 0, 0]);
  return rowsOf(picture);
}

describe('fillShape', () => {
  it.each<[ShapeKind, number, string]>([
    ['circle', 5, '.###. ##### ##### ##### .###.'],
    ['circle', 6, '..##.. .####. ###### ###### .####. ..##..'],
    ['circle', 7, '..###.. .#####. ####### ####### ####### .#####. ..###..'],
    ['square', 3, '### ### ###'],
    ['triangle', 5, '..#.. ..#.. .###. .###. #####'],
    ['triangle', 6, '..##.. ..##.. .####. .####. ###### ######'],
    ['cross', 5, '..#.. ..#.. ##### ..#.. ..#..'],
    ['cross', 6, '..##.. ..##.. ###### ###### ..##.. ..##..'],
    ['cross', 7, '..###.. ..###.. ####### ####### ####### ..###.. ..###..'],
  ])('draws a %s of size %i as by hand', (kind, size, rows) => {
    expect(drawn(kind, size)).toEqual(rows.split(' '));
  });

  it('reaches all four sides of the box, and not beyond, in every size', () => {
    fc.assert(
      fc.property(fc.constantFrom(...shapeKinds), fc.integer({ min: 3, max: 40 }), (kind, size) => {
        const rows = drawn(kind, size);
        expect(rows[0]).toContain('#');
        expect(rows.at(-1)).toContain('#');
        expect(rows.some((row) => row.startsWith('#'))).toBe(true);
        expect(rows.some((row) => row.endsWith('#'))).toBe(true);
        const wide = createPicture(size + 4, size + 4, [0, 0, 0]);
        fillShape(wide, kind, 2, 2, size, [255, 0, 0]);
        const empty = '.'.repeat(size + 4);
        expect(rowsOf(wide)).toEqual([empty, empty, ...rows.map((row) => `..${row}..`), empty, empty]);
      }),
    );
  });

  it('leaves out what lies outside the picture', () => {
    const picture = createPicture(3, 3, [0, 0, 0]);
    fillShape(picture, 'square', -1, 2, 3, [255, 1, 2]);
    expect(rowsOf(picture)).toEqual(['...', '...', '##.']);
    expect([...picture.pixels.subarray(18, 21)]).toEqual([255, 1, 2]);
  });
});

describe('addNoise', () => {
  it('stays within its spread and within bytes, and reaches both ends', () => {
    const picture = createPicture(100, 100, [128, 3, 250]);
    addNoise(picture, createGenerator([1]), 24);
    const channel = (index: number): number[] => [...picture.pixels].filter((_, i) => i % 3 === index);
    const ends = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
    expect(ends(channel(0))).toEqual([104, 152]);
    expect(ends(channel(1))).toEqual([0, 27]);
    expect(ends(channel(2))).toEqual([226, 255]);
    const mean = channel(0).reduce((sum, value) => sum + value, 0) / 10_000;
    // Standard deviation of a whole number in -24 .. 24 is 14.1; of the mean of 10,000 of them 0.14.
    expect(Math.abs(mean - 128)).toBeLessThan(0.6);
  });
});
