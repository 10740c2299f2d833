/**
 * Scenes of shapes: one shape per cell of a grid, so that shapes neither overlap nor touch, whatever is drawn.
 */
import type { Generator } from '../../../random/index.ts';
import { addNoise, type Color, createPicture, fillShape, type Picture, type ShapeKind } from './canvas.ts';

/** Pixels in a row and rows of the pictures of shapes. */
export const sceneSize = 24;
/** The question of tasks that ask for one kind; `circle?`. */
export const questionOf = (kind: ShapeKind): string => `${kind}?`;

/** A shape in its place. */
export interface PlacedShape {
  readonly kind: ShapeKind;
  /** Column of its box's leftmost pixels. */
  readonly left: number;
  /** Row of its box's topmost pixels. */
  readonly top: number;
  /** Pixels of a side of its box. */
  readonly size: number;
  readonly color: Color;
}

const ground: Color = [32, 32, 32];
/** Bright enough that noise never takes them for the ground: one channel of each is at least 192. */
const colors: readonly Color[] = [
  [224, 64, 64],
  [64, 192, 64],
  [64, 112, 224],
  [224, 208, 64],
  [208, 80, 208],
  [64, 200, 208],
];
/** Noise of a channel, plus or minus. */
export const sceneNoise = 24;

/** `count` different whole numbers of 0 .. of - 1 in random order. */
export function drawDistinct(random: Generator, count: number, of: number): number[] {
  const numbers = Array.from({ length: of }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = random.integers(i, of);
    [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
  }
  return numbers.slice(0, count);
}

/**
 * Draws size, place and colour of a shape in a cell of `cell` x `cell` pixels. The last column and the last row of a cell stay free: between two shapes of
 * different cells there is always a pixel of ground. `smallest` is at most `cell` - 1, the largest size.
 */
export function placeShape(
  random: Generator,
  kind: ShapeKind,
  place: { readonly column: number; readonly row: number; readonly cell: number; readonly smallest: number },
): PlacedShape {
  const { column, row, cell, smallest } = place;
  const size = random.integers(smallest, cell);
  const left = column * cell + random.integers(0, cell - size);
  const top = row * cell + random.integers(0, cell - size);
  return { kind, left, top, size, color: colors[random.integers(0, colors.length)]! };
}

/** The picture of shapes: dark ground, the shapes, noise over everything. */
export function drawShapes(random: Generator, shapes: readonly PlacedShape[]): Picture {
  const picture = createPicture(sceneSize, sceneSize, ground);
  for (const { kind, left, top, size, color } of shapes) fillShape(picture, kind, left, top, size, color);
  addNoise(picture, random, sceneNoise);
  return picture;
}
