// Rays: where a line first meets a shape. Shapes are met without their skins; a ray that begins inside a polygon does not meet it.
import { bodyPosition, bodyRotation } from '../../src/envs/box2d/layout';
import { epsilon } from './constants';
import {
  cornerBytes, cornerNormal, fixtureBody, fixtureBox, fixtureBytes, fixtureCategory, fixtureCorners, fixtureCount, fixtureKind, fixturesAt,
  kindEdge, nearRays, stagedCorners, worldFixtureCount,
} from './layout';

// The ray in the frame of the body: start and direction as long as the ray.
let px: f32 = 0, py: f32 = 0, dx: f32 = 0, dy: f32 = 0;

/** The fraction of the ray at which it meets an edge, from either side; infinity if it does not. */
function meetEdge(corners: usize): f32 {
  const ax = load<f32>(corners), ay = load<f32>(corners, 4);
  const ex = load<f32>(corners, cornerBytes) - ax, ey = load<f32>(corners, cornerBytes + 4) - ay;
  let nx = ey, ny = -ex;
  const length = sqrt<f32>(nx * nx + ny * ny);
  if (length >= epsilon) {
    const inverse: f32 = (<f32>1.0) / length;
    nx *= inverse;
    ny *= inverse;
  }
  const away = nx * (ax - px) + ny * (ay - py);
  const toward = nx * dx + ny * dy;
  if (toward == 0) return f32.POSITIVE_INFINITY;
  const t = away / toward;
  if (t < 0) return f32.POSITIVE_INFINITY;
  const square = ex * ex + ey * ey;
  if (square == 0) return f32.POSITIVE_INFINITY;
  const share = ((px + t * dx - ax) * ex + (py + t * dy - ay) * ey) / square;
  return share < 0 || share > 1 ? f32.POSITIVE_INFINITY : t;
}

/** The fraction of the ray at which it enters a polygon; infinity if it does not, or begins inside. */
function meetPolygon(corners: usize, count: i32): f32 {
  let lower: f32 = 0, upper: f32 = 1;
  let enters = false;
  for (let i = 0; i < count; i++) {
    const corner = corners + i * cornerBytes;
    const nx = load<f32>(corner, cornerNormal), ny = load<f32>(corner, cornerNormal + 4);
    const away = nx * (load<f32>(corner) - px) + ny * (load<f32>(corner, 4) - py);
    const toward = nx * dx + ny * dy;
    if (toward == 0) {
      if (away < 0) return f32.POSITIVE_INFINITY;
    } else if (toward < 0 && away < lower * toward) {
      lower = away / toward;
      enters = true;
    } else if (toward > 0 && away < upper * toward) {
      upper = away / toward;
    }
    if (upper < lower) return f32.POSITIVE_INFINITY;
  }
  return enters ? lower : f32.POSITIVE_INFINITY;
}

/** Lists the fixtures of the categories whose boxes overlap that of the rays; returns how many. */
function gather(world: usize, count: i32, x: f32, y: f32, categories: i32): i32 {
  let lowerX = x, lowerY = y, upperX = x, upperY = y;
  for (let i = 0; i < count; i++) {
    const endX = load<f32>(stagedCorners + (i << 3)), endY = load<f32>(stagedCorners + (i << 3), 4);
    lowerX = min<f32>(lowerX, endX);
    lowerY = min<f32>(lowerY, endY);
    upperX = max<f32>(upperX, endX);
    upperY = max<f32>(upperY, endY);
  }
  const first = world + fixturesAt;
  const end = first + load<i32>(world, worldFixtureCount) * fixtureBytes;
  let found = 0;
  for (let fixture = first; fixture < end; fixture += fixtureBytes) {
    if (load<f32>(fixture, fixtureBox) > upperX || load<f32>(fixture, fixtureBox + 8) < lowerX) continue;
    if (load<f32>(fixture, fixtureBox + 4) > upperY || load<f32>(fixture, fixtureBox + 12) < lowerY) continue;
    if ((load<i32>(fixture, fixtureCategory) & categories) == 0) continue;
    store<usize>(nearRays + (found << 2), fixture);
    found++;
  }
  return found;
}

/**
 * `count` rays from (x, y) to the staged points: the fraction of each at which it first meets a fixture of the categories, 1 if it meets
 * none, takes the place of the points, one float32 after the other.
 */
export function castRays(world: usize, count: i32, x: f32, y: f32, categories: i32): void {
  const near = gather(world, count, x, y, categories);
  for (let i = 0; i < count; i++) {
    const endX = load<f32>(stagedCorners + (i << 3)), endY = load<f32>(stagedCorners + (i << 3), 4);
    let nearest: f32 = 1;
    for (let k = 0; k < near; k++) {
      const fixture = load<usize>(nearRays + (k << 2));
      const body = world + load<u32>(fixture, fixtureBody);
      const s = load<f32>(body, bodyRotation), c = load<f32>(body, bodyRotation + 4);
      const fromX = x - load<f32>(body, bodyPosition), fromY = y - load<f32>(body, bodyPosition + 4);
      const toX = endX - load<f32>(body, bodyPosition), toY = endY - load<f32>(body, bodyPosition + 4);
      px = c * fromX + s * fromY;
      py = -s * fromX + c * fromY;
      dx = c * toX + s * toY - px;
      dy = -s * toX + c * toY - py;
      const corners = world + load<u32>(fixture, fixtureCorners);
      const isEdge = load<i32>(fixture, fixtureKind) == kindEdge;
      const fraction = isEdge ? meetEdge(corners) : meetPolygon(corners, load<i32>(fixture, fixtureCount));
      nearest = fraction < nearest ? fraction : nearest;
    }
    store<f32>(stagedCorners + (i << 2), nearest);
  }
}
