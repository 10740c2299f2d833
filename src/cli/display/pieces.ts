/**
 * What the lines of every display are made of: labels, pieces that fit, the lines that look alike on both roads.
 */
import { cutTo, formatSeconds, groupDigits, type Paint, padTo, type Style, visibleWidth } from '../terminal.ts';
import { sparkline, stackedBar } from './graphics.ts';
import type { Meter, SeedState } from './state.ts';

/** The terminal and the moment. */
export interface View {
  readonly columns: number;
  readonly rows: number;
  /** Number of the frame, for the spinner. */
  readonly frame: number;
  /** Seconds since the command began. */
  readonly elapsed: number;
  readonly paint: Paint;
}

/** How the runs of a road are shown. */
export interface Look extends Meter {
  /** Parts of an iteration's time below this share are not named. */
  readonly leastTimeShare: number;
  /** What `globalStep` counts. */
  readonly unit: string;
  /** The lines of a seed that is alone, below its progress. */
  lines(seed: SeedState, view: View, width: number): string[];
  /** The number that its curve ends in. */
  headline(seed: SeedState): string;
  /** The same with its name, for a log. */
  plainHeadline(seed: SeedState): string;
  /** `sampled 98.2  greedy 100.0`; empty before the first evaluation. */
  evaluation(seed: SeedState): string;
  /** What else a log says of an iteration. */
  plainPieces(seed: SeedState): string[];
}

const labelWidth = 11;
const shortestTimeBar = 10;

/** The name of a line. */
export function label(text: string, paint: Paint): string {
  return `  ${paint('gray', padTo(text, labelWidth))}`;
}

/** Columns after a label. */
export function widthAfterLabel(width: number): number {
  return Math.max(0, width - labelWidth - 2);
}

/** Puts as many pieces into a line as fit; pieces that do not fit are left out whole. */
export function fitPieces(pieces: readonly string[], width: number, gap = '   '): string {
  let line = '';
  for (const piece of pieces) {
    const longer = line === '' ? piece : line + gap + piece;
    if (visibleWidth(longer) > width) break;
    line = longer;
  }
  return line === '' && pieces[0] !== undefined ? cutTo(pieces[0], width) : line;
}

/** A label and pieces that are not empty. */
export function pieceLine(name: string, pieces: readonly string[], view: View, width: number): string {
  const said = pieces.filter((piece) => piece !== '');
  return label(name, view.paint) + fitPieces(said, widthAfterLabel(width));
}

/** How much, how fast, how long. `rates` follow the rate of the unit. */
export function speedLine(seed: SeedState, unit: string, rates: readonly string[], view: View, width: number): string {
  const pieces = [
    `${groupDigits(seed.globalStep)} ${unit}`,
    seed.progressPerSecond > 0 ? view.paint('bold', `${groupDigits(seed.progressPerSecond)} ${unit}/s`) : '',
    ...rates,
    `elapsed ${formatSeconds(view.elapsed)}`,
    seed.phase === 'training' ? `left ${formatSeconds(seed.timeLeft)}` : '',
  ];
  return pieceLine('speed', pieces, view, width);
}

/** The course of what is followed, its last value in bold, then other numbers. */
export function courseLine(name: string, seed: SeedState, numbers: readonly string[], view: View, width: number): string {
  const { paint } = view;
  const [headline = '', ...rest] = numbers;
  const space = widthAfterLabel(width);
  const right = fitPieces([paint('bold', headline), ...rest], space);
  const curve = sparkline(seed.returns, Math.min(40, space - visibleWidth(right) - 2));
  return label(name, paint) + (curve === '' ? right : `${paint('green', curve)}  ${right}`);
}

/** The last evaluation: sampled, greedy, over how many of what. */
export function evaluationLine(seed: SeedState, unit: string, show: (mean: number | null) => string, view: View, width: number): string {
  const { paint } = view;
  const { evaluation } = seed;
  if (!evaluation) return label('evaluation', paint) + paint('gray', '–');
  const pieces = [
    `sampled ${paint('bold', show(evaluation.sampled.mean))}`,
    `greedy ${paint('bold', show(evaluation.greedy.mean))}`,
    paint('gray', `${evaluation.episodes} ${unit} each, at iteration ${evaluation.iteration}`),
  ];
  return pieceLine('evaluation', pieces, view, width);
}

/** `sampled 98.2  greedy 100.0`. */
export function evaluationPiece({ evaluation }: SeedState, show: (mean: number | null) => string): string {
  return evaluation ? `sampled ${show(evaluation.sampled.mean)}  greedy ${show(evaluation.greedy.mean)}` : '';
}

const partLooks: readonly { readonly glyph: string; readonly style: Style }[] = [
  { glyph: '█', style: 'cyan' },
  { glyph: '▓', style: 'blue' },
  { glyph: '▒', style: 'magenta' },
  { glyph: '░', style: 'yellow' },
  { glyph: '·', style: 'green' },
];

/** Where the time of an iteration goes. */
export function timeLine(seed: SeedState, { timeParts, leastTimeShare }: Look, view: View, width: number): string {
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
