/** The picture of a group: below the threads and axes, which change with the data, above them the chosen step, which changes with every move. */
import { areColumns } from './choices.ts';
import type { CriticView } from './critic.ts';
import type { EstimatedGroup } from './estimate.ts';
import { colorIndex, colorOf, numColors, palettes, type Theme } from './palette.ts';
import { type Height, type Plot, type Threads, ticks, toPixelX, toPixelY } from './threads.ts';
import type { WrittenStep } from './words.ts';

/** What is drawn. */
export interface Picture {
  readonly view: EstimatedGroup;
  readonly threads: Threads;
  readonly plot: Plot;
  readonly height: Height;
  /** The advantage at which colors end. */
  readonly range: number;
  readonly theme: Theme;
  readonly critic: CriticView | undefined;
}

type Context = CanvasRenderingContext2D;

const font = '12px system-ui, sans-serif';

/** The rectangle for points on a canvas of that size. */
export function plotOf(width: number, height: number): Plot {
  const [left, right, top, bottom] = [46, 12, 10, 38];
  return { left, top, width: Math.max(40, width - left - right), height: Math.max(40, height - top - bottom) };
}

/** Axes and threads. */
export function drawThreads(context: Context, size: { width: number; height: number }, picture: Picture): void {
  context.clearRect(0, 0, size.width, size.height);
  drawAxes(context, size, picture);
  drawSegments(context, picture, undefined, 1.3);
}

function drawAxes(context: Context, size: { width: number; height: number }, { threads, plot, theme, height }: Picture): void {
  const { grid, soft } = palettes[theme];
  context.font = font;
  context.lineWidth = 1;
  context.strokeStyle = grid;
  context.fillStyle = soft;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of ticks(threads.low, threads.high, 5)) {
    const y = Math.round(toPixelY(threads, plot, value)) + 0.5;
    line(context, [plot.left, y], [plot.left + plot.width, y]);
    context.fillText(String(Number(value.toPrecision(6))).replace('-', '−'), plot.left - 6, y);
  }
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const value of ticks(0, threads.maxX, plot.width < 420 ? 4 : 8).filter(Number.isInteger)) {
    const x = Math.round(toPixelX(threads, plot, value)) + 0.5;
    line(context, [x, plot.top], [x, plot.top + plot.height]);
    context.fillText(String(value), x, plot.top + plot.height + 4);
  }
  context.fillText('step since the start of the trajectory', plot.left + plot.width / 2, size.height - 14);
  context.save();
  context.translate(11, plot.top + plot.height / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = 'middle';
  context.fillText(height === 'return' ? 'return to go, G' : 'reward', 0, 0);
  context.restore();
}

function line(context: Context, from: readonly [number, number], to: readonly [number, number]): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** One path per color, the quiet ones first: thousands of strokes would not keep up with the screen. */
function drawSegments(context: Context, picture: Picture, only: number | undefined, width: number): void {
  const { view, threads, plot, range, theme } = picture;
  const { advantages } = view.estimate;
  const { numEnvs, first, last, x, y } = threads;
  const paths = Array.from({ length: numColors }, () => new Path2D());
  for (let i = only ?? 0; i < (only === undefined ? threads.count : only + 1); i++) {
    for (let step = first[i]!; step <= last[i]!; step += numEnvs) {
      const path = paths[colorIndex(advantages[step]!, range)]!;
      const [fromX, fromY] = [toPixelX(threads, plot, x[step]!), toPixelY(threads, plot, y[step]!)];
      path.moveTo(fromX, fromY);
      // The last step of a trajectory leads nowhere: a dot.
      if (step === last[i]) path.lineTo(fromX + 0.01, fromY);
      else path.lineTo(toPixelX(threads, plot, x[step]! + 1), toPixelY(threads, plot, y[step + numEnvs]!));
    }
  }
  context.lineWidth = width;
  context.lineCap = 'round';
  const middle = (numColors - 1) / 2;
  const quietFirst = Array.from({ length: numColors }, (_, k) => k).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  for (const k of quietFirst) {
    context.strokeStyle = colorOf(k, theme);
    context.stroke(paths[k]!);
  }
}

/** Points of the baseline: of every column where bins are columns and nothing is left out, else along the chosen thread. */
export function baselineLine(
  { choices, estimate, workspace }: EstimatedGroup,
  threads: Threads,
  trajectory: number,
): [x: number, b: number][] {
  if (choices.baseline === 'own' && areColumns(choices)) {
    const { count, reference, sum } = workspace.group.statistics[0]!;
    const columns = Array.from({ length: threads.maxX + 1 }, (_, x) => x).filter((x) => count[x]! > 0);
    return columns.map((x) => [x, reference[x]! + sum[x]! / count[x]!]);
  }
  return alongThread(threads, trajectory, estimate.baseline);
}

function alongThread({ first, last, numEnvs, x }: Threads, trajectory: number, values: Float64Array): [x: number, value: number][] {
  const points: [number, number][] = [];
  for (let step = first[trajectory]!; step <= last[trajectory]!; step += numEnvs) points.push([x[step]!, values[step]!]);
  return points;
}

function drawLine(
  context: Context,
  { threads, plot, theme }: Picture,
  points: readonly [number, number][],
  color: string,
  dash: number[],
): void {
  const path = new Path2D();
  for (const [x, y] of points) path.lineTo(toPixelX(threads, plot, x), toPixelY(threads, plot, y));
  context.lineJoin = 'round';
  context.setLineDash([]);
  context.strokeStyle = palettes[theme].paper;
  context.lineWidth = 5.5;
  context.stroke(path);
  context.setLineDash(dash);
  context.strokeStyle = color;
  context.lineWidth = 2.5;
  context.stroke(path);
  context.setLineDash([]);
}

/** The chosen step: its bin, its thread, the baseline, the critic, and the distance that is the advantage. */
export function drawChosen(context: Context, size: { width: number; height: number }, picture: Picture, chosen: WrittenStep): void {
  const { view, threads, plot, theme, critic, height } = picture;
  const { ink, band, critic: criticColor } = palettes[theme];
  const { trajectory, return: g, baseline: b } = chosen.told;
  const x = toPixelX(threads, plot, threads.x[chosen.step]!);
  context.clearRect(0, 0, size.width, size.height);
  if (areColumns(view.choices)) {
    const wide = Math.max(6, plot.width / threads.maxX);
    context.fillStyle = band;
    context.fillRect(x - wide / 2, plot.top, wide, plot.height);
  }
  drawSegments(context, picture, trajectory, 4);
  if (height === 'return') {
    if (critic) drawLine(context, picture, alongThread(threads, trajectory, critic.values), criticColor, [6, 4]);
    if (view.choices.baseline !== 'none') drawLine(context, picture, baselineLine(view, threads, trajectory), ink, []);
  }
  drawMembers(context, picture, chosen);
  const y = toPixelY(threads, plot, threads.y[chosen.step]!);
  if (height === 'return') {
    context.strokeStyle = colorOf(colorIndex(chosen.told.advantage, picture.range), theme);
    context.lineWidth = 3;
    line(context, [x, toPixelY(threads, plot, g)], [x, toPixelY(threads, plot, b)]);
  }
  context.fillStyle = colorOf(colorIndex(chosen.told.advantage, picture.range), theme);
  context.strokeStyle = ink;
  context.lineWidth = 2;
  disc(context, x, y, 6.5);
}

/** The returns in the bin as dots; those that are left out are hollow. */
function drawMembers(context: Context, { view, threads, plot, theme, range }: Picture, { told, bins }: WrittenStep): void {
  const { paper, ink } = palettes[theme];
  const { advantages } = view.estimate;
  const { members = [] } = bins[told.level ?? 0] ?? {};
  context.strokeStyle = ink;
  context.lineWidth = 1;
  for (const { row, env, counts } of members) {
    const step = row * threads.numEnvs + env;
    context.fillStyle = counts ? colorOf(colorIndex(advantages[step]!, range), theme) : paper;
    disc(context, toPixelX(threads, plot, threads.x[step]!), toPixelY(threads, plot, threads.y[step]!), 3.5);
  }
}

function disc(context: Context, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
