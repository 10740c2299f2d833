// When two moving convex shapes meet: conservative advancement along separating axes, with a root finder on each axis.
import { bodyAngle, bodyCenter, bodyLocalCenter, bodyStart } from '../../src/envs/box2d/layout';
import { epsilon, linearSlop, pi, skin } from './constants';
import {
  cachedCount, cachedIndexA, cachedIndexB, clearCache, distance, poseBytes, poseCosine, poses, poseSine, support,
} from './distance';
import { cornerBytes, fixtureCorners, fixtureCount } from './layout';
import { cosine, rotate, sine } from './trigonometry';

// Motions of the two shapes: local center, center at the beginning and at the end, angle at the beginning and at the end.
const motions = memory.data(64, 16);
const motionBytes = 32;

const fullTurn: f32 = (<f32>2.0) * pi;

function readMotion(motion: usize, body: usize): void {
  store<u64>(motion, load<u64>(body, bodyLocalCenter));
  store<u64>(motion, load<u64>(body, bodyStart), 8);
  store<u64>(motion, load<u64>(body, bodyCenter), 16);
  const start = load<f32>(body, bodyStart + 8);
  const turns = fullTurn * floor<f32>(start / fullTurn); // large angles lose digits
  store<f32>(motion, start - turns, 24);
  store<f32>(motion, load<f32>(body, bodyAngle) - turns, 28);
}

function poseAt(pose: usize, motion: usize, t: f32): void {
  const rest: f32 = (<f32>1.0) - t;
  const x = rest * load<f32>(motion, 8) + t * load<f32>(motion, 16);
  const y = rest * load<f32>(motion, 12) + t * load<f32>(motion, 20);
  rotate(rest * load<f32>(motion, 24) + t * load<f32>(motion, 28));
  const cx = load<f32>(motion), cy = load<f32>(motion, 4);
  store<f32>(pose, x - (cosine * cx - sine * cy));
  store<f32>(pose, y - (sine * cx + cosine * cy), 4);
  store<f32>(pose, sine, poseSine);
  store<f32>(pose, cosine, poseCosine);
}

function posesAt(t: f32): void {
  poseAt(poses, motions, t);
  poseAt(poses + poseBytes, motions + motionBytes, t);
}

// A point or a direction in the world: what the next two functions found.
let worldX: f32 = 0, worldY: f32 = 0;

function toWorld(pose: usize, x: f32, y: f32): void {
  const s = load<f32>(pose, poseSine), c = load<f32>(pose, poseCosine);
  worldX = c * x - s * y + load<f32>(pose);
  worldY = s * x + c * y + load<f32>(pose, 4);
}

function turn(pose: usize, x: f32, y: f32): void {
  const s = load<f32>(pose, poseSine), c = load<f32>(pose, poseCosine);
  worldX = c * x - s * y;
  worldY = s * x + c * y;
}

/** Support of a shape along a direction in the world. */
function supportIn(pose: usize, corners: usize, count: i32, x: f32, y: f32): i32 {
  const s = load<f32>(pose, poseSine), c = load<f32>(pose, poseCosine);
  return support(corners, count, c * x + s * y, -s * x + c * y);
}

// The separating axis: fixed in the world between two corners, or normal to a side of the reference shape.
const betweenCorners = 0;
const sideOfA = 1;
const sideOfB = 2;
let axisKind: i32 = 0;
let axisX: f32 = 0, axisY: f32 = 0;
let sideX: f32 = 0, sideY: f32 = 0; // middle of the side

let cornersA: usize = 0, cornersB: usize = 0;
let countA: i32 = 0, countB: i32 = 0;

function normalizeAxis(): void {
  const length = sqrt<f32>(axisX * axisX + axisY * axisY);
  if (length < epsilon) return;
  const inverse: f32 = (<f32>1.0) / length;
  axisX *= inverse;
  axisY *= inverse;
}

/** Signed distance, along the axis, of the corners in the present poses. On a side's axis only the other shape's corner counts. */
function separationOf(indexA: i32, indexB: i32): f32 {
  if (axisKind == betweenCorners) {
    const a = cornersA + indexA * cornerBytes, b = cornersB + indexB * cornerBytes;
    toWorld(poses, load<f32>(a), load<f32>(a, 4));
    const ax = worldX, ay = worldY;
    toWorld(poses + poseBytes, load<f32>(b), load<f32>(b, 4));
    return (worldX - ax) * axisX + (worldY - ay) * axisY;
  }
  const onA = axisKind == sideOfA;
  const own = onA ? poses : poses + poseBytes;
  const corner = onA ? cornersB + indexB * cornerBytes : cornersA + indexA * cornerBytes;
  turn(own, axisX, axisY);
  const nx = worldX, ny = worldY;
  toWorld(own, sideX, sideY);
  const x = worldX, y = worldY;
  toWorld(onA ? poses + poseBytes : poses, load<f32>(corner), load<f32>(corner, 4));
  return (worldX - x) * nx + (worldY - y) * ny;
}

/** Chooses the axis from the closest corners, in the present poses. */
function chooseAxis(): void {
  const a = cornersA + cachedIndexA(0) * cornerBytes, b = cornersB + cachedIndexB(0) * cornerBytes;
  if (cachedCount == 1) {
    axisKind = betweenCorners;
    toWorld(poses, load<f32>(a), load<f32>(a, 4));
    const ax = worldX, ay = worldY;
    toWorld(poses + poseBytes, load<f32>(b), load<f32>(b, 4));
    axisX = worldX - ax;
    axisY = worldY - ay;
    normalizeAxis();
    return;
  }
  const onB = cachedIndexA(0) == cachedIndexA(1);
  axisKind = onB ? sideOfB : sideOfA;
  const one = onB ? b : a;
  const two = onB ? cornersB + cachedIndexB(1) * cornerBytes : cornersA + cachedIndexA(1) * cornerBytes;
  const x1 = load<f32>(one), y1 = load<f32>(one, 4), x2 = load<f32>(two), y2 = load<f32>(two, 4);
  axisX = y2 - y1;
  axisY = -(x2 - x1);
  normalizeAxis();
  sideX = (<f32>0.5) * (x1 + x2);
  sideY = (<f32>0.5) * (y1 + y2);
  if (separationOf(cachedIndexA(0), cachedIndexB(0)) < 0) {
    axisX = -axisX;
    axisY = -axisY;
  }
}

// The deepest corners: what `deepest` found.
let deepA: i32 = 0, deepB: i32 = 0;

/** The corners that are deepest along the axis in the present poses; returns their separation. */
function deepest(): f32 {
  if (axisKind == betweenCorners) {
    deepA = supportIn(poses, cornersA, countA, axisX, axisY);
    deepB = supportIn(poses + poseBytes, cornersB, countB, -axisX, -axisY);
  } else if (axisKind == sideOfA) {
    turn(poses, axisX, axisY);
    deepB = supportIn(poses + poseBytes, cornersB, countB, -worldX, -worldY);
  } else {
    turn(poses + poseBytes, axisX, axisY);
    deepA = supportIn(poses, cornersA, countA, -worldX, -worldY);
  }
  return separationOf(deepA, deepB);
}

const maxAxes = 20;
const maxPushes = 16; // corners of a polygon at most
const maxRootSteps = 50;

/**
 * The fraction of the step, from the bodies' present start to its end, at which two fixtures come within touch; -1 if they do not, overlap
 * already, or the search fails.
 */
export function timeOfImpact(world: usize, fixtureA: usize, bodyA: usize, fixtureB: usize, bodyB: usize): f32 {
  cornersA = world + load<u32>(fixtureA, fixtureCorners);
  cornersB = world + load<u32>(fixtureB, fixtureCorners);
  countA = load<i32>(fixtureA, fixtureCount);
  countB = load<i32>(fixtureB, fixtureCount);
  readMotion(motions, bodyA);
  readMotion(motions + motionBytes, bodyB);
  const within = skin + skin - (<f32>3.0) * linearSlop;
  const target = linearSlop > within ? linearSlop : within;
  const tolerance = (<f32>0.25) * linearSlop;
  clearCache();
  let t1: f32 = 0;
  for (let axis = 0; axis < maxAxes; axis++) {
    posesAt(t1);
    const apart = distance(cornersA, countA, cornersB, countB);
    if (apart <= 0) return -1;
    if (apart < target + tolerance) return t1;
    chooseAxis();
    let t2: f32 = 1;
    for (let push = 0; push < maxPushes; push++) {
      posesAt(t2);
      let s2 = deepest();
      if (s2 > target + tolerance) return -1; // apart until the end
      if (s2 > target - tolerance) {
        t1 = t2;
        break;
      }
      posesAt(t1);
      let s1 = separationOf(deepA, deepB);
      if (s1 < target - tolerance) return -1; // the root finder went too far
      if (s1 <= target + tolerance) return t1;
      // Bisection and secant in turn.
      let a1 = t1, a2 = t2;
      for (let step = 0; step < maxRootSteps; step++) {
        const t = (step & 1) != 0 ? a1 + ((target - s1) * (a2 - a1)) / (s2 - s1) : (<f32>0.5) * (a1 + a2);
        posesAt(t);
        const s = separationOf(deepA, deepB);
        if (abs<f32>(s - target) < tolerance) {
          t2 = t;
          break;
        }
        if (s > target) {
          a1 = t;
          s1 = s;
        } else {
          a2 = t;
          s2 = s;
        }
      }
    }
  }
  return -1;
}
