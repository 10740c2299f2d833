/** CliffWalking from above. */
import type { CliffWalkingScene } from '../toy-text/cliffWalking.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fitDesign, roundedPath, strokeLine } from './strokes.ts';

/** Pixels of the design: 60 per cell. */
const designSize: PictureSize = { width: 720, height: 240 };

const cellSize = 60;
const gap = 3;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Draws the grid, the cliff, start and goal, the way so far and the walker. */
function drawCliffWalking(
  context: DrawingContext,
  colors: Palette,
  scene: CliffWalkingScene,
  size: PictureSize,
  earlier: readonly CliffWalkingScene[],
): void {
  const design = { width: cellSize * scene.columns, height: cellSize * scene.rows };
  const middleOf = (cell: number): Place => ({
    x: ((cell % scene.columns) + 0.5) * cellSize,
    y: (Math.floor(cell / scene.columns) + 0.5) * cellSize,
  });
  fitDesign(context, size, design, colors.paper, () => {
    const cliff = new Set(scene.cliff);
    for (let cell = 0; cell < scene.rows * scene.columns; cell++) {
      if (!cliff.has(cell))
        drawTile(context, middleOf(cell), cell === scene.start ? colors.startTile : cell === scene.goal ? colors.goalTile : colors.sky);
    }
    for (const cell of scene.cliff) {
      drawChasm(context, colors, middleOf(cell), { left: !cliff.has(cell - 1), right: !cliff.has(cell + 1) });
    }
    drawStart(context, colors, middleOf(scene.start));
    drawGoal(context, colors, middleOf(scene.goal));
    drawTrail(context, colors, [...earlier, scene], middleOf);
    const { x, y } = middleOf(scene.cell);
    // Beside the flag, not in front of it.
    const aside = scene.cell === scene.goal ? 8 : 0;
    drawWalker(context, colors, { x: x + aside, y: y + aside }, directionOf(scene, earlier));
  });
}

function drawTile(context: DrawingContext, { x, y }: Place, color: string): void {
  roundedPath(context, x - cellSize / 2 + gap / 2, y - cellSize / 2 + gap / 2, cellSize - gap, cellSize - gap, 7);
  context.fillStyle = color;
  context.fill();
}

/** One cell of the cliff: the edge in the light, the depth in the dark. */
function drawChasm(
  context: DrawingContext,
  colors: Palette,
  { x, y }: Place,
  ends: { readonly left: boolean; readonly right: boolean },
): void {
  const left = x - cellSize / 2 + (ends.left ? gap / 2 : 0);
  const right = x + cellSize / 2 - (ends.right ? gap / 2 : 0);
  const top = y - cellSize / 2 + gap / 2;
  const bottom = y + cellSize / 2;
  const depth = context.createLinearGradient(0, top, 0, bottom);
  depth.addColorStop(0, colors.chasmTop);
  depth.addColorStop(0.35, colors.chasmMiddle);
  depth.addColorStop(1, colors.chasmBottom);
  context.fillStyle = depth;
  context.fillRect(left, top, right - left, bottom - top);
  // Broken rock below the edge, the same in every cell so that the cells join.
  context.fillStyle = colors.rock;
  context.beginPath();
  context.moveTo(left, top);
  const edge = [9, 14, 8, 17, 10, 13, 8, 12, 9];
  const width = right - left;
  for (let k = 0; k < edge.length; k++) context.lineTo(left + (width * k) / (edge.length - 1), top + edge[k]!);
  context.lineTo(right, top);
  context.closePath();
  context.fill();
}

function drawStart(context: DrawingContext, colors: Palette, { x, y }: Place): void {
  context.strokeStyle = colors.blue;
  context.lineWidth = 2.5;
  context.setLineDash([5, 6]);
  context.beginPath();
  context.arc(x, y, 21, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
}

/** A flag. */
function drawGoal(context: DrawingContext, colors: Palette, { x, y }: Place): void {
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
function drawTrail(
  context: DrawingContext,
  colors: Palette,
  scenes: readonly CliffWalkingScene[],
  middleOf: (cell: number) => Place,
): void {
  context.strokeStyle = colors.amber;
  context.lineWidth = 5;
  context.globalAlpha = 0.55;
  context.beginPath();
  const falls: Place[] = [];
  scenes.forEach(({ cell, columns }, k) => {
    const before = scenes[k - 1]?.cell;
    const { x, y } = middleOf(cell);
    const far = before !== undefined && Math.abs((cell % columns) - (before % columns)) + Math.abs(cell - before) / columns > 2;
    if (before === undefined || far) context.moveTo(x, y);
    else context.lineTo(x, y);
    if (far) falls.push(middleOf(before + columns));
  });
  context.stroke();
  context.globalAlpha = 1;
  for (const { x, y } of falls) {
    strokeLine(context, x - 8, y - 4, x + 8, y + 12, { color: colors.red, width: 4 });
    strokeLine(context, x + 8, y - 4, x - 8, y + 12, { color: colors.red, width: 4 });
  }
}

/** Where the walker looks: the way of its last step, else to the right. */
function directionOf(scene: CliffWalkingScene, earlier: readonly CliffWalkingScene[]): Place {
  const before = earlier.at(-1)?.cell;
  const step = before === undefined ? 1 : scene.cell - before;
  if (step === scene.columns) return { x: 0, y: 1 };
  if (step === -scene.columns) return { x: 0, y: -1 };
  return { x: step === -1 ? -1 : 1, y: 0 };
}

function drawWalker(context: DrawingContext, colors: Palette, { x, y }: Place, look: Place): void {
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

/** How scenes of CliffWalking are drawn. */
export const cliffWalkingDrawing: Drawing<CliffWalkingScene> = {
  kind: 'cliffWalking',
  size: designSize,
  stepsPerSecond: 4,
  draw: drawCliffWalking,
};
