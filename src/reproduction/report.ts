/**
 * The rerun of arXiv 2510.03679 as sections of a report: every cell beside what was published, a verdict each, a verdict per claim, and the readings.
 */
import type { MatrixCell } from '../experiments/matrix.ts';
import { cellsOfMatrix } from '../experiments/matrix.ts';
import type { ResolveRun } from '../experiments/plan.ts';
import { type Cell, finalScore, type PolicyKind, type RunResult } from '../experiments/result.ts';
import { resultsOf } from '../experiments/runner.ts';
import { agreement, type CellVerdict, spreadReadings } from '../experiments/verdict.ts';
import { type Difference, meanInterval } from '../statistics/index.ts';
import { binningClaims, type Claim, groupSizeClaims, judgeClaims, type ScoresOf, tableClaims } from './claims.ts';
import { binnings, figure4, table1, tunedPpo } from './matrices.ts';
import { groupSizes, isPublished, margins, publishedFigure, source, tasks } from './published.ts';
import { firstReadingSeed, readings, scoreReadings } from './readings.ts';

/** Finds the runs of a cell among results. */
export type RunsOf = (cell: Parameters<ScoresOf>[0]) => readonly RunResult[];

/** The results of a folder, by what was run. */
export interface ReproductionResults {
  readonly runsOf: RunsOf;
  /** Runs of the readings and of tuned PPO, by the name of their cell. */
  readonly byCell: ReadonlyMap<string, readonly RunResult[]>;
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
  return {
    byCell,
    runsOf: ({ env, method, numEnvs, binning }) => runs.get(key([env, method, numEnvs, ...(binning === undefined ? [] : [binning])])) ?? [],
  };
}

const minus = '−';
const plain = (value: number): string => (Math.abs(value) >= 1000 ? Math.round(value).toString() : value.toFixed(1)).replace('-', minus);
const signed = (value: number): string => (value < 0 ? plain(value) : `+${plain(value)}`);
const withInterval = ({ estimate, low, high }: Pick<Difference, 'estimate' | 'low' | 'high'>, write = plain): string =>
  `${write(estimate)} [${write(low)}, ${write(high)}]`;
const scoresOf = (runs: readonly RunResult[], kind: PolicyKind): number[] =>
  runs.map((run) => finalScore(run, kind)).filter((score) => score !== undefined);

/** Mean with its interval over seeds; the mean alone of one seed; a dash of none. */
function meanText(scores: readonly number[]): string {
  if (scores.length === 0) return '–';
  const found = meanInterval(scores);
  return found ? withInterval(found) : plain(scores[0]!);
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
        const sampled = scoresOf(runs, 'sampled');
        const verdicts = spreadReadings.map((reading) => {
          const found = figure && agreement(sampled, figure, reading, margins[task]!);
          return { difference: found ? withInterval(found.difference, signed) : '', verdict: found?.verdict ?? ('' as const) };
        });
        const published = figure
          ? `${plain(figure.mean)} ± ${plain(figure.spread)}`
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
          greedy: meanText(scoresOf(runs, 'greedy')),
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

/** A table: headings, then rows of text. */
export interface TextTable {
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of the report. */
export interface ReportPart {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: TextTable;
}

function claimTable(claims: readonly Claim[], results: ReproductionResults): TextTable {
  const judged = judgeClaims(claims, results.runsOf, 'sampled');
  return {
    heading: ['claim', 'source', 'comparison', 'difference [95 %]', 'verdict'],
    rows: judged.map(({ claim, difference, verdict }) => [
      claim.text,
      claim.source,
      claim.comparison,
      difference ? withInterval(difference, signed) : '–',
      verdict,
    ]),
  };
}

const rule =
  'The rules were stated before the runs (docs/log.md, 2026-11-28). The interval is Welch’s 95 % interval of ours minus published. The paper does not say ' +
  'what stands behind its ±: the first difference takes it as the standard deviation of four seeds, the second as the standard error of their mean.';

function table1Part(results: ReproductionResults): ReportPart {
  const rows = tableRows(results);
  const counts = spreadReadings.map((reading, index) => {
    const count = countVerdicts(rows, index);
    return `As a ${reading}: ${count.agrees} cells agree, ${count.differs} differ, ${count['cannot tell']} cannot be told.`;
  });
  return {
    title: 'Table 1: mean return after 200 iterations',
    paragraphs: [
      `Published: ${source}. Ours: the last evaluation of each seed, 20 episodes, mean over seeds with Student’s 95 % interval. Verdicts are of the sampled policy; greedy returns stand beside them.`,
      rule,
      ...counts,
      'Cells of PPO chose the reading of the open settings (below, other seeds); they are marked with *.',
    ],
    table: {
      heading: [
        'task',
        'N',
        'algorithm',
        'published',
        'seeds',
        'ours, sampled',
        'ours, greedy',
        'difference (SD)',
        'verdict',
        'difference (SE)',
        'verdict',
      ],
      rows: rows.map(({ task, numEnvs, algorithm, published, seeds, sampled, greedy, verdicts }) => [
        task,
        String(numEnvs),
        algorithm === 'ppo' ? 'ppo *' : algorithm,
        published,
        String(seeds),
        sampled,
        greedy,
        ...verdicts.flatMap(({ difference, verdict }) => [difference, verdict]),
      ]),
    },
  };
}

function figure4Part(results: ReproductionResults): ReportPart {
  return {
    title: 'Figure 4: binnings on LunarLander-v3',
    paragraphs: [
      'GPG, sampled return after 200 iterations, mean over seeds with its 95 % interval. The figure’s values are not given as numbers in the paper.',
    ],
    table: {
      heading: ['bins', ...groupSizes.map((numEnvs) => `N = ${numEnvs}`)],
      rows: Object.keys(binnings).map((binning) => [
        binning,
        ...groupSizes.map((numEnvs) =>
          meanText(scoresOf(results.runsOf({ env: 'LunarLander-v3', method: 'gpg', numEnvs, binning }), 'sampled')),
        ),
      ]),
    },
  };
}

function readingsPart({ byCell }: ReproductionResults, kind: PolicyKind): ReportPart {
  return {
    title: `Readings of what the paper leaves open, ${kind} evaluation`,
    paragraphs: [
      'PPO on two seeds that no table uses (four on CartPole). The score is the root mean square of ours minus published over the cells shown, in units of the task’s largest published PPO cell; the lowest wins.',
    ],
    table: {
      heading: ['task', 'decides', 'reading', 'ours (published) by N', 'score'],
      rows: scoreReadings(byCell, kind).map(({ reading, cells, score }) => [
        reading.env,
        reading.step,
        reading.name,
        cells
          .map(({ numEnvs, ours, published }) => `${numEnvs}: ${ours === undefined ? '–' : plain(ours)} (${plain(published)})`)
          .join('; '),
        score === undefined ? '–' : score.toFixed(3),
      ]),
    },
  };
}

function tunedPart({ byCell }: ReproductionResults): ReportPart {
  return {
    title: 'PPO as others tuned it',
    paragraphs: ['So that nobody takes the paper’s baseline for the best PPO. Steps are those of the settings, not those of the table.'],
    table: {
      heading: ['settings', 'seeds', 'steps', 'sampled', 'greedy'],
      rows: cellsOfMatrix(tunedPpo).map(({ name }) => {
        const runs = byCell.get(name) ?? [];
        return [
          name,
          String(runs.length),
          runs[0] ? runs[0].progress.count.toLocaleString('en-US') : '–',
          meanText(scoresOf(runs, 'sampled')),
          meanText(scoresOf(runs, 'greedy')),
        ];
      }),
    },
  };
}

/** The parts of the report that belong to a reproduction: `table1`, `fig2`, `fig3`, `fig4`, `tuned-ppo`, `readings` or `all`. */
export function reportParts(name: string, results: ReproductionResults): ReportPart[] {
  const claims = (title: string, list: readonly Claim[]): ReportPart => ({
    title,
    paragraphs: [
      'A claim is confirmed where the 95 % interval of its comparison lies above 0, contradicted where it lies below. Sampled returns.',
    ],
    table: claimTable(list, results),
  });
  const ofTable = (): ReportPart[] => [
    table1Part(results),
    claims('Claims about the table', tableClaims),
    claims('Group size: two papers that say the opposite, on the same runs', groupSizeClaims),
  ];
  const ofFigure4 = (): ReportPart[] => [figure4Part(results), claims('Claims about Figure 4', binningClaims)];
  const ofReadings = (): ReportPart[] => [readingsPart(results, 'sampled'), readingsPart(results, 'greedy')];
  switch (name) {
    case 'fig4':
      return ofFigure4();
    case 'readings':
      return ofReadings();
    case 'tuned-ppo':
      return [tunedPart(results)];
    case 'all':
      return [...ofTable(), ...ofFigure4(), tunedPart(results), ...ofReadings()];
    default:
      return ofTable();
  }
}
