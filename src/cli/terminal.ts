/**
 * What the terminal can do, and text that fits it: colors, visible width, cutting, padding, columns.
 */
import { stripVTControlCharacters, styleText } from 'node:util';

/** Colors and weights that the command line uses. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'blue' | 'magenta' | 'gray';
/** Writes `text` in a style, or plainly where colors are off. */
export type Paint = (style: Style, text: string) => string;

/**
 * Whether to write colors to a stream: `NO_COLOR` (no-color.org) wins, then `FORCE_COLOR`, then whether it is a terminal that is not dumb.
 * Asked here because `styleText` looks at neither on Node 20.
 */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR !== undefined) return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

const plain: Paint = (_style, text) => text;
// `validateStream: false` (Node >= 22.13) keeps styleText from looking at stdout a second time; Node 20 ignores it.
const colored: Paint = (style, text) =>
  text === '' ? '' : (styleText as (format: string, text: string, options: object) => string)(style, text, { validateStream: false });

/** The paint for a stream. */
export function paintFor(color: boolean): Paint {
  return color ? colored : plain;
}

/** Columns that `text` takes; escape codes take none. Every glyph that we write is one column wide. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

// One escape code of the SGR kind, the only one that `styleText` writes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with a control character
const escapeCode = /^\u001B\[[0-9;]*m/;

/** Cuts `text` to `width` columns, with an ellipsis where something is lost; colors are closed. */
export function cutTo(text: string, width: number): string {
  if (width <= 0) return '';
  if (visibleWidth(text) <= width) return text;
  let kept = '';
  let columns = 0;
  let rest = text;
  let painted = false;
  while (rest.length > 0 && columns < width - 1) {
    const code = escapeCode.exec(rest)?.[0];
    if (code) {
      kept += code;
      painted = true;
      rest = rest.slice(code.length);
      continue;
    }
    const glyph = String.fromCodePoint(rest.codePointAt(0)!);
    kept += glyph;
    columns++;
    rest = rest.slice(glyph.length);
  }
  return `${kept}…${painted ? '\u001B[0m' : ''}`;
}

/** Columns of standard output; without end where it is no terminal, so that what is read by programs keeps its lines. */
export function outputColumns(): number {
  return process.stdout.isTTY ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** `text` in lines of at most `width` columns, broken between words; a word that is longer stays whole. Lines keep the indentation of the first. */
export function wrapTo(text: string, width: number): string[] {
  if (visibleWidth(text) <= width) return [text];
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(indent.length).split(' ')) {
    const longer = line === '' ? indent + word : `${line} ${word}`;
    if (line !== '' && visibleWidth(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Fills `text` with blanks to `width` columns, on the right, or on the left for numbers. */
export function padTo(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - visibleWidth(text)));
  return side === 'right' ? text + blanks : blanks + text;
}

/** Text of one line, one column per character. */
export function oneLine(text: string): string {
  return text.replaceAll('\n', '⏎').replaceAll(/\p{C}/gu, ' ');
}

/** A table with a heading: columns as wide as their widest cell, two blanks between; numbers to the right. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly paint: Paint; readonly rightAligned?: readonly number[] },
): string[] {
  const widths = heading.map((title, column) => Math.max(visibleWidth(title), ...rows.map((row) => visibleWidth(row[column] ?? ''))));
  const write = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padTo(cell, widths[column]!, options.rightAligned?.includes(column) ? 'left' : 'right'))
      .join('  ')
      .trimEnd();
  return [options.paint('bold', write(heading)), ...rows.map(write)];
}

/** `1234567` as `1,234,567`. */
export function groupDigits(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A duration in seconds for people: `4.2 s`, `3 min 05 s`, `2 h 04 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** A return, a loss or another real number in a few digits; a dash for no value. */
export function formatNumber(value: number | null | undefined, digits = 1): string {
  return typeof value === 'number' && Number.isFinite(value) ? value.toFixed(digits) : '–';
}

/** A share of 0 to 1 in percent: `43.1 %`; a dash for no value. */
export function formatShare(value: number | null | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : '–';
}

/** A small number of at least 0 with two digits: `4.1e-5`, `0.0012`, `0.02`; a dash where there is none. */
export function formatSmall(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : formatNumber(value, 4);
}
