/**
 * A row of `verify`: one statement, what was computed, and whether it holds.
 */

import type { AdvantageBatch } from '../advantage/batch.ts';
import type { Estimate, EstimatorSettings, EstimatorWorkspace } from '../advantage/estimate.ts';
import type { GaeInput } from '../advantage/gae.ts';

/**
 * How a row computes. `exact`: all groups of trajectories of a small decision process, weighted by probability; nothing is drawn. `identity`: two
 * computations of one thing on drawn rollouts, equal to rounding. `monte carlo`: many drawn groups; numbers have 95 % intervals.
 */
export const rowKinds = ['exact', 'identity', 'monte carlo'] as const;
/** One of {@link rowKinds}. */
export type RowKind = (typeof rowKinds)[number];

/** A number and the bounds within which the statement puts it. */
export interface Check {
  /** What the number is. */
  readonly what: string;
  readonly value: number;
  /** 95 % interval of a drawn number. */
  readonly interval?: readonly [low: number, high: number];
  /** Least value with which the statement holds; left out: none. */
  readonly min?: number;
  /** Greatest value with which the statement holds; left out: none. */
  readonly max?: number;
}

/** An error against the size of the group. */
export interface ErrorCurve {
  /** `time bins, leave-one-out`. */
  readonly name: string;
  /** Root mean squared error of the gradient at every group size N, with its 95 % interval. */
  readonly points: readonly { readonly groupSize: number; readonly error: number; readonly low: number; readonly high: number }[];
  /** Of log(error) against log(N), with its 95 % interval. */
  readonly slope: number;
  readonly slopeInterval: readonly [low: number, high: number];
}

/** What a row computed. */
export interface Outcome {
  /** In words and numbers, one or two sentences without a full stop. */
  readonly computed: string;
  /** The row holds if all of them do. */
  readonly checks: readonly Check[];
  readonly curves?: readonly ErrorCurve[];
}

/** An estimator: the form of `estimateAdvantages`. */
export type Estimator = (batch: AdvantageBatch, settings: EstimatorSettings, workspace?: EstimatorWorkspace) => Estimate;

/** The objective of one step as PPO and GPG maximize it: `min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)`. */
export type Surrogate = (ratio: number, advantage: number, clip: number) => number;

/** What is under test. A test puts something wrong here and sees the row fail. */
export interface Subjects {
  /** The package's `estimateAdvantages`. */
  readonly estimate: Estimator;
  /** Advantages by the package's `gae`, (T, N). */
  readonly gae: (input: GaeInput) => Float64Array;
  readonly surrogate: Surrogate;
}

/** What a row works with. */
export interface Bench {
  /** Draws the decision processes and the samples. */
  readonly seed: number;
  readonly subjects: Subjects;
  /** Leaves out the groups of three: most of the time of the exact rows. */
  readonly pairsOnly: boolean;
}

/** A statement that can be checked. */
export interface Row {
  /** Its name, for `only`. */
  readonly name: string;
  /** The heading that it stands under. */
  readonly group: string;
  /** What is claimed, one sentence without a full stop. */
  readonly statement: string;
  /** Where it is from. */
  readonly source: string;
  readonly kind: RowKind;
  /** A slip: what the paper prints. The row holds if this is wrong and {@link right} is right. */
  readonly printed?: string;
  /** A slip: the right form. */
  readonly right?: string;
  /** Computes; now and then gives the share that is done, from 0 to 1. */
  run(bench: Bench): Generator<number, Outcome, void>;
}

/** Whether the number lies within its bounds; NaN does not. */
export function checkHolds({ value, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Check): boolean {
  return value >= min && value <= max;
}

/** Why a check fails and by how much; `undefined` if it holds. Example: `slope: -0.31, expected -0.6 to -0.4, off by 0.09`. */
export function whatFails(check: Check): string | undefined {
  if (checkHolds(check)) return undefined;
  const { what, value, min, max } = check;
  const bounds =
    min === undefined
      ? `at most ${numberText(max!)}`
      : max === undefined
        ? `at least ${numberText(min)}`
        : `${numberText(min)} to ${numberText(max)}`;
  const off = min !== undefined && value < min ? min - value : value - (max ?? Number.NaN);
  return `${what}: ${numberText(value)}, expected ${bounds}, off by ${numberText(off)}`;
}

/** Whether all checks of an outcome hold; a row without a check would say nothing, and fails. */
export function outcomeHolds({ checks }: Outcome): boolean {
  return checks.length > 0 && checks.every(checkHolds);
}

/** A number in three digits: `0.659`, `12.3`, `2.2e-16`, `0`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(3);
}

/** `0.46 [0.45, 0.47]`. */
export function intervalText(value: number, [low, high]: readonly [number, number]): string {
  return `${numberText(value)} [${numberText(low)}, ${numberText(high)}]`;
}

/** Several numbers in a row: `0.500, 0.333`. */
export function listText(values: readonly number[]): string {
  return values.map(numberText).join(', ');
}

/** Runs a computation to its end, at once. */
export function settle<Result>(steps: Generator<number, Result, void>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Goes through parts of equal weight: the share that is done, over all of them. */
export function* inParts<Part, Result>(
  parts: readonly Part[],
  work: (part: Part) => Generator<number, Result, void>,
): Generator<number, Result[], void> {
  const results: Result[] = [];
  for (const [index, part] of parts.entries()) {
    const steps = work(part);
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        results.push(value);
        break;
      }
      yield (index + value) / parts.length;
    }
    yield (index + 1) / parts.length;
  }
  return results;
}
