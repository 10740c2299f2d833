/**
 * The figures of arXiv 2510.03679 as series of points, from the runs of its table: what charts are drawn from.
 */
import type { RunResult } from '../experiments/result.ts';
import { finalScores } from '../experiments/result.ts';
import type { Panel, PointPanel } from '../report/charts.ts';
import { type CurveAxis, learningCurve, type Point } from '../report/curves.ts';
import { mean, meanInterval } from '../statistics/index.ts';
import { binnings } from './matrices.ts';
import { groupSizes, publishedFigure, tasks } from './published.ts';
import type { RunsOf } from './results.ts';

/** A figure: its panels and the words around them. */
export interface Figure<P> {
  readonly name: string;
  readonly alt: string;
  readonly caption: string;
  readonly x: string;
  readonly y: string;
  readonly panels: readonly P[];
}

const algorithms = ['gpg', 'ppo'] as const;

/** The mean of the last sampled evaluations with its interval, at a number of environments. */
function pointOf(numEnvs: number, runs: readonly RunResult[]): Point[] {
  const scores = finalScores(runs, 'sampled');
  if (scores.length === 0) return [];
  const found = meanInterval(scores);
  return [{ x: numEnvs, y: mean(scores), ...(found && { low: found.low, high: found.high }) }];
}

/** Table 1 as a chart: return over the number of environments, ours and published. */
export function tableFigure(runsOf: RunsOf): Figure<PointPanel> {
  const panels = tasks.map((task): PointPanel => {
    const ours = algorithms.map((method) => ({
      name: method,
      points: groupSizes.flatMap((numEnvs) => pointOf(numEnvs, runsOf({ env: task, method, numEnvs }))),
    }));
    const published = algorithms.map((method) => ({
      name: `${method}, published`,
      published: true,
      points: groupSizes.flatMap((numEnvs): Point[] => {
        const figure = publishedFigure(task, method, numEnvs);
        return figure ? [{ x: numEnvs, y: figure.mean, low: figure.mean - figure.spread, high: figure.mean + figure.spread }] : [];
      }),
    }));
    return { title: task, series: [...ours, ...published].filter(({ points }) => points.length > 0) };
  });
  const caption =
    'Sampled return after 200 iterations over the number of environments: mean over seeds with its 95 % interval; hollow: published, with its ±.';
  return { name: 'table1', alt: 'Table 1 as a chart', caption, x: 'environments (N)', y: 'return', panels };
}

/** Figures 2 and 3: learning curves by iteration, or by environment step. */
export function curveFigure(runsOf: RunsOf, x: Extract<CurveAxis, 'iteration' | 'step'>): Figure<Panel> {
  const panels = tasks.flatMap((task) =>
    algorithms.map((method): Panel => {
      const cells = groupSizes.map((numEnvs) => ({ name: `N = ${numEnvs}`, runs: runsOf({ env: task, method, numEnvs }) }));
      const series = cells
        .filter(({ runs }) => runs.length > 0)
        .map((cell) => learningCurve(cell, { x, from: 'sampled', average: 'mean' }));
      return { title: `${task}, ${method}`, series };
    }),
  );
  const byStep = x === 'step';
  return {
    name: byStep ? 'fig3' : 'fig2',
    alt: `Learning curves by ${x}`,
    caption: `The paper’s ${byStep ? 'Figure 3' : 'Figure 2'}: sampled return over ${byStep ? 'environment steps' : 'iterations'}, five episodes per evaluation, mean over seeds with its 95 % interval.`,
    x: byStep ? 'environment steps' : 'iterations',
    y: 'return',
    panels: panels.filter(({ series }) => series.length > 0),
  };
}

/** Figure 4: binnings over the number of environments. */
export function binningFigure(runsOf: RunsOf): Figure<PointPanel> {
  const seriesOf = (binning: string) => ({
    name: binning,
    points: groupSizes.flatMap((numEnvs) => pointOf(numEnvs, runsOf({ env: 'LunarLander-v3', method: 'gpg', numEnvs, binning }))),
  });
  const names = Object.keys(binnings);
  const panelOf = (title: string, kind: string): PointPanel => {
    const own = names.filter((name) => name === 'time' || name === 'universal' || name.split(' ')[0] === kind);
    return { title, series: own.map(seriesOf).filter(({ points }) => points.length > 0) };
  };
  const panels = [panelOf('bins by space', 'space'), panelOf('bins by space and time', 'space-time')].filter(
    ({ series }) => series.length > 0,
  );
  const caption =
    'The paper’s Figure 4: GPG on LunarLander-v3 with eight binnings, sampled return after 200 iterations, mean over seeds with its 95 % interval.';
  return { name: 'fig4', alt: 'Binnings on LunarLander', caption, x: 'environments (N)', y: 'return', panels };
}
