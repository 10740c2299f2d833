/**
 * Scores over two categorical axes as colored cells with their numbers.
 */
import { type Theme, themes } from '../palette.ts';
import { type ChartSpec, chartOf, dataOf } from './frame.ts';
import { textWidth } from './text.ts';

/** One cell; without a value it stays empty. */
export interface HeatCell {
  readonly column: string;
  readonly row: string;
  readonly value?: number | undefined;
}

/** One panel of cells. */
export interface HeatPanel {
  readonly title: string;
  readonly cells: readonly HeatCell[];
}

/** Titles and page of a chart of cells. */
export interface HeatOptions {
  /** Title of the columns. */
  readonly x: string;
  /** Title of the rows. */
  readonly y: string;
  /** Default `light`. */
  readonly theme?: Theme | undefined;
  /** Digits after the point. Default 1 below 100, else none. */
  readonly digits?: number | undefined;
}

const rowHeight = 34;
const numberSize = 12;

/** The number as it is written in its cell. */
function written(value: number, digits: number | undefined): string {
  return value.toFixed(digits ?? (Math.abs(value) < 100 ? 1 : 0));
}

/**
 * Rows and columns in the order in which they first appear, colored by cividis (J. R. Nunez et al. 2018), which is made for missing color vision: dark is
 * low, light is high, from the lowest to the highest value of the panel.
 */
export function heatChart(panels: readonly HeatPanel[], options: HeatOptions): ChartSpec {
  const { theme = 'light', digits } = options;
  let left = 0;
  const drawn = panels.map(({ title, cells }): ChartSpec => {
    const filled = cells.flatMap(({ column, row, value }) =>
      value === undefined ? [] : [{ column, row, value, text: written(value, digits) }],
    );
    const found = filled.map(({ value }) => value);
    const [low, high] = [Math.min(...found), Math.max(...found)];
    const values = filled.map((cell) => ({ ...cell, isLight: high > low && cell.value > (low + high) / 2 }));
    const [columns, rows] = [[...new Set(cells.map(({ column }) => column))], [...new Set(cells.map(({ row }) => row))]];
    const widest = Math.max(0, ...columns.map((name) => textWidth(name, 11)), ...filled.map(({ text }) => textWidth(text, numberSize)));
    left = Math.max(left, ...rows.map((name) => textWidth(name, 11)));
    const axis = { domain: false, ticks: false, grid: false, labelAngle: 0, labelPadding: 8 };
    const x = { field: 'column', type: 'nominal', title: options.x, sort: columns, scale: { domain: columns }, axis };
    const y = { field: 'row', type: 'nominal', title: options.y, sort: rows, scale: { domain: rows }, axis };
    const scale = { scheme: 'cividis', ...(found.length > 0 && { domain: high > low ? [low, high] : [low - 1, low + 1] }) };
    const color = { field: 'value', type: 'quantitative', scale, legend: null };
    const number = {
      mark: { type: 'text', fontSize: numberSize },
      encoding: { x, y, text: { field: 'text' }, color: { condition: { test: 'datum.isLight', value: '#000000' }, value: '#ffffff' } },
    };
    // Cells stand apart by a line of the page's color.
    const rect = { mark: { type: 'rect', stroke: themes[theme].background, strokeWidth: 2 }, encoding: { x, y, color } };
    return {
      title,
      width: Math.max(1, columns.length) * Math.max(56, Math.ceil(widest) + 16),
      height: Math.max(1, rows.length) * rowHeight,
      data: dataOf(values),
      layer: [rect, number],
    };
  });
  return chartOf(drawn, theme, { left: left + 50 }, { scale: { color: 'independent', x: 'independent', y: 'independent' } });
}
