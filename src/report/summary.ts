/**
 * The usual report of some cells: scores with intervals, what differs between them, what they cost, on what they ran, and every seed's score.
 */
import { differingFields } from '../experiments/cells.ts';
import { iqmInterval } from '../experiments/compare.ts';
import { type Cell, finalScore, finalScores, type PolicyKind, type RunResult } from '../experiments/result.ts';
import { type Interval, mean, meanInterval } from '../statistics/index.ts';
import type { Section } from './document.ts';
import { formatCount, formatCounts, formatDuration, formatInterval, formatValue, nothing } from './numbers.ts';
import { numberCell, type Table, type TableCell } from './table.ts';

const kinds: readonly PolicyKind[] = ['sampled', 'greedy'];

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
const runsOf = (cells: readonly Cell[]): RunResult[] => cells.flatMap(({ runs }) => runs);
const targetOf = ({ runs }: Cell): string => distinct(runs.map(({ target }) => target)).join(', ');

/** `1 run`, `12 runs`. */
const counted = (count: number, word: string): string => `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A text cell per cell of the comparison: its target where there are several, and its name without what that says already. */
function naming(cells: readonly Cell[]): { readonly columns: Table['columns']; readonly cellsOf: (cell: Cell) => TableCell[] } {
  if (distinct(cells.map(targetOf)).length < 2) return { columns: [{ title: 'Cell' }], cellsOf: ({ name }) => [name] };
  const short = (cell: Cell): string => {
    const target = targetOf(cell);
    const rest = cell.name.replace(`${target}, `, '');
    return rest === target ? (cell.runs[0]?.method ?? '') : rest;
  };
  return { columns: [{ title: 'Target' }, { title: 'Cell' }], cellsOf: (cell) => [targetOf(cell), short(cell)] };
}

const right = (title: string) => ({ title, align: 'right' }) as const;

/** Number of seeds, and how many of them count where some failed. */
function seedsCell({ runs }: Cell): TableCell {
  const counting = runs.filter(({ status }) => status !== 'failed').length;
  return numberCell(counting === runs.length ? formatCount(counting) : `${counting} of ${runs.length}`, counting);
}

/**
 * The main table: per cell its seeds, the mean over seeds of the last evaluation with Student's 95 % interval, sampled and greedy, the interquartile mean of
 * the sampled with a bootstrap interval, and the lowest and the highest seed.
 */
export function scoreTable(cells: readonly Cell[]): Table {
  const { columns, cellsOf } = naming(cells);
  const interval = (found: Interval | null | undefined): TableCell => numberCell(found ? formatInterval(found) : nothing, found?.estimate);
  const average = (scores: readonly number[]): TableCell => {
    if (scores.length === 0) return nothing;
    return scores.length > 1 ? interval(meanInterval(scores)) : numberCell(formatValue(scores[0]), scores[0]);
  };
  const extreme = (scores: readonly number[], choose: (...values: number[]) => number): TableCell =>
    scores.length === 0 ? nothing : numberCell(formatValue(choose(...scores)), choose(...scores));
  const failed = runsOf(cells).filter(({ status }) => status === 'failed').length;
  const note = [
    'Mean over seeds of the last evaluation, with its 95 % interval (Student). IQM: interquartile mean over seeds of the sampled policy, with its 95 % interval',
    ' (stratified bootstrap, 2,000 resamples). Lowest and highest: single seeds, sampled.',
    ...(failed > 0 ? [` ${counted(failed, 'run')} failed and ${failed === 1 ? 'is' : 'are'} left out.`] : []),
  ];
  return {
    columns: [...columns, ...['Seeds', 'Sampled', 'Greedy', 'IQM, sampled', 'Lowest', 'Highest'].map(right)],
    rows: cells.map((cell) => {
      const [sampled, greedy] = [finalScores(cell.runs, 'sampled'), finalScores(cell.runs, 'greedy')];
      const ends = [extreme(sampled, Math.min), extreme(sampled, Math.max)];
      return [
        ...cellsOf(cell),
        seedsCell(cell),
        average(sampled),
        average(greedy),
        interval(sampled.length > 1 ? iqmInterval(sampled) : undefined),
        ...ends,
      ];
    }),
    note: note.join(''),
  };
}

/** What the cells took: iterations, steps or completions, time per run, and steps per second of wall time. */
export function costTable(cells: readonly Cell[]): Table {
  const { columns, cellsOf } = naming(cells);
  const units = distinct(runsOf(cells).map(({ progress }) => progress.unit));
  const unit = units.length === 1 ? units[0]! : 'steps or completions';
  const title = unit[0]!.toUpperCase() + unit.slice(1);
  return {
    columns: [...columns, ...['Iterations', title, 'Time per run', `${title} per second`].map(right)],
    rows: cells.map((cell) => {
      const counts = cell.runs.map(({ progress }) => progress.count);
      const iterations = cell.runs.map((run) => run.iterations);
      const timed = cell.runs.filter((run) => run.seconds !== null);
      const seconds = timed.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
      const rate = seconds > 0 ? timed.reduce((sum, run) => sum + run.progress.count, 0) / seconds : undefined;
      const each = timed.length > 0 ? seconds / timed.length : undefined;
      return [
        ...cellsOf(cell),
        numberCell(formatCounts(iterations), mean(iterations)),
        numberCell(formatCounts(counts), mean(counts)),
        numberCell(formatDuration(each), each),
        numberCell(formatCount(rate), rate),
      ];
    }),
    note: 'Wall time, evaluations included, of runs that may have shared a machine with others: no measurement of speed.',
  };
}

/** A setting as words: `true`, `64, 64`, `0.0003`. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return nothing;
  if (Array.isArray(value)) return value.map(settingText).join(', ') || 'none';
  if (typeof value === 'object') {
    return (
      Object.entries(value)
        .map(([name, part]) => `${name} ${settingText(part)}`)
        .join(', ') || 'none'
    );
  }
  return String(value);
}

const settingCell = (value: unknown): TableCell => (typeof value === 'number' ? numberCell(settingText(value), value) : settingText(value));

/** The settings that differ between cells, the longer side downwards; `undefined` where none does. */
export function settingsTable(cells: readonly Cell[]): Table | undefined {
  const settings = cells.map(({ runs }) => runs[0]?.settings ?? {});
  const fields = differingFields(settings);
  if (fields.length === 0) return undefined;
  const note = `${nothing}: a field that the cell's method does not have.`;
  const lacking = settings.some((one) => fields.some((field) => one[field] === undefined));
  if (fields.length > cells.length) {
    return {
      columns: [{ title: 'Setting' }, ...cells.map(({ name }) => ({ title: name }))],
      rows: fields.map((field) => [field, ...settings.map((one) => settingCell(one[field]))]),
      ...(lacking && { note }),
    };
  }
  return {
    columns: [{ title: 'Cell' }, ...fields.map((title) => ({ title }))],
    rows: cells.map(({ name }, index) => [name, ...fields.map((field) => settingCell(settings[index]![field]))]),
    ...(lacking && { note }),
  };
}

/** The settings that all cells have, with the same value. */
function sharedTable(cells: readonly Cell[]): Table | undefined {
  const settings = cells.map(({ runs }) => runs[0]?.settings ?? {});
  const differing = new Set(differingFields(settings));
  const shared = Object.entries(settings[0] ?? {}).filter(([field]) => !differing.has(field));
  if (shared.length === 0) return undefined;
  return { columns: [{ title: 'Setting' }, { title: 'Value' }], rows: shared.map(([field, value]) => [field, settingText(value)]) };
}

/** The score of every seed: a row per cell, a column per seed. */
export function seedTable(cells: readonly Cell[], kind: PolicyKind): Table {
  const { columns, cellsOf } = naming(cells);
  const seeds = distinct(runsOf(cells).map(({ seed }) => String(seed))).sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return {
    columns: [...columns, ...seeds.map(right)],
    rows: cells.map((cell) => {
      const scores = seeds.map((seed): TableCell => {
        const run = cell.runs.find((one) => String(one.seed) === seed);
        if (!run) return '';
        if (run.status === 'failed') return 'failed';
        const score = finalScore(run, kind);
        return numberCell(formatValue(score), score);
      });
      return [...cellsOf(cell), ...scores];
    }),
    note: 'A column is a seed; a number is the mean of its last evaluation.',
  };
}

/** On what the runs ran: versions and machines, with the number of runs of each. */
export function provenanceTable(cells: readonly Cell[]): Table {
  const counts = new Map<string, { what: string; value: string; runs: number }>();
  for (const { source, versions, machine } of runsOf(cells)) {
    for (const [what, value] of [['source', source], ...Object.entries(versions), ['machine', machine]] as [string, string][]) {
      const key = JSON.stringify([what, value]);
      const entry = counts.get(key) ?? { what, value, runs: 0 };
      entry.runs++;
      counts.set(key, entry);
    }
  }
  const entries = [...counts.values()].sort((a, b) => (a.what < b.what ? -1 : a.what > b.what ? 1 : b.runs - a.runs));
  return {
    columns: [{ title: 'What' }, { title: 'Version' }, right('Runs')],
    rows: entries.map(({ what, value, runs }) => [what, value, numberCell(formatCount(runs), runs)]),
  };
}

/** The runs that failed, and why. */
function failureTable(cells: readonly Cell[]): Table | undefined {
  const rows = cells.flatMap(({ name, runs }) =>
    runs.flatMap(({ status, seed, message = nothing }) => (status === 'failed' ? [[name, String(seed), message]] : [])),
  );
  return rows.length > 0 ? { columns: [{ title: 'Cell' }, right('Seed'), { title: 'Message' }], rows } : undefined;
}

/** What the cells are, in a sentence: `3 cells, 30 runs of gpg and ppo on CartPole-v1.` */
export function leadOf(cells: readonly Cell[]): string {
  const runs = runsOf(cells);
  const methods = listed(distinct(runs.map(({ method }) => method)));
  const targets = listed(distinct(runs.map(({ target }) => target)));
  return `${counted(cells.length, 'cell')}, ${counted(runs.length, 'run')} of ${methods} on ${targets}.`;
}

/** A title for them: `gpg and ppo on CartPole-v1`; of many methods or targets only how many. */
export function titleOf(cells: readonly Cell[]): string {
  const some = (names: readonly string[], word: string): string => (names.length > 3 ? counted(names.length, word) : listed(names));
  const runs = runsOf(cells);
  return `${some(distinct(runs.map(({ method }) => method)), 'method')} on ${some(distinct(runs.map(({ target }) => target)), 'task')}`;
}

/** The usual report of some cells as sections, the main table first. Throws nothing for cells that have at least one run each. */
export function summarySections(cells: readonly Cell[]): Section[] {
  const isLanguage = runsOf(cells).every(({ road }) => road === 'language-models');
  const score = isLanguage ? 'Accuracy' : 'Return';
  const differing = settingsTable(cells);
  const shared = sharedTable(cells);
  const failures = failureTable(cells);
  return [
    { title: `${score} at the end of training`, table: scoreTable(cells) },
    ...(differing ? [{ title: 'Settings that differ', table: differing }] : []),
    { title: 'Steps and time', table: costTable(cells) },
    ...kinds.map((kind) => ({ title: `${score} of every seed, ${kind}`, table: seedTable(cells, kind) })),
    ...(failures ? [{ title: 'Runs that failed', table: failures }] : []),
    { title: 'Versions and machines', table: provenanceTable(cells) },
    ...(shared ? [{ title: 'Settings of all cells', table: shared, folded: true }] : []),
  ];
}
