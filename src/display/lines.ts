/**
 * The live display as a pure function: what is known, how wide the terminal is, which frame; out come lines that never wrap.
 */

import { formatBytes } from '../core/text.ts';
import { progressBar, sparkline, spinner } from './graphics.ts';
import { evaluationPiece, fitPieces, headline, type Look, seedLines, type View, warmStartPieces } from './pieces.ts';
import type { DisplayState, SeedPhase, SeedState } from './state.ts';
import { cutTo, formatSeconds, groupDigits, padTo, visibleWidth, wrapTo } from './text.ts';

export type { View } from './pieces.ts';

// Wider lines are harder to read, not more telling.
const maxColumns = 100;

/** Whether nothing more will come from a seed. */
export function isOver(phase: SeedPhase): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'interrupted' || phase === 'failed';
}

/** What a seed does before its first iteration. */
function beginning(phase: SeedPhase): string {
  return `${phase === 'warming' ? 'warming up' : phase} …`;
}

function phaseMark(phase: SeedPhase, view: View): string {
  const { paint } = view;
  if (phase === 'failed') return paint('red', '✗');
  if (phase === 'interrupted' || phase === 'stopped') return paint('yellow', '■');
  if (phase === 'done') return paint('green', '✓');
  return phase === 'waiting' ? paint('gray', '·') : paint('cyan', spinner(view.frame));
}

/** Bytes from which on it is worth saying what a run takes. */
const muchMemory = 2 ** 28;

/** What is run, and the memory that it takes where that is much. */
export function titlePieces({ title, seeds }: DisplayState): string[] {
  const most = seeds.reduce((bytes, { memoryBytes }) => Math.max(bytes, memoryBytes), 0);
  return most < muchMemory ? [...title] : [...title, `${formatBytes(most)} of memory`];
}

function header(state: DisplayState, view: View, width: number): string[] {
  const { paint } = view;
  const [first = '', ...rest] = titlePieces(state);
  const running = state.seeds.some(({ phase }) => !isOver(phase));
  const mark = running ? paint('cyan', spinner(view.frame)) : phaseMark(state.seeds[0]?.phase ?? 'done', view);
  const line = fitPieces([paint('bold', first), ...rest], width - 2, paint('gray', ' · '));
  return [`${mark} ${line}`, paint('gray', cutTo(`  ${state.runDirectory}`, width))];
}

/** How far a seed is: of its iterations, or of its warm start. */
function fractionOf({ phase, warmStart, iteration, iterations }: SeedState): number {
  if (phase === 'warming' && warmStart && warmStart.target > 0) return Math.min(1, warmStart.accuracy / warmStart.target);
  return iterations > 0 ? iteration / iterations : 0;
}

function progressLine(seed: SeedState, state: DisplayState, view: View, width: number): string {
  const { paint } = view;
  const fraction = fractionOf(seed);
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  const words =
    state.interrupting && !isOver(seed.phase)
      ? paint('yellow', seed.phase === 'warming' ? 'ending …' : 'writing a checkpoint …')
      : seed.phase === 'training'
        ? `iteration ${seed.iteration}/${seed.iterations}`
        : isOver(seed.phase)
          ? `${seed.phase} at ${seed.iteration}/${seed.iterations}`
          : beginning(seed.phase);
  const right = `${percent}   ${words}`;
  const bar = Math.max(4, width - 3 - visibleWidth(right));
  return cutTo(`  ${progressBar(fraction, bar, paint)} ${right}`, width);
}

function seedRow(seed: SeedState, state: DisplayState, look: Look, view: View, width: number): string {
  const { paint } = view;
  const fraction = fractionOf(seed);
  const seedWidth = state.seeds.reduce((most, other) => Math.max(most, other.seed.length), 1);
  const start = `${phaseMark(seed.phase, view)} seed ${padTo(seed.seed, seedWidth, 'left')}  ${progressBar(fraction, 12, paint)}`;
  const isBeginning = seed.phase === 'waiting' || seed.phase === 'starting' || seed.phase === 'warming';
  const pieces = [
    `${start} ${`${Math.floor(fraction * 100)} %`.padStart(5)}`,
    isBeginning
      ? paint('gray', beginning(seed.phase))
      : `${padTo(paint('green', sparkline(seed.returns, 16)), 16)} ${headline(seed, look, paint)}`,
    seed.phase === 'warming' && seed.warmStart ? warmStartPieces(seed.warmStart).join('  ') : evaluationPiece(seed, look),
    seed.phase === 'training' ? `left ${formatSeconds(seed.timeLeft)}` : '',
  ];
  return fitPieces(pieces, width, '  ');
}

/** What is worth a row first: what moves, then what came out, then what waits. */
function rankOf(phase: SeedPhase): number {
  if (isOver(phase)) return 1;
  return phase === 'waiting' ? 2 : 0;
}

/** Those seeds, in their order, for which there is room. */
function mostTelling(seeds: readonly SeedState[], count: number): SeedState[] {
  const ranked = [...seeds].sort((a, b) => rankOf(a.phase) - rankOf(b.phase)).slice(0, count);
  return seeds.filter((seed) => ranked.includes(seed));
}

/** `7 more (5 done, 2 waiting)`. */
function describeRest(seeds: readonly SeedState[], shown: readonly SeedState[]): string {
  const counts = new Map<SeedPhase, number>();
  for (const seed of seeds) if (!shown.includes(seed)) counts.set(seed.phase, (counts.get(seed.phase) ?? 0) + 1);
  return `${seeds.length - shown.length} more (${[...counts].map(([phase, count]) => `${count} ${phase}`).join(', ')})`;
}

function totalLine(state: DisplayState, { unit }: Look, view: View, width: number): string {
  const active = state.seeds.filter(({ phase }) => phase === 'training');
  const steps = state.seeds.reduce((sum, seed) => sum + seed.globalStep, 0);
  const rate = active.reduce((sum, seed) => sum + seed.progressPerSecond, 0);
  const done = state.seeds.filter(({ phase }) => phase === 'done' || phase === 'stopped').length;
  const pieces = [
    `${done} of ${state.seeds.length} seeds done`,
    `${groupDigits(steps)} ${unit}`,
    rate > 0 ? view.paint('bold', `${groupDigits(rate)} ${unit}/s`) : '',
    `elapsed ${formatSeconds(view.elapsed)}`,
    state.interrupting ? view.paint('yellow', 'writing checkpoints …') : '',
  ];
  return `  ${fitPieces(pieces, width - 2)}`;
}

/** A warning in as many lines as it takes. */
function warningLines({ warning }: SeedState, { paint }: View, width: number): string[] {
  return warning === undefined ? [] : wrapTo(`  warning: ${warning}`, width).map((line) => paint('yellow', line));
}

/** The lines of one frame: at most `rows - 1` of them, each at most `columns` wide. */
export function displayLines(state: DisplayState, look: Look, view: View): string[] {
  // One column is left free: some terminals wrap when the last one is written.
  const width = Math.max(1, Math.min(view.columns - 1, maxColumns));
  const lines = header(state, view, width);
  const [only, second] = state.seeds;
  if (only && !second) {
    lines.push(progressLine(only, state, view, width), ...warningLines(only, view, width));
    lines.push(...seedLines(only, look, view, { width, rows: view.rows - 1 - lines.length }));
  } else {
    const warned = state.seeds.find(({ warning }) => warning !== undefined);
    if (warned) lines.push(...warningLines(warned, view, width));
    const space = Math.max(1, view.rows - 1 - lines.length - 1);
    const shown = state.seeds.length <= space ? state.seeds : mostTelling(state.seeds, space - 1);
    lines.push(...shown.map((seed) => seedRow(seed, state, look, view, width)));
    if (shown.length < state.seeds.length) lines.push(view.paint('gray', `  … and ${describeRest(state.seeds, shown)}`));
    lines.push(totalLine(state, look, view, width));
  }
  return lines.slice(0, Math.max(1, view.rows - 1)).map((line) => cutTo(line, width));
}

/** One line for a log: the state of one seed without colors. */
export function plainLine(seed: SeedState, look: Look, several: boolean): string {
  const name = several ? `seed ${seed.seed}` : '';
  const pieces =
    seed.phase === 'warming' && seed.warmStart
      ? [name, 'warm start', ...warmStartPieces(seed.warmStart)]
      : [
          name,
          `iteration ${seed.iteration}/${seed.iterations}`,
          `${groupDigits(seed.globalStep)} ${look.unit}`,
          `${groupDigits(seed.progressPerSecond)} ${look.unit}/s`,
          `${look.noun} ${look.show(seed.meanReturn)}`,
          seed.evaluation?.iteration === seed.iteration ? evaluationPiece(seed, look) : '',
          ...look.plainPieces(seed),
          `left ${formatSeconds(seed.timeLeft)}`,
        ];
  return pieces.filter((piece) => piece !== '').join('  ');
}
