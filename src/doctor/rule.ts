/**
 * What a rule of `cohort-rl doctor` is: it looks at the metrics of a run and says what is wrong, or nothing.
 */
import type { MetricRow } from '../run/storedRun.ts';

/** A run as rules see it. */
export interface Patient {
  /** Every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Metrics of its iterations, in order; lines of evaluations are left out. */
  readonly rows: readonly MetricRow[];
  /** What is known of the environment: its time limit, and the return that counts as solved. */
  readonly maxEpisodeSteps?: number | undefined;
  readonly rewardThreshold?: number | undefined;
  /** Means and variances of observations, if the run normalizes them. */
  readonly normalizer?: { readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> } | undefined;
}

/** What a rule found. */
export interface Measured {
  /** The number that was measured. */
  readonly value: number;
  /** What the number is, with its iterations: `median of losses/clipfrac, iterations 101 to 200`. */
  readonly what: string;
}

/** One rule. */
export interface Rule {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly illness: string;
  /** Where the line is, in words: `above 0.5`. */
  readonly threshold: string;
  /** Where the line comes from. */
  readonly source: string;
  /** What to try, as flags where there are any. */
  readonly advice: string;
  /** What was measured, where it is beyond the line. */
  find(patient: Patient): Measured | undefined;
}

/** One thing that is wrong with a run. */
export interface Finding extends Measured, Omit<Rule, 'find'> {}

/** Fewer iterations than this say nothing: an own choice, since one iteration may be a whim of its episodes. */
export const leastIterations = 3;

/** Numbers of a metric, of a stretch of the run. */
export interface Stretch {
  readonly values: readonly number[];
  /** `iterations 101 to 200`. */
  readonly words: string;
}

/** The finite values of a metric from a share of the run on (0: all of it); of runs that are too short, none. */
export function stretch({ rows }: Patient, key: string, from = 0, to = 1): Stretch {
  const [first, end] = [Math.floor(rows.length * from), Math.ceil(rows.length * to)];
  const chosen = rows.slice(first, end);
  const values = chosen.flatMap((row) => (typeof row[key] === 'number' && Number.isFinite(row[key]) ? [row[key]] : []));
  const place = (row: MetricRow | undefined): string => String(row?.iteration ?? '?');
  const words = `iterations ${place(chosen[0])} to ${place(chosen.at(-1))}`;
  return { values: rows.length < leastIterations ? [] : values, words };
}

/** The middle one of the values; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of a stretch as a measurement, where it is beyond the line. */
export function medianBeyond(patient: Patient, key: string, from: number, isBeyond: (value: number) => boolean): Measured | undefined {
  const { values, words } = stretch(patient, key, from);
  const value = median(values);
  return values.length >= leastIterations && isBeyond(value) ? { value, what: `median of ${key}, ${words}` } : undefined;
}

/** Whether the last tenth of the run is no higher in a metric than the first tenth, by medians; not where either says nothing. */
export function staysDown(patient: Patient, key: string): boolean {
  return median(stretch(patient, key, 0.9).values) <= median(stretch(patient, key, 0, 0.1).values);
}

/** The entropy of the last tenth of the run, where too little is left of the greatest of the first tenth. */
export function lostEntropy(patient: Patient, isTooLittle: (before: number, after: number) => boolean): Measured | undefined {
  const [first, last] = [stretch(patient, 'losses/entropy', 0, 0.1), stretch(patient, 'losses/entropy', 0.9)];
  if (first.values.length === 0 || last.values.length === 0) return undefined;
  const before = first.values.reduce((high, value) => Math.max(high, value));
  const after = median(last.values);
  if (!isTooLittle(before, after)) return undefined;
  return { value: after, what: `median of losses/entropy, ${last.words} (${before.toPrecision(3)} in ${first.words})` };
}
