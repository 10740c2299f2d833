/** Shapes in space, in perspective, the far ones first: the MuJoCo tasks that no plane holds. */
import { withMinus } from '../../core/text.ts';
import { cos, sin } from '../../math/index.ts';
import type { SpatialScene, SpatialShape } from '../mujoco/spatialScene.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { colorsOfPart } from './partColors.ts';
import { eyeDistance, tileSide } from './perspective.ts';
import { fillCircle, fitDesign, polygonPath, strokeLine, writeText } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 400 };
const degree = Math.PI / 180;

type Point = readonly [x: number, y: number, z: number];

/** A point as it is seen: pixels of the design, distance along the line of sight in m, and pixels of a meter there. */
interface Seen {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
  readonly pixels: number;
}

/** From the world to pixels of the design. */
interface Eye {
  see(point: Point): Seen;
  /** Whether a face at that point, which looks along that direction, is seen from its front. */
  faces(point: Point, direction: Point): boolean;
  /** The point of a floor of that height that is seen in the middle of the row of pixels `y`, which is below the horizon. */
  ground(y: number, floor: number): Point;
  /** Where a floor without end would end; pixels. */
  readonly horizon: number;
  /** Nothing nearer is drawn; m. */
  readonly near: number;
}

/** Points of a circle of radius 1, as many as look round. */
const circle: readonly (readonly [x: number, y: number])[] = /* @__PURE__ */ Array.from({ length: 20 }, (_, k) => [
  cos((2 * Math.PI * k) / 20),
  sin((2 * Math.PI * k) / 20),
]);
/** Corners of a square of half side 1. */
const square: readonly (readonly [x: number, y: number])[] = [
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
];

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function openEye({ azimuth, elevation, center, visibleHeight }: SpatialScene): Eye {
  const [ca, sa, ce, se] = [cos(azimuth * degree), sin(azimuth * degree), cos(elevation * degree), sin(elevation * degree)];
  const forward: Point = [ce * ca, ce * sa, se];
  const right: Point = [sa, -ca, 0];
  const up: Point = [-se * ca, -se * sa, ce];
  const distance = eyeDistance * visibleHeight;
  const at: Point = [center[0] - distance * forward[0], center[1] - distance * forward[1], center[2] - distance * forward[2]];
  const focus = eyeDistance * designSize.height;
  const from = ([x, y, z]: Point): Point => [x - at[0], y - at[1], z - at[2]];
  return {
    see(point) {
      const way = from(point);
      const depth = dot(way, forward);
      const pixels = focus / depth;
      return { x: designSize.width / 2 + pixels * dot(way, right), y: designSize.height / 2 - pixels * dot(way, up), depth, pixels };
    },
    faces: (point, direction) => dot(from(point), direction) < 0,
    ground(y, floor) {
      const ray = along(forward, up, (designSize.height / 2 - y) / focus);
      return along(at, ray, (floor - at[2]) / ray[2]);
    },
    horizon: designSize.height / 2 + (focus * se) / ce,
    near: distance / 8,
  };
}

/** Draws floor, shadows and shapes. */
function drawSpatial(context: DrawingContext, colors: Palette, scene: SpatialScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, (visible) => {
    const eye = openEye(scene);
    const { floor } = scene;
    if (floor !== undefined) {
      drawGround(context, colors, eye, visible);
      drawTiles(context, colors, eye, scene, floor);
      for (const shape of scene.shapes) drawShadow(context, colors, eye, shape, floor);
      context.globalAlpha = 1;
    }
    // By their near sides: an axle inside of a limb is covered by it.
    const far = scene.shapes
      .map((shape) => ({ shape, depth: eye.see(pointOf(shape)).depth - extentOf(shape).radius }))
      .sort((a, b) => b.depth - a.depth);
    for (const { shape, depth } of far) if (depth > eye.near) drawShape(context, colorsOfPart(shape, colors), colors.eye, eye, shape);
  });
}

const pointOf = ({ center }: SpatialShape): Point => [center[0]!, center[1]!, center[2]!];

/** The shape's own axis k in the world. */
const axisOf = ({ rotation }: SpatialShape, k: number): Point => [rotation[k]!, rotation[3 + k]!, rotation[6 + k]!];

/** `point + length * direction`. */
const along = (point: Point, direction: Point, length: number): Point => [
  point[0] + length * direction[0],
  point[1] + length * direction[1],
  point[2] + length * direction[2],
];

/** Sky above the horizon, floor below. */
function drawGround(
  context: DrawingContext,
  colors: Palette,
  { horizon }: Eye,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): void {
  const sky = context.createLinearGradient(0, top, 0, Math.max(horizon, top + 1));
  sky.addColorStop(0, colors.skyTop);
  sky.addColorStop(1, colors.paper);
  context.fillStyle = sky;
  context.fillRect(left, top, right - left, bottom - top);
  const edge = Math.max(horizon, top);
  context.fillStyle = colors.evenFloor;
  context.fillRect(left, edge, right - left, bottom - edge);
}

/** Every second square of the floor, paler the farther it is, and the distance along x; squares of a quarter of a meter where little is seen. */
function drawTiles(context: DrawingContext, colors: Palette, eye: Eye, { center, visibleHeight }: SpatialScene, floor: number): void {
  const side = tileSide(visibleHeight);
  const reach = 6;
  const [column, row] = [Math.floor(center[0] / side), Math.floor(center[1] / side)];
  for (let i = column - reach; i <= column + reach; i++) {
    for (let j = row - reach; j <= row + reach; j++) {
      if ((i + j) % 2 === 0) continue;
      const corners = [eye.see([i * side, j * side, floor]), eye.see([(i + 1) * side, j * side, floor])];
      corners.push(eye.see([(i + 1) * side, (j + 1) * side, floor]), eye.see([i * side, (j + 1) * side, floor]));
      if (corners.some(({ depth }) => depth < eye.near)) continue;
      const away = Math.sqrt((i - column) * (i - column) + (j - row) * (j - row)) / reach;
      context.globalAlpha = Math.max(1 - away, 0);
      context.fillStyle = colors.oddFloor;
      fillPolygon(context, corners);
    }
  }
  context.globalAlpha = 1;
  if (side < 1) return;
  const near = eye.ground(designSize.height - 20, floor)[1];
  for (let meter = column - 3; meter <= column + 4; meter++) {
    writeText(context, `${withMinus(String(meter))} m`, eye.see([meter, near, floor]), { color: colors.label, size: 13 });
  }
}

function fillPolygon(context: DrawingContext, points: readonly Seen[]): void {
  polygonPath(
    context,
    points.flatMap(({ x, y }) => [x, y]),
  );
  context.fill();
}

/** Half the length of a shape along its own z axis without its round ends, and its greatest radius across. */
function extentOf({ shape, size }: SpatialShape): { readonly half: number; readonly radius: number } {
  if (shape === 'sphere') return { half: 0, radius: size[0]! };
  if (shape === 'box') return { half: 0, radius: Math.max(size[0]!, size[1]!) };
  return { half: size[1]!, radius: size[0]! };
}

/** A light shadow on the floor straight below a shape, fainter the higher it is. */
function drawShadow(context: DrawingContext, colors: Palette, eye: Eye, shape: SpatialShape, floor: number): void {
  const { half, radius } = extentOf(shape);
  const [center, axis] = [pointOf(shape), axisOf(shape, 2)];
  const [one, other] = [along(center, axis, -half), along(center, axis, half)].map(([x, y]): Point => [x, y, floor]) as [Point, Point];
  const corners = [one, other].flatMap((end) => circle.map(([x, y]) => eye.see([end[0] + radius * x, end[1] + radius * y, floor])));
  if (corners.some(({ depth }) => depth < eye.near)) return;
  context.globalAlpha = 0.16 / (1 + 1.5 * Math.max(center[2] - floor, 0));
  context.fillStyle = colors.shadow;
  fillPolygon(context, hullOf(corners));
}

/** The corners of the smallest convex polygon around points, in order (Andrew 1979). */
function hullOf(points: readonly Seen[]): Seen[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const chain = (list: readonly Seen[]): Seen[] => {
    const kept: Seen[] = [];
    for (const point of list) {
      for (;;) {
        const [a, b] = kept.slice(-2);
        if (!a || !b || (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0) break;
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

const outline = 1.5;

/** A shape with its outline and a light side. */
function drawShape(context: DrawingContext, [fill, edge]: readonly [string, string], light: string, eye: Eye, shape: SpatialShape): void {
  if (shape.shape === 'cylinder' || shape.shape === 'box') {
    drawFaces(context, [fill, edge], eye, shape);
    return;
  }
  const { half, radius } = extentOf(shape);
  const [center, axis] = [pointOf(shape), axisOf(shape, 2)];
  const middle = eye.see(center);
  const [one, other] = [eye.see(along(center, axis, -half)), eye.see(along(center, axis, half))];
  const width = 2 * radius * middle.pixels;
  const lift = width / 6;
  const isBall = Math.abs(one.x - other.x) + Math.abs(one.y - other.y) < 0.5;
  if (isBall) {
    fillCircle(context, middle.x, middle.y, width / 2, edge);
    fillCircle(context, middle.x, middle.y, Math.max(width / 2 - outline, 1), fill);
  } else {
    strokeLine(context, one.x, one.y, other.x, other.y, { color: edge, width });
    strokeLine(context, one.x, one.y, other.x, other.y, { color: fill, width: Math.max(width - 2 * outline, 1) });
  }
  context.globalAlpha = 0.22;
  if (isBall) fillCircle(context, middle.x - lift, middle.y - lift, width / 5, light);
  else strokeLine(context, one.x, one.y - lift, other.x, other.y - lift, { color: light, width: width / 4 });
  context.globalAlpha = 1;
}

/** The flat faces of a box or a cylinder, as points in order around each, with the direction in which it looks. */
function facesOf(shape: SpatialShape): { readonly around: readonly Point[]; readonly middle: Point; readonly direction: Point }[] {
  const center = pointOf(shape);
  const axes = [axisOf(shape, 0), axisOf(shape, 1), axisOf(shape, 2)] as const;
  const isBox = shape.shape === 'box';
  const size = isBox ? shape.size : [shape.size[0]!, shape.size[0]!, shape.size[1]!];
  return (isBox ? [0, 1, 2] : [2]).flatMap((k) => {
    const [u, v] = [(k + 1) % 3, (k + 2) % 3] as const;
    return [-1, 1].map((sign) => {
      const direction = along([0, 0, 0], axes[k]!, sign);
      const middle = along(center, direction, size[k]!);
      const around = (isBox ? square : circle).map(([x, y]) => along(along(middle, axes[u]!, size[u]! * x), axes[v]!, size[v]! * y));
      return { around, middle, direction };
    });
  });
}

/** The outer form in the darker color, and the faces that are seen in the lighter one. */
function drawFaces(context: DrawingContext, [fill, edge]: readonly [string, string], eye: Eye, shape: SpatialShape): void {
  const faces = facesOf(shape);
  context.fillStyle = edge;
  fillPolygon(context, hullOf(faces.flatMap(({ around }) => around.map(eye.see))));
  context.strokeStyle = edge;
  context.lineWidth = outline;
  for (const { around, middle, direction } of faces) {
    if (!eye.faces(middle, direction)) continue;
    context.fillStyle = fill;
    fillPolygon(context, around.map(eye.see));
    context.stroke();
  }
}

/** How scenes in space are drawn. */
export const spatialDrawing: Drawing<SpatialScene> = { kind: 'spatial', size: designSize, stepsPerSecond: 20, draw: drawSpatial };
