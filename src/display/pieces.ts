/**
 * The lines of a seed that is alone: labels, and pieces that fit.
 */

import { sparkline, stackedBar } from './graphics.ts';
import { halfBlockRow, markPictures } from './halfBlocks.ts';
import type { Meter, SeedState, ShownCompletion, WarmStart } from './state.ts';
import {
  cutTo,
  formatNumber,
  formatSeconds,
  formatShare,
  groupDigits,
  oneLine,
  type Paint,
  padTo,
  type Style,
  visibleWidth,
} from './text.ts';

/** The terminal and the moment. */
export interface View {
  readonly columns: number;
  readonly rows: number;
  /** Number of the frame, for the spinner. */
  readonly frame: number;
  /** Seconds since the command began. */
  readonly elapsed: number;
  readonly paint: Paint;
  /** Whether pictures are in colour. */
  readonly color: boolean;
}

/** How the runs of a road are shown. */
export interface Look extends Meter {
  /** Sizes for the header, from a configuration that may be damaged. */
  sizes(config: Readonly<Record<string, unknown>>): string[];
  /** Parts of an iteration's time below this share are not named. */
  readonly leastTimeShare: number;
  /** What `globalStep` counts. */
  readonly unit: string;
  /** What is followed: `return`. */
  readonly noun: string;
  /** What an evaluation counts: `episodes`. */
  readonly evaluated: string;
  /** Writes a value of what is followed. */
  show(value: number | null | undefined): string;
  /** Numbers after the value that its curve ends in. */
  numbers(seed: SeedState): string[];
  /** What its groups are like, where it has groups. */
  groups?(seed: SeedState, paint: Paint): string[];
  /** What its update and its critic are like, where the run has one; shown in terminals with a line to spare. */
  critic?(seed: SeedState): string[] | undefined;
  /** What else a log says of an iteration. */
  plainPieces(seed: SeedState): string[];
}

const labelWidth = 11;
const shortestTimeBar = 10;

function label(text: string, paint: Paint): string {
  return `  ${paint('gray', padTo(text, labelWidth))}`;
}

function widthAfterLabel(width: number): number {
  return Math.max(0, width - labelWidth - 2);
}

/** Puts as many pieces into a line as fit, without empty ones; pieces that do not fit are left out whole. */
export function fitPieces(pieces: readonly string[], width: number, gap = '   '): string {
  const [first = '', ...rest] = pieces.filter((piece) => piece !== '');
  let line = cutTo(first, width);
  for (const piece of rest) {
    const longer = line + gap + piece;
    if (visibleWidth(longer) > width) break;
    line = longer;
  }
  return line;
}

function pieceLine(name: string, pieces: readonly string[], { paint }: View, width: number): string {
  return label(name, paint) + fitPieces(pieces, widthAfterLabel(width));
}

/** How much, how fast, how long. */
function speedLine(seed: SeedState, { unit }: Look, view: View, width: number): string {
  const tokens = seed.metrics.get('charts/tokens_per_second');
  const pieces = [
    `${groupDigits(seed.globalStep)} ${unit}`,
    seed.progressPerSecond > 0 ? view.paint('bold', `${groupDigits(seed.progressPerSecond)} ${unit}/s`) : '',
    tokens === undefined ? '' : `${groupDigits(tokens)} tokens/s`,
    `elapsed ${formatSeconds(view.elapsed)}`,
    seed.phase === 'training' ? `left ${formatSeconds(seed.timeLeft)}` : '',
  ];
  return pieceLine('speed', pieces, view, width);
}

/** The value of what is followed, at the end of its curve. */
export function headline({ meanReturn }: SeedState, { show }: Look, paint: Paint): string {
  return paint('bold', show(meanReturn).padStart(7));
}

// Fewer columns hardly show a course: numbers make room for it.
const leastCurve = 16;
const widestCurve = 40;

/** The course of what is followed, its last value in bold, then as many other numbers as leave room for the course. */
function courseLine(seed: SeedState, look: Look, { paint }: View, width: number): string {
  const space = widthAfterLabel(width);
  const value = headline(seed, look, paint);
  const wanted = Math.min(leastCurve, seed.returns.length);
  const room = wanted === 0 ? space : Math.max(visibleWidth(value), space - wanted - 2);
  const right = fitPieces([value, ...look.numbers(seed)], room);
  const curve = sparkline(seed.returns, Math.min(widestCurve, space - visibleWidth(right) - 2));
  if (curve !== '') return `${label(look.noun, paint)}${paint('green', curve)}  ${right}`;
  // Without a course nothing stands before the value.
  return label(look.noun, paint) + fitPieces([paint('bold', look.show(seed.meanReturn)), ...look.numbers(seed)], space);
}

/** The last evaluation: sampled, greedy, over how many of what. */
function evaluationLine({ evaluation }: SeedState, { evaluated, show }: Look, view: View, width: number): string {
  const { paint } = view;
  if (!evaluation) return label('evaluation', paint) + paint('gray', '–');
  const { sampled, greedy, iteration } = evaluation;
  const pieces = [
    `sampled ${paint('bold', show(sampled.mean))}`,
    `greedy ${paint('bold', show(greedy.mean))}`,
    paint('gray', `${sampled.returns.length} ${evaluated} each, at iteration ${iteration}`),
  ];
  return pieceLine('evaluation', pieces, view, width);
}

/** `sampled 98.2  greedy 100.0`; empty before the first evaluation. */
export function evaluationPiece({ evaluation }: SeedState, { show }: Look): string {
  return evaluation ? `sampled ${show(evaluation.sampled.mean)}  greedy ${show(evaluation.greedy.mean)}` : '';
}

/** `step 640, accuracy 12.0 % of 20.0 %`. */
export function warmStartPieces({ step, accuracy, target, cached }: WarmStart): string[] {
  return [cached ? 'from the cache' : `step ${groupDigits(step)}`, `accuracy ${formatShare(accuracy)} of ${formatShare(target)}`];
}

/** A prompt with what the model wrote, and what that was worth. */
function completionPieces({ prompt, pictures = [], completion, total, components, ended }: ShownCompletion, paint: Paint): string[] {
  const parts = Object.entries(components);
  const failed = typeof total !== 'number' || !Number.isFinite(total);
  return [
    `${paint('gray', oneLine(markPictures(prompt, pictures)))}${paint('bold', oneLine(completion))}${ended ? '' : '…'}`,
    failed ? paint('red', 'reward failed') : paint(total > 0 ? 'green' : 'yellow', `reward ${formatNumber(total, 2)}`),
    parts.length > 1 ? parts.map(([name, value]) => `${name} ${formatNumber(value, 2)}`).join('  ') : '',
  ];
}

const partLooks: readonly { readonly glyph: string; readonly style: Style }[] = [
  { glyph: '█', style: 'cyan' },
  { glyph: '▓', style: 'blue' },
  { glyph: '▒', style: 'magenta' },
  { glyph: '░', style: 'yellow' },
  { glyph: '·', style: 'green' },
];

/** Where the time of an iteration goes. */
function timeLine(seed: SeedState, { timeParts, leastTimeShare }: Look, view: View, width: number): string {
  const { paint } = view;
  const space = widthAfterLabel(width);
  const parts = Object.keys(timeParts).map((part, index) => ({ part, share: seed.time.get(part) ?? 0, ...partLooks[index]! }));
  if (seed.time.size === 0) return label('time', paint) + stackedBar(parts, Math.min(24, space), paint);
  const words = parts
    .filter(({ share }) => share >= leastTimeShare)
    .map(({ part, share, glyph, style }) => `${paint(style, glyph)} ${part} ${Math.round(share * 100)} %`);
  // The words matter more than the length of the bar; where they do not fit, the bar stands alone.
  const legend = fitPieces(words, Math.max(0, space - shortestTimeBar - 2), '  ');
  const complete = visibleWidth(words.join('  ')) + shortestTimeBar + 2 <= space;
  const bar = stackedBar(parts, Math.min(24, complete ? space - visibleWidth(legend) - 2 : space), paint);
  return label('time', paint) + (complete ? `${bar}  ${legend}` : bar);
}

// Title, folder, progress, speed, course, critic, evaluation, time, and the line that the terminal keeps.
const rowsForCritic = 9;

/** The lines of a seed that is alone, below its progress; about as many as `rows`. */
export function seedLines(seed: SeedState, look: Look, view: View, { width, rows }: { width: number; rows: number }): string[] {
  if (seed.phase === 'warming' && seed.warmStart) return [pieceLine('warm start', warmStartPieces(seed.warmStart), view, width)];
  const { paint } = view;
  const groups = look.groups?.(seed, paint);
  const critic = view.rows >= rowsForCritic ? look.critic?.(seed) : undefined;
  const lines = [
    speedLine(seed, look, view, width),
    courseLine(seed, look, view, width),
    ...(groups ? [pieceLine('group', groups, view, width)] : []),
    ...(critic ? [pieceLine('critic', critic, view, width)] : []),
    evaluationLine(seed, look, view, width),
    timeLine(seed, look, view, width),
  ];
  const [example, ...others] = seed.completions;
  if (!example) return lines;
  const written = (completion: ShownCompletion, name = ''): string => pieceLine(name, completionPieces(completion, paint), view, width);
  lines.push(written(example, 'wrote'));
  // Others give way to the picture: it has the lines that are left.
  lines.push(...pictureLines(example, view, { columns: widthAfterLabel(width), rows: rows - lines.length }));
  lines.push(...others.map((completion) => written(completion)));
  return lines;
}

/** The pictures of a prompt, as far as there is room. */
function pictureLines({ pictures = [] }: ShownCompletion, { color, paint }: View, room: { columns: number; rows: number }): string[] {
  if (pictures.length === 0) return [];
  return halfBlockRow(pictures, { ...room, color }).map((line) => label('', paint) + line);
}
