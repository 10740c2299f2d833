/**
 * Whether two methods differ: paired and independent differences of means with intervals, the probability of improvement, and corrections for
 * looking at several comparisons at once.
 */
import { type Resample, type Scores, stratifiedBootstrap } from './bootstrap.ts';
import { mean, needsValues, variance } from './describe.ts';
import type { Interval } from './interval.ts';
import { studentInterval, studentTail } from './students.ts';

/** A difference of means, x minus y, with Student's interval. */
export interface Difference extends Interval {
  /** Standard error of the estimate. */
  readonly standardError: number;
  /** Degrees of freedom of that standard error. */
  readonly freedom: number;
  /** Two-sided p-value of no difference, 0 .. 1. */
  readonly pValue: number;
}

function differenceOf(estimate: number, error: number, freedom: number, level: number): Difference {
  // Without any spread the values themselves decide: equal means are no difference, others are one.
  const pValue = error > 0 ? studentTail(estimate / error, freedom) : estimate === 0 ? 1 : 0;
  return { ...studentInterval(estimate, error, freedom, level), standardError: error, freedom, pValue };
}

/**
 * Mean of the differences `x[i] - y[i]` of runs that belong together (the same seed, the same problems), with Student's interval of n - 1 degrees of
 * freedom. `null` for a single pair, whose spread is not known. Throws RangeError for lists of different lengths, for empty ones, and for a level that is
 * not between 0 and 1.
 *
 * Example: 3 5 7 minus 2 3 4: differences 1 2 3, 2 -+ 4.3027 / sqrt(3), p = 0.0742.
 */
export function pairedDifference(x: readonly number[], y: readonly number[], level = 0.95): Difference | null {
  if (x.length !== y.length) {
    throw new RangeError(
      `pairedDifference: expected two lists of the same length, got ${x.length} and ${y.length}; leave out what has no partner`,
    );
  }
  const differences = x.map((value, i) => value - y[i]!);
  const squared = variance(differences);
  if (squared === null) return null;
  return differenceOf(mean(differences), Math.sqrt(squared / x.length), x.length - 1, level);
}

/** A mean with what is known of its error, as a list or as figures that were published. */
export interface MeanWithError {
  readonly mean: number;
  /** Square of the mean's standard error. */
  readonly squaredError: number;
  /** Degrees of freedom of that error. */
  readonly freedom: number;
}

/** The mean of a list with its error; `null` for a single value. Throws RangeError for an empty list. */
export function meanWithError(values: readonly number[]): MeanWithError | null {
  const squared = variance(values);
  return squared === null ? null : { mean: mean(values), squaredError: squared / values.length, freedom: values.length - 1 };
}

/**
 * A weighted sum of means of independent groups, sum of w_i mean_i, whose variances may differ: B. L. Welch's interval (1947) with F. E. Satterthwaite's
 * degrees of freedom. Throws RangeError for no terms and for a level that is not between 0 and 1.
 *
 * Example: 1 2 3 with weight 1 and 0 0 3 with weight -1: means 2 and 1, squared errors 1/3 and 1, so 1 -+ t * sqrt(4/3) with
 * (4/3)^2 / ((1/9 + 1) / 2) = 3.2 degrees of freedom.
 */
export function contrast(terms: readonly { readonly weight: number; readonly mean: MeanWithError }[], level = 0.95): Difference {
  if (terms.length === 0) throw new RangeError('contrast: expected at least 1 term, got 0; give the means to combine');
  let [estimate, sum, squares] = [0, 0, 0];
  for (const { weight, mean: term } of terms) {
    const error = weight * weight * term.squaredError;
    estimate += weight * term.mean;
    sum += error;
    squares += (error * error) / term.freedom;
  }
  const all = terms.reduce((total, { mean: term }) => total + term.freedom, 0);
  return differenceOf(estimate, Math.sqrt(sum), sum > 0 ? (sum * sum) / squares : all, level);
}

/**
 * Difference of the means of two independent lists, mean(x) - mean(y): the {@link contrast} of weights 1 and -1. `null` where a list has a single value.
 * Throws RangeError for an empty list and for a level that is not between 0 and 1.
 *
 * Example: 1 2 3 and 0 0 3: 1 -+ t * sqrt(4/3) with 3.2 degrees of freedom.
 */
export function welchDifference(x: readonly number[], y: readonly number[], level = 0.95): Difference | null {
  const [first, second] = [meanWithError(x), meanWithError(y)];
  if (first === null || second === null) return null;
  return contrast(
    [
      { weight: 1, mean: first },
      { weight: -1, mean: second },
    ],
    level,
  );
}

/**
 * The probability that a run of x is better than a run of y on the same task, ties counting one half, averaged over tasks: rliable's (R. Agarwal et al.
 * 2021, arXiv 2108.13264, section 4.3), which divides the Mann-Whitney U of each task by the number of pairs. {@link improvementInterval} gives its
 * interval. Throws RangeError for different numbers of tasks, for none, and for a task without runs.
 *
 * Example: one task, 1 3 against 2 3: of four pairs 3 > 2 is one, 3 = 3 a half: 0.375.
 */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  if (x.length !== y.length) {
    throw new RangeError(
      `probabilityOfImprovement: expected the same tasks, got ${x.length} and ${y.length}; leave out tasks that only one has`,
    );
  }
  return mean(
    x.map((runs, task) => {
      const others = y[task]!;
      needsValues('probabilityOfImprovement', runs);
      needsValues('probabilityOfImprovement', others);
      let better = 0;
      for (const one of runs) for (const other of others) better += one > other ? 1 : one === other ? 0.5 : 0;
      return better / (runs.length * others.length);
    }),
  );
}

/**
 * {@link probabilityOfImprovement} with its stratified bootstrap interval, as rliable's: the runs of both are drawn independently. `resamples` are those
 * of `drawResamples([...x, ...y], random)`. Throws RangeError as that and `stratifiedBootstrap` do.
 *
 * Example: one task, 1 3 against 2, the resamples 00, 01, 10, 11 of the two runs: 0 0.5 0.5 1, at level 0.5 their quartiles 0.375 and 0.625 around 0.5.
 */
export function improvementInterval(x: Scores, y: Scores, resamples: Iterable<Resample>, level = 0.95): Interval {
  const improvement = (tasks: Scores): number => probabilityOfImprovement(tasks.slice(0, x.length), tasks.slice(x.length));
  return stratifiedBootstrap([...x, ...y], improvement, resamples, level);
}

function checkPValues(name: string, pValues: readonly number[]): void {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new RangeError(`${name}: expected p-values from 0 to 1, got ${wrong}; give probabilities`);
}

/**
 * p-values adjusted for their number m, min(1, m p): with a limit of 0.05 the chance of any false difference is at most 0.05. In the order given. Throws
 * RangeError for a value outside 0 .. 1.
 *
 * Example: 0.01 0.04 0.5: 0.03 0.12 1.
 */
export function bonferroni(pValues: readonly number[]): number[] {
  checkPValues('bonferroni', pValues);
  return pValues.map((p) => Math.min(1, p * pValues.length));
}

/**
 * p-values adjusted by S. Holm's steps (1979): the smallest times m, the next times m - 1, ..., none below the one before. The same promise as
 * {@link bonferroni}, and never larger. In the order given. Throws RangeError for a value outside 0 .. 1.
 *
 * Example: 0.04 0.01 0.03: 0.06 0.03 0.06.
 */
export function holm(pValues: readonly number[]): number[] {
  checkPValues('holm', pValues);
  const rising = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  rising.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
