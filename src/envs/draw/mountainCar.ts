/** MountainCar from the side. */
import { cos, sin } from '../../math/index.ts';
import type { MountainCarScene } from '../classic-control/valley.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fitDesign, polygonPath, strokeLine } from './strokes.ts';

/** Pixels of the design. */
const designSize: PictureSize = { width: 600, height: 400 };

/** Pixels of 1. */
const scale = 270;
const left = 57;
const floorY = 380;
const wheelRadius = 8;

/** The valley is sin(3 x), drawn at Gymnasium's 0.45 of its height. */
const heightY = (x: number): number => floorY - scale * (0.45 * sin(3 * x) + 0.55);

/** Draws the valley between its wall and its end, the flag, and the car with a flame behind it while the engine drives. */
function drawMountainCar(context: DrawingContext, colors: Palette, scene: MountainCarScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, ({ left: first, right: last, bottom }) => {
    const pixelX = (x: number): number => left + scale * (x - scene.minPosition);
    const ground: number[] = [];
    for (let at = first; at <= last + 5; at += 5) ground.push(at, heightY(scene.minPosition + (at - left) / scale));
    context.fillStyle = colors.sky;
    polygonPath(context, [...ground, last + 5, bottom, first, bottom]);
    context.fill();
    for (let k = 0; k + 3 < ground.length; k += 2) {
      const middle = (ground[k]! + ground[k + 2]!) / 2;
      const isRoad = middle > left && middle < pixelX(scene.maxPosition);
      const style = isRoad ? { color: colors.stone, width: 5 } : { color: colors.line, width: 3 };
      strokeLine(context, ground[k]!, ground[k + 1]!, ground[k + 2]!, ground[k + 3]!, style);
    }
    const wallY = heightY(scene.minPosition);
    strokeLine(context, left - 3, wallY - 44, left - 3, wallY + 4, { color: colors.red, width: 6 });
    drawFlag(context, colors, pixelX(scene.goal), heightY(scene.goal));
    drawCar(context, colors, pixelX(scene.x), scene);
  });
}

function drawFlag(context: DrawingContext, colors: Palette, x: number, y: number): void {
  strokeLine(context, x, y, x, y - 50, { color: colors.ink, width: 3 });
  context.fillStyle = colors.green;
  polygonPath(context, [x + 1, y - 50, x + 27, y - 42, x + 1, y - 33]);
  context.fill();
}

/** The car stands on the road: its axes are the road's direction and the one up from it. */
function drawCar(context: DrawingContext, colors: Palette, x: number, scene: MountainCarScene): void {
  const y = heightY(scene.x);
  const slope = 1.35 * cos(3 * scene.x);
  const length = Math.sqrt(1 + slope * slope);
  const [alongX, alongY] = [1 / length, -slope / length];
  const at = (along: number, up: number): [number, number] => [x + along * alongX + up * alongY, y + along * alongY - up * alongX];
  /** Corners `along, up, along, up, ...`. */
  const shape = (color: string, corners: readonly number[]): void => {
    context.fillStyle = color;
    polygonPath(
      context,
      corners.flatMap((along, k) => (k % 2 === 0 ? at(along, corners[k + 1]!) : [])),
    );
    context.fill();
  };
  const back = scene.drive > 0 ? -1 : 1;
  const flameEnd = back * (23 + 8 + 14 * Math.abs(scene.drive));
  if (scene.drive !== 0) shape(colors.flame, [23 * back, 11, flameEnd, 15, 23 * back, 20]);
  shape(colors.blue, [-23, 9, -23, 21, -13, 23, -7, 33, 8, 33, 15, 23, 23, 20, 23, 9]);
  shape(colors.window, [-8, 23, -4, 30, 6, 30, 10, 23]);
  // Wheels roll without slipping along the horizontal; the eye does not see the rest.
  const turn = x / wheelRadius;
  for (const side of [-13, 13]) {
    const [wheelX, wheelY] = at(side, wheelRadius + 2);
    const spokeX = 5 * cos(turn);
    const spokeY = 5 * sin(turn);
    fillCircle(context, wheelX, wheelY, wheelRadius, colors.ink);
    strokeLine(context, wheelX - spokeX, wheelY - spokeY, wheelX + spokeX, wheelY + spokeY, { color: colors.stone, width: 2 });
  }
}

/** How scenes of MountainCar are drawn; a step is no time of the world, so at Gymnasium's pace. */
export const mountainCarDrawing: Drawing<MountainCarScene> = {
  kind: 'mountainCar',
  size: designSize,
  stepsPerSecond: 30,
  draw: drawMountainCar,
};
