/**
 * Learning curves as data: one line over the seeds of a cell, with a band that says how well it is known.
 */
import { mistake, suggest } from '../core/errors.ts';
import type { Cell, RunResult } from '../experiments/result.ts';
import { createGenerator } from '../random/index.ts';
import { drawResamples, interquartileMean, mean, meanInterval, type Resample, stratifiedBootstrap } from '../statistics/index.ts';

/** What lies along the axis: environment steps (or completions), iterations, or seconds since the beginning of the run. */
export const curveAxes = ['step', 'iteration', 'time'] as const;
/** One of {@link curveAxes}. */
export type CurveAxis = (typeof curveAxes)[number];

/** Whose returns: evaluations of the sampled or of the greedy policy, or the episodes that were played in training. */
export const curveSources = ['sampled', 'greedy', 'episodes'] as const;
/** One of {@link curveSources}. */
export type CurveSource = (typeof curveSources)[number];

const averages = ['mean', 'iqm'] as const;

/** A point of a line. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** Lower end of the interval; missing where there is none. */
  readonly low?: number | undefined;
  /** Upper end. */
  readonly high?: number | undefined;
}

/** A line with a name. */
export interface Series {
  readonly name: string;
  /** In rising order of x. */
  readonly points: readonly Point[];
}

/** How a learning curve is made. */
export interface CurveOptions {
  readonly x: CurveAxis;
  readonly from: CurveSource;
  /** Over seeds: the mean with Student's 95 % interval, or the interquartile mean with a bootstrapped one. */
  readonly average: 'mean' | 'iqm';
}

/** Training episodes are averaged over so many stretches of equal length. */
const stretches = 50;
/** A line of more points than this shows no more. */
const mostPoints = 200;
/** Of the bootstrap: the same data give the same band. */
const bootstrapSeed = 20_230_826;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The run's own clock of this axis at some progress, straight between its evaluations. */
function placeOf(run: RunResult, axis: CurveAxis): (progress: number) => number {
  if (axis === 'step') return (progress) => progress;
  const { evaluations, progress: end } = run;
  // Without a clock, everything happens at 0 seconds.
  const clock = evaluations.seconds.map((seconds) => seconds ?? 0);
  const [values, last] = axis === 'iteration' ? [evaluations.iteration, run.iterations] : [clock, run.seconds ?? 0];
  const known = evaluations.progress.map((progress, index) => ({ x: progress, y: values[index]! }));
  const marks: Place[] = [{ x: 0, y: 0 }, ...known.filter(({ x }) => x > 0 && x < end.count), { x: end.count, y: last }];
  return (progress) => {
    const next = Math.max(
      1,
      marks.findIndex(({ x }) => x >= progress),
    );
    const [from, to] = [marks[next - 1]!, marks[next]!];
    return to.x > from.x ? from.y + ((to.y - from.y) * (progress - from.x)) / (to.x - from.x) : to.y;
  };
}

function evaluationsOf(run: RunResult, axis: CurveAxis, from: 'sampled' | 'greedy'): Place[] {
  const { iteration, progress, seconds, [from]: returns } = run.evaluations;
  const xs = { step: progress, iteration, time: seconds }[axis];
  return returns.flatMap((values, index) => {
    const finite = values.filter((value) => value !== null);
    return finite.length > 0 ? [{ x: xs[index]!, y: mean(finite) }] : [];
  });
}

/** Mean return of the episodes that ended in each stretch, at its end; nothing for a stretch in which none ended. */
function episodesOf(run: RunResult, axis: CurveAxis, total: number): Place[] {
  const { episodes } = run;
  if (!episodes || total === 0) return [];
  const counts = new Array<number>(stretches).fill(0);
  const sums = new Array<number>(stretches).fill(0);
  episodes.progress.forEach((progress, index) => {
    const value = episodes.return[index];
    const count = episodes.count[index]!;
    if (typeof value !== 'number' || count === 0) return;
    // A stretch holds its end and not its beginning.
    const stretch = Math.min(stretches - 1, Math.max(0, Math.ceil((progress * stretches) / total) - 1));
    counts[stretch]! += count;
    sums[stretch]! += count * value;
  });
  const place = placeOf(run, axis);
  return counts.flatMap((count, stretch) => {
    // A run that ended within the stretch has its last point where it ended.
    const end = Math.min(((stretch + 1) * total) / stretches, run.progress.count);
    return count > 0 ? [{ x: place(end), y: sums[stretch]! / count }] : [];
  });
}

/** Where the line has points: every place of any seed, or an even choice of them. */
function gridOf(lines: readonly (readonly Place[])[]): number[] {
  const all = [...new Set(lines.flatMap((line) => line.map(({ x }) => x)))].sort((a, b) => a - b);
  if (all.length <= mostPoints) return all;
  return Array.from({ length: mostPoints }, (_, k) => all[Math.round((k * (all.length - 1)) / (mostPoints - 1))]!);
}

/** The last value at or before x; `undefined` before the first and after the last. */
function valueAt(line: readonly Place[], x: number): number | undefined {
  if (line.length === 0 || x > line.at(-1)!.x) return undefined;
  return line.findLast((place) => place.x <= x)?.y;
}

function checkOptions({ x, from, average }: CurveOptions): void {
  const check = (subject: string, value: string, names: readonly string[]): void => {
    if (names.includes(value)) return;
    throw mistake(`learningCurve: ${subject}`, `one of ${names.join(', ')}`, JSON.stringify(value), suggest(value, names));
  };
  check('x', x, curveAxes);
  check('from', from, curveSources);
  check('average', average, averages);
}

/**
 * The learning curve of a cell: the average over its seeds at every place where one of them has a value, with a 95 % interval where all of them have one
 * and there are two or more. A seed counts with its last value at or before that place, from its first place to its last. The line goes as far as at
 * least half of the seeds do, and has no more than 200 points.
 *
 * From `episodes`: means over the training episodes that ended in each of 50 equal stretches of steps; a seed's iteration and second at the end of a
 * stretch lie straight between those of its evaluations. Values that were not finite are left out; a cell without any gives no points.
 *
 * Throws `CohortError` for an unknown axis, source or average.
 */
export function learningCurve(cell: Cell, options: CurveOptions): Series {
  checkOptions(options);
  const { x: axis, from, average } = options;
  const total = Math.max(0, ...cell.runs.map(({ progress }) => progress.count));
  const lines = cell.runs.map((run) => (from === 'episodes' ? episodesOf(run, axis, total) : evaluationsOf(run, axis, from)));
  const seeds = lines.length;
  let resamples: Resample[] | undefined;
  const intervalOf = (values: number[]): { low?: number; high?: number } => {
    if (values.length < seeds || seeds < 2) return {};
    if (average === 'mean') {
      const { low, high } = meanInterval(values)!;
      return { low, high };
    }
    // The same resamples of seeds everywhere: a band over time, not a jitter.
    if (!resamples) {
      const generator = createGenerator(bootstrapSeed);
      resamples = [...drawResamples([values], () => generator.random())];
    }
    const { low, high } = stratifiedBootstrap([values], ([all]) => interquartileMean(all!), resamples);
    return { low, high };
  };
  const points = gridOf(lines).flatMap((x): Point[] => {
    const values = lines.map((line) => valueAt(line, x)).filter((value) => value !== undefined);
    if (values.length === 0 || values.length < seeds / 2) return [];
    const y = average === 'mean' ? mean(values) : interquartileMean(values);
    return [{ x, y, ...intervalOf(values) }];
  });
  return { name: cell.name, points };
}
