/** Taxi from above. */
import type { TaxiScene } from '../toy-text/taxi.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fillRounded, fitDesign, type Point, strokeLine } from './strokes.ts';
import { cellSize, drawTile, drawTrail, middleOf } from './walk.ts';

const designSize: PictureSize = { width: 400, height: 400 };

/** Draws the town with its walls and places, the way so far, the passenger and the taxi. */
function drawTaxi(context: DrawingContext, colors: Palette, scene: TaxiScene, size: PictureSize, earlier: readonly TaxiScene[]): void {
  const { cell, columns, passenger, destination, places, walls } = scene;
  const tints = [colors.red, colors.green, colors.amber, colors.blue];
  const isRiding = passenger >= places.length;
  fitDesign(context, size, { width: cellSize * columns, height: cellSize * columns }, colors.paper, () => {
    for (let k = 0; k < columns * columns; k++) drawTile(context, middleOf(k, columns), colors.sky);
    for (const [k, place] of places.entries()) drawPlace(context, tints[k]!, middleOf(place, columns), k === destination);
    for (const wall of walls) {
      const { x, y } = middleOf(wall, columns);
      const edge = x + cellSize / 2;
      strokeLine(context, edge, y - cellSize / 2 + 3, edge, y + cellSize / 2 - 3, { color: colors.ink, width: 6 });
    }
    drawTrail(context, colors, [...earlier, scene]);
    if (!isRiding) drawPassenger(context, colors, middleOf(places[passenger]!, columns), 1);
    drawCar(context, colors, middleOf(cell, columns), directionOf(scene, earlier), isRiding);
  });
}

/** A place: a ground of its color, and a flag of it where the passenger wants to go. */
function drawPlace(context: DrawingContext, tint: string, { x, y }: Point, isDestination: boolean): void {
  context.globalAlpha = 0.45;
  drawTile(context, { x, y }, tint);
  context.globalAlpha = 1;
  if (!isDestination) return;
  // Low in its cell: captions are at the top.
  strokeLine(context, x + 20, y + 25, x + 20, y - 7, { color: tint, width: 3 });
  fillRounded(context, { x: x + 1, y: y - 8 }, { width: 19, height: 14 }, 2, tint);
}

/** Head and shoulders. */
function drawPassenger(context: DrawingContext, colors: Palette, { x, y }: Point, scale: number): void {
  fillCircle(context, x - 14 * scale, y + 18 * scale, 8 * scale, colors.deepTeal);
  fillCircle(context, x - 14 * scale, y + 6 * scale, 5.5 * scale, colors.teal);
}

/** The angle in which the taxi looks: the way of its last move, else to the right. */
function directionOf({ cell, columns }: TaxiScene, earlier: readonly TaxiScene[]): number {
  const cells = [...earlier.map((scene) => scene.cell), cell];
  let last = cells.length - 1;
  while (last > 0 && cells[last] === cells[last - 1]) last--;
  const step = last > 0 ? cells[last]! - cells[last - 1]! : 1;
  const quarter = step === columns ? 1 : step === -1 ? 2 : step === -columns ? 3 : 0;
  return (quarter * Math.PI) / 2;
}

/** The car, its lamp lit while somebody rides. */
function drawCar(context: DrawingContext, colors: Palette, { x, y }: Point, angle: number, isRiding: boolean): void {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  const boxes = [
    [-22, -13, 44, 26, 8, colors.deepAmber],
    [-21, -12, 42, 24, 7, colors.amber],
    [-12, -10, 22, 20, 5, colors.window],
    [-8, -10, 12, 20, 3, colors.amber],
  ] as const;
  for (const [x, y, width, height, radius, color] of boxes) fillRounded(context, { x, y }, { width, height }, radius, color);
  fillCircle(context, 19, -8, 2.5, colors.flameCore);
  fillCircle(context, 19, 8, 2.5, colors.flameCore);
  fillCircle(context, -2, 0, 4.5, isRiding ? colors.teal : colors.eye);
  context.restore();
}

/** How scenes of Taxi are drawn. */
export const taxiDrawing: Drawing<TaxiScene> = { kind: 'taxi', size: designSize, stepsPerSecond: 4, draw: drawTaxi };
