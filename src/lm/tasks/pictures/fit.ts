/**
 * Pictures of another size, with whole numbers only.
 */
import type { Picture } from './canvas.ts';

/**
 * A picture scaled to fit into a square of `side` pixels, in its middle; what it does not cover is white. Every new pixel is the mean of what it covers, weighted by area and
 * rounded.
 *
 *     fitPicture({ width: 4, height: 2, ... }, 2) is two pixels above two white ones: each the mean of four
 */
export function fitPicture(picture: Picture, side: number): Picture {
  const { width, height, pixels } = picture;
  if (width === side && height === side) return picture;
  const longer = Math.max(width, height);
  const scaled = (length: number): number => Math.max(1, Math.floor((length * side + longer / 2) / longer));
  const [columns, rows] = [scaled(width), scaled(height)];
  const [left, top] = [(side - columns) >> 1, (side - rows) >> 1];
  const fitted = new Uint8Array(3 * side * side).fill(255);
  const [across, down] = [overlaps(width, columns), overlaps(height, rows)];
  const whole = width * height;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const sum = [0, 0, 0];
      for (const { at: row, share: high } of down[y]!) {
        for (const { at: column, share: wide } of across[x]!) {
          for (let channel = 0; channel < 3; channel++) sum[channel]! += high * wide * pixels[3 * (row * width + column) + channel]!;
        }
      }
      const to = 3 * ((top + y) * side + left + x);
      for (let channel = 0; channel < 3; channel++) fitted[to + channel] = Math.floor((sum[channel]! + whole / 2) / whole);
    }
  }
  return { width: side, height: side, pixels: fitted };
}

/** For each of `parts` equal parts of a line of `length` pixels: the pixels it covers, and how much of each in parts of `1 / parts`. The shares of a part add up to `length`. */
function overlaps(length: number, parts: number): { readonly at: number; readonly share: number }[][] {
  return Array.from({ length: parts }, (_, part) => {
    const [start, end] = [part * length, (part + 1) * length];
    const [first, last] = [Math.floor(start / parts), Math.ceil(end / parts)];
    return Array.from({ length: last - first }, (_, k) => {
      const at = first + k;
      return { at, share: Math.min(end, (at + 1) * parts) - Math.max(start, at * parts) };
    });
  });
}
