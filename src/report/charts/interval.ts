/**
 * Rows of a name with a point and its interval: aggregate scores, probabilities of improvement.
 */
import { seriesColors, type Theme, themes } from '../palette.ts';
import { type ChartSpec, chartOf, dataOf, numberLabels } from './frame.ts';
import { textWidth } from './text.ts';

/** One row; without an interval it is a point alone. */
export interface IntervalRow {
  readonly name: string;
  readonly estimate: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** One panel of rows. */
export interface IntervalPanel {
  readonly title: string;
  readonly rows: readonly IntervalRow[];
}

/** Titles and page of a chart of intervals. */
export interface IntervalOptions {
  /** Title of the x axis. */
  readonly x: string;
  /** Default `light`. */
  readonly theme?: Theme | undefined;
  /** A dashed line at this value, such as 0.5 where neither is better. */
  readonly reference?: number | undefined;
  /** Ends of the x axis of every panel. Default: what the panel needs. */
  readonly xDomain?: readonly [number, number] | undefined;
}

const rowHeight = 24;
const width = 320;
/** Names that are wider than this in pixels leave no place for a second column. */
const widest = 190;

/** Rows from top to bottom in the order given, one panel or two in a row. */
export function intervalChart(panels: readonly IntervalPanel[], options: IntervalOptions): ChartSpec {
  const { theme = 'light', reference, xDomain } = options;
  const { text, label } = themes[theme];
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: options.x,
    scale: { zero: false, nice: !xDomain, ...(xDomain && { domain: xDomain }) },
    axis: { grid: true, labelExpr: numberLabels, tickCount: 5 },
  });
  const drawn = panels.map(({ title, rows }): ChartSpec => {
    const y = {
      field: 'name',
      type: 'nominal',
      title: null,
      sort: null,
      axis: { domain: false, ticks: false, labelPadding: 10, labelFontSize: 12 },
    };
    const color = seriesColors[0];
    const line = {
      data: dataOf([{ at: reference }]),
      mark: { type: 'rule', color: label, strokeDash: [4, 4] },
      encoding: { x: x('at') },
    };
    const bar = {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'rule', color, strokeWidth: 4, opacity: 0.55, clip: true },
      encoding: { x: x('low'), x2: { field: 'high' }, y },
    };
    const point = {
      mark: { type: 'point', fill: color, stroke: text, strokeWidth: 0.75, size: 70, opacity: 1 },
      encoding: { x: x('estimate'), y },
    };
    const values = rows.map(({ name, estimate, low, high }) => ({ name, estimate, ...(low !== undefined && { low, high }) }));
    const layer = [...(reference === undefined ? [] : [line]), bar, point];
    return { title, width, height: Math.max(1, rows.length) * rowHeight, data: dataOf(values), layer };
  });
  const names = panels.flatMap(({ rows }) => rows.map(({ name }) => name));
  const left = Math.max(0, ...names.map((name) => textWidth(name, 12))) + 14;
  const columns = panels.length > 1 && left < widest ? 2 : 1;
  return chartOf(drawn, theme, { left, columns }, { scale: { x: 'independent', y: 'independent' } });
}
