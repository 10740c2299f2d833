/**
 * The pictures of a prompt in a terminal.
 */
import { halfBlockRow, halfBlocks, type TextPicture } from '../../display/halfBlocks.ts';
import { outputColumns, wantsColor } from '../terminal.ts';

const indentation = 4;

/** Pictures in half blocks, side by side where there is room, in colour where the terminal has it; a blank line before and behind. */
export function pictureLines(pictures: readonly TextPicture[]): string[] {
  if (pictures.length === 0) return [];
  const columns = Math.max(8, Math.min(outputColumns(), 100) - indentation);
  const color = wantsColor(process.stdout);
  const whole = pictures.reduce((sum, { width }) => sum + width + 2, -2);
  const lines =
    whole <= columns
      ? halfBlockRow(pictures, { columns, rows: Number.MAX_SAFE_INTEGER, color })
      : pictures.flatMap((picture, i) => [...(i > 0 ? [''] : []), ...halfBlocks(picture, { columns, color })]);
  return ['', ...lines.map((line) => (line === '' ? '' : ' '.repeat(indentation) + line)), ''];
}
