/** BipedalWalker from the side; the view goes along with the walker. */
import { cos, sin } from '../../math/index.ts';
import type { BipedalWalkerScene } from '../box2d/bipedalWalker.ts';
import type { SceneBody } from '../box2d/lunarLander.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fitDesign, polygonPath, strokeLine, writeText } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 400 };

/** From meters to pixels of the design, and what of the world is to be seen. */
interface Lens {
  readonly pixels: number;
  toX(x: number): number;
  toY(y: number): number;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws sky, hills that pass more slowly, the ground with what stands on it, the lidar and the walker. */
function drawBipedalWalker(context: DrawingContext, colors: Palette, scene: BipedalWalkerScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.sky, (visible) => {
    const pixels = designSize.width / scene.width;
    // The walker stays at a third of the width.
    const origin = scene.hull.x - scene.width / 3;
    const lens: Lens = {
      pixels,
      toX: (x) => pixels * (x - origin),
      toY: (y) => designSize.height - pixels * y,
      left: origin + visible.left / pixels,
      right: origin + visible.right / pixels,
      bottom: visible.bottom,
    };
    const sky = context.createLinearGradient(0, visible.top, 0, visible.bottom);
    sky.addColorStop(0, colors.skyTop);
    sky.addColorStop(0.75, colors.paper);
    context.fillStyle = sky;
    context.fillRect(visible.left, visible.top, visible.right - visible.left, visible.bottom - visible.top);
    drawHills(context, colors, lens, origin);
    drawFlag(context, colors, lens, scene, scene.start, colors.stone);
    drawFlag(context, colors, lens, scene, scene.finish, colors.amber);
    drawGround(context, colors, lens, scene);
    drawLidar(context, colors, lens, scene);
    const [behind, before] = scene.legs;
    if (behind) drawLeg(context, lens, behind, [colors.teal, colors.deepTeal, colors.amber]);
    drawHull(context, colors, lens, scene.hull);
    if (before) drawLeg(context, lens, before, [colors.blue, colors.deepBlue, colors.amber]);
  });
}

/** Two waves of hills that pass at a third of the ground's speed. */
function drawHills(context: DrawingContext, colors: Palette, { toX, toY, left, right, bottom }: Lens, origin: number): void {
  context.fillStyle = colors.sky;
  context.beginPath();
  context.moveTo(toX(left), bottom);
  for (let x = left; x < right + 0.5; x += 0.5) {
    const place = x - (2 / 3) * origin;
    context.lineTo(toX(x), toY(6 + 1.1 * sin(0.35 * place) + 0.6 * sin(0.9 * place + 1)));
  }
  context.lineTo(toX(right), bottom);
  context.closePath();
  context.fill();
}

/** Height of the ground at a place. */
function heightAt(ground: readonly number[], x: number): number {
  for (let k = 2; k < ground.length; k += 2) if (ground[k]! >= x) return ground[k - 1]!;
  return ground[ground.length - 1]!;
}

/** A flag on a pole. */
function drawFlag(
  context: DrawingContext,
  colors: Palette,
  { toX, toY, left, right }: Lens,
  { ground }: BipedalWalkerScene,
  x: number,
  color: string,
): void {
  if (x < left - 1 || x > right + 1) return;
  const foot = heightAt(ground, x);
  const top = foot + 4;
  strokeLine(context, toX(x), toY(foot), toX(x), toY(top), { color: colors.ink, width: 3 });
  context.fillStyle = color;
  polygonPath(context, [toX(x), toY(top), toX(x), toY(top - 0.9), toX(x + 1.4), toY(top - 0.45)]);
  context.fill();
}

/** The ground that is to be seen, its blocks, its green edge, and marks every ten meters. */
function drawGround(context: DrawingContext, colors: Palette, lens: Lens, { ground, blocks }: BipedalWalkerScene): void {
  const { toX, toY, left, right, bottom, pixels } = lens;
  const surface: number[] = [];
  for (let k = 0; k < ground.length; k += 2) {
    const next = ground[Math.min(k + 2, ground.length - 2)]!;
    const previous = ground[Math.max(k - 2, 0)]!;
    if (next >= left && previous <= right) surface.push(toX(ground[k]!), toY(ground[k + 1]!));
  }
  if (surface.length > 0) {
    const shade = context.createLinearGradient(0, toY(5), 0, bottom);
    shade.addColorStop(0, colors.groundTop);
    shade.addColorStop(1, colors.groundBottom);
    context.fillStyle = shade;
    polygonPath(context, [...surface, surface[surface.length - 2]!, bottom, surface[0]!, bottom]);
    context.fill();
    context.strokeStyle = colors.green;
    context.lineWidth = 4;
    context.beginPath();
    context.moveTo(surface[0]!, surface[1]!);
    for (let k = 2; k < surface.length; k += 2) context.lineTo(surface[k]!, surface[k + 1]!);
    context.stroke();
  }
  for (const [blockLeft, blockRight, low, high] of blocks) {
    if (blockRight! < left || blockLeft! > right) continue;
    polygonPath(context, [
      toX(blockLeft!),
      toY(low!),
      toX(blockRight!),
      toY(low!),
      toX(blockRight!),
      toY(high!),
      toX(blockLeft!),
      toY(high!),
    ]);
    context.fillStyle = colors.rock;
    context.fill();
    context.strokeStyle = colors.stone;
    context.lineWidth = 2;
    context.stroke();
  }
  const every = 5;
  for (let meter = Math.max(Math.ceil(left / every) * every, 0); meter <= right; meter += every) {
    strokeLine(context, toX(meter), bottom, toX(meter), bottom - 0.2 * pixels, { color: colors.stone, width: 2 });
    writeText(context, `${meter} m`, { x: toX(meter), y: bottom - 0.3 * pixels }, { color: colors.ink, size: 13, baseline: 'bottom' });
  }
}

/** The rays of the lidar, with a dot where one meets something. */
function drawLidar(context: DrawingContext, colors: Palette, { toX, toY }: Lens, { hull, lidar }: BipedalWalkerScene): void {
  const x = toX(hull.x);
  const y = toY(hull.y);
  context.globalAlpha = 0.45;
  for (let k = 0; k < lidar.length; k += 2) strokeLine(context, x, y, toX(lidar[k]!), toY(lidar[k + 1]!), { color: colors.red, width: 1 });
  context.globalAlpha = 1;
  for (let k = 0; k < lidar.length; k += 2) fillCircle(context, toX(lidar[k]!), toY(lidar[k + 1]!), 2.2, colors.red);
}

/** Points of a body's own frame in the picture: `x, y, x, y, ...`. */
function placed({ toX, toY }: Lens, body: SceneBody, points: readonly number[]): number[] {
  const cosine = cos(body.angle);
  const sine = sin(body.angle);
  return points.map((_, k) => {
    const x = points[k - (k % 2)]!;
    const y = points[k - (k % 2) + 1]!;
    return k % 2 === 0 ? toX(body.x + cosine * x - sine * y) : toY(body.y + sine * x + cosine * y);
  });
}

function drawShape(context: DrawingContext, lens: Lens, body: SceneBody, fill: string, outline: string): void {
  polygonPath(context, placed(lens, body, body.corners));
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = outline;
  context.lineWidth = 2;
  context.stroke();
}

/** A leg: two parts, the hip and the knee; the foot lights up where it touches the ground. */
function drawLeg(
  context: DrawingContext,
  lens: Lens,
  [upper, lower]: BipedalWalkerScene['legs'][number],
  [fill, outline, light]: readonly [fill: string, outline: string, light: string],
): void {
  const half = Math.max(...lower.corners);
  const width = -Math.min(...lower.corners.filter((_, k) => k % 2 === 0));
  drawShape(context, lens, lower, fill, outline);
  drawShape(context, lens, upper, fill, outline);
  for (const end of [half, -half]) {
    const [x, y] = placed(lens, upper, [0, end]) as [number, number];
    fillCircle(context, x, y, 3, outline);
  }
  if (!lower.touches) return;
  const [x1, y1, x2, y2] = placed(lens, lower, [-width, -half, width, -half]) as [number, number, number, number];
  strokeLine(context, x1, y1, x2, y2, { color: light, width: 5 });
}

/** The hull, with a window in its nose. */
function drawHull(context: DrawingContext, colors: Palette, lens: Lens, hull: SceneBody): void {
  drawShape(context, lens, hull, colors.amber, colors.deepAmber);
  const [x, y] = placed(lens, hull, [0.45, 0.03]) as [number, number];
  fillCircle(context, x, y, 6, colors.deepAmber);
  fillCircle(context, x, y, 4, colors.window);
}

/** How scenes of BipedalWalker are drawn. */
export const bipedalWalkerDrawing: Drawing<BipedalWalkerScene> = {
  kind: 'bipedalWalker',
  size: designSize,
  stepsPerSecond: 50,
  draw: drawBipedalWalker,
};
