/** Bodies that move in a plane, from the side or from above: the MuJoCo tasks. */
import { withMinus } from '../../core/text.ts';
import { sin } from '../../math/index.ts';
import type { PlanarCapsule, PlanarScene } from '../mujoco/planarScene.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { colorsOfPart } from './partColors.ts';
import { fillCircle, fitDesign, strokeLine, writeText } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 300 };

/** From meters to pixels of the design, and what of the world is to be seen. */
interface Lens {
  readonly pixels: number;
  toX(x: number): number;
  toY(z: number): number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws the floor with a mark at every meter, hills that pass more slowly, and the body. */
function drawPlanar(context: DrawingContext, colors: Palette, scene: PlanarScene, size: PictureSize): void {
  const { width, height } = designSize;
  fitDesign(context, size, designSize, colors.paper, (visible) => {
    const pixels = height / scene.visibleHeight;
    const toX = (x: number): number => width / 2 + pixels * (x - scene.cameraX);
    const toY = (z: number): number => height / 2 - pixels * (z - scene.cameraZ);
    const left = scene.cameraX + (visible.left - width / 2) / pixels;
    const right = scene.cameraX + (visible.right - width / 2) / pixels;
    const lens: Lens = { pixels, toX, toY, left, right, top: visible.top, bottom: visible.bottom };
    if (scene.floor === undefined) {
      drawGrid(context, colors, lens, scene.visibleHeight < 1 ? 0.1 : 0.5);
    } else {
      drawHills(context, colors, lens, scene.floor, scene.cameraX);
      drawFloor(context, colors, lens, scene.floor);
      drawShadows(context, colors, lens, scene.floor, scene.capsules);
    }
    // The limbs first, the trunk over their hinges.
    const isTrunk = (capsule: PlanarCapsule): boolean => colorsOfPart(capsule, colors)[0] === colors.blue;
    drawBody(
      context,
      colors,
      lens,
      scene.capsules.filter((capsule) => !isTrunk(capsule)),
    );
    drawBody(context, colors, lens, scene.capsules.filter(isTrunk));
  });
}

/** Two waves of hills that pass at a third of the floor's speed. */
function drawHills(context: DrawingContext, colors: Palette, lens: Lens, floor: number, cameraX: number): void {
  const { toX, toY, left, right, pixels } = lens;
  context.fillStyle = colors.sky;
  context.beginPath();
  context.moveTo(toX(left), toY(floor));
  const away = (2 / 3) * cameraX;
  for (let x = left; x < right + 0.1; x += 0.1) {
    const place = x - away;
    const rise = 0.55 + 0.2 * sin(1.3 * place) + 0.13 * sin(2.9 * place + 1);
    context.lineTo(toX(x), toY(floor) - rise * pixels * 0.8);
  }
  context.lineTo(toX(right), toY(floor));
  context.closePath();
  context.fill();
}

/** The floor in stretches of a meter, with the distance written below. */
function drawFloor(context: DrawingContext, colors: Palette, { toX, toY, left, right, bottom, pixels }: Lens, floor: number): void {
  const y = toY(floor);
  for (let meter = Math.floor(left); meter <= right; meter++) {
    context.fillStyle = meter % 2 === 0 ? colors.evenFloor : colors.oddFloor;
    context.fillRect(toX(meter), y, pixels + 0.5, bottom - y);
  }
  for (let meter = Math.floor(left); meter <= right + 1; meter++) {
    strokeLine(context, toX(meter), y + 3, toX(meter), y + 14, { color: colors.stone, width: 2.5 });
    writeText(context, `${withMinus(String(meter))} m`, { x: toX(meter), y: y + 20 }, { color: colors.label, size: 13, baseline: 'top' });
    for (const part of [0.25, 0.5, 0.75]) {
      strokeLine(context, toX(meter + part), y + 3, toX(meter + part), y + 7, { color: colors.stone, width: 1.5 });
    }
  }
  strokeLine(context, toX(left), y, toX(right), y, { color: colors.stone, width: 3 });
}

/** Squares of `step` meters, for a scene without floor. */
function drawGrid(context: DrawingContext, colors: Palette, { toX, toY, left, right, top, bottom, pixels }: Lens, step: number): void {
  for (let x = Math.ceil(left / step) * step; x <= right; x += step) {
    strokeLine(context, toX(x), top, toX(x), bottom, { color: colors.sky, width: 1.5 });
  }
  const above = Math.ceil((toY(0) - top) / (step * pixels));
  const below = Math.ceil((bottom - toY(0)) / (step * pixels));
  for (let k = -below; k <= above; k++) {
    strokeLine(context, toX(left), toY(k * step), toX(right), toY(k * step), { color: colors.sky, width: 1.5 });
  }
}

/** Light shadows under the parts, fainter the higher they are. */
function drawShadows(
  context: DrawingContext,
  colors: Palette,
  { toX, toY, pixels }: Lens,
  floor: number,
  capsules: readonly PlanarCapsule[],
): void {
  for (const { x1, z1, x2, z2, radius } of capsules) {
    const height = Math.max((z1 + z2) / 2 - floor, 0);
    context.globalAlpha = 0.2 / (1 + 3 * height);
    strokeLine(context, toX(x1), toY(floor), toX(x2), toY(floor), { color: colors.shadow, width: Math.max(pixels * radius, 2) });
  }
  context.globalAlpha = 1;
}

/** Capsules with outlines, and a hinge where one begins. */
function drawBody(context: DrawingContext, colors: Palette, { toX, toY, pixels }: Lens, capsules: readonly PlanarCapsule[]): void {
  const outline = 1.5;
  for (const capsule of capsules) {
    const { x1, z1, x2, z2, radius } = capsule;
    const [fill, edge] = colorsOfPart(capsule, colors);
    const width = 2 * pixels * radius;
    const ends = [toX(x1), toY(z1), toX(x2), toY(z2)] as const;
    if (x1 === x2 && z1 === z2) {
      // A line without length has no round ends everywhere.
      fillCircle(context, ends[0], ends[1], width / 2, edge);
      fillCircle(context, ends[0], ends[1], Math.max(width / 2 - outline, 1), fill);
      continue;
    }
    strokeLine(context, ...ends, { color: edge, width });
    strokeLine(context, ...ends, { color: fill, width: Math.max(width - 2 * outline, 1) });
  }
}

/** How scenes of a MuJoCo task are drawn. */
export const planarDrawing: Drawing<PlanarScene> = { kind: 'planar', size: designSize, stepsPerSecond: 20, draw: drawPlanar };
