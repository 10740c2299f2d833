/**
 * A table as data, and texts that cannot disguise themselves.
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

// Control characters, halves of characters, and what reverses the direction of text or takes no room (Unicode UAX 9); joiners are parts of words and stay.
const disguises = /[\p{Cc}\p{Cs}\u{AD}\u{61C}\u{200B}\u{200E}\u{200F}\u{2028}-\u{202E}\u{2060}-\u{2069}\u{FEFF}]/gu;

/** Text of one line in which everything can be seen: ends of lines as `⏎`, tabs as blanks, what is invisible or turns text around as `[U+202E]`. */
export function visibleText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(disguises, (character) => {
    if (character === '\n' || character === '\r' || character === '\u{2028}' || character === '\u{2029}') return '⏎';
    if (character === '\t') return ' ';
    return `[U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
