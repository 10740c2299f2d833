/** Strokes of walks over the cells of a grid. */
import type { DrawingContext } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fillRounded, type Point, strokeLine } from './strokes.ts';

/** Width and height of a cell, in pixels of the design. */
export const cellSize = 60;
/** Between two tiles. */
export const gap = 3;

/** Where a walker stands: cells are row * columns + column. */
export interface Walk {
  readonly cell: number;
  readonly columns: number;
}

/** The middle of a cell. */
export function middleOf(cell: number, columns: number): Point {
  return { x: ((cell % columns) + 0.5) * cellSize, y: (Math.floor(cell / columns) + 0.5) * cellSize };
}

/** The ground of a cell. */
export function drawTile(context: DrawingContext, { x, y }: Point, color: string): void {
  const side = cellSize - gap;
  fillRounded(context, { x: x - side / 2, y: y - side / 2 }, { width: side, height: side }, 7, color);
}

/** A ring on its tile. */
export function drawStart(context: DrawingContext, colors: Palette, place: Point): void {
  drawTile(context, place, colors.startTile);
  const { x, y } = place;
  context.strokeStyle = colors.blue;
  context.lineWidth = 2.5;
  context.setLineDash([5, 6]);
  context.beginPath();
  context.arc(x, y, 21, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

/** A flag on its tile. */
export function drawGoal(context: DrawingContext, colors: Palette, place: Point): void {
  drawTile(context, place, colors.goalTile);
  const { x, y } = place;
  context.fillStyle = colors.goalMound;
  context.beginPath();
  context.arc(x - 8, y + 20, 9, Math.PI, 2 * Math.PI);
  context.closePath();
  context.fill();
  strokeLine(context, x - 8, y + 18, x - 8, y - 20, { color: colors.ink, width: 3 });
  context.fillStyle = colors.green;
  context.beginPath();
  context.moveTo(x - 7, y - 20);
  context.quadraticCurveTo(x + 4, y - 24, x + 19, y - 14);
  context.quadraticCurveTo(x + 5, y - 11, x - 7, y - 2);
  context.closePath();
  context.fill();
}

/** The way so far as a line; where the walker fell it ends in a cross, and begins anew at the start. */
export function drawTrail(context: DrawingContext, colors: Palette, scenes: readonly Walk[]): void {
  context.strokeStyle = colors.amber;
  context.lineWidth = 5;
  context.globalAlpha = 0.55;
  context.beginPath();
  const falls: Point[] = [];
  scenes.forEach(({ cell, columns }, k) => {
    const before = scenes[k - 1]?.cell;
    const { x, y } = middleOf(cell, columns);
    const far = before !== undefined && Math.abs((cell % columns) - (before % columns)) + Math.abs(cell - before) / columns > 2;
    if (before === undefined || far) context.moveTo(x, y);
    else context.lineTo(x, y);
    if (far) falls.push(middleOf(before + columns, columns));
  });
  context.stroke();
  context.globalAlpha = 1;
  for (const { x, y } of falls) drawCross(context, colors, { x, y: y + 4 });
}

/** Where a walk ended badly. */
export function drawCross(context: DrawingContext, colors: Palette, { x, y }: Point): void {
  for (const side of [-8, 8]) strokeLine(context, x - side, y - 8, x + side, y + 8, { color: colors.red, width: 4 });
}

/** Where the walker looks: the way of its last step that led elsewhere, if to a neighbour, else to the right. */
export function directionOf({ cell, columns }: Walk, earlier: readonly Walk[]): Point {
  const step = cell - (earlier.findLast((scene) => scene.cell !== cell)?.cell ?? cell - 1);
  if (Math.abs(step) === columns) return { x: 0, y: Math.sign(step) };
  return { x: step === -1 ? -1 : 1, y: 0 };
}

/** The walker, who looks where the last step led; beside the flag at the goal, not in front of it. */
export function drawWalker(context: DrawingContext, colors: Palette, walk: Walk, earlier: readonly Walk[], isAtGoal: boolean): void {
  const place = middleOf(walk.cell, walk.columns);
  const look = directionOf(walk, earlier);
  const [x, y] = isAtGoal ? [place.x + 8, place.y + 8] : [place.x, place.y];
  context.globalAlpha = 0.16;
  fillCircle(context, x + 2, y + 4, 18, colors.shadow);
  context.globalAlpha = 1;
  fillCircle(context, x, y, 18, colors.deepAmber);
  fillCircle(context, x, y, 16, colors.amber);
  for (const side of [-1, 1]) {
    const eyeX = x + 6 * look.x + 6 * side * Math.abs(look.y) + 0.5 * look.x;
    const eyeY = y + 6 * look.y + 6 * side * Math.abs(look.x) - (look.x === 0 ? 0 : 1);
    fillCircle(context, eyeX, eyeY, 4.4, colors.eye);
    fillCircle(context, eyeX + 1.4 * look.x, eyeY + 1.4 * look.y, 2.2, colors.pupil);
  }
}
