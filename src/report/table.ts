/**
 * A table as data.
 */

/** A cell: its text, and what it is sorted by where that is not the text. */
export type TableCell = string | { readonly text: string; readonly sort?: number; readonly strong?: boolean };

/** A column; numbers stand on the right. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table; every row has as many cells as there are columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TableCell[])[];
  /** What its numbers are, in a sentence or two. */
  readonly note?: string;
}

/** The text of a cell; empty for a cell that is missing. */
export function cellText(cell: TableCell | undefined): string {
  return cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text;
}

/** A cell that is sorted by its number; without one it comes last. */
export function numberCell(text: string, sort: number | null | undefined, strong?: boolean): TableCell {
  const known = typeof sort === 'number' && Number.isFinite(sort);
  return { text, ...(known && { sort }), ...(strong && { strong }) };
}
