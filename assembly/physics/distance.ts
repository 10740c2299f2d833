// Closest points of two convex shapes: the algorithm of E. G. Gilbert, D. W. Johnson, S. S. Keerthi (1988) with barycentric coordinates.
import { epsilon } from './constants';
import { cornerBytes } from './layout';

// Pose of the two shapes: translation, sine, cosine.
export const poses = memory.data(32, 16);
export const poseBytes = 16;
export const poseSine = 8;
export const poseCosine = 12;

// The simplex: up to three corners of the difference of the shapes.
const simplex = memory.data(3 * 40, 16);
const vertexBytes = 40;
const vertexA = 0; // point on A
const vertexB = 8;
const vertexW = 16; // B - A
const vertexShare = 24; // barycentric coordinate of the closest point
const vertexIndexA = 28;
const vertexIndexB = 32;

/** Which corners the last simplex had, to begin the next query with. */
export let cachedCount: i32 = 0;
let cachedMetric: f32 = 0;
const cachedA = memory.data(12, 4);
const cachedB = memory.data(12, 4);

/** The next query begins afresh. */
export function clearCache(): void {
  cachedCount = 0;
}
/** Corner of A of a vertex of the last simplex. */
@inline
export function cachedIndexA(i: i32): i32 {
  return load<i32>(cachedA + (i << 2));
}
@inline
export function cachedIndexB(i: i32): i32 {
  return load<i32>(cachedB + (i << 2));
}

/** The corner farthest along a direction in the shape's frame; of several the first. */
export function support(corners: usize, count: i32, x: f32, y: f32): i32 {
  let best = 0;
  let most = load<f32>(corners) * x + load<f32>(corners, 4) * y;
  for (let i = 1; i < count; i++) {
    const value = load<f32>(corners + i * cornerBytes) * x + load<f32>(corners + i * cornerBytes, 4) * y;
    if (value > most) {
      best = i;
      most = value;
    }
  }
  return best;
}

function place(v: usize, cornersA: usize, indexA: i32, cornersB: usize, indexB: i32): void {
  const a = cornersA + indexA * cornerBytes, b = cornersB + indexB * cornerBytes;
  const sA = load<f32>(poses, poseSine), cA = load<f32>(poses, poseCosine);
  const sB = load<f32>(poses, poseBytes + poseSine), cB = load<f32>(poses, poseBytes + poseCosine);
  const ax = cA * load<f32>(a) - sA * load<f32>(a, 4) + load<f32>(poses);
  const ay = sA * load<f32>(a) + cA * load<f32>(a, 4) + load<f32>(poses, 4);
  const bx = cB * load<f32>(b) - sB * load<f32>(b, 4) + load<f32>(poses, poseBytes);
  const by = sB * load<f32>(b) + cB * load<f32>(b, 4) + load<f32>(poses, poseBytes + 4);
  store<f32>(v, ax, vertexA);
  store<f32>(v, ay, vertexA + 4);
  store<f32>(v, bx, vertexB);
  store<f32>(v, by, vertexB + 4);
  store<f32>(v, bx - ax, vertexW);
  store<f32>(v, by - ay, vertexW + 4);
  store<i32>(v, indexA, vertexIndexA);
  store<i32>(v, indexB, vertexIndexB);
}

@inline
function wx(i: i32): f32 {
  return load<f32>(simplex + i * vertexBytes, vertexW);
}
@inline
function wy(i: i32): f32 {
  return load<f32>(simplex + i * vertexBytes, vertexW + 4);
}
@inline
function share(i: i32): f32 {
  return load<f32>(simplex + i * vertexBytes, vertexShare);
}
@inline
function setShare(i: i32, value: f32): void {
  store<f32>(simplex + i * vertexBytes, value, vertexShare);
}
@inline
function move(to: i32, from: i32): void {
  const a = simplex + from * vertexBytes, b = simplex + to * vertexBytes;
  for (let k = 0; k < vertexBytes; k += 8) store<u64>(b + k, load<u64>(a + k));
}

/** Length of a segment, doubled area of a triangle, 0 of a point. */
function metric(count: i32): f32 {
  if (count == 2) {
    const x = wx(0) - wx(1), y = wy(0) - wy(1);
    return sqrt<f32>(x * x + y * y);
  }
  if (count == 3) return (wx(1) - wx(0)) * (wy(2) - wy(0)) - (wy(1) - wy(0)) * (wx(2) - wx(0));
  return 0;
}

/** Leaves one vertex. */
function keepPoint(i: i32): i32 {
  setShare(i, 1);
  if (i != 0) move(0, i);
  return 1;
}

/** Leaves the segment of two vertices with the given weights. */
function keepSegment(first: i32, second: i32, one: f32, two: f32): i32 {
  const inverse: f32 = (<f32>1.0) / (one + two);
  setShare(first, one * inverse);
  setShare(second, two * inverse);
  if (first == 0 && second == 2) move(1, 2);
  if (first == 1) move(0, 2); // the third comes first then
  return 2;
}

/** Closest point of the segment to the origin; returns how many vertices are left. */
function closestOnSegment(): i32 {
  const x = wx(1) - wx(0), y = wy(1) - wy(0);
  const two = -(wx(0) * x + wy(0) * y);
  if (two <= 0) return keepPoint(0);
  const one = wx(1) * x + wy(1) * y;
  if (one <= 0) return keepPoint(1);
  return keepSegment(0, 1, one, two);
}

/** Closest point of the triangle to the origin; returns how many vertices are left, 3 if the origin is inside. */
function closestOnTriangle(): i32 {
  const x1 = wx(0), y1 = wy(0), x2 = wx(1), y2 = wy(1), x3 = wx(2), y3 = wy(2);
  const ax = x2 - x1, ay = y2 - y1; // 1 to 2
  const one12 = x2 * ax + y2 * ay;
  const two12 = -(x1 * ax + y1 * ay);
  const bx = x3 - x1, by = y3 - y1; // 1 to 3
  const one13 = x3 * bx + y3 * by;
  const two13 = -(x1 * bx + y1 * by);
  const cx = x3 - x2, cy = y3 - y2; // 2 to 3
  const one23 = x3 * cx + y3 * cy;
  const two23 = -(x2 * cx + y2 * cy);
  const area = ax * by - ay * bx;
  const area1 = area * (x2 * y3 - y2 * x3);
  const area2 = area * (x3 * y1 - y3 * x1);
  const area3 = area * (x1 * y2 - y1 * x2);
  if (two12 <= 0 && two13 <= 0) return keepPoint(0);
  if (one12 > 0 && two12 > 0 && area3 <= 0) return keepSegment(0, 1, one12, two12);
  if (one13 > 0 && two13 > 0 && area2 <= 0) return keepSegment(0, 2, one13, two13);
  if (one12 <= 0 && two23 <= 0) return keepPoint(1);
  if (one13 <= 0 && one23 <= 0) return keepPoint(2);
  if (one23 > 0 && two23 > 0 && area1 <= 0) return keepSegment(1, 2, one23, two23);
  const inverse: f32 = (<f32>1.0) / (area1 + area2 + area3);
  setShare(0, area1 * inverse);
  setShare(1, area2 * inverse);
  setShare(2, area3 * inverse);
  return 3;
}

const maxIterations = 20;
const savedA = memory.data(12, 4);
const savedB = memory.data(12, 4);

/** The last simplex placed in the new poses, if it has not changed much; else the first corners. */
function begin(cornersA: usize, cornersB: usize): i32 {
  let count = cachedCount;
  for (let i = 0; i < count; i++) {
    place(simplex + i * vertexBytes, cornersA, cachedIndexA(i), cornersB, cachedIndexB(i));
    setShare(i, 0);
  }
  if (count > 1) {
    const now = metric(count);
    if (now < (<f32>0.5) * cachedMetric || (<f32>2.0) * cachedMetric < now || now < epsilon) count = 0;
  }
  if (count == 0) {
    place(simplex, cornersA, 0, cornersB, 0);
    setShare(0, 1);
    count = 1;
  }
  return count;
}

/** Distance of two shapes in `poses`, without their skins; 0 if they overlap. */
export function distance(cornersA: usize, countA: i32, cornersB: usize, countB: i32): f32 {
  let count = begin(cornersA, cornersB);
  const sA = load<f32>(poses, poseSine), cA = load<f32>(poses, poseCosine);
  const sB = load<f32>(poses, poseBytes + poseSine), cB = load<f32>(poses, poseBytes + poseCosine);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const saved = count;
    for (let i = 0; i < saved; i++) {
      store<i32>(savedA + (i << 2), load<i32>(simplex + i * vertexBytes, vertexIndexA));
      store<i32>(savedB + (i << 2), load<i32>(simplex + i * vertexBytes, vertexIndexB));
    }
    if (count == 2) count = closestOnSegment();
    else if (count == 3) count = closestOnTriangle();
    if (count == 3) break;

    // Towards the origin.
    let dx: f32, dy: f32;
    if (count == 1) {
      dx = -wx(0);
      dy = -wy(0);
    } else {
      const x = wx(1) - wx(0), y = wy(1) - wy(0);
      if (x * -wy(0) - y * -wx(0) > 0) {
        dx = -y;
        dy = x;
      } else {
        dx = y;
        dy = -x;
      }
    }
    if (dx * dx + dy * dy < epsilon * epsilon) break;
    const indexA = support(cornersA, countA, cA * -dx + sA * -dy, -sA * -dx + cA * -dy);
    const indexB = support(cornersB, countB, cB * dx + sB * dy, -sB * dx + cB * dy);
    place(simplex + count * vertexBytes, cornersA, indexA, cornersB, indexB);
    let known = false;
    for (let i = 0; i < saved; i++) {
      if (load<i32>(savedA + (i << 2)) == indexA && load<i32>(savedB + (i << 2)) == indexB) known = true;
    }
    if (known) break;
    count++;
  }

  cachedMetric = metric(count);
  cachedCount = count;
  for (let i = 0; i < count; i++) {
    store<i32>(cachedA + (i << 2), load<i32>(simplex + i * vertexBytes, vertexIndexA));
    store<i32>(cachedB + (i << 2), load<i32>(simplex + i * vertexBytes, vertexIndexB));
  }
  if (count == 3) return 0;
  let x: f32, y: f32;
  if (count == 1) {
    x = load<f32>(simplex, vertexA) - load<f32>(simplex, vertexB);
    y = load<f32>(simplex, vertexA + 4) - load<f32>(simplex, vertexB + 4);
  } else {
    const other = simplex + vertexBytes;
    const p = share(0), q = share(1);
    x = p * load<f32>(simplex, vertexA) + q * load<f32>(other, vertexA) - (p * load<f32>(simplex, vertexB) + q * load<f32>(other, vertexB));
    y =
      p * load<f32>(simplex, vertexA + 4) + q * load<f32>(other, vertexA + 4) -
      (p * load<f32>(simplex, vertexB + 4) + q * load<f32>(other, vertexB + 4));
  }
  return sqrt<f32>(x * x + y * y);
}
