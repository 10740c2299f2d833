/**
 * Lines with bands over a numeric axis.
 */
import {
  type Channels,
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
  type Panel,
  rowsOf,
  rowWidth,
  xChannel,
  yChannel,
} from './frame.ts';

/** Bands of more lines than this would hide each other: they are fainter. */
const manyBands = 4;

/**
 * Learning curves: one line per series with its band, one panel or several in columns of 2 to 4. Panels that have the same names share a legend; else each
 * has its own. The y axis of a panel shows its lines whole; a band that is far wider than they are is cut.
 */
export function curveChart(panels: readonly Panel[], options: ChartOptions): ChartSpec {
  const { theme = 'light', yDomain } = options;
  const layout = layoutOf(panels);
  const { shared, columns, size } = layout;
  const channels = (shown: readonly Panel[]): Channels => channelsOf(namesOf(shown), shared ? rowWidth(columns, size) : size.width);
  const drawn = panels.map((panel): ChartSpec => {
    const { color, dash } = channels(shared ? panels : [panel]);
    const x = xChannel(options.x);
    const domain = yDomain ?? domainOf(panel.series);
    const y = (field: string) => yChannel(field, options.y, domain, !yDomain);
    const opacity = panel.series.length > manyBands ? 0.1 : 0.18;
    const band = {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'area', opacity, clip: true },
      encoding: { x, y: y('low'), y2: { field: 'high' }, color },
    };
    const line = { mark: { type: 'line', strokeWidth: 2, clip: true }, encoding: { x, y: y('y'), color, strokeDash: dash } };
    const hasBands = panel.series.some(({ points }) => points.some(({ low }) => low !== undefined));
    return { ...size, title: panel.title, data: dataOf(rowsOf(panel.series)), layer: hasBands ? [band, line] : [line] };
  });
  const legends = panels.map((panel) => channels([panel]));
  return chartOf(drawn, theme, legendMargins(legends, layout), { scale: legendScales(shared) });
}
