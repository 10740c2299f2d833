/**
 * Matrices: the cells of `pmatrix`, `bmatrix`, and `array` in brackets. Determinants and cases are left as they are.
 */
import { rowEnd } from './marks.ts';

const environment = /^\\begin ?\{(pmatrix|bmatrix|array|matrix)\}(.*)\\end ?\{\1\}$/s;
const maxCells = 64;

/** The cells' texts by rows; `undefined` where the text is no matrix, or its rows differ in length. */
export function readCells(text: string): string[][] | undefined {
  const match = environment.exec(text);
  if (!match || match[2]!.includes('\\begin')) return undefined;
  const body = match[1] === 'array' ? match[2]!.replace(/^ ?\{[lcr| ]{1,20}\}/, '') : match[2]!;
  const rows = body.split(rowEnd).map((row) => row.trim());
  if (rows.at(-1) === '') rows.pop();
  const cells = rows.map((row) => row.split('&').map((cell) => cell.trim()));
  const width = cells[0]?.length ?? 0;
  return width > 0 && cells.every((row) => row.length === width) && width * cells.length <= maxCells ? cells : undefined;
}
