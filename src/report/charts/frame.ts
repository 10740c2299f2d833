/**
 * What all charts have in common: the page, axes, legends, and panels side by side. A chart is a vega-lite specification (version 6) as plain JSON with its
 * data inside.
 */
import type { Series } from '../curves.ts';
import { styleOf, type Theme, themes } from '../palette.ts';
import { textWidth } from './text.ts';

/** A vega-lite specification, plain JSON. */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** One panel: lines over one pair of axes. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

/** Titles and page of a chart. */
export interface ChartOptions {
  /** Title of the x axis. */
  readonly x: string;
  /** Title of the y axis. */
  readonly y: string;
  /** Default `light`. */
  readonly theme?: Theme | undefined;
  /** Ends of the y axis of every panel; lines beyond are cut. Default: what the panel needs. */
  readonly yDomain?: readonly [number, number] | undefined;
}

/** Pixels of one panel. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

const schema = 'https://vega.github.io/schema/vega-lite/v6.json';
const font = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
/** Pixels of the font of legends. */
const legendSize = 12;
/** More names than this in one legend are not told apart. */
const mostShared = 8;

/** Numbers of axes: 1.2M, 500k, 0.25. */
export const numberLabels = "abs(datum.value) >= 1000 ? format(datum.value, '.4~s') : format(datum.value, '.6~g')";

/** Columns of so many panels: up to two in a row, then three, then four. */
export function columnsOf(panels: number): number {
  if (panels <= 2) return Math.max(1, panels);
  if (panels <= 4) return 2;
  return panels <= 9 ? 3 : 4;
}

/** The size of a panel among so many columns: a lone one is larger. */
export function sizeOf(columns: number): PanelSize {
  if (columns === 1) return { width: 560, height: 320 };
  return columns === 2 ? { width: 380, height: 260 } : { width: 300, height: 210 };
}

function configOf(theme: Theme): Readonly<Record<string, unknown>> {
  const { text, label, axis, grid } = themes[theme];
  return {
    font,
    view: { stroke: null },
    title: { color: text, fontSize: 14, fontWeight: 600, anchor: 'start', frame: 'group', offset: 12 },
    axis: {
      labelColor: label,
      titleColor: text,
      domainColor: axis,
      tickColor: axis,
      gridColor: grid,
      labelFontSize: 11,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      titlePadding: 8,
      labelLimit: 0,
      titleLimit: 0,
    },
    axisX: { grid: false },
    legend: { labelColor: label, titleColor: text, labelFontSize: legendSize, labelLimit: 0, symbolSize: 240, symbolStrokeWidth: 2.5 },
  };
}

/** Pixels around the plot of a panel: its labels and titles. */
export interface Margins {
  /** Labels and title of the y axis. */
  readonly left: number;
  /** The panel's own legend. */
  readonly below?: number | undefined;
  /** What the panel's own legend is wider than the plot. */
  readonly beside?: number | undefined;
  /** Default: those of {@link columnsOf}. */
  readonly columns?: number | undefined;
}

/** What the title of a panel, and labels and title of its x axis take. */
const [titleHeight, axisHeight] = [34, 46];

/** Panels in columns as one chart, plots aligned with plots. One panel stands alone. */
export function chartOf(
  panels: readonly ChartSpec[],
  theme: Theme,
  margins: Margins,
  resolve: Readonly<Record<string, unknown>> = {},
): ChartSpec {
  const page = { $schema: schema, background: themes[theme].background, padding: 12, config: configOf(theme) };
  const [only] = panels;
  if (panels.length === 1) return { ...page, ...only };
  const spacing = { row: titleHeight + axisHeight + (margins.below ?? 0), column: Math.max(margins.left, margins.beside ?? 0) + 24 };
  return { ...page, columns: margins.columns ?? columnsOf(panels.length), bounds: 'flush', spacing, concat: panels, resolve };
}

/** Whether one legend can serve all panels: they have the same few names, or hardly more than one panel has. */
function sharesLegend(panels: readonly Panel[]): boolean {
  const most = Math.max(0, ...panels.map(({ series }) => series.length));
  return namesOf(panels).length <= Math.max(mostShared, most);
}

/** How panels of lines stand: whether one legend serves all; else in columns that are wide enough for the legend of each, two at the least. */
export function layoutOf(panels: readonly Panel[]): { readonly shared: boolean; readonly columns: number; readonly size: PanelSize } {
  const shared = sharesLegend(panels);
  const longest = shared ? 0 : Math.max(0, ...namesOf(panels).map((name) => textWidth(name, legendSize) + 44));
  let columns = columnsOf(panels.length);
  while (columns > 2 && longest > sizeOf(columns).width) columns--;
  return { shared, columns, size: sizeOf(columns) };
}

/** The names of all series, in the order in which they first appear. */
export function namesOf(panels: readonly Panel[]): string[] {
  return [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
}

/** A figure as a chart has it: a whole number, or six digits, more than its pixels show. */
export const short = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));

/** Rows as the data of a chart. */
export function dataOf(rows: readonly object[]): { readonly values: readonly object[] } {
  const shortened = (row: object) => Object.entries(row).map(([field, value]) => [field, typeof value === 'number' ? short(value) : value]);
  return { values: rows.map((row) => Object.fromEntries(shortened(row))) };
}

/** The points of series as rows of data: name, x, y, and the ends of the interval where there is one. */
export function rowsOf(series: readonly Series[]): object[] {
  return series.flatMap(({ name, points }) =>
    points.map(({ x, y, low, high }) => ({ name, x, y, ...(low !== undefined && high !== undefined && { low, high }) })),
  );
}

/** Color, filling, dash and shape of series by name, as channels of an encoding with a legend below. */
export interface Channels {
  readonly color: Readonly<Record<string, unknown>>;
  readonly fill: Readonly<Record<string, unknown>>;
  readonly dash: Readonly<Record<string, unknown>>;
  readonly shape: Readonly<Record<string, unknown>>;
  /** Pixels that the legend takes. */
  readonly height: number;
  readonly width: number;
}

/** How one series is drawn. */
type Style = ReturnType<typeof styleOf> & { readonly fill?: string | undefined };

/** What a chart does differently: the place of a name in the palette, and changes of its style; points instead of strokes in the legend. */
interface ChannelOptions {
  readonly points?: boolean | undefined;
  readonly indexOf?: ((name: string) => number) | undefined;
  readonly change?: ((name: string, style: Style) => Style) | undefined;
}

/** The channels of series with these names. The legend has as many columns as fit `width` pixels without cutting a name. */
export function channelsOf(names: readonly string[], width: number, options: ChannelOptions = {}): Channels {
  const { points = false, indexOf = (name) => names.indexOf(name), change = (_name, style) => style } = options;
  const longest = Math.max(0, ...names.map((name) => textWidth(name, legendSize)));
  const columns = Math.min(names.length, Math.max(1, Math.floor(width / (longest + 44))));
  const legend = {
    ...{ title: null, orient: 'bottom', direction: 'horizontal', columns, columnPadding: 20, offset: 14 },
    ...(points ? { symbolSize: 90, symbolDash: [1, 0] } : { symbolType: 'stroke', symbolOpacity: 1 }),
  };
  const styles = names.map((name) => change(name, styleOf(indexOf(name))));
  const channel = (range: readonly unknown[]) => ({ field: 'name', type: 'nominal', scale: { domain: names, range }, legend });
  return {
    color: channel(styles.map(({ color }) => color)),
    fill: channel(styles.map(({ color, fill }) => fill ?? color)),
    // An empty list of gaps is a line without any; vega-lite wants a pair.
    dash: channel(styles.map(({ dash }) => (dash.length > 0 ? dash : [1, 0]))),
    shape: channel(styles.map(({ shape }) => shape)),
    width: columns * (longest + 44),
    height: 20 + 18 * Math.ceil(names.length / Math.max(1, columns)),
  };
}

/** What labels and title of a y axis of numbers take. */
export const numberMargin = 64;

/** Pixels between the left edge of the first plot and the right edge of the last in a row. */
export function rowWidth(columns: number, { width }: PanelSize): number {
  return columns * width + (columns - 1) * (numberMargin + 24);
}

/** What the y axis shows: all lines, and of the bands as much as a share of the lines' span on each side, so that a wide band does not flatten the lines. */
export function domainOf(series: readonly Series[], share = 0.25): [number, number] | undefined {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return undefined;
  let [bottom, top, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const point of points) {
    bottom = Math.min(bottom, point.y);
    top = Math.max(top, point.y);
    low = Math.min(low, point.y, point.low ?? point.y);
    high = Math.max(high, point.y, point.high ?? point.y);
  }
  if (top === bottom) {
    // A level line stands in the middle.
    const room = Math.abs(top) / 10 || 1;
    return [top - room, top + room];
  }
  const room = (top - bottom) * share;
  return [Math.max(low, bottom - room), Math.min(high, top + room)];
}

/** About so many marks has a y axis. */
const marks = 6;

/** A numeric x axis that begins at 0. */
export function xChannel(title: string): Readonly<Record<string, unknown>> {
  const scale = { nice: false, zero: true };
  return { field: 'x', type: 'quantitative', title, scale, axis: { labelExpr: numberLabels, tickCount: 5 } };
}

/** A numeric y axis over a domain, widened to round numbers where `nice`. */
export function yChannel(
  field: string,
  title: string,
  domain: readonly [number, number] | undefined,
  nice = true,
): Readonly<Record<string, unknown>> {
  // As many round numbers as marks: the uppermost mark is the end of the axis in every panel, so that their titles stand level.
  const scale = { zero: false, nice: nice && marks, ...(domain && { domain }) };
  return { field, type: 'quantitative', title, scale, axis: { labelExpr: numberLabels, tickCount: marks } };
}

/** Which scales panels have in common: those of the legend, or none. */
export function legendScales(shared: boolean): Readonly<Record<string, 'shared' | 'independent'>> {
  const legends = shared ? 'shared' : 'independent';
  return { color: legends, strokeDash: legends, shape: legends, stroke: legends, fill: legends, x: 'independent', y: 'independent' };
}

/** What panels with a legend each leave for it; panels that share one leave nothing. */
export function legendMargins(legends: readonly Channels[], { shared, columns, size }: ReturnType<typeof layoutOf>): Margins {
  if (shared) return { left: numberMargin, columns };
  const below = Math.max(0, ...legends.map(({ height }) => height));
  return { left: numberMargin, columns, below, beside: Math.max(0, ...legends.map(({ width }) => width - size.width)) };
}
