/**
 * `import ... from 'cohort-rl/report'`: learning curves, charts, tables and pages of results of runs. Everything here works in Node and in a page. Charts are
 * Vega-Lite specifications (version 6) as plain JSON, which `vega-embed`, or `vega-lite` and `vega`, draw; nothing here needs those packages.
 */
export {
  type ChartOptions,
  type ChartSpec,
  curveChart,
  type HeatCell,
  type HeatOptions,
  type HeatPanel,
  heatChart,
  type IntervalOptions,
  type IntervalPanel,
  type IntervalRow,
  intervalChart,
  type Panel,
  type PointOptions,
  type PointPanel,
  type PointSeries,
  pointChart,
  profileChart,
} from './charts.ts';
export {
  type CurveAxis,
  type CurveOptions,
  type CurveSource,
  curveAxes,
  curveSources,
  learningCurve,
  type Point,
  type Series,
} from './curves.ts';
export type {
  Chart,
  Frame,
  Panel as DrawnPanel,
  Point as DrawnPoint,
  ReportDocument,
  Section,
  Series as DrawnSeries,
} from './document.ts';
export { htmlTable } from './html.ts';
export { markdownTable, renderMarkdown } from './markdown.ts';
export {
  type EstimateWithEnds,
  formatCount,
  formatDifference,
  formatDuration,
  formatInterval,
  formatPercent,
  formatValue,
  type MaybeNumber,
} from './numbers.ts';
export { renderPage } from './page.ts';
export { contrastRatio, seriesColors, seriesDashes, seriesShapes, styleOf, type Theme, type ThemeColors, themes } from './palette.ts';
export { type CellPanel, linePanels, panelsByTarget } from './panels.ts';
export { aggregateScores, improvements, scoreProfiles } from './scores.ts';
export { costTable, leadOf, provenanceTable, scoreTable, seedTable, settingsTable, summarySections, titleOf } from './summary.ts';
export { type Column, numberCell, type Table, type TableCell } from './table.ts';
