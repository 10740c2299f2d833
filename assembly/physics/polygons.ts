// The points in which two convex polygons touch: the side that separates them best, then the other's incident side clipped to it.
import { bodyPosition, bodyRotation } from '../../src/envs/box2d/layout';
import { beginSegment, clip, feature0, feature1, features, swapped, x0, x1, y0, y1 } from './clip';
import { epsilon, largest, skin } from './constants';
import {
  contactCount, contactFixtureA, contactFixtureB, contactKind, contactNormal, contactPlane, contactPoints, cornerBytes, cornerNormal,
  fixtureCentroid, fixtureCorners, fixtureCount, pointBytes, pointFeature, sideOnA, sideOnB,
} from './layout';

const reach: f32 = (<f32>2.0) * skin;

// A vector: what the next four functions found.
let foundX: f32 = 0, foundY: f32 = 0;

/** A direction of the body's frame in the world. */
function turn(body: usize, x: f32, y: f32): void {
  const s = load<f32>(body, bodyRotation), c = load<f32>(body, bodyRotation + 4);
  foundX = c * x - s * y;
  foundY = s * x + c * y;
}
/** A direction of the world in the body's frame. */
function turnBack(body: usize, x: f32, y: f32): void {
  const s = load<f32>(body, bodyRotation), c = load<f32>(body, bodyRotation + 4);
  foundX = c * x + s * y;
  foundY = -s * x + c * y;
}
/** A point of the body's frame, stored at an address, in the world. */
function toWorld(body: usize, point: usize): void {
  turn(body, load<f32>(point), load<f32>(point, 4));
  foundX += load<f32>(body, bodyPosition);
  foundY += load<f32>(body, bodyPosition + 4);
}
function toFrame(body: usize, x: f32, y: f32): void {
  turnBack(body, x - load<f32>(body, bodyPosition), y - load<f32>(body, bodyPosition + 4));
}

/** The corner, or with `cornerNormal` the side, of which the vector's product with a direction is least; of several the first. */
function least(corners: usize, count: i32, what: usize, x: f32, y: f32): i32 {
  let best = 0;
  let value = largest;
  for (let i = 0; i < count; i++) {
    const at = corners + i * cornerBytes + what;
    const product = load<f32>(at) * x + load<f32>(at, 4) * y;
    if (product < value) {
      value = product;
      best = i;
    }
  }
  return best;
}

// The polygon whose sides are looked at, and the other one.
let own: usize = 0, ownBody: usize = 0, ownCount: i32 = 0;
let other: usize = 0, otherBody: usize = 0, otherCount: i32 = 0;

function lookFrom(world: usize, fixture: usize, body: usize, otherFixture: usize, toBody: usize): void {
  own = world + load<u32>(fixture, fixtureCorners);
  ownCount = load<i32>(fixture, fixtureCount);
  ownBody = body;
  other = world + load<u32>(otherFixture, fixtureCorners);
  otherCount = load<i32>(otherFixture, fixtureCount);
  otherBody = toBody;
}

/** How far the other polygon is in front of a side. */
function separationOf(side: i32): f32 {
  const corner = own + side * cornerBytes;
  turn(ownBody, load<f32>(corner, cornerNormal), load<f32>(corner, cornerNormal + 4));
  const nx = foundX, ny = foundY;
  turnBack(otherBody, nx, ny);
  const deepest = least(other, otherCount, 0, foundX, foundY);
  toWorld(ownBody, corner);
  const x = foundX, y = foundY;
  toWorld(otherBody, other + deepest * cornerBytes);
  return (foundX - x) * nx + (foundY - y) * ny;
}

function neighbor(side: i32, direction: i32): i32 {
  const next = side + direction;
  return next < 0 ? ownCount - 1 : next < ownCount ? next : 0;
}

let bestSide: i32 = 0;

/**
 * The greatest separation, with its side in `bestSide`: from the side that faces the other centroid, around the polygon as long as it grows.
 * That may miss the greatest of all; Box2D 2.3.0 misses it in the same way.
 */
function mostSeparated(fixture: usize, otherFixture: usize): f32 {
  toWorld(otherBody, otherFixture + fixtureCentroid);
  const x = foundX, y = foundY;
  toWorld(ownBody, fixture + fixtureCentroid);
  turnBack(ownBody, x - foundX, y - foundY);
  bestSide = least(own, ownCount, cornerNormal, -foundX, -foundY);
  let most = separationOf(bestSide);
  const before = neighbor(bestSide, -1), after = neighbor(bestSide, 1);
  const separationBefore = separationOf(before), separationAfter = separationOf(after);
  let direction = 0;
  if (separationBefore > most && separationBefore > separationAfter) {
    direction = -1;
    bestSide = before;
    most = separationBefore;
  } else if (separationAfter > most) {
    direction = 1;
    bestSide = after;
    most = separationAfter;
  }
  while (direction != 0) {
    const next = neighbor(bestSide, direction);
    const separation = separationOf(next);
    if (!(separation > most)) break;
    bestSide = next;
    most = separation;
  }
  return most;
}

/** Writes kind, plane and points of a contact of two polygons; returns the number of points. Impulses are left to the caller. */
export function collidePolygons(world: usize, contact: usize, bodyA: usize, bodyB: usize): i32 {
  store<i32>(contact, 0, contactCount);
  const fixtureA = world + load<u32>(contact, contactFixtureA), fixtureB = world + load<u32>(contact, contactFixtureB);
  lookFrom(world, fixtureA, bodyA, fixtureB, bodyB);
  const separationA = mostSeparated(fixtureA, fixtureB);
  if (separationA > reach) return 0;
  let side = bestSide;
  lookFrom(world, fixtureB, bodyB, fixtureA, bodyA);
  const separationB = mostSeparated(fixtureB, fixtureA);
  if (separationB > reach) return 0;
  // The reference side: A's, unless B's is clearly better (so that it does not change to and fro).
  const onB = separationB > (<f32>0.98) * separationA + (<f32>0.001);
  if (onB) side = bestSide;
  else lookFrom(world, fixtureA, bodyA, fixtureB, bodyB);

  const nextSide = side + 1 < ownCount ? side + 1 : 0;
  const v = own + side * cornerBytes, w = own + nextSide * cornerBytes;
  turn(ownBody, load<f32>(v, cornerNormal), load<f32>(v, cornerNormal + 4));
  turnBack(otherBody, foundX, foundY);
  const incident = least(other, otherCount, cornerNormal, foundX, foundY);
  const incidentNext = incident + 1 < otherCount ? incident + 1 : 0;
  toWorld(otherBody, other + incident * cornerBytes);
  const ax = foundX, ay = foundY;
  toWorld(otherBody, other + incidentNext * cornerBytes);
  beginSegment(ax, ay, foundX, foundY, features(side, incident, 1, 0), features(side, incidentNext, 1, 0));

  const vx = load<f32>(v), vy = load<f32>(v, 4), wx = load<f32>(w), wy = load<f32>(w, 4);
  let tx = wx - vx, ty = wy - vy;
  const length = sqrt<f32>(tx * tx + ty * ty);
  if (length >= epsilon) {
    const inverse: f32 = (<f32>1.0) / length;
    tx *= inverse;
    ty *= inverse;
  }
  // The normal is made anew from the side, not taken from the shape: their last bits differ.
  store<i32>(contact, onB ? sideOnB : sideOnA, contactKind);
  store<f32>(contact, ty, contactNormal);
  store<f32>(contact, -tx, contactNormal + 4);
  store<f32>(contact, (<f32>0.5) * (vx + wx), contactPlane);
  store<f32>(contact, (<f32>0.5) * (vy + wy), contactPlane + 4);
  turn(ownBody, tx, ty);
  const alongX = foundX, alongY = foundY;
  const nx = alongY, ny = -alongX;
  toWorld(ownBody, v);
  const front = nx * foundX + ny * foundY;
  const low = -(alongX * foundX + alongY * foundY) + reach;
  toWorld(ownBody, w);
  const high = alongX * foundX + alongY * foundY + reach;
  if (!clip(-alongX, -alongY, low, side)) return 0;
  if (!clip(alongX, alongY, high, nextSide)) return 0;

  let found = 0;
  for (let i = 0; i < 2; i++) {
    const x = i == 0 ? x0 : x1, y = i == 0 ? y0 : y1;
    if (!(nx * x + ny * y - front <= reach)) continue;
    const point = contact + contactPoints + found * pointBytes;
    const feature = i == 0 ? feature0 : feature1;
    toFrame(otherBody, x, y);
    store<f32>(point, foundX);
    store<f32>(point, foundY, 4);
    store<u32>(point, onB ? swapped(feature) : feature, pointFeature);
    found++;
  }
  store<i32>(contact, found, contactCount);
  return found;
}
