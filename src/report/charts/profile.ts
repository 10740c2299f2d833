/**
 * Performance profiles: the share of runs that do better than every score (R. Agarwal et al. 2021, arXiv 2108.13264, section 4.2).
 */
import {
  type ChartOptions,
  type ChartSpec,
  channelsOf,
  chartOf,
  dataOf,
  layoutOf,
  legendMargins,
  legendScales,
  namesOf,
  numberLabels,
  type Panel,
  rowsOf,
  rowWidth,
  yChannel,
} from './frame.ts';

/** Bands of more lines than this hide the lines: steps of bands overlap almost everywhere. */
const mostBands = 4;

/**
 * Steps from one point to the next: each point holds until the next begins. Shares are from 0 to 1; panels are those of `curveChart`. Bands are drawn where
 * points have an interval, in panels of up to 4 lines; in others they are in the data of the specification only.
 */
export function profileChart(panels: readonly Panel[], options: ChartOptions): ChartSpec {
  const { theme = 'light', yDomain = [0, 1] } = options;
  const layout = layoutOf(panels);
  const { shared, columns, size } = layout;
  const channels = (shown: readonly Panel[]) => channelsOf(namesOf(shown), shared ? rowWidth(columns, size) : size.width);
  const drawn = panels.map((panel): ChartSpec => {
    const { color, dash: strokeDash } = channels(shared ? panels : [panel]);
    const axis = { labelExpr: numberLabels, tickCount: 5 };
    const x = { field: 'x', type: 'quantitative', title: options.x, scale: { nice: false, zero: false }, axis };
    const y = (field: string) => yChannel(field, options.y, yDomain, false);
    const band = {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'area', interpolate: 'step-after', opacity: 0.15 },
      encoding: { x, y: y('low'), y2: { field: 'high' }, color },
    };
    // Lines at 0 and 1 are seen whole.
    const mark = { type: 'line', interpolate: 'step-after', strokeWidth: 2, clip: false };
    const line = { mark, encoding: { x, y: y('y'), color, strokeDash } };
    const hasBands = panel.series.length <= mostBands && panel.series.some(({ points }) => points.some(({ low }) => low !== undefined));
    return { ...size, title: panel.title, data: dataOf(rowsOf(panel.series)), layer: hasBands ? [band, line] : [line] };
  });
  const legends = panels.map((panel) => channels([panel]));
  return chartOf(drawn, theme, legendMargins(legends, layout), { scale: legendScales(shared) });
}
