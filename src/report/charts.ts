/** Charts as vega-lite specifications: plain JSON with the data inside. */
export { curveChart } from './charts/curve.ts';
export type { ChartOptions, ChartSpec, Panel } from './charts/frame.ts';
