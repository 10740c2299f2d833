/**
 * Many runs on many tasks in one number, as rliable defines them (R. Agarwal et al. 2021, arXiv 2108.13264, section 4.3), each with its interval. Scores
 * of different tasks are put together here: normalize them first, so that a score of one task means as much as the same score of another.
 */
import { type Resample, type Scores, stratifiedBootstraps } from './bootstrap.ts';
import { interquartileMean, mean, median, needsValues } from './describe.ts';
import type { Interval } from './interval.ts';

/**
 * How far the runs of all tasks are below a score that is good enough: gamma minus the mean of min(score, gamma). Runs above gamma do not make up for
 * others; 0 is best. With different numbers of runs every run counts alike. Throws RangeError where there are no runs.
 *
 * Example: runs 0.5 and 1.5 of one task, 0 and 1 of another, gamma 1: 1 - (0.5 + 1 + 0 + 1) / 4 = 0.375.
 */
export function optimalityGap(scores: Scores, gamma = 1): number {
  const runs = scores.flat();
  needsValues('optimalityGap', runs);
  return gamma - mean(runs.map((score) => Math.min(score, gamma)));
}

/** The four aggregates of a matrix of scores. */
export interface Aggregates {
  /** Median over tasks of their mean scores. */
  readonly median: Interval;
  /** Interquartile mean of all runs of all tasks together, `scipy.stats.trim_mean(scores, 0.25, axis=None)`. */
  readonly iqm: Interval;
  /** Mean over tasks of their mean scores. */
  readonly mean: Interval;
  /** {@link optimalityGap}. */
  readonly optimalityGap: Interval;
}

/** What {@link aggregateScores} may be told. */
export interface AggregateOptions {
  /** Share of the resamples inside an interval. Default 0.95. */
  readonly level?: number;
  /** The score that is good enough, for the optimality gap. Default 1: scores are normalized. */
  readonly gamma?: number;
}

/**
 * Median, interquartile mean, mean and optimality gap of runs by task, with stratified bootstrap intervals of the same resamples. rliable's four
 * aggregates. Throws RangeError as `stratifiedBootstrap` does.
 *
 * Example: tasks 0 1 and 0.5 1.5, estimates: task means 0.5 and 1: median 0.75, mean 0.75; all runs 0 0.5 1 1.5: IQM 0.75; gap 1 - 2.5 / 4 = 0.375.
 */
export function aggregateScores(scores: Scores, resamples: Iterable<Resample>, { level, gamma }: AggregateOptions = {}): Aggregates {
  const of = (tasks: Scores): number[] => {
    const means = tasks.map(mean);
    return [median(means), interquartileMean(tasks.flat()), mean(means), optimalityGap(tasks, gamma)];
  };
  const [middle, iqm, average, gap] = stratifiedBootstraps(scores, of, resamples, level) as [Interval, Interval, Interval, Interval];
  return { median: middle, iqm, mean: average, optimalityGap: gap };
}
