/** What the drawing of shapes in space does that no task shows by itself. */
import { describe, expect, it } from 'vitest';
import { type DrawingContext, drawScene, type SpatialScene, type SpatialShape } from '../../src/envs/index.ts';

/** Centers of circles, widths of lines and fills, in the order in which they are drawn. */
function drawn(shapes: readonly SpatialShape[], change: Partial<SpatialScene> = {}): string[] {
  const calls: string[] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get:
      (_, name: string) =>
      (...words: number[]) => {
        if (name === 'arc')
          calls.push(
            `arc ${words
              .slice(0, 3)
              .map((word) => word.toFixed(1))
              .join(' ')}`,
          );
        if (name === 'moveTo' || name === 'lineTo') calls.push(`${name} ${words.map((word) => word.toFixed(1)).join(' ')}`);
        return name === 'createLinearGradient' ? { addColorStop: () => {} } : undefined;
      },
    set: () => true,
  }) as unknown as DrawingContext;
  drawScene(context, {
    kind: 'spatial',
    azimuth: 90,
    elevation: 0,
    center: [0, 0, 0],
    visibleHeight: 2,
    shapes,
    ...change,
  } as SpatialScene);
  return calls;
}

const upright = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const ball = (x: number, y: number, z: number): SpatialShape => ({
  name: 'ball',
  shape: 'sphere',
  size: [0.1],
  center: [x, y, z],
  rotation: upright,
});
/** Where the outlines of the balls are: each is an outline, a fill and a light. */
const outlines = (calls: readonly string[]): string[] => calls.filter((call, k) => call.startsWith('arc') && k % 3 === 0);

describe('the drawing of shapes in space', () => {
  it('has x to the right, z up, and a meter of as many pixels as the height that is seen asks for', () => {
    expect(outlines(drawn([ball(0, 0, 0)]))).toEqual(['arc 300.0 200.0 20.0']);
    expect(outlines(drawn([ball(0.5, 0, 0.25)]))).toEqual(['arc 400.0 150.0 20.0']);
    // From the other side x points to the left; from above y points up.
    expect(outlines(drawn([ball(0.5, 0, 0.25)], { azimuth: 270 }))).toEqual(['arc 200.0 150.0 20.0']);
    expect(outlines(drawn([ball(0.5, 0.25, 0)], { elevation: -90 }))).toEqual(['arc 400.0 150.0 20.0']);
  });

  it('draws the far ones first and smaller, and nothing behind the eye', () => {
    const [near, far] = [ball(0, -1, 0), ball(0, 1, 0)];
    // The eye is 2.414 m away: 400 pixels for 2 m there, so 482.8 / 1.414 for one at a distance of 1.414 m.
    expect(outlines(drawn([near, far, ball(0, -3, 0)]))).toEqual(['arc 300.0 200.0 14.1', 'arc 300.0 200.0 34.1']);
  });

  it('shows the faces of a box that look at the eye, and its outer form', () => {
    const box: SpatialShape = { name: 'object', shape: 'box', size: [0.2, 0.2, 0.4], center: [0, 0, 0], rotation: upright };
    // A polygon begins with moveTo: the outer form and one face from the front, two more from a corner above.
    expect(drawn([box]).filter((call) => call.startsWith('moveTo'))).toHaveLength(2);
    expect(drawn([box], { azimuth: 45, elevation: -30 }).filter((call) => call.startsWith('moveTo'))).toHaveLength(4);
    const front = drawn([box]).slice(-4);
    // Its front is 0.2 m nearer than the center.
    const half = (482.8427 / 2.2142) * 0.2;
    expect(front.every((call) => [300 - half, 300 + half].some((x) => call.includes(` ${x.toFixed(1)} `)))).toBe(true);
  });
});
