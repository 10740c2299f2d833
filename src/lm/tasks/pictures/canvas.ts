/**
 * Drawing into RGB pixels with whole numbers only, so that a picture has the same bytes in Node and in every browser.
 */
import type { Generator } from '../../../random/index.ts';
import type { ImagePart } from '../prompt.ts';

/** A picture: width, height, and three bytes per pixel, row by row from the top. */
export type Picture = ImagePart['image'];

/** Red, green and blue, 0 .. 255 each. */
export type Color = readonly [red: number, green: number, blue: number];

/** The kinds of shapes, in the order in which the tasks draw them. */
export const shapeKinds = ['circle', 'square', 'triangle', 'cross'] as const;

/** A kind of shape: a filled disk, a filled square, a filled triangle that points up, or a plus sign. */
export type ShapeKind = (typeof shapeKinds)[number];

/** A picture of one colour. */
export function createPicture(width: number, height: number, [red, green, blue]: Color): Picture {
  const pixels = new Uint8Array(3 * width * height);
  for (let i = 0; i < pixels.length; i += 3) {
    pixels[i] = red;
    pixels[i + 1] = green;
    pixels[i + 2] = blue;
  }
  return { width, height, pixels };
}

/** Sets one pixel; what lies outside the picture is left out. */
export function setPixel({ width, height, pixels }: Picture, x: number, y: number, [red, green, blue]: Color): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = 3 * (y * width + x);
  pixels[at] = red;
  pixels[at + 1] = green;
  pixels[at + 2] = blue;
}

/**
 * Whether a shape of `size` x `size` pixels covers the pixel in column `x` and row `y` of its box. From size 3 on every shape touches all four
 * sides of its box, so that the box is exact.
 *
 * Example: a circle of size 5 is the box without its four corners.
 */
export function covers(kind: ShapeKind, size: number, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= size || y >= size) return false;
  // Twice the distance from the centre of the box, which is a whole number for odd and even sizes.
  const across = 2 * x - (size - 1);
  const down = 2 * y - (size - 1);
  switch (kind) {
    case 'circle':
      // A disk of radius size / 2 is across^2 + down^2 <= size^2; a little less cuts the corners of small ones.
      return across * across + down * down <= size * size - size;
    case 'square':
      return true;
    case 'triangle':
      return Math.abs(across) <= y + (size % 2 === 0 ? 1 : 0);
    case 'cross':
      // Arms of about a third of the size.
      return 3 * Math.abs(across) < size || 3 * Math.abs(down) < size;
  }
}

/** Draws a shape whose box of `size` x `size` pixels has its left upper corner at (`left`, `top`); what lies outside the picture is left out. */
export function fillShape(picture: Picture, kind: ShapeKind, left: number, top: number, size: number, color: Color): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if (covers(kind, size, x, y)) setPixel(picture, left + x, top + y, color);
  }
}

/**
 * Adds noise to every channel of every pixel: whole numbers -spread .. spread, each as likely as the others up to 1 / 256, from one word of 32 bits per
 * four channels; the sums are cut to 0 .. 255. `spread` is 0 .. 127.
 */
export function addNoise({ pixels }: Picture, random: Generator, spread: number): void {
  let word = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (i % 4 === 0) word = random.integers(0, 2 ** 32);
    const noise = (((word & 0xff) * (2 * spread + 1)) >> 8) - spread;
    word >>>= 8;
    pixels[i] = Math.min(255, Math.max(0, pixels[i]! + noise));
  }
}
