import { describe, expect, it } from 'vitest';
import { halfBlockRow, halfBlocks } from '../../src/display/halfBlocks.ts';
import { visibleWidth } from '../../src/display/text.ts';

/** A picture of grey pixels, row by row. */
function grey(width: number, values: readonly number[]): { width: number; height: number; pixels: Uint8Array } {
  return { width, height: values.length / width, pixels: Uint8Array.from(values.flatMap((value) => [value, value, value])) };
}

describe('halfBlocks', () => {
  it('writes two pixels as one character, in colour', () => {
    const pixels = Uint8Array.from([255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 1, 2, 3]);
    const begin = '\u001B[';
    expect(halfBlocks({ width: 3, height: 2, pixels }, { columns: 3, color: true })).toEqual([
      `${begin}38;2;255;0;0m${begin}48;2;0;0;255m▀▀${begin}38;2;0;255;0m${begin}48;2;1;2;3m▀${begin}0m`,
    ]);
  });

  it('keeps the background below a last row without a partner', () => {
    const lines = halfBlocks(grey(1, [10, 20, 30]), { columns: 1, color: true });
    expect(lines).toEqual(['\u001B[38;2;10;10;10m\u001B[48;2;20;20;20m▀\u001B[0m', '\u001B[38;2;30;30;30m▀\u001B[0m']);
  });

  it('writes shades without colour, the mean of the two', () => {
    // 0, 51.2, 102.4, 153.6 and 204.8 begin the five shades.
    expect(halfBlocks(grey(6, [0, 51, 52, 103, 154, 205, 0, 51, 52, 103, 154, 205]), { columns: 6, color: false })).toEqual(['  ░▒▓█']);
    expect(halfBlocks(grey(2, [255, 0, 0, 0, 120, 255]), { columns: 2, color: false })).toEqual(['▒ ', '▒█']);
    expect(halfBlocks({ width: 1, height: 1, pixels: Uint8Array.of(0, 255, 0) }, { columns: 1, color: false })).toEqual(['▒']);
  });

  it('scales down by whole numbers to the width, and never up', () => {
    const wide = grey(
      5,
      Array.from({ length: 20 }, (_, i) => (i % 5 < 2 ? 255 : 0)),
    );
    expect(halfBlocks(wide, { columns: 100, color: false })).toEqual(['██   ', '██   ']);
    // By 2: columns 0-1, 2-3, and 4 alone; four rows become two, one line.
    expect(halfBlocks(wide, { columns: 4, color: false })).toEqual(['█  ']);
    expect(halfBlocks(wide, { columns: 3, color: false })).toEqual(['█  ']);
    expect(halfBlocks(wide, { columns: 2, color: false })).toEqual(['▓ ']);
    expect(halfBlocks(wide, { columns: 0, color: false })).toHaveLength(1);
    for (const line of halfBlocks(wide, { columns: 4, color: true })) expect(visibleWidth(line)).toBe(3);
  });

  it('scales down to the lines that there are', () => {
    const tall = grey(2, Array<number>(24).fill(255));
    expect(halfBlocks(tall, { columns: 9, color: false })).toHaveLength(6);
    expect(halfBlocks(tall, { columns: 9, rows: 6, color: false })).toEqual(Array(6).fill('██'));
    // 12 rows of pixels by 2 are 6, three lines; by 3 they would be two.
    expect(halfBlocks(tall, { columns: 9, rows: 5, color: false })).toEqual(Array(3).fill('█'));
    expect(halfBlocks(tall, { columns: 9, rows: 0, color: false })).toEqual(['█']);
  });
});

describe('halfBlockRow', () => {
  const [light, dark] = [grey(8, Array<number>(64).fill(255)), grey(8, Array<number>(48).fill(0))];

  it('puts pictures side by side, the shorter one above blanks', () => {
    const lines = halfBlockRow([light, dark, light], { columns: 28, rows: 4, color: false });
    expect(lines).toEqual(Array(4).fill(`${'█'.repeat(8)}${' '.repeat(12)}${'█'.repeat(8)}`));
    for (const line of halfBlockRow([light, dark], { columns: 18, rows: 9, color: true })) expect(visibleWidth(line)).toBe(18);
  });

  it('leaves them out where nothing could be seen', () => {
    expect(halfBlockRow([light, dark, light], { columns: 27, rows: 4, color: false })).toEqual([]);
    expect(halfBlockRow([light], { columns: 80, rows: 3, color: false })).toEqual([]);
    expect(halfBlockRow([grey(1, [255]), grey(1, [255])], { columns: 4, rows: 1, color: false })).toEqual(['█  █']);
  });
});
