/**
 * Points with error bars over a numeric axis, such as the number of environments.
 */
import type { Series } from '../curves.ts';
import { themes } from '../palette.ts';
import {
  type ChartOptions,
  type ChartSpec,
  channelsOf,
  chartOf,
  dataOf,
  domainOf,
  layoutOf,
  legendMargins,
  legendScales,
  namesOf,
  numberLabels,
  rowWidth,
  yChannel,
} from './frame.ts';

/** A line of points; figures that were published are hollow, with a dashed line. */
export interface PointSeries extends Series {
  readonly published?: boolean | undefined;
}

/** One panel of points. */
export interface PointPanel {
  readonly title: string;
  readonly series: readonly PointSeries[];
}

/** Titles, page and axis of a chart of points. */
export interface PointOptions extends ChartOptions {
  /** Default `log2`: values that double stand equally far apart; all x are above 0. */
  readonly scale?: 'log2' | 'linear' | undefined;
  /** Default `linear`; with `log` all y are above 0, and a power law is a straight line. */
  readonly yScale?: 'linear' | 'log' | undefined;
}

/** Points of different series at one place stand so far apart, as a power of two. */
const dodge = 0.08;
const publishedDash = [4, 3];

interface Row {
  readonly name: string;
  readonly place: number;
  readonly y: number;
}

function rowsOf(series: readonly PointSeries[], isLog: boolean): Row[] {
  return series.flatMap(({ name, points }, index) => {
    const shift = isLog ? 2 ** ((index - (series.length - 1) / 2) * dodge) : 1;
    return points.map(({ x, y, low, high }) => ({ name, place: x * shift, y, ...(low !== undefined && { low, high }) }));
  });
}

/** The order in which colors are given out: a published series has the color of the one that its name begins with. */
function partnersOf(series: readonly PointSeries[]): Map<string, string> {
  const own = series.filter(({ published }) => !published).map(({ name }) => name);
  const begins = (name: string): string | undefined => own.filter((one) => name.startsWith(one)).sort((a, b) => b.length - a.length)[0];
  return new Map(series.map(({ name, published }) => [name, (published && begins(name)) || name]));
}

/** The x axis with a mark at every x that occurs. */
function placeChannel(panel: PointPanel, title: string, isLog: boolean): Readonly<Record<string, unknown>> {
  const values = [...new Set(panel.series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const room = 2 ** 0.3;
  const scale = isLog
    ? { type: 'log', base: 2, nice: false, ...(values.length > 0 && { domain: [values[0]! / room, values.at(-1)! * room] }) }
    : { zero: false, padding: 16 };
  return { field: 'place', type: 'quantitative', title, scale, axis: { values, labelExpr: numberLabels, labelOverlap: true } };
}

/** A logarithmic y axis with marks at 1, 2 and 5 times powers of ten. */
function logChannel(
  field: string,
  title: string,
  series: readonly Series[],
  yDomain: ChartOptions['yDomain'],
): Readonly<Record<string, unknown>> {
  const ys = series.flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [low, high]));
  const domain = yDomain ?? (ys.length > 0 ? [Math.min(...ys) / 1.1, Math.max(...ys) * 1.1] : [1, 10]);
  const decades = Array.from({ length: 25 }, (_, k) => k - 12);
  const values = decades
    .flatMap((k) => [1, 2, 5].map((digit) => Number(`${digit}e${k}`)))
    .filter((y) => y >= domain[0]! && y <= domain[1]!);
  return { field, type: 'quantitative', title, scale: { type: 'log', nice: false, domain }, axis: { labelExpr: numberLabels, values } };
}

/**
 * Scores over a numeric axis: a point with its error bar wherever a series has one, joined by a line. One panel or several, as of `curveChart`. A published
 * series has the color of the series that its name begins with: `gpg, published` that of `gpg`.
 */
export function pointChart(panels: readonly PointPanel[], options: PointOptions): ChartSpec {
  const { theme = 'light', yDomain, scale = 'log2', yScale = 'linear' } = options;
  const isLog = scale === 'log2';
  const layout = layoutOf(panels);
  const { shared, columns, size } = layout;
  const channels = (shown: readonly PointPanel[]) => {
    const series = shown.flatMap((panel) => panel.series);
    const published = new Set(series.filter((one) => one.published).map(({ name }) => name));
    const partners = partnersOf(series);
    const order = [...new Set(partners.values())];
    const { background } = themes[theme];
    return channelsOf(namesOf(shown), shared ? rowWidth(columns, size) : size.width, {
      points: true,
      indexOf: (name) => order.indexOf(partners.get(name)!),
      change: (name, style) => ({ ...style, ...(published.has(name) && { dash: publishedDash, fill: background }) }),
    });
  };
  const drawn = panels.map((panel): ChartSpec => {
    const { color: stroke, fill, dash: strokeDash, shape } = channels(shared ? panels : [panel]);
    const x = placeChannel(panel, options.x, isLog);
    const domain = yDomain ?? domainOf(panel.series, 1);
    const y = (field: string) =>
      yScale === 'log' ? logChannel(field, options.y, panel.series, yDomain) : yChannel(field, options.y, domain, !yDomain);
    const bar = {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'rule', strokeWidth: 1.5, clip: true },
      encoding: { x, y: y('low'), y2: { field: 'high' }, stroke },
    };
    const line = { mark: { type: 'line', strokeWidth: 1.75, clip: true }, encoding: { x, y: y('y'), stroke, strokeDash } };
    const point = { mark: { type: 'point', size: 64, strokeWidth: 1.75, opacity: 1 }, encoding: { x, y: y('y'), stroke, fill, shape } };
    return { ...size, title: panel.title, data: dataOf(rowsOf(panel.series, isLog)), layer: [bar, line, point] };
  });
  const legends = panels.map((panel) => channels([panel]));
  return chartOf(drawn, theme, legendMargins(legends, layout), { scale: legendScales(shared) });
}
