/** Charts as vega-lite specifications: plain JSON with the data inside. */
export { curveChart } from './charts/curve.ts';
export type { ChartOptions, ChartSpec, Panel } from './charts/frame.ts';
export { type HeatCell, type HeatOptions, type HeatPanel, heatChart } from './charts/heat.ts';
export { type IntervalOptions, type IntervalPanel, type IntervalRow, intervalChart } from './charts/interval.ts';
export { type PointOptions, type PointPanel, type PointSeries, pointChart } from './charts/point.ts';
export { profileChart } from './charts/profile.ts';
