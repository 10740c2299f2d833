/**
 * Final scores of cells as what charts show: profiles, aggregates, probabilities of improvement. The score of a run is the mean return of its last
 * evaluation; runs without one are left out.
 */
import { iqmInterval } from '../experiments/compare.ts';
import { type Cell, finalScores, type PolicyKind } from '../experiments/result.ts';
import { createGenerator } from '../random/index.ts';
import { drawResamples, improvementInterval, performanceProfile, probabilityOfImprovement } from '../statistics/index.ts';
import type { IntervalRow } from './charts.ts';
import type { Series } from './curves.ts';

/** Of the bootstrap: the same scores give the same interval. */
const bootstrapSeed = 0;

/**
 * The performance profile of each cell (R. Agarwal et al. 2021, arXiv 2108.13264, section 4.2): the share of its runs whose score is above tau, as a
 * step function from the lowest to the highest score of all cells, with its pointwise 95 % bootstrap interval where a cell has two runs or more. A point
 * holds until the next one begins; in between nothing changes, since resamples have no other scores. A share of 0 or 1 has an interval of width 0, which
 * says that no run of the cell was on the other side and not that none could be. Cells without a score are left out.
 *
 * Example: scores 1 3 beside 2 2: the first cell has 0.5 from 1, 0 from 3; the second 1 from 1, 0 from 2.
 */
export function scoreProfiles(cells: readonly Cell[], kind: PolicyKind): Series[] {
  const scored = cells.map((cell) => ({ name: cell.name, scores: finalScores(cell.runs, kind) })).filter(({ scores }) => scores.length > 0);
  const all = scored.flatMap(({ scores }) => scores);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return scored.map(({ name, scores }) => {
    const places = [...new Set([first, ...scores, last])].sort((a, b) => a - b);
    const generator = createGenerator(bootstrapSeed);
    const resamples = drawResamples([scores], () => generator.random());
    const profile = performanceProfile([scores], places, resamples);
    const known = scores.length > 1;
    return { name, points: profile.map(({ estimate: y, low, high }, at) => ({ x: places[at]!, y, ...(known && { low, high }) })) };
  });
}

/** The interquartile mean of each cell's final scores with its 95 % bootstrap interval. Cells without a score are left out. */
export function aggregateScores(cells: readonly Cell[], kind: PolicyKind): IntervalRow[] {
  return cells.flatMap((cell) => {
    const scores = finalScores(cell.runs, kind);
    if (scores.length === 0) return [];
    const { estimate, low, high } = iqmInterval(scores);
    return [{ name: cell.name, estimate, ...(scores.length > 1 && { low, high }) }];
  });
}

/**
 * The probability that a run of each further cell is better than a run of the first, ties counting one half, with its 95 % bootstrap interval over the
 * runs of both. Cells without a score are left out; nothing without two.
 */
export function improvements(cells: readonly Cell[], kind: PolicyKind): IntervalRow[] {
  const scored = cells.map((cell) => ({ name: cell.name, scores: finalScores(cell.runs, kind) })).filter(({ scores }) => scores.length > 0);
  const [first, ...others] = scored;
  if (!first) return [];
  return others.map(({ name, scores }) => {
    const both = [scores, first.scores];
    if (both.some(({ length }) => length < 2)) return { name, estimate: probabilityOfImprovement([scores], [first.scores]) };
    const generator = createGenerator(bootstrapSeed);
    const drawn = drawResamples(both, () => generator.random());
    return { name, ...improvementInterval([scores], [first.scores], drawn) };
  });
}
