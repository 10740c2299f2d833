/**
 * Text that fits a screen: colors, visible width, cutting, padding, tables, numbers.
 */
import { visibleText } from '../core/text.ts';

/** Colors and weights that the command line uses. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'blue' | 'magenta' | 'gray';
/** Writes `text` in a style, or plainly where colors are off. */
export type Paint = (style: Style, text: string) => string;

// ECMA-48, 8.3.117 (SGR): what begins a style and what ends it.
const codes: Readonly<Record<Style, readonly [begin: number, end: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  gray: [90, 39],
};
const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => (text === '' ? '' : `\u001B[${codes[style][0]}m${text}\u001B[${codes[style][1]}m`);

/** The paint of a screen with colors, or of one without. */
export function paintFor(color: boolean): Paint {
  return color ? colored : plain;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with a control character
const escapeCodes = /\u001B\[[0-9;]*m/g;

/** Columns that `text` takes; escape codes take none. Every glyph that we write is one column wide. */
export function visibleWidth(text: string): number {
  return [...text.replace(escapeCodes, '')].length;
}

// One such code.
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

// Colors and other looks are ours; every other control sequence in a line came from outside.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const looks = /(\u001B\[[\d;]*m)/;

/** Text for a terminal, in which only looks and line ends are not what they seem. */
export function harmless(text: string): string {
  const clean = (part: string): string => part.split('\n').map(visibleText).join('\n');
  return text
    .split(looks)
    .map((part, index) => (index % 2 === 1 ? part : clean(part)))
    .join('');
}
