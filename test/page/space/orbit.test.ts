import { describe, expect, it } from 'vitest';
import { followed, placeOf, turned } from '../../../src/page/space/orbit.ts';

const limits = { highest: -1, nearest: 0.5, farthest: 16 };

describe('the camera of a view in space', () => {
  it('stands where its angles say: behind what it looks at, higher the more it looks down', () => {
    const near = (place: readonly number[]) => place.map((at) => expect.closeTo(at, 12));
    // It looks along y, level; along x; and 30 degrees down: cos 30 = sqrt(3) / 2.
    expect(placeOf({ azimuth: 90, elevation: 0, distance: 2 }, [1, 0, 0.5])).toEqual(near([1, -2, 0.5]));
    expect(placeOf({ azimuth: 0, elevation: 0, distance: 2 }, [1, 0, 0.5])).toEqual(near([-1, 0, 0.5]));
    expect(placeOf({ azimuth: 90, elevation: -30, distance: 2 }, [0, 0, 0])).toEqual(near([0, -Math.sqrt(3), 1]));
  });

  it('goes along with the body, or rests until the body is that far away', () => {
    expect(followed(undefined, [1, 0, 0], 5)).toEqual([1, 0, 0]);
    expect(followed([0, 0, 0], [1, 0, 0], 0)).toEqual([1, 0, 0]);
    expect(followed([0, 0, 0], [0.6, 0.8, 0], 1.1)).toEqual([0, 0, 0]);
    expect(followed([0, 0, 0], [0.6, 0.8, 0], 0.9)).toEqual([0.6, 0.8, 0]);
  });

  it('turns, and stops before it is overhead, in the ground, too near or too far', () => {
    const orbit = { azimuth: 90, elevation: -20, distance: 4 };
    expect(turned(orbit, {}, limits)).toEqual(orbit);
    expect(turned(orbit, { azimuth: 300, elevation: -10, distance: 0.5 }, limits)).toEqual({ azimuth: 30, elevation: -30, distance: 2 });
    expect(turned(orbit, { azimuth: -100 }, limits).azimuth).toBe(350);
    expect(turned(orbit, { elevation: -100, distance: 0 }, limits)).toEqual({ azimuth: 90, elevation: -89, distance: 0.5 });
    expect(turned(orbit, { elevation: 100, distance: 100 }, limits)).toEqual({ azimuth: 90, elevation: -1, distance: 16 });
  });
});
