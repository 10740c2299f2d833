/**
 * The ground of BipedalWalker: rough grass, and in the hardcore form stumps, pits and stairs on it. Gymnasium's constants, order of arithmetic
 * and order of draws (`gymnasium/envs/box2d/bipedal_walker.py`, BipedalWalker-v3).
 */
import type { Generator } from '../../random/index.ts';

/** Pixels per meter. */
export const scale = 30;
/** Distance of the ground's points, m. */
export const stride = 14 / scale;
/** Points of the ground from left to right, the first at 0. */
export const groundPoints = 200;
/** Points of level ground at the beginning; the walker starts in their middle. */
export const startPoints = 20;
/** Steps that a stretch of grass takes at most. */
export const grassPoints = 10;
/** Height of the level ground, m. */
export const groundHeight = 400 / scale / 4;

/** Numbers of a block: left, right, bottom, top, in m. */
export const blockNumbers = 4;
/** Most blocks on the 180 points after the start: a pit, which has two, every 10 points, and stairs, which have four, at the end. */
export const maxBlocks = 40;

/** What stands on a stretch; Gymnasium draws these numbers. */
const grass = 0;
const stump = 1;
const stairs = 2;
/** With pits, which are number 3. */
const kinds = 4;

/** Depth of a pit in strides. */
const pitDepth = 4;

/**
 * Draws the ground: the heights (200), and to `blocks` the static boxes in the order of their making; returns how many. Without `hardcore`
 * there are none.
 */
export function layGround(generator: Generator, hardcore: boolean, heights: Float64Array, blocks: Float64Array): number {
  let count = 0;
  const addBlock = (left: number, right: number, bottom: number, top: number): void => {
    blocks[blockNumbers * count] = left;
    blocks[blockNumbers * count + 1] = right;
    blocks[blockNumbers * count + 2] = bottom;
    blocks[blockNumbers * count + 3] = top;
    count++;
  };
  let kind = grass;
  /** Whether this is the first point of its stretch. */
  let begins = false;
  let left = startPoints;
  let slope = 0;
  let y = groundHeight;
  /** Height at which the obstacle began. */
  let base = 0;
  let stairCount = 0;
  let stairWidth = 0;
  let rise = 0;
  for (let i = 0; i < groundPoints; i++) {
    const x = i * stride;
    if (kind === grass) {
      // A stretch of grass begins level.
      if (!begins) {
        slope = 0.8 * slope + 0.01 * Math.sign(groundHeight - y);
        if (i > startPoints) slope += generator.uniform(-1, 1) / scale;
        y += slope;
      }
    } else if (kind === stump) {
      if (begins) {
        left = generator.integers(1, 3);
        addBlock(x, x + left * stride, y, y + left * stride);
      }
    } else if (kind === stairs) {
      if (begins) {
        rise = generator.random() > 0.5 ? 1 : -1;
        stairWidth = generator.integers(4, 5);
        stairCount = generator.integers(3, 5);
        base = y;
        for (let s = 0; s < stairCount; s++) {
          const from = x + s * stairWidth * stride;
          addBlock(from, x + (1 + s) * stairWidth * stride, y + (-1 + s * rise) * stride, y + s * rise * stride);
        }
        left = stairCount * stairWidth;
      } else {
        y = base + ((stairCount * stairWidth - left - rise) / stairWidth) * rise * stride;
      }
    } else if (begins) {
      // A pit: two walls, and the ground between them comes with the next points.
      left = generator.integers(3, 5);
      addBlock(x, x + stride, y - pitDepth * stride, y);
      addBlock(x + stride * left, x + stride + stride * left, y - pitDepth * stride, y);
      left += 2;
      base = y;
    } else {
      y = base;
      if (left > 1) y -= pitDepth * stride;
    }
    begins = false;
    heights[i] = y;
    if (--left > 0) continue;
    left = generator.integers(grassPoints / 2, grassPoints);
    kind = kind === grass && hardcore ? generator.integers(1, kinds) : grass;
    begins = true;
  }
  return count;
}

/** Draws what Gymnasium draws for its clouds, which are only painted. */
export function skipClouds(generator: Generator): void {
  const clouds = groundPoints / 20;
  const drawsPerCloud = 1 + 2 * 5;
  for (let k = 0; k < clouds * drawsPerCloud; k++) generator.random();
}
