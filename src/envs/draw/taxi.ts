/** Taxi from above. */
import type { TaxiScene } from '../toy-text/taxi.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fillRounded, fitDesign, type Point, strokeLine } from './strokes.ts';
import { cellSize, directionOf, drawTile, drawTrail, middleOf } from './walk.ts';

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
      strokeLine(context, x + cellSize / 2, y - cellSize / 2 + 3, x + cellSize / 2, y + cellSize / 2 - 3, { color: colors.ink, width: 6 });
    }
    drawTrail(context, colors, [...earlier, scene]);
    if (!isRiding) drawPassenger(context, colors, middleOf(places[passenger]!, columns));
    drawCar(context, colors, middleOf(cell, columns), directionOf(scene, earlier), isRiding);
  });
}

/** A place: a ground of its color, and a flag of it where the passenger wants to go, low in its cell, for captions are at the top. */
function drawPlace(context: DrawingContext, tint: string, { x, y }: Point, isDestination: boolean): void {
  context.globalAlpha = 0.45;
  drawTile(context, { x, y }, tint);
  context.globalAlpha = 1;
  if (!isDestination) return;
  strokeLine(context, x + 20, y + 25, x + 20, y - 7, { color: tint, width: 3 });
  fillRounded(context, { x: x + 1, y: y - 8 }, { width: 19, height: 14 }, 2, tint);
}

/** Head and shoulders. */
function drawPassenger(context: DrawingContext, colors: Palette, { x, y }: Point): void {
  fillCircle(context, x - 14, y + 18, 8, colors.deepTeal);
  fillCircle(context, x - 14, y + 6, 5.5, colors.teal);
}

/** The car, its lamp lit while somebody rides. */
function drawCar(context: DrawingContext, colors: Palette, { x, y }: Point, look: Point, isRiding: boolean): void {
  context.save();
  context.translate(x, y);
  context.rotate((look.x < 0 ? 2 : look.y) * (Math.PI / 2));
  const boxes = [
    [-22, -13, 44, 26, 8, colors.deepAmber],
    [-21, -12, 42, 24, 7, colors.amber],
    [-12, -10, 22, 20, 5, colors.window],
    [-8, -10, 12, 20, 3, colors.amber],
  ] as const;
  for (const [x, y, width, height, radius, color] of boxes) fillRounded(context, { x, y }, { width, height }, radius, color);
  for (const side of [-8, 8]) fillCircle(context, 19, side, 2.5, colors.flameCore);
  fillCircle(context, -2, 0, 4.5, isRiding ? colors.teal : colors.eye);
  context.restore();
}

/** How scenes of Taxi are drawn. */
export const taxiDrawing: Drawing<TaxiScene> = { kind: 'taxi', size: { width: 400, height: 400 }, stepsPerSecond: 4, draw: drawTaxi };
