/**
 * Curves over runs on many tasks: how many runs are above each score (performance profiles), and how the interquartile mean rises over training (sample
 * efficiency). R. Agarwal et al. 2021, arXiv 2108.13264, section 4.2 and figure 8; their package rliable.
 */
import { type Resample, type Scores, stratifiedBootstraps } from './bootstrap.ts';
import { interquartileMean, mean } from './describe.ts';
import type { Interval } from './interval.ts';

/** What {@link performanceProfile} may be told. */
export interface ProfileOptions {
  /**
   * What is counted: `runs` above a score, rliable's score distribution, whose profile is unbiased; or `tasks` whose mean score is above it, its
   * average-score distribution. Default `runs`.
   */
  readonly of?: 'runs' | 'tasks';
  /** Share of the resamples inside an interval. Default 0.95. */
  readonly level?: number;
}

/**
 * For each threshold the share (0 .. 1) of runs with a score above it, averaged over tasks, or the share of tasks with a mean score above it; with
 * pointwise stratified bootstrap intervals of the same resamples. Every task counts alike, as in rliable where all have the same number of runs. Throws
 * RangeError as `stratifiedBootstrap` does.
 *
 * Example: tasks 0 1 and 0.5 2, thresholds 0, 0.5, 1: runs above: (1/2 + 1) / 2 = 0.75, (1/2 + 1/2) / 2 = 0.5, (0 + 1/2) / 2 = 0.25; task means 0.5 and
 * 1.25 above: 1, 0.5, 0.5.
 */
export function performanceProfile(
  scores: Scores,
  thresholds: readonly number[],
  resamples: Iterable<Resample>,
  { of = 'runs', level }: ProfileOptions = {},
): Interval[] {
  const shareAbove = (values: readonly number[], threshold: number): number => mean(values.map((value) => (value > threshold ? 1 : 0)));
  const profile = (tasks: Scores): number[] => {
    if (of === 'runs') return thresholds.map((threshold) => mean(tasks.map((runs) => shareAbove(runs, threshold))));
    const means = tasks.map(mean);
    return thresholds.map((threshold) => shareAbove(means, threshold));
  };
  return stratifiedBootstraps(scores, profile, resamples, level);
}

/** Scores over training by task, then by run, then by moment of training; all runs have the same moments. */
export type Curves = readonly (readonly (readonly number[])[])[];

/**
 * The interquartile mean over the runs of all tasks at each moment of training, with pointwise stratified bootstrap intervals. A resample draws whole
 * runs, the same at every moment; rliable draws anew at each, which gives pointwise intervals of the same distribution. Resamples are drawn with
 * `drawResamples(curves.map((runs) => runs.map(() => 0)), random)`, or with the scores of one moment. Throws RangeError as `stratifiedBootstrap` does, and
 * for runs with different numbers of moments.
 *
 * Example: one task, the runs 0 2 and 1 4: at the first moment 0.5, at the second 3.
 */
export function sampleEfficiency(curves: Curves, resamples: Iterable<Resample>, level?: number): Interval[] {
  const moments = curves[0]?.[0]?.length ?? 0;
  const other = curves.flat().find((run) => run.length !== moments);
  if (other) {
    throw new RangeError(
      `sampleEfficiency: expected runs with the same moments of training, got ${moments} and ${other.length}; cut them to those that all have`,
    );
  }
  const numbered = curves.map((runs) => runs.map((_, run) => run));
  // The bootstrap draws numbers of runs, whose curves are looked up.
  const efficiency = (tasks: Scores): number[] =>
    Array.from({ length: moments }, (_, at) =>
      interquartileMean(tasks.flatMap((runs, task) => runs.map((run) => curves[task]![run]![at]!))),
    );
  return stratifiedBootstraps(numbered, efficiency, resamples, level);
}
