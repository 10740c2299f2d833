/**
 * Which steps are compared with each other: every step of a rollout gets the number of its bin (arXiv 2510.03679, section 3.2).
 */

import { show, suggest } from '../core/errors.ts';
import { endings } from '../core/trajectory.ts';
import { type AdvantageBatch, batchError, type Floats } from './batch.ts';
import { type BinKey, type BinKeyValue, BinStepCursor } from './binStep.ts';
import { historyKey } from './historyKeys.ts';
import { KeyTable } from './keyTable.ts';
import { roundHalfEven } from './roundHalfEven.ts';

/**
 * The bins with a name. `universal`: one bin. `time`: one per step number. `space`: the observation rounded to a grid. `space-time`: both.
 * `state`: the exact observation. `state-time`: with the step number. `action-time`: the last action of the trajectory (of boxes the signs of its entries, at
 * its first step none) and the step number. `return-time`: the rewards of the trajectory so far, rounded to multiples of the bin width, and the step number.
 */
export const binNames = ['universal', 'time', 'space', 'space-time', 'state', 'state-time', 'action-time', 'return-time'] as const;
/** One of {@link binNames}. */
export type BinName = (typeof binNames)[number];

/**
 * What a step's number counts from. `segment`: the start of its trajectory inside the rollout (the paper's, as its table shows).
 * `elapsed`: the start of its episode. `rollout-offset`: the start of the rollout.
 */
export const timeOrigins = ['segment', 'elapsed', 'rollout-offset'] as const;
/** One of {@link timeOrigins}. */
export type TimeOrigin = (typeof timeOrigins)[number];

/** What makes a step's bin. */
export interface BinSettings {
  /** A named binning or a function of the step. */
  readonly bins: BinName | BinKey;
  /** The paper's epsilon: the width of a grid cell, the same in every dimension of the observation; for `space`, `space-time` and `return-time`. Default 1. */
  readonly binWidth?: number;
  /** Default `segment`. */
  readonly timeOrigin?: TimeOrigin;
  /** Keeps trajectories that begin in the middle of an episode apart from the others: one more bit in the key. Default false. */
  readonly separateMidEpisodeStarts?: boolean;
  /** Tail `budget`: this many equal stretches of the rollout that is left go into the key; 0 for none. Default 0. */
  readonly budgetBuckets?: number;
}

/** The bins of a rollout. Views into the workspace: valid until its next use. */
export interface Bins {
  /** (T, N) number of every step's bin; -1 where a step belongs to no trajectory. */
  readonly binOfStep: Int32Array;
  /** Numbers are below this; some may have no step. */
  readonly numBins: number;
  /** Per trajectory: the bin of the step after its last, -1 if no step of the rollout is in it or if it was not asked for. */
  readonly binAfterEnd: Int32Array;
}

/** Memory of {@link assignBins}, made once per shape (T, N) and reused. */
export interface BinWorkspace {
  readonly binOfStep: Int32Array;
  readonly binAfterEnd: Int32Array;
  /** The exact keys, made when a binning first needs them. */
  keys?: KeyTable;
  /** The numbers of the keys of functions. */
  custom?: Map<number | string, number>;
}

/** Most bins that {@link assignBins} ever numbers in a rollout of `size` = T * N steps. */
export function binCapacity(size: number): number {
  return 2 * size;
}

/** Memory for rollouts of shape (T, N). */
export function createBinWorkspace(numSteps: number, numEnvs: number): BinWorkspace {
  return { binOfStep: new Int32Array(numSteps * numEnvs), binAfterEnd: new Int32Array(numSteps * numEnvs) };
}

/** Whether the bins look at observations, so that the batch must have them. */
function needsObservations(bins: BinName | BinKey): boolean {
  return typeof bins === 'string' && /^(space|state)/.test(bins);
}

/** Whether a bin has the same number in every rollout: what remembers bins needs that. */
export function areBinsStable({ bins, timeOrigin, separateMidEpisodeStarts, budgetBuckets }: BinSettings): boolean {
  return (bins === 'universal' || bins === 'time') && timeOrigin !== 'elapsed' && !separateMidEpisodeStarts && !budgetBuckets;
}

/** Throws {@link CohortError} for settings that mean nothing. */
export function checkBinSettings(settings: BinSettings): void {
  const { bins, binWidth = 1, timeOrigin = 'segment', budgetBuckets = 0 } = settings;
  if (typeof bins !== 'function' && !binNames.includes(bins)) {
    throw batchError('bins', 'the name of a binning or a function', show(bins), suggest(bins, binNames));
  }
  if (!timeOrigins.includes(timeOrigin)) {
    throw batchError('timeOrigin', 'the name of a time reading', show(timeOrigin), suggest(timeOrigin, timeOrigins));
  }
  if (!(Number.isFinite(binWidth) && binWidth > 0)) {
    throw batchError('binWidth', 'a number above 0', show(binWidth), 'give the width of a grid cell, say 0.5');
  }
  if (!(Number.isInteger(budgetBuckets) && budgetBuckets >= 0)) {
    throw batchError('budgetBuckets', 'a whole number of at least 0', show(budgetBuckets), 'give the number of stretches, say 8');
  }
}

/**
 * Numbers the bins of a rollout. `withEdges` also looks up the bin of the step after every trajectory that did not terminate
 * (for critic-free bootstrapping): this needs `edgeObservations` and `finalObservations` where the bins look at observations.
 *
 * Example: states a, b, a and b, a, with bins `state`: 0, 1, 0 and 1, 0.
 *
 * Throws {@link CohortError} for an observation that is not finite (environment, step and dimension named) and for missing arrays.
 */
export function assignBins(batch: AdvantageBatch, settings: BinSettings, workspace: BinWorkspace, withEdges = false): Bins {
  checkBinSettings(settings);
  const { numSteps, numEnvs, groups } = batch;
  const { bins, timeOrigin = 'segment', separateMidEpisodeStarts = false, budgetBuckets = 0 } = settings;
  const covered = countSteps(batch);
  if (covered < numSteps * numEnvs) workspace.binOfStep.fill(-1);
  if (needsObservations(bins) && !(batch.observations && batch.observationSize)) {
    throw batchError(`bins ${show(bins)}`, 'a batch with observations', 'none', 'give observations (T, N, D) and observationSize');
  }
  if (bins === 'action-time' && !batch.actions) {
    throw batchError('bins action-time', 'a batch with actions', 'none', 'give actions (T, N, A) and actionSize');
  }
  const numGroups = groups ? (batch.numGroups ?? 1) : 1;
  const numTimes = bins === 'time' ? numSteps : 1;
  const dense = numGroups * Math.max(1, budgetBuckets) * (separateMidEpisodeStarts ? 2 : 1) * numTimes;
  const direct = bins === 'universal' || (bins === 'time' && timeOrigin !== 'elapsed');
  if (direct && dense <= binCapacity(numSteps * numEnvs)) return directBins(batch, settings, workspace, dense, withEdges);
  return keyedBins(batch, settings, workspace, withEdges);
}

function countSteps(batch: AdvantageBatch): number {
  const { count, start, end } = batch.trajectories;
  let steps = 0;
  for (let i = 0; i < count; i++) steps += end[i]! - start[i]!;
  return steps;
}

/** What a step's number counts from, as a number to add to the steps since the start of its trajectory. */
function originOf(batch: AdvantageBatch, reading: TimeOrigin, trajectory: number): number {
  if (reading === 'elapsed') return batch.trajectories.elapsed[trajectory]!;
  return reading === 'rollout-offset' ? batch.trajectories.start[trajectory]! : 0;
}

/** The stretch of the remaining rollout that a row is in: 0 at its end, `buckets - 1` at its beginning. */
function budgetBucket(row: number, numSteps: number, buckets: number): number {
  return Math.floor(((numSteps - 1 - row) * buckets) / numSteps);
}

/** Universal and time bins: the key is small enough to be the number. */
function directBins(batch: AdvantageBatch, settings: BinSettings, workspace: BinWorkspace, numBins: number, withEdges: boolean): Bins {
  const { numSteps, numEnvs, trajectories, groups } = batch;
  const { bins, timeOrigin = 'segment', separateMidEpisodeStarts = false, budgetBuckets = 0 } = settings;
  const { binOfStep, binAfterEnd } = workspace;
  const { count, env, start, end, startedByReset } = trajectories;
  const perTime = bins === 'time' ? 1 : 0;
  const numTimes = bins === 'time' ? numSteps : 1;
  const buckets = Math.max(1, budgetBuckets);
  for (let i = 0; i < count; i++) {
    const n = env[i]!;
    const first = start[i]!;
    const stop = end[i]!;
    let major = groups ? groups[n]! : 0;
    if (separateMidEpisodeStarts) major = 2 * major + startedByReset[i]!;
    const origin = perTime * originOf(batch, timeOrigin, i);
    for (let t = first; t < stop; t++) {
      const coarse = buckets > 1 ? major * buckets + budgetBucket(t, numSteps, buckets) : major;
      binOfStep[t * numEnvs + n] = coarse * numTimes + origin + perTime * (t - first);
    }
    if (withEdges) {
      const after = origin + perTime * (stop - first);
      binAfterEnd[i] = after < numTimes && buckets === 1 ? major * numTimes + after : -1;
    }
  }
  return { binOfStep, numBins, binAfterEnd };
}

/** All other bins: exact keys in a table. Key: [group] [started by reset] [budget] [time] then the grid, the state or the number of the history or the custom key. */
function keyedBins(batch: AdvantageBatch, settings: BinSettings, workspace: BinWorkspace, withEdges: boolean): Bins {
  const { numSteps, numEnvs, trajectories, groups, observations } = batch;
  const { bins, binWidth = 1, timeOrigin = 'segment', separateMidEpisodeStarts = false, budgetBuckets = 0 } = settings;
  const { binOfStep, binAfterEnd } = workspace;
  const { count, env, start, end, startedByReset, endedBy } = trajectories;
  const depth = batch.observationSize ?? 1;
  const looks = needsObservations(bins);
  const timed = typeof bins === 'string' && /time$/.test(bins);
  const grid = bins === 'space' || bins === 'space-time';
  const ofStep = typeof bins === 'function' ? bins : historyKey(bins, binWidth);
  const head = (groups ? 1 : 0) + (separateMidEpisodeStarts ? 1 : 0) + (budgetBuckets > 0 ? 1 : 0) + (timed ? 1 : 0);
  const width = head + (looks ? depth : ofStep ? 1 : 0);
  const key = new Float64Array(Math.max(1, width));
  const words = new Uint32Array(key.buffer);
  workspace.keys ??= new KeyTable(numSteps * numEnvs);
  const table = workspace.keys;
  table.clear(Math.max(1, width));
  const custom = ofStep && new CustomKeys(batch, ofStep, workspace);

  const fill = (i: number, row: number, from: Floats | undefined, place: number, after: boolean): boolean => {
    let j = 0;
    if (groups) key[j++] = groups[env[i]!]!;
    if (separateMidEpisodeStarts) key[j++] = startedByReset[i]!;
    if (budgetBuckets > 0) key[j++] = budgetBucket(row, numSteps, budgetBuckets);
    if (timed) key[j++] = originOf(batch, timeOrigin, i) + row - start[i]!;
    if (custom) {
      const number = custom.numberOf(i, row, after, from, place);
      key[j++] = number;
      return number >= 0;
    }
    if (!looks || !from) return true;
    for (let d = 0; d < depth; d++) {
      const value = from[place * depth + d]!;
      const cell = grid ? roundHalfEven(value / binWidth) : value + 0;
      if (cell - cell !== 0) {
        throw batchError(
          `observation of environment ${env[i]} at step ${row}, dimension ${d}`,
          'a finite number that can be put into a bin',
          String(value),
          'fix the environment, or choose bins that do not look at observations (universal, time)',
        );
      }
      key[j++] = cell;
    }
    return true;
  };

  for (let i = 0; i < count; i++) {
    for (let t = start[i]!; t < end[i]!; t++) {
      const step = t * numEnvs + env[i]!;
      fill(i, t, observations, step, false);
      binOfStep[step] = table.insert(key, words);
    }
  }
  if (withEdges) {
    for (let i = 0; i < count; i++) {
      binAfterEnd[i] = -1;
      if (endedBy[i] === endings.terminated || budgetBuckets > 0) continue;
      const truncated = endedBy[i] === endings.truncated;
      // A truncation whose last observation was not kept has no bin; estimate() asks for it where it matters.
      if (truncated && !batch.finalObservations && (looks || typeof bins === 'function')) continue;
      const from = truncated ? batch.finalObservations : batch.edgeObservations;
      if (looks && !from) {
        throw batchError('tail bootstrap', 'a batch with edgeObservations', 'none', 'give the observations after the last row (N, D)');
      }
      const place = truncated ? (end[i]! - 1) * numEnvs + env[i]! : env[i]!;
      if (fill(i, end[i]!, from, place, true)) binAfterEnd[i] = table.find(key, words);
    }
  }
  return { binOfStep, numBins: table.size, binAfterEnd };
}

/** Numbers the values of a key that is a function, exactly. */
class CustomKeys {
  readonly #key: BinKey;
  readonly #cursor: BinStepCursor;
  readonly #numbers: Map<number | string, number>;

  constructor(batch: AdvantageBatch, key: BinKey, workspace: BinWorkspace) {
    this.#key = key;
    this.#cursor = new BinStepCursor(batch);
    workspace.custom ??= new Map();
    this.#numbers = workspace.custom;
    this.#numbers.clear();
  }

  /** The number of the step's key; with `isAfter` (the step after the last), -1 if no step of the rollout has it. */
  numberOf(trajectory: number, row: number, isAfter: boolean, after: Floats | undefined, place: number): number {
    this.#cursor.moveTo(trajectory, row, isAfter, after, place);
    const value = canonical(this.#key(this.#cursor), this.#cursor);
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    if (isAfter) return -1;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** A number stays (0 and -0 are one key of a Map); strings and lists get a mark, so that neither can spell the other. */
function canonical(value: BinKeyValue, at: BinStepCursor): number | string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const bad: unknown = Array.isArray(value) ? value.find((entry) => !Number.isFinite(entry)) : value;
  // A float64 and its shortest decimal form determine each other.
  if (Array.isArray(value) && bad === undefined && !value.includes(undefined)) return `v${value.join(',')}`;
  throw batchError(
    `bin key at step ${at.row} of environment ${at.env}`,
    'a finite number, a string or a list of finite numbers',
    Array.isArray(value) ? `a list with ${show(bad)}` : show(value),
    'fix the bin function',
  );
}
