/**
 * Pictures as lines of text: two pixels in a character, one above the other.
 */

import { padTo, visibleWidth } from './text.ts';

/** A picture: three bytes per pixel, red, green, blue, row by row from the top. */
export interface TextPicture {
  readonly width: number;
  readonly height: number;
  /** (3 * width * height) */
  readonly pixels: Uint8Array;
}

/** How a picture is shown. */
export interface HalfBlockOptions {
  /** Most columns. */
  readonly columns: number;
  /** Most lines; left out: as many as it takes. */
  readonly rows?: number;
  /** Whether in colour (24 bits, ISO 8613-6 as terminals write it), or in five shades of grey. */
  readonly color: boolean;
}

const shades = ' ░▒▓█';

/**
 * The lines of a picture. It is scaled down by the smallest whole number that makes it fit (the mean of each square; what is left over at the right and
 * at the bottom is a smaller rectangle), never up. In colour a character is an upper half block whose colours are those of two pixels; without, the shade of
 * the mean of the two, light for light as on a dark screen. A row without a partner keeps the background below it.
 */
export function halfBlocks(picture: TextPicture, { columns, rows = picture.height, color }: HalfBlockOptions): string[] {
  const factor = Math.max(picture.width / Math.max(1, columns), picture.height / (2 * Math.max(1, rows)));
  const { width, height, pixels } = shrink(picture, Math.max(1, Math.ceil(factor)));
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = '';
    let last = '';
    for (let x = 0; x < width; x++) {
      const upper = pixels.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
      const lower = y + 1 < height ? pixels.subarray(3 * ((y + 1) * width + x), 3 * ((y + 1) * width + x) + 3) : undefined;
      if (!color) {
        line += shadeOf(lower ? (lightOf(upper) + lightOf(lower)) >> 1 : lightOf(upper));
        continue;
      }
      const look = `\u001B[38;2;${upper.join(';')}m${lower ? `\u001B[48;2;${lower.join(';')}m` : ''}`;
      line += look === last ? '▀' : `${look}▀`;
      last = look;
    }
    lines.push(color ? `${line}\u001B[0m` : line);
  }
  return lines;
}

/** The text of a prompt with a mark for each of its pictures: the sizes of five would leave no room for anything else. */
export function markPictures(prompt: string, pictures: readonly Pick<TextPicture, 'width' | 'height'>[]): string {
  return pictures.reduce((text, { width, height }) => text.replace(`[image ${width}x${height}]`, '▣'), prompt);
}

/** The least lines in which a picture says anything. */
const leastRows = 4;

/** Pictures side by side, all scaled down to have room together; none where there is no room for them. */
export function halfBlockRow(pictures: readonly TextPicture[], { columns, rows, color }: Required<HalfBlockOptions>): string[] {
  const gap = 2;
  const each = Math.floor((columns - gap * (pictures.length - 1)) / pictures.length);
  const [tallest, widest] = [Math.max(...pictures.map(({ height }) => height)), Math.max(...pictures.map(({ width }) => width))];
  if (rows < Math.min(leastRows, tallest / 2) || each < Math.min(2 * leastRows, widest)) return [];
  const drawn = pictures.map((picture) => halfBlocks(picture, { columns: each, rows, color }));
  const height = Math.max(...drawn.map((lines) => lines.length));
  const widths = drawn.map(([first = '']) => visibleWidth(first));
  return Array.from({ length: height }, (_, row) => drawn.map((lines, i) => padTo(lines[row] ?? '', widths[i]!)).join(' '.repeat(gap)));
}

/** How light a pixel is, 0 .. 255, by the weights of ITU-R BT.601. */
function lightOf(pixel: Uint8Array): number {
  return Math.floor((299 * pixel[0]! + 587 * pixel[1]! + 114 * pixel[2]!) / 1000);
}

function shadeOf(light: number): string {
  return shades[(light * shades.length) >> 8]!;
}

/** Scales a picture down by a whole number. */
function shrink(picture: TextPicture, factor: number): TextPicture {
  if (factor === 1) return picture;
  const [width, height] = [Math.ceil(picture.width / factor), Math.ceil(picture.height / factor)];
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) pixels[3 * (y * width + x) + channel] = meanOf(picture, x, y, factor, channel);
    }
  }
  return { width, height, pixels };
}

function meanOf({ width, height, pixels }: TextPicture, column: number, row: number, factor: number, channel: number): number {
  let sum = 0;
  let count = 0;
  for (let y = row * factor; y < Math.min(height, (row + 1) * factor); y++) {
    for (let x = column * factor; x < Math.min(width, (column + 1) * factor); x++) {
      sum += pixels[3 * (y * width + x) + channel]!;
      count++;
    }
  }
  return Math.floor(sum / count);
}
