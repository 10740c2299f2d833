/**
 * Charts of cells as parts of a report: drawn for a light and for a dark page, with the points that a page shows on hovering.
 */
import type { Cell } from '../experiments/result.ts';
import { type ChartOptions, type ChartSpec, curveChart, type PointPanel, pointChart, type Panel as SeriesPanel } from '../report/charts.ts';
import { type CurveAxis, type CurveSource, learningCurve } from '../report/curves.ts';
import type { Chart } from '../report/document.ts';
import { styleOf } from '../report/palette.ts';
import { linePanels } from '../report/panels.ts';
import { binningFigure, curveFigure, tableFigure } from '../reproduction/figures.ts';
import type { ReproductionResults } from '../reproduction/results.ts';
import { drawChart } from './charts.ts';

/** What a chart is called, and what it shows in words. */
export interface ChartWords {
  /** Name of its downloads and of its file, without an ending. */
  readonly name: string;
  readonly alt: string;
  readonly caption?: string;
  /** Path of the drawing beside a Markdown file; missing where it is not written. */
  readonly file?: string;
}

/** Draws a chart twice, for light and dark. `make` gives its specification for a theme. Throws `CohortError` where vega is not installed. */
export async function themedChart(
  make: (theme: 'light' | 'dark') => ChartSpec,
  panels: readonly (SeriesPanel | PointPanel)[],
  titles: Pick<ChartOptions, 'x' | 'y'>,
  words: ChartWords,
): Promise<Chart> {
  const [spec, dark] = [make('light'), make('dark')];
  const [drawn, drawnDark] = [await drawChart(spec), await drawChart(dark)];
  return {
    ...words,
    svg: drawn.svg,
    darkSvg: drawnDark.svg,
    spec,
    panels: panels.map(({ title, series }, index) => {
      const frame = drawn.frames[index];
      const colored = series.map(({ name, points }, place) => ({
        name,
        color: styleOf(place).color,
        points: points.map(({ x, y, low, high }) => ({ x, y, ...(low !== undefined && high !== undefined && { low, high }) })),
      }));
      return { title, xTitle: titles.x, yTitle: titles.y, series: colored, ...(frame && { frame }) };
    }),
  };
}

/** Titles of the x axis. */
const axisTitles: Readonly<Record<CurveAxis, string>> = { step: 'steps', iteration: 'iterations', time: 'seconds' };

/** Learning curves of cells, one panel per target. Throws `CohortError` where vega is not installed. */
export async function curvesOf(cells: readonly Cell[], x: CurveAxis, from: CurveSource, words: ChartWords): Promise<Chart> {
  const panels = linePanels(cells).map((panel) => ({
    title: panel.title,
    series: panel.cells.map((cell) => learningCurve(cell, { x, from, average: 'mean' })),
  }));
  const isAccuracy = cells.every(({ runs }) => runs.every(({ road }) => road === 'language-models'));
  const y = isAccuracy ? 'accuracy' : from === 'episodes' ? 'return of training episodes' : `return, ${from}`;
  const unit = x === 'step' && isAccuracy ? 'completions' : axisTitles[x];
  const titles = { x: unit, y };
  return themedChart((theme) => curveChart(panels, { ...titles, theme }), panels, titles, words);
}

/**
 * The figures of a reproduction that have points, drawn, by name; `file` says where each is written for Markdown. Throws `CohortError` where vega is not
 * installed.
 */
export async function drawFigures(
  names: readonly string[],
  { runsOf }: ReproductionResults,
  file: (name: string) => string,
): Promise<Map<string, Chart>> {
  const drawn = new Map<string, Chart>();
  for (const name of names) {
    const isCurve = name === 'fig2' || name === 'fig3';
    const figure = isCurve
      ? curveFigure(runsOf, name === 'fig2' ? 'iteration' : 'step')
      : name === 'fig4'
        ? binningFigure(runsOf)
        : tableFigure(runsOf);
    if (figure.panels.length === 0) continue;
    const { x, y, alt, caption, panels } = figure;
    const make = (theme: 'light' | 'dark'): ChartSpec => (isCurve ? curveChart : pointChart)(panels, { x, y, theme });
    drawn.set(name, await themedChart(make, panels, { x, y }, { name, alt, caption, file: file(name) }));
  }
  return drawn;
}
