/**
 * What a display knows of a training: events folded into plain data, one record per seed.
 */
import type { IterationEvent, RunEvent } from '../run/events.ts';

/** A value of what is followed, and the iteration that it is of. */
export interface EarlierValue {
  readonly iteration: number;
  readonly value: number;
}

/** Where a seed stands. */
export type SeedPhase = 'waiting' | 'starting' | 'warming' | 'training' | 'done' | 'stopped' | 'interrupted' | 'failed';

/** The last evaluation of a seed. */
export type ShownEvaluation = Pick<Extract<RunEvent, { event: 'evaluation' }>, 'iteration' | 'sampled' | 'greedy'>;
/** A warm start, as far as it is. */
export type WarmStart = Pick<Extract<RunEvent, { event: 'warmStart' }>, 'step' | 'accuracy' | 'target' | 'done' | 'cached'>;
/** A completion with its reward. */
export type ShownCompletion = Extract<RunEvent, { event: 'completions' }>['completions'][number];

/** The metrics of a road that are shown, by the keys of `src/run/metrics.ts`. */
export interface Meter {
  /** The metric whose course is shown. */
  readonly followed: string;
  /** What an iteration's time goes to, in the order of the bar, and the metric of each part. */
  readonly timeParts: Readonly<Record<string, string>>;
}

/** What is known of one seed. */
export interface SeedState {
  readonly seed: string;
  readonly meter: Meter;
  phase: SeedPhase;
  iteration: number;
  iterations: number;
  /** Environment steps, or rollouts. */
  globalStep: number;
  progressPerSecond: number;
  /** Seconds to go. */
  timeLeft: number;
  /** Mean return of the last iteration in which an episode ended, or accuracy of the last iteration. */
  meanReturn: number | undefined;
  /** The course of that: at most `maxReturns` means, each over `stride` such iterations. */
  readonly returns: number[];
  stride: number;
  /** What has not filled a stride yet. */
  readonly pending: { sum: number; count: number };
  /** Of a run that goes on: what it had done before, until the first iteration says from where it goes on. */
  earlier: readonly EarlierValue[];
  /** Last finite value of every metric, by its key. */
  readonly metrics: Map<string, number>;
  evaluation: ShownEvaluation | undefined;
  /** Share of an iteration's time by part, smoothed over iterations; empty before the first. */
  readonly time: Map<string, number>;
  warmStart: WarmStart | undefined;
  /** What will probably disappoint. */
  warning: string | undefined;
  /** The iteration of its last checkpoint; missing where none was written here. */
  checkpoint: number | undefined;
  /** Whether it goes on from a checkpoint of before. */
  resumed: boolean;
  /** Bytes of kernel memory. */
  memoryBytes: number;
  /** A few of the last iteration. */
  completions: readonly ShownCompletion[];
}

/** What is known of the whole command. */
export interface DisplayState {
  /** Environment, algorithm and sizes, for the header. */
  readonly title: readonly string[];
  /** Where it is kept, as the user would write it. */
  readonly runDirectory: string;
  readonly seeds: readonly SeedState[];
  /** Set by Ctrl-C: the display says that a checkpoint is being written. */
  interrupting: boolean;
}

/** A seed of which nothing is known yet, but what it had done `earlier`. */
export function createSeedState(seed: number | string, iterations: number, meter: Meter, earlier: readonly EarlierValue[] = []): SeedState {
  return {
    seed: String(seed),
    meter,
    phase: 'waiting',
    iteration: 0,
    iterations,
    globalStep: 0,
    progressPerSecond: 0,
    timeLeft: Number.NaN,
    meanReturn: undefined,
    returns: [],
    stride: 1,
    pending: { sum: 0, count: 0 },
    earlier,
    metrics: new Map(),
    evaluation: undefined,
    time: new Map(),
    warmStart: undefined,
    warning: undefined,
    checkpoint: undefined,
    resumed: false,
    memoryBytes: 0,
    completions: [],
  };
}

// Weight of the newest iteration in the smoothed time split: it settles within about ten iterations.
const newestWeight = 0.2;

function finite(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

// More than any sparkline has columns; a run of a million iterations must not fill the memory.
const maxReturns = 512;

function addReturn(state: SeedState, value: number): void {
  const { returns, pending } = state;
  state.meanReturn = value;
  pending.sum += value;
  pending.count++;
  if (pending.count < state.stride) return;
  returns.push(pending.sum / pending.count);
  pending.sum = 0;
  pending.count = 0;
  if (returns.length < maxReturns) return;
  for (let i = 0; i < maxReturns / 2; i++) returns[i] = (returns[2 * i]! + returns[2 * i + 1]!) / 2;
  returns.length = maxReturns / 2;
  state.stride *= 2;
}

/** Puts what came before an iteration onto the curve; each value stands for as many iterations as there are to one. */
function addEarlier(state: SeedState, iteration: number): void {
  // Beyond the checkpoint it is done again.
  const before = state.earlier.filter((value) => value.iteration < iteration);
  state.earlier = [];
  if (before.length === 0) return;
  for (const { value } of before) addReturn(state, value);
  const span = before.at(-1)!.iteration - before[0]!.iteration + 1;
  // A long file was read at places only.
  if (span > 2 * before.length) state.stride *= Math.round(span / before.length);
}

function applyIteration(state: SeedState, event: IterationEvent): void {
  const { metrics } = event;
  const { iteration, iterations, globalStep, progressPerSecond, timeLeft } = event;
  if (state.earlier.length > 0) addEarlier(state, iteration);
  Object.assign(state, { phase: 'training', iteration, iterations, globalStep, progressPerSecond, timeLeft } satisfies Partial<SeedState>);
  const meanReturn = finite(metrics[state.meter.followed]);
  if (meanReturn !== undefined) addReturn(state, meanReturn);
  for (const [key, value] of Object.entries(metrics)) if (value !== undefined && Number.isFinite(value)) state.metrics.set(key, value);
  const parts = Object.entries(state.meter.timeParts).map(([part, key]) => ({ part, seconds: finite(metrics[key]) ?? 0 }));
  const sum = parts.reduce((total, { seconds }) => total + seconds, 0);
  if (sum <= 0) return;
  for (const { part, seconds } of parts) {
    const share = seconds / sum;
    const old = state.time.get(part);
    state.time.set(part, old === undefined ? share : old + newestWeight * (share - old));
  }
}

/** Folds one event of a seed into what is known of it. */
export function applyEvent(state: SeedState, event: RunEvent): void {
  switch (event.event) {
    case 'config':
      state.phase = 'starting';
      state.resumed = event.resumed;
      state.memoryBytes = event.memoryBytes;
      break;
    case 'checkpoint':
      state.checkpoint = event.iteration;
      break;
    case 'iteration':
      applyIteration(state, event);
      break;
    case 'evaluation':
      if (state.phase === 'warming') state.phase = 'starting';
      state.evaluation = event;
      break;
    case 'summary':
      state.phase = event.status;
      state.globalStep = event.progress.count;
      state.iteration = event.iterations;
      if ('seed' in event && event.evaluation) state.evaluation = { iteration: event.iterations, ...event.evaluation };
      break;
    case 'warmStart':
      state.phase = 'warming';
      state.warmStart = event;
      break;
    case 'warning':
      state.warning = event.message;
      break;
    case 'completions':
      state.completions = event.completions;
      break;
  }
}
