/**
 * The report of a matrix: its words, every cell beside what is expected of it, comparisons with its baseline, what it cost, and its versions.
 */
import { type ComparedCell, type CompareOptions, cellStatistics, compareCells, compareOverall } from '../experiments/compare.ts';
import { cellsOfMatrix, type Expected, type Matrix } from '../experiments/matrix.ts';
import { type Cell, lastEpisodesScore, type RunResult } from '../experiments/result.ts';
import { type Interval, mean } from '../statistics/index.ts';
import type { Section } from './document.ts';
import { formatCounts, formatDifference, formatInterval, formatPercent, formatValue, nothing } from './numbers.ts';
import { costTable, provenanceTable, scoreTable } from './summary.ts';
import { numberCell, type Table, type TableCell } from './table.ts';

const right = (title: string) => ({ title, align: 'right' }) as const;

/** What a run is worth in this report. */
function scoreOf({ report }: Matrix): ((run: RunResult) => number | undefined) | undefined {
  return report.score === 'episodes' ? lastEpisodesScore : undefined;
}

/** Scores of the training episodes at the end of training. */
function episodesTable(cells: readonly Cell[]): Table {
  return {
    columns: [{ title: 'Cell' }, ...['Seeds', 'Mean', 'IQM', 'Lowest', 'Highest'].map(right)],
    rows: cells.map((cell) => {
      const { scores, mean: average, iqm, lowest, highest } = cellStatistics(cell, { score: lastEpisodesScore });
      const written = (value: Parameters<typeof formatInterval>[0] | undefined): TableCell =>
        value ? numberCell(formatInterval(value), value.estimate) : nothing;
      return [
        cell.name,
        numberCell(String(scores.length), scores.length),
        written(average),
        written(iqm),
        numberCell(formatValue(lowest), lowest),
        numberCell(formatValue(highest), highest),
      ];
    }),
    note: 'Mean return of the training episodes that ended in the last tenth of the steps, over seeds, with its 95 % interval (Student); IQM with its bootstrap interval.',
  };
}

/** What was published of a cell, or a threshold for it, beside what came out. */
function expectationRow(cell: Cell, { policy, value, spread, atLeast, atMost, source, seeds }: Expected): TableCell[] {
  const found = cellStatistics(cell, { policy }).mean?.estimate;
  const target = value ?? atLeast ?? atMost;
  const expected =
    value === undefined
      ? `${atLeast === undefined ? '≤' : '≥'} ${formatValue(target)}`
      : `${formatValue(value)}${spread === undefined ? '' : ` ± ${formatValue(spread)}`}`;
  const difference = found === undefined || target === undefined ? undefined : found - target;
  return [
    cell.name,
    policy,
    numberCell(expected, target),
    numberCell(formatValue(found), found),
    numberCell(formatDifference(difference), difference),
    [source ?? 'threshold of our own', ...(seeds === undefined ? [] : [`${seeds} seeds`])].join(', '),
  ];
}

function expectations(matrix: Matrix, cells: readonly Cell[]): Section[] {
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const rows = cellsOfMatrix({ ...matrix, search: undefined }).flatMap(({ name, expected }) => {
    const cell = byName.get(name);
    return cell && cell.runs.length > 0 ? expected.map((one) => expectationRow(cell, one)) : [];
  });
  if (rows.length === 0) return [];
  const columns = [
    { title: 'Cell' },
    { title: 'Policy' },
    right('Published, or threshold'),
    right('Ours'),
    right('Difference'),
    { title: 'Source' },
  ];
  return [{ title: 'Published figures and thresholds', table: { columns, rows } }];
}

const equalProgress = ', at equal progress';

/** Cells that are compared with each other: of one target, and at equal updates or at equal progress. */
function comparisonGroups(cells: readonly Cell[]): { readonly title: string; readonly cells: Cell[] }[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const target = cell.runs[0]?.target ?? '';
    const key = `${target}${cell.name.endsWith(equalProgress) ? equalProgress : ''}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups].map(([title, own]) => ({ title, cells: own })).filter(({ cells: own }) => own.length > 1);
}

/** One row for every comparison. */
function comparisonTable(compared: readonly ComparedCell[], paired: boolean, note: string): Table {
  const rows = compared.flatMap(({ cell, against: found }): TableCell[][] => {
    if (!found) return [];
    const { difference, pValue, mannWhitney, improvement, reading } = found;
    return [
      [
        cell.name,
        numberCell(formatInterval(difference), difference.estimate),
        numberCell(formatValue(pValue, 4), pValue),
        ...(paired ? [] : [numberCell(formatValue(mannWhitney, 4), mannWhitney)]),
        shareCell(improvement),
        { text: reading, strong: reading !== 'no difference shown' },
      ],
    ];
  });
  const columns = [
    { title: 'Cell' },
    right(paired ? 'Difference, paired by seed' : 'Difference'),
    right('p (Holm)'),
    ...(paired ? [] : [right('p (Mann-Whitney)')]),
    right('Better in'),
    { title: 'Reading' },
  ];
  return { columns, rows, note };
}

const shareCell = ({ estimate, low, high }: Interval): TableCell =>
  numberCell(`${formatPercent(estimate)} [${formatPercent(low)}, ${formatPercent(high)}]`, estimate);

function comparisons(matrix: Matrix, cells: readonly Cell[]): Section[] {
  const { baseline, paired, within } = matrix.report;
  if (baseline === undefined) return [];
  const difference = `difference of means with its 95 % interval (${paired ? 'Student, paired' : 'Welch'})`;
  if (within) return comparisonsWithin(cells, { baseline, paired, within, score: scoreOf(matrix) }, difference);
  return comparisonGroups(cells).map(({ title, cells: own }) => {
    const compared = compareCells(own, { baseline, paired, score: scoreOf(matrix) });
    const against = compared.find((one) => one.against)?.against?.baseline ?? baseline;
    const note = `Against ${against}: ${difference}; p corrected for the comparisons of this table.`;
    return { title: `Compared with the baseline: ${title}`, table: comparisonTable(compared, paired, note) };
  });
}

/** All tasks in one table, and every method over all of them. */
function comparisonsWithin(
  cells: readonly Cell[],
  options: CompareOptions & { readonly baseline: string; readonly paired: boolean; readonly within: readonly string[] },
  difference: string,
): Section[] {
  const { baseline, paired, within } = options;
  const compared = compareCells(cells, options);
  const note = `Against ${baseline} at the same ${within.join(', ')}: ${difference}; p corrected for the comparisons of this table, all tasks together.`;
  const overall = compareOverall(compared, options).map(({ method, tasks, improvement, higher, lower }) => [
    method,
    numberCell(String(tasks), tasks),
    shareCell(improvement),
    numberCell(String(higher), higher),
    numberCell(String(lower), lower),
  ]);
  const columns = [{ title: 'Method' }, right('Tasks'), right('Better in'), right('Higher'), right('Lower')];
  const meaning =
    'Better in: mean over tasks of the probability that a run is better than one of the baseline, with its 95 % interval (stratified bootstrap, 2,000 resamples). Higher, lower: tasks with that reading.';
  return [
    { title: `Compared with ${baseline}, task by task`, table: comparisonTable(compared, paired, note) },
    { title: `Compared with ${baseline}, over all tasks`, table: { columns, rows: overall, note: meaning } },
  ];
}

/** Figures that are not scores, as means over seeds: pass@k, seconds of parts, megabytes. */
function figures(cells: readonly Cell[]): Section[] {
  const of = ({ figures: own = {} }: RunResult): Readonly<Record<string, number>> => own;
  const names = [...new Set(cells.flatMap(({ runs }) => runs.flatMap((run) => Object.keys(of(run)))))];
  if (names.length === 0) return [];
  const rows = cells.map((cell) => [
    cell.name,
    ...names.map((name) => {
      const values = cell.runs.map((run) => of(run)[name]).filter((value) => value !== undefined);
      return values.length > 0 ? numberCell(formatValue(mean(values)), mean(values)) : nothing;
    }),
  ]);
  const note = 'Means over seeds. time/… are seconds of all iterations; warm starts and evaluations are not in them.';
  return [{ title: 'Other figures', table: { columns: [{ title: 'Cell' }, ...names.map(right)], rows, note } }];
}

/** The sections of a matrix with results: `cells` in its order, those without runs left out by the caller. `charts` follow the scores. */
export function matrixSections(matrix: Matrix, cells: readonly Cell[], charts: Section[] = []): Section[] {
  const isEpisodes = matrix.report.score === 'episodes';
  const scores: Section = isEpisodes
    ? { title: 'Return at the end of training', table: episodesTable(cells) }
    : { title: 'The last evaluation', table: scoreTable(cells) };
  return [
    scores,
    ...charts,
    ...comparisons(matrix, cells),
    ...expectations(matrix, cells),
    ...figures(cells),
    { title: 'Cost', table: costTable(cells) },
    { title: 'Versions and machines', table: provenanceTable(cells) },
  ];
}

/** `3 cells, 30 runs of seeds 1 to 10`. */
export function matrixLead({ note }: Matrix, cells: readonly Cell[]): string {
  const runs = cells.reduce((sum, cell) => sum + cell.runs.length, 0);
  const counts = `${cells.length} cells, ${runs} runs, ${formatCounts(cells.map((cell) => cell.runs.length))} seeds per cell.`;
  return note === undefined ? counts : `${note.trim()} ${counts}`;
}
