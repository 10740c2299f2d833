// The points in which an edge and a convex polygon touch: separating axes, then the incident side clipped to the reference side.
// The edge has no neighbours: it collides from both sides.
import { bodyPosition, bodyRotation } from '../../src/envs/box2d/layout';
import { beginSegment, clip, feature0, feature1, features, swapped, x0, x1, y0, y1 } from './clip';
import { angularSlop, epsilon, largest, skin } from './constants';
import {
  contactCount, contactFixtureA, contactFixtureB, contactKind, contactNormal, contactPlane, contactPoints, cornerBytes, cornerNormal,
  fixtureCentroid, fixtureCorners, fixtureCount, pointBytes, pointFeature, sideOnA, sideOnB,
} from './layout';

const reach: f32 = (<f32>2.0) * skin;

/** The polygon in the edge's frame: corners and normals. */
const turned = memory.data(16 * 16, 16);

/** Writes kind, plane and points of a contact of an edge and a polygon; returns the number of points. Impulses are left to the caller. */
export function collideEdge(world: usize, contact: usize, bodyA: usize, bodyB: usize): i32 {
  store<i32>(contact, 0, contactCount);
  const fixtureA = world + load<u32>(contact, contactFixtureA), fixtureB = world + load<u32>(contact, contactFixtureB);
  const edge = world + load<u32>(fixtureA, fixtureCorners), corners = world + load<u32>(fixtureB, fixtureCorners);
  const count = load<i32>(fixtureB, fixtureCount);

  // Polygon to edge frame.
  const sA = load<f32>(bodyA, bodyRotation), cA = load<f32>(bodyA, bodyRotation + 4);
  const sB = load<f32>(bodyB, bodyRotation), cB = load<f32>(bodyB, bodyRotation + 4);
  const s = cA * sB - sA * cB;
  const c = cA * cB + sA * sB;
  const dx = load<f32>(bodyB, bodyPosition) - load<f32>(bodyA, bodyPosition);
  const dy = load<f32>(bodyB, bodyPosition + 4) - load<f32>(bodyA, bodyPosition + 4);
  const px = cA * dx + sA * dy;
  const py = -sA * dx + cA * dy;

  const ax = load<f32>(edge), ay = load<f32>(edge, 4);
  const bx = load<f32>(edge, cornerBytes), by = load<f32>(edge, cornerBytes + 4);
  let ex = bx - ax, ey = by - ay;
  const length = sqrt<f32>(ex * ex + ey * ey);
  if (length >= epsilon) {
    const inverse: f32 = (<f32>1.0) / length;
    ex *= inverse;
    ey *= inverse;
  }
  const mx = load<f32>(fixtureB, fixtureCentroid), my = load<f32>(fixtureB, fixtureCentroid + 4);
  const centroidX = c * mx - s * my + px, centroidY = s * mx + c * my + py;
  const front = ey * (centroidX - ax) + -ex * (centroidY - ay) >= 0;
  const nx = front ? ey : -ey, ny = front ? -ex : ex;

  // How far the polygon is in front of the edge.
  let edgeSeparation = largest;
  for (let i = 0; i < count; i++) {
    const from = corners + i * cornerBytes, to = turned + i * cornerBytes;
    const vx = load<f32>(from), vy = load<f32>(from, 4);
    const x = c * vx - s * vy + px, y = s * vx + c * vy + py;
    store<f32>(to, x);
    store<f32>(to, y, 4);
    const separation = nx * (x - ax) + ny * (y - ay);
    if (separation < edgeSeparation) edgeSeparation = separation;
  }
  if (edgeSeparation > reach) return 0;

  // How far the edge is in front of the polygon's sides, of those that face it.
  let side = -1;
  let sideSeparation = -largest;
  for (let i = 0; i < count; i++) {
    const from = corners + i * cornerBytes, to = turned + i * cornerBytes;
    const vx = load<f32>(from, cornerNormal), vy = load<f32>(from, cornerNormal + 4);
    const qx = c * vx - s * vy, qy = s * vx + c * vy;
    store<f32>(to, qx, cornerNormal);
    store<f32>(to, qy, cornerNormal + 4);
    const x = load<f32>(to), y = load<f32>(to, 4);
    const one = -qx * (x - ax) + -qy * (y - ay);
    const two = -qx * (x - bx) + -qy * (y - by);
    const separation = one < two ? one : two;
    if (separation > reach) return 0;
    if ((-qx + nx) * nx + (-qy + ny) * ny < -angularSlop) continue;
    if (separation > sideSeparation) {
      side = i;
      sideSeparation = separation;
    }
  }

  // The reference side: the edge, unless the polygon's is clearly better (so that it does not change to and fro).
  const onPolygon = side >= 0 && sideSeparation > (<f32>0.98) * edgeSeparation + (<f32>0.001);
  let vx: f32, vy: f32, wx: f32, wy: f32, rx: f32, ry: f32;
  let index1: i32, index2: i32;
  if (onPolygon) {
    const feature = features(0, side, 0, 1);
    beginSegment(ax, ay, bx, by, feature, feature);
    index1 = side;
    index2 = side + 1 < count ? side + 1 : 0;
    const v = turned + index1 * cornerBytes, w = turned + index2 * cornerBytes;
    vx = load<f32>(v);
    vy = load<f32>(v, 4);
    wx = load<f32>(w);
    wy = load<f32>(w, 4);
    rx = load<f32>(v, cornerNormal);
    ry = load<f32>(v, cornerNormal + 4);
  } else {
    let best = 0;
    let least = nx * load<f32>(turned, cornerNormal) + ny * load<f32>(turned, cornerNormal + 4);
    for (let i = 1; i < count; i++) {
      const at = turned + i * cornerBytes;
      const value = nx * load<f32>(at, cornerNormal) + ny * load<f32>(at, cornerNormal + 4);
      if (value < least) {
        least = value;
        best = i;
      }
    }
    const next = best + 1 < count ? best + 1 : 0;
    const v = turned + best * cornerBytes, w = turned + next * cornerBytes;
    beginSegment(load<f32>(v), load<f32>(v, 4), load<f32>(w), load<f32>(w, 4), features(0, best, 1, 0), features(0, next, 1, 0));
    index1 = front ? 0 : 1;
    index2 = front ? 1 : 0;
    vx = front ? ax : bx;
    vy = front ? ay : by;
    wx = front ? bx : ax;
    wy = front ? by : ay;
    rx = nx;
    ry = ny;
  }
  if (!clip(ry, -rx, ry * vx + -rx * vy, index1)) return 0;
  if (!clip(-ry, rx, -ry * wx + rx * wy, index2)) return 0;

  store<i32>(contact, onPolygon ? sideOnB : sideOnA, contactKind);
  if (onPolygon) {
    const own = corners + index1 * cornerBytes;
    store<f32>(contact, load<f32>(own, cornerNormal), contactNormal);
    store<f32>(contact, load<f32>(own, cornerNormal + 4), contactNormal + 4);
    store<f32>(contact, load<f32>(own), contactPlane);
    store<f32>(contact, load<f32>(own, 4), contactPlane + 4);
  } else {
    store<f32>(contact, rx, contactNormal);
    store<f32>(contact, ry, contactNormal + 4);
    store<f32>(contact, vx, contactPlane);
    store<f32>(contact, vy, contactPlane + 4);
  }
  let found = 0;
  for (let i = 0; i < 2; i++) {
    const x = i == 0 ? x0 : x1, y = i == 0 ? y0 : y1;
    if (!(rx * (x - vx) + ry * (y - vy) <= reach)) continue;
    const point = contact + contactPoints + found * pointBytes;
    const feature = i == 0 ? feature0 : feature1;
    if (onPolygon) {
      store<f32>(point, x);
      store<f32>(point, y, 4);
      store<u32>(point, swapped(feature), pointFeature);
    } else {
      const qx = x - px, qy = y - py;
      store<f32>(point, c * qx + s * qy);
      store<f32>(point, -s * qx + c * qy, 4);
      store<u32>(point, feature, pointFeature);
    }
    found++;
  }
  store<i32>(contact, found, contactCount);
  return found;
}
