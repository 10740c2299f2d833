// A segment that is cut at lines, as both kinds of contact points are found: the incident side, cut to the reference side's width.

// Which parts met, one byte each: indices on A and B, and whether each part is a side (1) or a corner (0).
@inline
export function features(indexA: i32, indexB: i32, sideA: i32, sideB: i32): u32 {
  return (indexA & 255) | ((indexB & 255) << 8) | (sideA << 16) | (sideB << 24);
}
/** The same seen from the other shape. */
@inline
export function swapped(feature: u32): u32 {
  return ((feature & 0x00ff00ff) << 8) | ((feature >>> 8) & 0x00ff00ff);
}

// The segment and the features of its ends.
export let x0: f32 = 0, y0: f32 = 0, x1: f32 = 0, y1: f32 = 0;
export let feature0: u32 = 0, feature1: u32 = 0;

/** Begins with the segment from (ax, ay) to (bx, by). */
@inline
export function beginSegment(ax: f32, ay: f32, bx: f32, by: f32, featureA: u32, featureB: u32): void {
  x0 = ax;
  y0 = ay;
  x1 = bx;
  y1 = by;
  feature0 = featureA;
  feature1 = featureB;
}

/** Keeps the part of the segment behind the line; false if no segment is left. The cut point takes the index of the line's corner. */
export function clip(nx: f32, ny: f32, offset: f32, index: i32): bool {
  const distance0 = nx * x0 + ny * y0 - offset;
  const distance1 = nx * x1 + ny * y1 - offset;
  const inside0 = distance0 <= 0, inside1 = distance1 <= 0;
  if (inside0 && inside1) return true;
  if (distance0 * distance1 < 0) {
    const share = distance0 / (distance0 - distance1);
    const x = x0 + share * (x1 - x0);
    const y = y0 + share * (y1 - y0);
    const feature = features(index, (feature0 >>> 8) & 255, 0, 1);
    if (!inside0) {
      // The end that stays comes first.
      x0 = x1;
      y0 = y1;
      feature0 = feature1;
    }
    x1 = x;
    y1 = y;
    feature1 = feature;
    return true;
  }
  return false;
}
