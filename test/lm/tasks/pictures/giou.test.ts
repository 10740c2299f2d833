import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, overlapOf } from '../../../../src/lm/tasks/pictures/giou.ts';

const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom });
const anyBox = fc
  .tuple(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }))
  .map(([left, top, width, height]) => box(left, top, left + width, top + height));

describe('overlapOf', () => {
  it.each<[string, Box, Box, number, number]>([
    ['the example of its comment', box(0, 0, 2, 2), box(1, 1, 3, 3), 1 / 7, -5 / 63],
    ['equal boxes', box(3, 5, 10, 12), box(3, 5, 10, 12), 1, 1],
    ['one in the other', box(0, 0, 4, 4), box(1, 1, 3, 3), 1 / 4, 1 / 4],
    ['halves of a box', box(0, 0, 2, 4), box(2, 0, 4, 4), 0, 0],
    ['boxes far apart', box(0, 0, 1, 1), box(9, 0, 10, 1), 0, -0.8],
    ['corners that touch', box(0, 0, 1, 1), box(1, 1, 2, 2), 0, -0.5],
  ])('of %s', (_, a, b, iou, giou) => {
    expect(overlapOf(a, b).iou).toBeCloseTo(iou, 15);
    expect(overlapOf(a, b).giou).toBeCloseTo(giou, 15);
  });

  it('does not depend on the order, lies in (-1, 1], is 1 for equal boxes alone, and GIoU is never above IoU', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        const { iou, giou } = overlapOf(a, b);
        expect(overlapOf(b, a)).toEqual({ iou, giou });
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(giou).toBeGreaterThan(-1);
        expect(giou).toBeLessThanOrEqual(iou);
        const isEqual = JSON.stringify(a) === JSON.stringify(b);
        expect(giou === 1).toBe(isEqual);
        expect(iou === 1).toBe(isEqual);
        expect(overlapOf(a, a)).toEqual({ iou: 1, giou: 1 });
      }),
      { numRuns: 1000 },
    );
  });

  it('counts pixels: it agrees with boxes that are painted', () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        let [shared, union] = [0, 0];
        const inside = ({ left, top, right, bottom }: Box, x: number, y: number): boolean =>
          x >= left && x < right && y >= top && y < bottom;
        for (let y = 0; y < 100; y++) {
          for (let x = 0; x < 100; x++) {
            if (inside(a, x, y) && inside(b, x, y)) shared++;
            if (inside(a, x, y) || inside(b, x, y)) union++;
          }
        }
        expect(overlapOf(a, b).iou).toBe(shared / union);
      }),
      { numRuns: 30 },
    );
  });

  it.each([box(2, 0, 2, 4), box(0, 4, 2, 3), box(Number.NaN, 0, 2, 2), box(0, 0, Number.POSITIVE_INFINITY, 1)])('refuses %o', (wrong) => {
    expect(() => overlapOf(box(0, 0, 1, 1), wrong)).toThrow('box: expected left < right and top < bottom');
  });
});
