/**
 * The runs of the reproductions by their cells, and Table 1 row by row: every cell beside what was published, with a verdict.
 */
import { cellsOfMatrix, type MatrixCell } from '../experiments/matrix.ts';
import type { ResolveRun } from '../experiments/plan.ts';
import { type Cell, finalScores, type RunResult } from '../experiments/result.ts';
import { resultsOf } from '../experiments/runner.ts';
import { agreement, type CellVerdict, spreadReadings } from '../experiments/verdict.ts';
import { decimalsOf, formatDifference, formatInterval, formatValue, nothing } from '../report/numbers.ts';
import { type Difference, meanInterval } from '../statistics/index.ts';
import type { ScoresOf } from './claims.ts';
import { figure4, table1, tunedPpo } from './matrices.ts';
import { groupSizes, isPublished, margins, publishedFigure, tasks } from './published.ts';
import { firstReadingSeed, readings } from './readings.ts';

/** Finds the runs of a cell among results. */
export type RunsOf = (cell: Parameters<ScoresOf>[0]) => readonly RunResult[];

/** The results of a folder, by what was run. */
export interface ReproductionResults {
  readonly runsOf: RunsOf;
  /** Runs of the readings and of tuned PPO, by the name of their cell. */
  readonly byCell: ReadonlyMap<string, readonly RunResult[]>;
  /** All runs that were found. */
  readonly count: number;
  /** Versions of this package, and machines, that the runs come from. */
  readonly versions: readonly string[];
  readonly machines: readonly string[];
}

/** Sorts results into the cells of all matrices. */
export function sortResults(results: ReadonlyMap<string, RunResult>, resolve: ResolveRun): ReproductionResults {
  const inCells = (cells: readonly MatrixCell[], anySeed = true): [MatrixCell, Cell][] => {
    // More seeds than the paper's are welcome.
    const found = resultsOf(cells, resolve, results, { anySeed });
    const isTable = ({ seed }: RunResult): boolean => Number(seed) < firstReadingSeed;
    return cells.map((cell, index) => [cell, anySeed ? { ...found[index]!, runs: found[index]!.runs.filter(isTable) } : found[index]!]);
  };
  const key = (parts: readonly unknown[]): string => JSON.stringify(parts);
  const runs = new Map<string, readonly RunResult[]>();
  for (const [{ values }, cell] of inCells(cellsOfMatrix(table1))) runs.set(key([values.env, values.algorithm, values.numEnvs]), cell.runs);
  for (const [{ values }, cell] of inCells(cellsOfMatrix(figure4))) {
    runs.set(key(['LunarLander-v3', 'gpg', values.numEnvs, values.binning]), cell.runs);
  }
  const byCell = new Map<string, readonly RunResult[]>();
  for (const [, cell] of [...inCells(cellsOfMatrix(readings), false), ...inCells(cellsOfMatrix(tunedPpo))])
    byCell.set(cell.name, cell.runs);
  const found = new Set([...runs.values(), ...byCell.values()].flat());
  const distinct = (of: (run: RunResult) => string): string[] => [...new Set([...found].map(of))].sort();
  return {
    byCell,
    count: new Set([...found].map(({ identity }) => identity)).size,
    versions: distinct(({ versions }) => versions['cohort-rl'] ?? '?'),
    machines: distinct(({ machine }) => machine),
    runsOf: ({ env, method, numEnvs, binning }) => runs.get(key([env, method, numEnvs, ...(binning === undefined ? [] : [binning])])) ?? [],
  };
}

/** The mean over seeds with its interval; the value alone of one seed; a dash of none. */
export function meanText(scores: readonly number[]): string {
  return scores.length === 0 ? nothing : formatInterval(meanInterval(scores) ?? { estimate: scores[0] });
}

/** A difference with its interval, signs written, all with the decimals of the largest. */
export function differenceText({ estimate, low, high }: Pick<Difference, 'estimate' | 'low' | 'high'>): string {
  const decimals = decimalsOf(Math.max(...[estimate, low, high].map(Math.abs)));
  const [middle, below, above] = [estimate, low, high].map((value) => formatDifference(value, decimals));
  return `${middle} [${below}, ${above}]`;
}

/** A cell of Table 1 beside ours. */
export interface TableRow {
  readonly task: string;
  readonly numEnvs: number;
  readonly algorithm: string;
  readonly published: string;
  readonly seeds: number;
  readonly sampled: string;
  readonly greedy: string;
  /** Ours minus published and the verdict, by what the published spread may be of; empty where there is nothing to compare. */
  readonly verdicts: readonly { readonly difference: string; readonly verdict: CellVerdict | '' }[];
}

/** Table 1, row by row. */
export function tableRows({ runsOf }: ReproductionResults): TableRow[] {
  return tasks.flatMap((task) =>
    groupSizes.flatMap((numEnvs) =>
      ['gpg', 'ppo'].map((algorithm): TableRow => {
        const runs = runsOf({ env: task, method: algorithm, numEnvs });
        const figure = publishedFigure(task, algorithm, numEnvs);
        const sampled = finalScores(runs, 'sampled');
        const verdicts = spreadReadings.map((reading) => {
          const found = figure && agreement(sampled, figure, reading, margins[task]!);
          return { difference: found ? differenceText(found.difference) : '', verdict: found?.verdict ?? ('' as const) };
        });
        const published = figure
          ? `${formatValue(figure.mean, 2)} ± ${formatValue(figure.spread, 2)}`
          : isPublished(task, algorithm, numEnvs)
            ? 'not legible in our copy'
            : '';
        return {
          task,
          numEnvs,
          algorithm,
          published,
          seeds: runs.length,
          sampled: meanText(sampled),
          greedy: meanText(finalScores(runs, 'greedy')),
          verdicts,
        };
      }),
    ),
  );
}

/** How many cells got each verdict, under one reading of the published spread. */
export function countVerdicts(rows: readonly TableRow[], reading: number): Readonly<Record<CellVerdict, number>> {
  const count = { agrees: 0, differs: 0, 'cannot tell': 0 };
  for (const { verdicts } of rows) {
    const verdict = verdicts[reading]?.verdict;
    if (verdict) count[verdict]++;
  }
  return count;
}
