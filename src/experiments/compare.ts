/**
 * How cells compare: each with its spread over seeds, and against a baseline of the same target. Pure functions; they work in a page.
 */
import { csvField } from '../core/csv.ts';
import { mistake, show, suggest } from '../core/errors.ts';
import { createGenerator } from '../random/index.ts';
import {
  type Difference,
  drawResamples,
  holm,
  type Interval,
  improvementInterval,
  interquartileMean,
  mannWhitney,
  mean,
  meanInterval,
  pairedDifference,
  type Resample,
  type Scores,
  stratifiedBootstrap,
  welchDifference,
} from '../statistics/index.ts';
import { type Cell, finalScore, finalScores, type PolicyKind, type RunResult } from './result.ts';

/** How to compare. */
export interface CompareOptions {
  /** Which policy's returns. Default `sampled`. */
  readonly policy?: PolicyKind;
  /** What the others of a target are compared with: the name of a cell, or parts of it such as `ppo`. Default: the first of each target. */
  readonly baseline?: string | undefined;
  /** What a run is worth. Default: the mean return of its last evaluation, of `policy`. */
  readonly score?: ((run: RunResult) => number | undefined) | undefined;
  /** Fields of the settings: cells are compared with those alone that have the same, and so have a baseline for each. Default none. */
  readonly within?: readonly string[];
  /** Compares run with run of the same seed. Default false: seeds are independent. */
  readonly paired?: boolean;
  /** Share inside the intervals. Default 0.95. */
  readonly level?: number;
  /** Resamples of the bootstrap. Default 2000. */
  readonly resamples?: number;
  /** Seed of the resamples: the same runs give the same intervals. Default 0. */
  readonly seed?: number;
}

/** A cell over its seeds. */
export interface CellStatistics {
  /** One per run that was evaluated: the mean return of its last evaluation, in the order of the runs. */
  readonly scores: readonly number[];
  /** Mean with Student's interval over seeds; the ends are `NaN` for one seed. `undefined` without scores. */
  readonly mean: Interval | undefined;
  /** Interquartile mean with its bootstrap interval. */
  readonly iqm: Interval | undefined;
  readonly lowest: number | undefined;
  readonly highest: number | undefined;
}

/** What a comparison says: `higher` and `lower` only where the p-value, corrected for all comparisons of the table, is below 1 minus the level. */
export type ComparisonReading = 'higher' | 'lower' | 'no difference shown';

/** A cell against the baseline of its target. */
export interface ComparisonWith {
  readonly baseline: string;
  /** Mean of the cell minus mean of the baseline: Welch's interval, or that of the paired differences. */
  readonly difference: Difference;
  /** The difference's p-value, corrected for all comparisons (S. Holm). */
  readonly pValue: number;
  /** Of the Mann-Whitney test, not corrected; `undefined` for paired seeds. */
  readonly mannWhitney: number | undefined;
  /** Probability that a run of the cell is better than one of the baseline, with its bootstrap interval. */
  readonly improvement: Interval;
  readonly reading: ComparisonReading;
}

/** A row of the comparison. */
export interface ComparedCell extends CellStatistics {
  readonly cell: Cell;
  readonly target: string;
  /** `undefined` for the baseline itself, and where one of both has fewer than two seeds. */
  readonly against: ComparisonWith | undefined;
}

/** The interquartile mean of scores with its bootstrap interval; the ends are `NaN` for a single score. Throws RangeError for none. */
export function iqmInterval(scores: readonly number[], { level = 0.95, resamples = 2000, seed = 0 }: CompareOptions = {}): Interval {
  const estimate = interquartileMean(scores);
  if (scores.length < 2) return { estimate, low: Number.NaN, high: Number.NaN };
  const generator = createGenerator(seed);
  const drawn = drawResamples([scores], () => generator.random(), resamples);
  return stratifiedBootstrap([scores], ([values]) => interquartileMean(values!), drawn, level);
}

/** What a run is worth. */
function scoreOf({ policy = 'sampled', score }: CompareOptions): (run: RunResult) => number | undefined {
  return score ?? ((run) => finalScore(run, policy));
}

/** Mean, interquartile mean and range over the seeds of a cell. */
export function cellStatistics({ runs }: Cell, options: CompareOptions = {}): CellStatistics {
  const { level = 0.95 } = options;
  const scores = runs.map(scoreOf(options)).filter((score) => score !== undefined);
  if (scores.length === 0) return { scores, mean: undefined, iqm: undefined, lowest: undefined, highest: undefined };
  const alone = { estimate: mean(scores), low: Number.NaN, high: Number.NaN };
  return {
    scores,
    mean: meanInterval(scores, level) ?? alone,
    iqm: iqmInterval(scores, options),
    lowest: scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY),
    highest: scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY),
  };
}

/** Scores of the seeds that both have, in the same order. */
function pairs(cell: Cell, baseline: Cell, score: (run: RunResult) => number | undefined): [number[], number[]] {
  const others = new Map(baseline.runs.map((run) => [String(run.seed), score(run)]));
  const both = cell.runs.flatMap((run): [number, number][] => {
    const [own, other] = [score(run), others.get(String(run.seed))];
    return own === undefined || other === undefined ? [] : [[own, other]];
  });
  return [both.map(([own]) => own), both.map(([, other]) => other)];
}

type Draft = Omit<ComparisonWith, 'pValue' | 'reading'>;

function against(cell: Cell, baseline: Cell, options: CompareOptions): Draft | undefined {
  const { level = 0.95, resamples = 2000, seed = 0, paired = false } = options;
  const score = scoreOf(options);
  const of = ({ runs }: Cell): number[] => runs.map(score).filter((value) => value !== undefined);
  const [own, other] = paired ? pairs(cell, baseline, score) : [of(cell), of(baseline)];
  if (own.length < 2 || other.length < 2) return undefined;
  const difference = paired ? pairedDifference(own, other, level) : welchDifference(own, other, level);
  if (!difference) return undefined;
  const generator = createGenerator(seed);
  const draw = (scores: Scores): Iterable<Resample> => drawResamples(scores, () => generator.random(), resamples);
  // Of pairs, whether each is an improvement; they are drawn as pairs.
  const gains = own.map((score, index) => (score > other[index]! ? 1 : score === other[index] ? 0.5 : 0));
  const improvement = paired
    ? stratifiedBootstrap([gains], ([values]) => mean(values!), draw([gains]), level)
    : improvementInterval([own], [other], draw([own, other]), level);
  return { baseline: baseline.name, difference, mannWhitney: paired ? undefined : mannWhitney(own, other).pValue, improvement };
}

/** The target of a cell: its runs have one. */
const targetOf = ({ runs }: Cell): string => runs[0]?.target ?? '';

/** What cells that are compared have in common: the target, and the values of some fields. */
const groupOf = (cell: Cell, within: readonly string[]): string =>
  JSON.stringify([targetOf(cell), ...within.map((field) => cell.runs[0]?.settings[field])]);

/** Whether a cell is named by that, or by some of the parts of its name: `ppo`, `numEnvs 4`. */
export function isBaseline({ name }: Cell, wanted: string): boolean {
  const parts = name.split(', ');
  return name === wanted || wanted.split(', ').every((part) => parts.includes(part));
}

/** The names of the baselines: of each target, and of each value of the fields `within`, the first cell, or the first that `wanted` names. */
export function baselinesOf(cells: readonly Cell[], wanted?: string, within: readonly string[] = []): Set<string> {
  const groups = [...new Set(cells.map((cell) => groupOf(cell, within)))];
  return new Set(
    groups.flatMap((group) => {
      const own = cells.filter((cell) => groupOf(cell, within) === group);
      const named =
        wanted === undefined ? undefined : (own.find(({ name }) => name === wanted) ?? own.find((cell) => isBaseline(cell, wanted)));
      // Of several tasks those without the baseline that is asked for have none.
      return (named ?? (wanted !== undefined && within.length > 0 ? undefined : own[0]))?.name ?? [];
    }),
  );
}

/**
 * Compares cells. Every cell gets its statistics; every cell but the baseline of its target (and of its values of `within`) is compared with that. p-values are corrected for all
 * comparisons together. Throws `CohortError` for a baseline that no cell is.
 */
export function compareCells(cells: readonly Cell[], options: CompareOptions = {}): ComparedCell[] {
  const { baseline: wanted, level = 0.95, within = [] } = options;
  const names = cells.map(({ name }) => name);
  if (wanted !== undefined && !cells.some((cell) => isBaseline(cell, wanted))) {
    throw mistake('baseline', 'the name of a cell', show(wanted), suggest(wanted, names));
  }
  const chosen = baselinesOf(cells, wanted, within);
  const baselines = new Map(cells.filter(({ name }) => chosen.has(name)).map((cell) => [groupOf(cell, within), cell]));
  const drafts = cells.map((cell) => {
    const baseline = baselines.get(groupOf(cell, within));
    return !baseline || baseline === cell ? undefined : against(cell, baseline, options);
  });
  const compared = drafts.filter((draft) => draft !== undefined);
  const corrected = holm(compared.map(({ difference }) => difference.pValue));
  return cells.map((cell, index): ComparedCell => {
    const draft = drafts[index];
    const statistics = cellStatistics(cell, options);
    const shared = { cell, target: targetOf(cell), ...statistics };
    if (!draft) return { ...shared, against: undefined };
    const pValue = corrected[compared.indexOf(draft)]!;
    const reading = pValue >= 1 - level ? 'no difference shown' : draft.difference.estimate > 0 ? 'higher' : 'lower';
    return { ...shared, against: { ...draft, pValue, reading } };
  });
}

/** How a method does against the baselines of several tasks. */
export interface OverallComparison {
  readonly method: string;
  /** Tasks: targets with values of the fields `within`. */
  readonly tasks: number;
  /** Mean over tasks of the probability that a run of the method is better than one of the baseline, with its stratified bootstrap interval. */
  readonly improvement: Interval;
  /** Tasks where the reading is that, corrected for all comparisons. */
  readonly higher: number;
  readonly lower: number;
}

/** Every method against the baselines of all its tasks together; `compared` is what `compareCells` gave for the same options. */
export function compareOverall(compared: readonly ComparedCell[], options: CompareOptions = {}): OverallComparison[] {
  const { within = [], level = 0.95, resamples = 2000, seed = 0 } = options;
  const byName = new Map(compared.map((one) => [one.cell.name, one]));
  const methods = new Map<string, ComparedCell[]>();
  for (const one of compared) {
    if (!one.against) continue;
    const parts = within.map((field) => `${field} ${String(one.cell.runs[0]?.settings[field])}`);
    const name = methodName(one.cell, parts);
    methods.set(name, [...(methods.get(name) ?? []), one]);
  }
  return [...methods].map(([method, own]) => {
    const [scores, others] = [own.map((one) => one.scores), own.map((one) => byName.get(one.against!.baseline)!.scores)];
    const generator = createGenerator(seed);
    const drawn = drawResamples([...scores, ...others], () => generator.random(), resamples);
    const count = (reading: ComparisonReading): number => own.filter((one) => one.against!.reading === reading).length;
    const improvement = improvementInterval(scores, others, drawn, level);
    return { method, tasks: own.length, improvement, higher: count('higher'), lower: count('lower') };
  });
}

/** Raw scores, one row per run: target, method, cell, seed, sampled and greedy mean of the last evaluation, progress, seconds, identity. */
export function scoresAsCsv(cells: readonly Cell[]): string {
  const header = 'target,method,cell,seed,sampled,greedy,progress,seconds,identity';
  const rows = cells.flatMap(({ name, runs }) =>
    runs.map((run) =>
      [
        run.target,
        run.method,
        name,
        run.seed,
        finalScore(run, 'sampled') ?? '',
        finalScore(run, 'greedy') ?? '',
        run.progress.count,
        run.seconds ?? '',
        run.identity,
      ]
        .map(csvField)
        .join(','),
    ),
  );
  return `${[header, ...rows].join('\n')}\n`;
}

/** Scores as rliable takes them, by method: runs x tasks. */
export interface RliableScores {
  readonly tasks: readonly string[];
  readonly scores: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Runs that are left out, because another task of their method has fewer. */
  readonly left: number;
  /** Methods that are left out, because they lack a task. */
  readonly incomplete: readonly string[];
}

/** The parts of a cell's name without its target and `others`: what cells of one method have in common on several tasks. */
function methodName(cell: Cell, others: readonly string[] = []): string {
  const target = targetOf(cell);
  const kept = cell.name.split(', ').filter((part) => part !== target && !others.includes(part));
  return kept.join(', ') || (cell.runs[0]?.method ?? 'all');
}

/**
 * The scores by method as rliable's dictionary of runs x tasks: a method is what cells of different targets have in common in their names, the target
 * taken out; where two cells of a target would be the same method, all keep their whole names. Every method gets as many runs per task as its task with
 * the fewest has.
 */
export function scoresForRliable(cells: readonly Cell[], policy: PolicyKind = 'sampled'): RliableScores {
  const tasks = [...new Set(cells.map(targetOf))];
  const keys = cells.map((cell) => JSON.stringify([targetOf(cell), methodName(cell)]));
  const nameOf = new Set(keys).size === keys.length ? (cell: Cell): string => methodName(cell) : ({ name }: Cell): string => name;
  const byMethod = new Map<string, Map<string, number[]>>();
  for (const cell of cells) {
    const scores = finalScores(cell.runs, policy);
    byMethod.set(nameOf(cell), (byMethod.get(nameOf(cell)) ?? new Map<string, number[]>()).set(targetOf(cell), scores));
  }
  const isComplete = (byTask: ReadonlyMap<string, readonly number[]>): boolean =>
    tasks.every((task) => (byTask.get(task)?.length ?? 0) > 0);
  let left = 0;
  const scores: Record<string, number[][]> = {};
  for (const [method, byTask] of byMethod) {
    if (!isComplete(byTask)) continue;
    const count = tasks.reduce((least, task) => Math.min(least, byTask.get(task)!.length), Number.POSITIVE_INFINITY);
    left += tasks.reduce((sum, task) => sum + byTask.get(task)!.length - count, 0);
    scores[method] = Array.from({ length: count }, (_, run) => tasks.map((task) => byTask.get(task)![run]!));
  }
  return { tasks, scores, left, incomplete: [...byMethod].flatMap(([method, byTask]) => (isComplete(byTask) ? [] : [method])) };
}
