/** A board of cells: for games of one's own, which cannot bring a drawing. */
import { mistake, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { paintOf, type SceneColor, sceneColors } from './sceneColors.ts';
import { fillCircle, fitDesign } from './strokes.ts';
import { cellSize, drawTile, middleOf } from './walk.ts';

/** What a letter of a board is drawn as. */
export interface BoardPiece {
  readonly color: SceneColor;
  /** Fills the cell, or lies in its middle. Default `tile`. */
  readonly shape?: 'tile' | 'disc';
}

/** What there is to see, cell by cell. */
export interface BoardScene extends Scene {
  readonly kind: 'board';
  /** Rows from the top, one letter a cell, all of one length. A space is an empty cell. */
  readonly rows: readonly string[];
  /** What the letters stand for. */
  readonly pieces: Readonly<Record<string, BoardPiece>>;
}

/** Pixels of the design of a board of 10 x 10 cells. */
const designSize: PictureSize = { width: 10 * cellSize, height: 10 * cellSize };

/** The piece of a letter. Throws CohortError if there is none, or none of a color that is known. */
export function pieceOf(letter: string, pieces: BoardScene['pieces']): BoardPiece {
  const piece = Object.hasOwn(pieces, letter) ? pieces[letter] : undefined;
  if (piece && sceneColors.includes(piece.color)) return piece;
  const advice = `add pieces[${show(letter)}], such as { color: 'blue' }`;
  throw mistake(`scene: board: ${show(letter)}`, 'a piece with a color', show(piece), advice);
}

/** Draws the cells, and on them what their letters stand for. */
function drawBoard(context: DrawingContext, colors: Palette, { rows, pieces }: BoardScene, size: PictureSize): void {
  const columns = rows[0]?.length ?? 1;
  const design = { width: cellSize * columns, height: cellSize * rows.length };
  fitDesign(context, size, design, colors.paper, () => {
    for (const [cell, letter] of [...rows.join('')].entries()) {
      const place = middleOf(cell, columns);
      const piece = letter === ' ' ? undefined : pieceOf(letter, pieces);
      const paint = piece && paintOf(piece.color, colors);
      const isDisc = piece?.shape === 'disc';
      drawTile(context, place, paint !== undefined && !isDisc ? paint : colors.sky);
      if (paint !== undefined && isDisc) fillCircle(context, place.x, place.y, 0.3 * cellSize, paint);
    }
  });
}

/** How boards are drawn. */
export const boardDrawing: Drawing<BoardScene> = { kind: 'board', size: designSize, stepsPerSecond: 8, draw: drawBoard };
