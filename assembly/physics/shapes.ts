// Convex polygons: hull, normals, centroid, mass. Sums run over the corners in the order in which the hull finds them.
import { epsilon, skin } from './constants';
import {
  cornerBytes, cornerNormal, fixtureBox, fixtureCentroid, fixtureCorners, fixtureCount, fixtureDensity, stagedCorners,
} from './layout';

@inline
function stagedX(i: i32): f32 {
  return load<f32>(stagedCorners + (i << 3));
}
@inline
function stagedY(i: i32): f32 {
  return load<f32>(stagedCorners + (i << 3), 4);
}

/** The hull of the staged points, counter-clockwise from the rightmost (of several the lowest), to `corners`; returns its length. */
export function wrapHull(corners: usize, count: i32): i32 {
  let first = 0;
  for (let i = 1; i < count; i++) {
    const x = stagedX(i);
    if (x > stagedX(first) || (x == stagedX(first) && stagedY(i) < stagedY(first))) first = i;
  }
  let found = 0;
  let here = first;
  do {
    const x = stagedX(here), y = stagedY(here);
    store<f32>(corners + found * cornerBytes, x);
    store<f32>(corners + found * cornerBytes, y, 4);
    let next = 0;
    for (let j = 1; j < count; j++) {
      if (next == here) {
        next = j;
        continue;
      }
      const rx = stagedX(next) - x, ry = stagedY(next) - y;
      const vx = stagedX(j) - x, vy = stagedY(j) - y;
      const turn = rx * vy - ry * vx;
      // A point to the right of the line so far, or further out on it.
      if (turn < 0 || (turn == 0 && vx * vx + vy * vy > rx * rx + ry * ry)) next = j;
    }
    here = next;
    found++;
  } while (here != first && found < count);
  return found;
}

/** Outward unit normals of the sides. */
export function findNormals(corners: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const a = corners + i * cornerBytes;
    const next = i + 1 < count ? i + 1 : 0;
    const b = corners + next * cornerBytes;
    let x = load<f32>(b, 4) - load<f32>(a, 4);
    let y = -(load<f32>(b) - load<f32>(a));
    const length = sqrt<f32>(x * x + y * y);
    if (length >= epsilon) {
      const inverse: f32 = (<f32>1.0) / length;
      x *= inverse;
      y *= inverse;
    }
    store<f32>(a, x, cornerNormal);
    store<f32>(a, y, cornerNormal + 4);
  }
}

const third: f32 = (<f32>1.0) / (<f32>3.0);

/** Normals of an upright box, exactly; its corners begin at the lower left. */
export function setBoxNormals(corners: usize): void {
  store<f32>(corners, -1, cornerNormal + 4);
  store<f32>(corners, 1, cornerBytes + cornerNormal);
  store<f32>(corners, 1, 2 * cornerBytes + cornerNormal + 4);
  store<f32>(corners, -1, 3 * cornerBytes + cornerNormal);
}

/** Center of area, by triangles from the origin. */
export function findCentroid(fixture: usize, corners: usize, count: i32): void {
  let x: f32 = 0, y: f32 = 0, area: f32 = 0;
  for (let i = 0; i < count; i++) {
    const a = corners + i * cornerBytes;
    const next = i + 1 < count ? i + 1 : 0;
    const b = corners + next * cornerBytes;
    const ax = load<f32>(a), ay = load<f32>(a, 4), bx = load<f32>(b), by = load<f32>(b, 4);
    const triangle = (<f32>0.5) * (ax * by - ay * bx);
    area += triangle;
    x += triangle * third * (ax + bx);
    y += triangle * third * (ay + by);
  }
  const inverse: f32 = (<f32>1.0) / area;
  store<f32>(fixture, x * inverse, fixtureCentroid);
  store<f32>(fixture, y * inverse, fixtureCentroid + 4);
}

// What `findMass` found: mass, center, rotational inertia about the body's origin.
export let mass: f32 = 0;
export let centerX: f32 = 0;
export let centerY: f32 = 0;
export let inertia: f32 = 0;

/** Mass of a polygon of uniform density, by triangles from the mean of its corners. */
export function findMass(fixture: usize, corners: usize): void {
  const count = load<i32>(fixture, fixtureCount);
  const density = load<f32>(fixture, fixtureDensity);
  let sx: f32 = 0, sy: f32 = 0;
  for (let i = 0; i < count; i++) {
    sx += load<f32>(corners + i * cornerBytes);
    sy += load<f32>(corners + i * cornerBytes, 4);
  }
  const share: f32 = (<f32>1.0) / <f32>count;
  sx *= share;
  sy *= share;
  let area: f32 = 0, x: f32 = 0, y: f32 = 0, second: f32 = 0;
  for (let i = 0; i < count; i++) {
    const a = corners + i * cornerBytes;
    const next = i + 1 < count ? i + 1 : 0;
    const b = corners + next * cornerBytes;
    const ax = load<f32>(a) - sx, ay = load<f32>(a, 4) - sy;
    const bx = load<f32>(b) - sx, by = load<f32>(b, 4) - sy;
    const doubled = ax * by - ay * bx;
    const triangle = (<f32>0.5) * doubled;
    area += triangle;
    x += triangle * third * (ax + bx);
    y += triangle * third * (ay + by);
    const xx = ax * ax + bx * ax + bx * bx;
    const yy = ay * ay + by * ay + by * by;
    second += (<f32>0.25) * third * doubled * (xx + yy);
  }
  mass = density * area;
  const inverse: f32 = (<f32>1.0) / area;
  x *= inverse;
  y *= inverse;
  centerX = x + sx;
  centerY = y + sy;
  inertia = density * second;
  inertia += mass * (centerX * centerX + centerY * centerY - (x * x + y * y));
}

// Bounds of a shape: what `findBounds` found.
export let lowerX: f32 = 0;
export let lowerY: f32 = 0;
export let upperX: f32 = 0;
export let upperY: f32 = 0;

/** Box around the shape's corners, moved by a rotation and a translation, skin included. */
export function findBounds(world: usize, fixture: usize, px: f32, py: f32, s: f32, c: f32): void {
  const corners = world + load<u32>(fixture, fixtureCorners);
  const count = load<i32>(fixture, fixtureCount);
  let lx: f32 = 0, ly: f32 = 0, ux: f32 = 0, uy: f32 = 0;
  for (let i = 0; i < count; i++) {
    const vx = load<f32>(corners + i * cornerBytes), vy = load<f32>(corners + i * cornerBytes, 4);
    const x = c * vx - s * vy + px;
    const y = s * vx + c * vy + py;
    if (i == 0) {
      lx = ux = x;
      ly = uy = y;
    } else {
      lx = lx < x ? lx : x;
      ly = ly < y ? ly : y;
      ux = ux > x ? ux : x;
      uy = uy > y ? uy : y;
    }
  }
  lowerX = lx - skin;
  lowerY = ly - skin;
  upperX = ux + skin;
  upperY = uy + skin;
}

/** Whether two enlarged boxes overlap or touch. */
export function boxesOverlap(a: usize, b: usize): bool {
  if (load<f32>(b, fixtureBox) - load<f32>(a, fixtureBox + 8) > 0) return false;
  if (load<f32>(b, fixtureBox + 4) - load<f32>(a, fixtureBox + 12) > 0) return false;
  if (load<f32>(a, fixtureBox) - load<f32>(b, fixtureBox + 8) > 0) return false;
  return !(load<f32>(a, fixtureBox + 4) - load<f32>(b, fixtureBox + 12) > 0);
}
