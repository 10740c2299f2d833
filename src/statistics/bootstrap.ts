/**
 * The stratified bootstrap over seeds and tasks (R. Agarwal et al. 2021, arXiv 2108.13264, section 4; their package rliable): runs are drawn anew with
 * replacement within each task, the tasks stay. What is drawn and what is computed of it are apart, so that recorded resamples give recorded intervals.
 */
import { quantile } from './describe.ts';
import type { Interval } from './interval.ts';
import { checkProbability } from './solve.ts';

/** Scores by task, then by run: task m has the runs `scores[m]`. Tasks may have different numbers of runs. */
export type Scores = readonly (readonly number[])[];

/** One resample: for each task as many indices of runs as it has runs. */
export type Resample = readonly (readonly number[])[];

/**
 * Draws resamples: for each task, run indices from 0 to its number of runs - 1 with replacement. `random` gives doubles in [0, 1); a seeded generator of
 * `cohort-rl/random` fits. `count` is rliable's `reps`: 2000 settle an interval to about a twentieth of its width.
 */
export function* drawResamples(scores: Scores, random: () => number, count = 2000): Generator<Resample> {
  for (let i = 0; i < count; i++) yield scores.map((runs) => runs.map(() => Math.floor(random() * runs.length)));
}

/**
 * Percentile interval of a statistic (B. Efron 1979): its quantiles over the resamples that leave `1 - level` outside, half on each side. Two methods are
 * compared by giving the tasks of both, one after the other, to a statistic that takes them apart again; their runs are then drawn independently.
 *
 *     stratifiedBootstrap(scores, (tasks) => interquartileMean(tasks.flat()), drawResamples(scores, random))
 *
 * Throws RangeError for a task without runs, for no resamples, and for a level that is not between 0 and 1.
 *
 * Example: one task with the runs 1 and 3, the mean, the resamples 00, 01, 10, 11: means 1 2 2 3; at level 0.5 their quartiles 1.75 and 2.25 around 2.
 */
export function stratifiedBootstrap(
  scores: Scores,
  statistic: (scores: Scores) => number,
  resamples: Iterable<Resample>,
  level = 0.95,
): Interval {
  return stratifiedBootstraps(scores, (tasks) => [statistic(tasks)], resamples, level)[0]!;
}

/**
 * Percentile intervals of several statistics over the same resamples, one per number that `statistic` gives: {@link stratifiedBootstrap} of each, and
 * the scores are drawn once. Throws RangeError as that does.
 *
 * Example: one task with the runs 1 and 3, `([runs]) => [mean(runs), Math.max(...runs)]`: the intervals of the mean and of the greatest run.
 */
export function stratifiedBootstraps(
  scores: Scores,
  statistic: (scores: Scores) => readonly number[],
  resamples: Iterable<Resample>,
  level = 0.95,
): Interval[] {
  checkProbability('stratifiedBootstrap', level, 'a level');
  if (scores.length === 0 || scores.some((runs) => runs.length === 0)) {
    throw new RangeError('stratifiedBootstrap: expected at least 1 run of every task, got none; leave out tasks without runs');
  }
  const found = Array.from(resamples, (resample) => statistic(resample.map((indices, task) => indices.map((run) => scores[task]![run]!))));
  if (found.length === 0) throw new RangeError('stratifiedBootstrap: expected at least 1 resample, got 0; draw some');
  const outside = (1 - level) / 2;
  return statistic(scores).map((estimate, i) => {
    const values = Float64Array.from(found, (statistics) => statistics[i]!);
    return { estimate, low: quantile(values, outside), high: quantile(values, 1 - outside) };
  });
}
