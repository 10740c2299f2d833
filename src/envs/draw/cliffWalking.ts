/** CliffWalking from above. */
import type { CliffWalkingScene } from '../toy-text/cliffWalking.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fitDesign, type Point } from './strokes.ts';
import { cellSize, drawGoal, drawStart, drawTile, drawTrail, drawWalker, gap, middleOf } from './walk.ts';

/** Pixels of the design: 60 per cell. */
const designSize: PictureSize = { width: 720, height: 240 };

/** Draws the grid, the cliff, start and goal, the way so far and the walker. */
function drawCliffWalking(
  context: DrawingContext,
  colors: Palette,
  scene: CliffWalkingScene,
  size: PictureSize,
  earlier: readonly CliffWalkingScene[],
): void {
  const design = { width: cellSize * scene.columns, height: cellSize * scene.rows };
  const place = (cell: number): Point => middleOf(cell, scene.columns);
  fitDesign(context, size, design, colors.paper, () => {
    const cliff = new Set(scene.cliff);
    for (let cell = 0; cell < scene.rows * scene.columns; cell++) {
      if (!cliff.has(cell) && cell !== scene.start && cell !== scene.goal) drawTile(context, place(cell), colors.sky);
    }
    for (const cell of scene.cliff) {
      drawChasm(context, colors, place(cell), { left: !cliff.has(cell - 1), right: !cliff.has(cell + 1) });
    }
    drawStart(context, colors, place(scene.start));
    drawGoal(context, colors, place(scene.goal));
    drawTrail(context, colors, [...earlier, scene]);
    drawWalker(context, colors, scene, earlier, scene.cell === scene.goal);
  });
}

/** One cell of the cliff: the edge in the light, the depth in the dark. */
function drawChasm(
  context: DrawingContext,
  colors: Palette,
  { x, y }: Point,
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

/** How scenes of CliffWalking are drawn. */
export const cliffWalkingDrawing: Drawing<CliffWalkingScene> = {
  kind: 'cliffWalking',
  size: designSize,
  stepsPerSecond: 4,
  draw: drawCliffWalking,
};
