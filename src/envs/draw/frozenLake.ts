/** FrozenLake from above. */
import type { FrozenLakeScene } from '../toy-text/frozenLake.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fillCircle, fitDesign, type Point, strokeLine } from './strokes.ts';
import { cellSize, drawCross, drawGoal, drawStart, drawTile, drawTrail, drawWalker, middleOf } from './walk.ts';

const designSize: PictureSize = { width: 480, height: 480 };

/** Draws the ice, its holes, start and goal, the way so far, and the walker, or the water where it was. */
function drawFrozenLake(
  context: DrawingContext,
  colors: Palette,
  scene: FrozenLakeScene,
  size: PictureSize,
  earlier: readonly FrozenLakeScene[],
): void {
  const { map, columns } = scene;
  const tiles = map.join('');
  fitDesign(context, size, { width: cellSize * columns, height: cellSize * map.length }, colors.paper, () => {
    for (let cell = 0; cell < tiles.length; cell++) drawTile(context, middleOf(cell, columns), colors.sky);
    for (let cell = 0; cell < tiles.length; cell++) drawThing(context, colors, tiles[cell]!, middleOf(cell, columns), cell);
    drawTrail(context, colors, [...earlier, scene]);
    if (tiles[scene.cell] === 'H') drawSplash(context, colors, middleOf(scene.cell, columns));
    else drawWalker(context, colors, scene, earlier, tiles[scene.cell] === 'G');
  });
}

/** What is on a tile. */
function drawThing(context: DrawingContext, colors: Palette, tile: string, place: Point, cell: number): void {
  if (tile === 'S') drawStart(context, colors, place);
  else if (tile === 'G') drawGoal(context, colors, place);
  else if (tile === 'H') drawHole(context, colors, place);
  else drawGlint(context, colors, place, cell);
}

/** Water within broken ice. */
function drawHole(context: DrawingContext, colors: Palette, { x, y }: Point): void {
  fillCircle(context, x, y, 23, colors.rock);
  fillCircle(context, x, y + 1, 20, colors.chasmMiddle);
  fillCircle(context, x, y + 3, 17, colors.chasmBottom);
}

/** Two scratches in the ice, not the same on every tile. */
function drawGlint(context: DrawingContext, colors: Palette, { x, y }: Point, cell: number): void {
  const shift = ((cell * 7) % 5) * 4 - 8;
  strokeLine(context, x - 14 + shift, y + 6, x - 4 + shift, y - 4, { color: colors.line, width: 2 });
  strokeLine(context, x - 4 + shift, y + 8, x + 2 + shift, y + 2, { color: colors.line, width: 2 });
}

/** Where the walker fell through. */
function drawSplash(context: DrawingContext, colors: Palette, { x, y }: Point): void {
  fillCircle(context, x, y + 3, 9, colors.deepAmber);
  for (const side of [-13, 0, 13]) fillCircle(context, x + side, y - (side === 0 ? 15 : 6), 3, colors.blue);
  drawCross(context, colors, { x, y: y + 3 });
}

/** How scenes of FrozenLake are drawn. */
export const frozenLakeDrawing: Drawing<FrozenLakeScene> = {
  kind: 'frozenLake',
  size: designSize,
  stepsPerSecond: 4,
  draw: drawFrozenLake,
};
