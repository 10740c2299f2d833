/**
 * Points over two logarithmic axes, made of characters.
 */
import { type Paint, padTo, type Style } from './text.ts';

/** Points with one sign. */
export interface PlottedSeries {
  /** One character. */
  readonly glyph: string;
  readonly style: Style;
  /** All x and y above 0. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Where points of several series meet. */
const meeting = '*';
const axisWidth = 9;

const yLabel = (value: number): string => padTo(value >= 1 ? value.toFixed(1) : value.toPrecision(2), axisWidth - 2, 'left');

/**
 * A plot of so many rows and columns, an axis with the ends of y on the left and one with every x below. `guide` gives the slope of a dotted line
 * through the uppermost first point. Nothing where there are no points.
 */
export function logPlot(
  series: readonly PlottedSeries[],
  { rows, columns, guide }: { readonly rows: number; readonly columns: number; readonly guide?: number },
  paint: Paint,
): string[] {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return [];
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.log(xs[0]!), Math.log(xs.at(-1)!)];
  const [low, high] = [Math.log(Math.min(...ys)), Math.log(Math.max(...ys))];
  const place = (value: number, from: number, to: number, cells: number): number =>
    to > from ? Math.round(((Math.log(value) - from) / (to - from)) * (cells - 1)) : 0;
  const columnOf = (x: number): number => place(x, left, right, columns);
  const rowOf = (y: number): number => rows - 1 - place(y, low, high, rows);
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ({ glyph: ' ', style: 'gray' as Style })));
  if (guide !== undefined) {
    const top = Math.max(...series.flatMap(({ points: [first] }) => (first ? [Math.log(first.y)] : [])));
    for (let column = 0; column < columns; column += 2) {
      const x = left + (column / (columns - 1)) * (right - left);
      const row = rowOf(Math.exp(top + guide * (x - left)));
      if (row >= 0 && row < rows) cells[row]![column] = { glyph: '·', style: 'gray' };
    }
  }
  const taken = new Map<object, string>();
  for (const { glyph, style, points: own } of series) {
    for (const { x, y } of own) {
      const cell = cells[rowOf(y)]![columnOf(x)]!;
      const others = taken.get(cell);
      taken.set(cell, glyph);
      Object.assign(cell, others === undefined || others === glyph ? { glyph, style } : { glyph: meeting, style: 'bold' });
    }
  }
  const lines = cells.map((row, index) => {
    const label = index === 0 ? yLabel(Math.exp(high)) : index === rows - 1 ? yLabel(Math.exp(low)) : ' '.repeat(axisWidth - 2);
    return `${paint('gray', `${label} │`)}${row.map(({ glyph, style }) => (glyph === ' ' ? ' ' : paint(style, glyph))).join('')}`.trimEnd();
  });
  // Each x below its column; a label that would touch the one before is left out.
  let marks = '';
  for (const x of xs) {
    const label = String(x);
    const start = Math.max(0, columnOf(x) - Math.floor(label.length / 2));
    if (marks === '' || start > marks.length) marks = padTo(marks, start) + label;
  }
  return [...lines, paint('gray', `${' '.repeat(axisWidth - 1)}└${'─'.repeat(columns)}`), paint('gray', ' '.repeat(axisWidth) + marks)];
}
