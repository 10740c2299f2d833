/**
 * Performance profiles: the share of runs that do better than every score (R. Agarwal et al. 2021, arXiv 2108.13264, section 4.2).
 */
import {
  type ChartOptions,
  type ChartSpec,
  channelsOf,
  chartOf,
  layoutOf,
  legendMargins,
  legendScales,
  namesOf,
  numberLabels,
  type Panel,
  rowWidth,
  yChannel,
} from './frame.ts';

/** Steps from one point to the next: each point holds until the next begins. Shares are from 0 to 1; panels are those of `curveChart`. */
export function profileChart(panels: readonly Panel[], options: ChartOptions): ChartSpec {
  const { theme = 'light', yDomain = [0, 1] } = options;
  const layout = layoutOf(panels);
  const { shared, columns, size } = layout;
  const channels = (shown: readonly Panel[]) => channelsOf(namesOf(shown), shared ? rowWidth(columns, size) : size.width);
  const drawn = panels.map((panel): ChartSpec => {
    const { color, dash: strokeDash } = channels(shared ? panels : [panel]);
    const values = panel.series.flatMap(({ name, points }) => points.map(({ x, y }) => ({ name, x, y })));
    const axis = { labelExpr: numberLabels, tickCount: 5 };
    const x = { field: 'x', type: 'quantitative', title: options.x, scale: { nice: false, zero: false }, axis };
    const y = yChannel('y', options.y, yDomain, false);
    // Lines at 0 and 1 are seen whole.
    const mark = { type: 'line', interpolate: 'step-after', strokeWidth: 2, clip: false };
    return { ...size, title: panel.title, data: { values }, mark, encoding: { x, y, color, strokeDash } };
  });
  const legends = panels.map((panel) => channels([panel]));
  return chartOf(drawn, theme, legendMargins(legends, layout), { scale: legendScales(shared) });
}
