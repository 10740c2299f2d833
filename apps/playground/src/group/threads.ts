/** Where the steps of a group lie in the picture, which of them is near, and how arrows move from one to another. */
import type { PlayedGroup } from 'cohort-rl/play';

/** What the height of a step shows. */
export type Height = 'return' | 'reward';

/** The steps of a group as points; step row * N + environment. */
export interface Threads {
  readonly numEnvs: number;
  readonly count: number;
  /** (T, N) the trajectory of every step. */
  readonly trajectoryOfStep: Int32Array;
  /** (T, N) steps since the start of the trajectory. */
  readonly x: Int32Array;
  /** (T, N). */
  readonly y: Float64Array;
  /** Per trajectory: its first and last step. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly maxX: number;
  /** What the axis goes over. */
  readonly low: number;
  readonly high: number;
}

/** The rectangle that points are drawn into, in CSS pixels. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The points of a group; `also` are further values that must fit on the axis (a critic's). */
export function threadsOf(group: PlayedGroup, y: Float64Array, also: Float64Array = new Float64Array(0)): Threads {
  const { numSteps, numEnvs, trajectories } = group;
  const { count, env, start, end } = trajectories;
  const size = numSteps * numEnvs;
  const [trajectoryOfStep, x] = [new Int32Array(size), new Int32Array(size)];
  const [first, last] = [new Int32Array(count), new Int32Array(count)];
  let maxX = 1;
  for (let i = 0; i < count; i++) {
    first[i] = start[i]! * numEnvs + env[i]!;
    last[i] = (end[i]! - 1) * numEnvs + env[i]!;
    for (let row = start[i]!; row < end[i]!; row++) {
      trajectoryOfStep[row * numEnvs + env[i]!] = i;
      x[row * numEnvs + env[i]!] = row - start[i]!;
    }
    maxX = Math.max(maxX, end[i]! - 1 - start[i]!);
  }
  let [low, high] = [0, 0];
  for (const values of [y, also]) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low === high) high = low + 1;
  return { numEnvs, count, trajectoryOfStep, x, y, first, last, maxX, low, high };
}

/** Pixels of a number of steps since the start. */
export const toPixelX = ({ maxX }: Threads, { left, width }: Plot, x: number): number => left + (x / maxX) * width;

/** Pixels of a return. */
export const toPixelY = ({ low, high }: Threads, { top, height }: Plot, y: number): number => top + (1 - (y - low) / (high - low)) * height;

/** The step nearest to a place in the picture. */
export function nearestStep(threads: Threads, plot: Plot, pixelX: number, pixelY: number): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (let step = 0; step < threads.x.length; step++) {
    const dx = toPixelX(threads, plot, threads.x[step]!) - pixelX;
    const dy = toPixelY(threads, plot, threads.y[step]!) - pixelY;
    const distance = dx * dx + dy * dy;
    if (distance < least) [nearest, least] = [step, distance];
  }
  return nearest;
}

/** Along the thread: so many steps on, or back, as far as it goes. */
export function along({ numEnvs, trajectoryOfStep, first, last }: Threads, step: number, by: number): number {
  const trajectory = trajectoryOfStep[step]!;
  return Math.min(last[trajectory]!, Math.max(first[trajectory]!, step + by * numEnvs));
}

/** To the thread above (1) or below (-1) at the same time; the same step where there is none. */
export function across(threads: Threads, step: number, direction: 1 | -1): number {
  const { numEnvs, first, last, x, y, trajectoryOfStep } = threads;
  const here = x[step]!;
  let best = step;
  // Threads of equal height follow each other in the order of trajectories.
  const isAbove = (a: number, b: number): boolean => y[a]! > y[b]! || (y[a] === y[b] && trajectoryOfStep[a]! > trajectoryOfStep[b]!);
  for (let i = 0; i < threads.count; i++) {
    const other = first[i]! + here * numEnvs;
    if (other > last[i]! || other === step) continue;
    const isBeyond = direction === 1 ? isAbove(other, step) : isAbove(step, other);
    if (!isBeyond) continue;
    if (best === step || (direction === 1 ? isAbove(best, other) : isAbove(other, best))) best = other;
  }
  return best;
}

/** The step of another group that a visitor means: the same environment and row, or the nearest that there is. */
export function sameStep(step: number, before: { readonly numEnvs: number }, now: PlayedGroup): number {
  const row = Math.min(now.numSteps - 1, Math.floor(step / before.numEnvs));
  return row * now.numEnvs + Math.min(now.numEnvs - 1, step % before.numEnvs);
}

/** A step worth looking at first: early in the thread whose advantage there is largest. */
export function firstStep({ x }: Threads, advantages: Float64Array): number {
  let best = 0;
  for (let step = 0; step < x.length; step++) {
    if (x[step] === 4 && (x[best] !== 4 || advantages[step]! > advantages[best]!)) best = step;
  }
  return best;
}

/** Round numbers for an axis: at most `most` + 1 of them, from `low` to `high`. */
export function ticks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  let unit = 1;
  while (unit > rough) unit /= 10;
  while (unit * 10 <= rough) unit *= 10;
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough)!;
  const list = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) list.push(k * step);
  return list;
}
