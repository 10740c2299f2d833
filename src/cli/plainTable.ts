/**
 * Tables of reports in the terminal.
 */
import type { Table } from '../node/toolkit.ts';
import type { Library } from './library.ts';
import { oneLine, type Paint, table } from './terminal.ts';

/** A table of a report as lines: what is invisible or turns text around is made visible; strong cells are bold. */
export function plainTable({ columns, rows }: Table, paint: Paint, { cellText, visibleText }: Library): string[] {
  const shown = (text: string): string => oneLine(visibleText(text));
  const cells = rows.map((row) =>
    columns.map((_, index) => {
      const cell = row[index];
      const text = shown(cellText(cell));
      return typeof cell === 'object' && cell.strong ? paint('bold', text) : text;
    }),
  );
  const rightAligned = columns.flatMap(({ align }, index) => (align === 'right' ? [index] : []));
  return table(
    columns.map(({ title }) => shown(title)),
    cells,
    { paint, rightAligned },
  );
}
