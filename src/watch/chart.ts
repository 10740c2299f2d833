/** What a learning curve shows, as places from 0 to 1 for a picture of any size, and in words. No DOM here. */
import { showNumber } from '../page/dom.ts';
import type { WatchCheckpoint, WatchCurve, WatchLine, WatchPoint } from './protocol.ts';

/** Parts of the width and of the height; y goes down. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A learning curve as it is drawn. */
export interface CurveChart {
  readonly lines: readonly { readonly name: WatchLine['name']; readonly places: readonly Place[] }[];
  /** Values at the axis. */
  readonly ticks: readonly { readonly y: number; readonly text: string }[];
  /** Where the steps end. */
  readonly end: string;
  /** The return from which the task is solved, where it is not far off. */
  readonly threshold?: { readonly y: number; readonly text: string };
  /** Where the chosen checkpoint is; without a height where nothing was measured. */
  readonly mark?: { readonly x: number; readonly y?: number };
  /** The same in words. */
  readonly text: string;
}

/** What a curve is drawn with. */
export interface CurveChartOptions {
  readonly checkpoint?: Pick<WatchCheckpoint, 'name' | 'iteration'>;
  /** Mean return from which the task counts as solved. */
  readonly threshold?: number | undefined;
}

/** What a line is called. */
export const lineNames: Readonly<Record<WatchLine['name'], string>> = {
  greedy: 'greedy evaluations',
  sampled: 'sampled evaluations',
  training: 'episodes of training',
};

/** A threshold that would make the picture so many times higher is left out. */
const farOff = 3;
/** Stretches between the values at the axis, at most. */
const maxStretches = 4;

const showSteps = (steps: number): string => `${Math.round(steps).toLocaleString('en-US')} steps`;
const compact = new Intl.NumberFormat('en-US', { notation: 'compact' });
/** At the axis there is room for a few digits. */
const showTick = (value: number, tick: number): string =>
  Math.abs(value) >= 1e5 ? compact.format(value).replace('-', '−') : showNumber(value, tick < 1 ? Math.ceil(-Math.log10(tick)) : 0);
const showValue = (value: number): string => showNumber(value, Math.abs(value) >= 1000 ? 0 : 1);

/** Distance of round values (1, 2 or 5 times a power of ten) that part the span into few stretches. */
function roundStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / maxStretches));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => span / step <= maxStretches)!;
}

/** The place of an iteration between the points, straight; `undefined` before the first and after the last. */
function between(points: readonly WatchPoint[], iteration: number, of: 'step' | 'value'): number | undefined {
  const next = points.findIndex((point) => point.iteration >= iteration);
  if (next < 0) return undefined;
  const [from, to] = [points[next - 1], points[next]!];
  if (to.iteration === iteration) return to[of];
  return from && from[of] + ((to[of] - from[of]) * (iteration - from.iteration)) / (to.iteration - from.iteration);
}

/** Environment steps at an iteration; a checkpoint may be newer than the metrics that were read. */
function stepOf(points: readonly WatchPoint[], iteration: number): number {
  const last = points.at(-1)!;
  if (iteration > last.iteration && last.iteration > 0) return (last.step * iteration) / last.iteration;
  return between([{ iteration: 0, step: 0, value: 0 }, ...points], iteration, 'step') ?? last.step;
}

function inWords({ name, points }: WatchLine): string {
  const values = points.map(({ value }) => value);
  const title = lineNames[name];
  const [first, last, best] = [values[0]!, values.at(-1)!, Math.max(...values)].map(showValue);
  const course = values.length < 2 ? first : `from ${first} to ${last}, at best ${best}`;
  return `${title.slice(0, 1).toUpperCase()}${title.slice(1)}: ${course}.`;
}

/** How a curve is drawn; `undefined` where there is nothing to see yet. */
export function chartOf({ lines: all }: WatchCurve, { checkpoint, threshold }: CurveChartOptions): CurveChart | undefined {
  const lines = all.filter(({ points }) => points.length > 0);
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  if (lines.length === 0 || !Number.isFinite(highest - lowest)) return undefined;
  const span = Math.max(highest - lowest, Math.abs(highest) / 10) || 1;
  const [under, over] = threshold === undefined ? [lowest, highest] : [Math.min(lowest, threshold), Math.max(highest, threshold)];
  const isNear = threshold !== undefined && over - under <= farOff * span;
  const [low, high] = isNear ? [under, over] : [lowest, highest];
  const tick = roundStep(Math.max(high - low, span));
  const [bottom, top] = [Math.floor(low / tick), Math.max(Math.ceil(high / tick), Math.floor(low / tick) + 1)];
  const heightOf = (value: number): number => 1 - (value / tick - bottom) / (top - bottom);
  const ticks = Array.from({ length: top - bottom + 1 }, (_, k) => bottom + k).map((count) => ({
    y: heightOf(count * tick),
    text: showTick(count * tick, tick),
  }));

  // The line with the most points knows best when an iteration was.
  const finest = lines.reduce((best, line) => (line.points.length > best.points.length ? line : best)).points;
  const iteration = checkpoint?.iteration;
  const markStep = iteration === undefined ? undefined : stepOf(finest, iteration);
  const end = Math.max(...lines.map(({ points }) => points.at(-1)!.step), markStep ?? 0, 1);
  const value =
    iteration === undefined ? undefined : lines.map(({ points }) => between(points, iteration, 'value')).find((y) => y !== undefined);
  const mark = markStep === undefined ? undefined : { x: markStep / end, ...(value !== undefined && { y: heightOf(value) }) };
  const chosen =
    mark && `Chosen: ${checkpoint!.name}, at ${showSteps(markStep!)}${value === undefined ? '' : `, about ${showValue(value)}`}.`;
  const text = [
    `Return over ${showSteps(end)}.`,
    ...lines.map(inWords),
    ...(threshold === undefined ? [] : [`Solved from ${showValue(threshold)}.`]),
    ...(chosen ? [chosen] : []),
  ].join(' ');
  return {
    lines: lines.map(({ name, points }) => ({ name, places: points.map(({ step, value: y }) => ({ x: step / end, y: heightOf(y) })) })),
    ticks,
    end: showSteps(end),
    ...(isNear && { threshold: { y: heightOf(threshold), text: showValue(threshold) } }),
    ...(mark && { mark }),
    text,
  };
}
