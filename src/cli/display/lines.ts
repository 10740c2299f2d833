/**
 * The live display as a pure function: what is known, how wide the terminal is, which frame; out come lines that never wrap.
 */
import { cutTo, formatNumber, formatSeconds, formatSmall, groupDigits, type Paint, padTo, type Style, visibleWidth } from '../terminal.ts';
import { progressBar, sparkline, spinner, stackedBar } from './graphics.ts';
import { type DisplayState, type SeedPhase, type SeedState, type TimePart, timeParts } from './state.ts';

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

// Wider lines are harder to read, not more telling.
const mostColumns = 100;
const labelWidth = 11;
const shortestTimeBar = 10;

const partLooks: Readonly<Record<TimePart, { glyph: string; style: Style }>> = {
  environment: { glyph: '█', style: 'cyan' },
  forward: { glyph: '▓', style: 'blue' },
  backward: { glyph: '▒', style: 'magenta' },
  optimiser: { glyph: '░', style: 'yellow' },
};

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

const phaseWords: Readonly<Record<SeedPhase, string>> = {
  waiting: 'waiting',
  starting: 'starting',
  training: 'training',
  done: 'done',
  stopped: 'stopped',
  interrupted: 'interrupted',
  failed: 'failed',
};

/** Whether nothing more will come from a seed. */
export function isOver(phase: SeedPhase): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'interrupted' || phase === 'failed';
}

function phaseMark(phase: SeedPhase, view: View): string {
  const { paint } = view;
  if (phase === 'failed') return paint('red', '✗');
  if (phase === 'interrupted' || phase === 'stopped') return paint('yellow', '■');
  if (phase === 'done') return paint('green', '✓');
  return phase === 'waiting' ? paint('gray', '·') : paint('cyan', spinner(view.frame));
}

function header(state: DisplayState, view: View, width: number): string[] {
  const { paint } = view;
  const [first = '', ...rest] = state.title;
  const running = state.seeds.some(({ phase }) => !isOver(phase));
  const mark = running ? paint('cyan', spinner(view.frame)) : phaseMark(state.seeds[0]?.phase ?? 'done', view);
  const line = fitPieces([paint('bold', first), ...rest], width - 2, paint('gray', ' · '));
  return [`${mark} ${line}`, paint('gray', cutTo(`  ${state.runDirectory}`, width))];
}

function label(text: string, paint: Paint): string {
  return `  ${paint('gray', padTo(text, labelWidth))}`;
}

function progressLine(seed: SeedState, state: DisplayState, view: View, width: number): string {
  const { paint } = view;
  const fraction = seed.iterations > 0 ? seed.iteration / seed.iterations : 0;
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  const words =
    state.interrupting && !isOver(seed.phase)
      ? paint('yellow', 'writing a checkpoint …')
      : seed.phase === 'training'
        ? `iteration ${seed.iteration}/${seed.iterations}`
        : isOver(seed.phase)
          ? `${phaseWords[seed.phase]} at ${seed.iteration}/${seed.iterations}`
          : `${phaseWords[seed.phase]} …`;
  const right = `${percent}   ${words}`;
  const bar = Math.max(4, width - 3 - visibleWidth(right));
  return cutTo(`  ${progressBar(fraction, bar, paint)} ${right}`, width);
}

function speedLine(seed: SeedState, view: View, width: number): string {
  const { paint } = view;
  const pieces = [
    `${groupDigits(seed.globalStep)} steps`,
    seed.stepsPerSecond > 0 ? paint('bold', `${groupDigits(seed.stepsPerSecond)} steps/s`) : '',
    `elapsed ${formatSeconds(view.elapsed)}`,
    seed.phase === 'training' ? `left ${formatSeconds(seed.timeLeft)}` : '',
  ].filter((piece) => piece !== '');
  return label('speed', paint) + fitPieces(pieces, width - labelWidth - 2);
}

function returnLine(seed: SeedState, view: View, width: number): string {
  const { paint } = view;
  const numbers = [
    paint('bold', formatNumber(seed.meanReturn).padStart(7)),
    `entropy ${formatNumber(seed.entropy, 3)}`,
    `KL ${formatSmall(seed.kl)}`,
  ];
  const space = Math.max(0, width - labelWidth - 2);
  const right = fitPieces(numbers, space);
  const curve = sparkline(seed.returns, Math.min(40, space - visibleWidth(right) - 2));
  return label('return', paint) + (curve === '' ? right : `${paint('green', curve)}  ${right}`);
}

function evaluationLine(seed: SeedState, view: View, width: number): string {
  const { paint } = view;
  const { evaluation } = seed;
  if (!evaluation) return label('evaluation', paint) + paint('gray', '–');
  const pieces = [
    `sampled ${paint('bold', formatNumber(evaluation.sampled.mean))}`,
    `greedy ${paint('bold', formatNumber(evaluation.greedy.mean))}`,
    paint('gray', `${evaluation.episodes} episodes each, at iteration ${evaluation.iteration}`),
  ];
  return label('evaluation', paint) + fitPieces(pieces, width - labelWidth - 2);
}

function timeLine(seed: SeedState, view: View, width: number): string {
  const { paint } = view;
  const space = Math.max(0, width - labelWidth - 2);
  const parts = timeParts.map((part) => ({ part, share: seed.time.get(part) ?? 0, ...partLooks[part] }));
  if (seed.time.size === 0) return label('time', paint) + stackedBar(parts, Math.min(24, space), paint);
  const words = parts.map(({ part, share, glyph, style }) => `${paint(style, glyph)} ${part} ${Math.round(share * 100)} %`);
  // The words matter more than the length of the bar; where they do not fit, the bar stands alone.
  const legend = fitPieces(words, Math.max(0, space - shortestTimeBar - 2), '  ');
  const complete = visibleWidth(words.join('  ')) + shortestTimeBar + 2 <= space;
  const bar = stackedBar(parts, Math.min(24, complete ? space - visibleWidth(legend) - 2 : space), paint);
  return label('time', paint) + (complete ? `${bar}  ${legend}` : bar);
}

function seedRow(seed: SeedState, state: DisplayState, view: View, width: number): string {
  const { paint } = view;
  const fraction = seed.iterations > 0 ? seed.iteration / seed.iterations : 0;
  const seedWidth = state.seeds.reduce((most, other) => Math.max(most, other.seed.length), 1);
  const start = `${phaseMark(seed.phase, view)} seed ${padTo(seed.seed, seedWidth, 'left')}  ${progressBar(fraction, 12, paint)}`;
  const pieces = [
    `${start} ${`${Math.floor(fraction * 100)} %`.padStart(5)}`,
    seed.phase === 'waiting' || seed.phase === 'starting'
      ? paint('gray', `${phaseWords[seed.phase]} …`)
      : `${padTo(paint('green', sparkline(seed.returns, 16)), 16)} ${paint('bold', formatNumber(seed.meanReturn).padStart(7))}`,
    seed.evaluation ? `sampled ${formatNumber(seed.evaluation.sampled.mean)}  greedy ${formatNumber(seed.evaluation.greedy.mean)}` : '',
    seed.phase === 'training' ? `left ${formatSeconds(seed.timeLeft)}` : '',
  ].filter((piece) => piece !== '');
  return fitPieces(pieces, width, '  ');
}

function totalLine(state: DisplayState, view: View, width: number): string {
  const active = state.seeds.filter(({ phase }) => phase === 'training');
  const steps = state.seeds.reduce((sum, seed) => sum + seed.globalStep, 0);
  const rate = active.reduce((sum, seed) => sum + seed.stepsPerSecond, 0);
  const done = state.seeds.filter(({ phase }) => phase === 'done' || phase === 'stopped').length;
  const pieces = [
    `${done} of ${state.seeds.length} seeds done`,
    `${groupDigits(steps)} steps`,
    rate > 0 ? view.paint('bold', `${groupDigits(rate)} steps/s`) : '',
    `elapsed ${formatSeconds(view.elapsed)}`,
    state.interrupting ? view.paint('yellow', 'writing checkpoints …') : '',
  ].filter((piece) => piece !== '');
  return `  ${fitPieces(pieces, width - 2)}`;
}

/** The lines of one frame: at most `rows - 1` of them, each at most `columns` wide. */
export function displayLines(state: DisplayState, view: View): string[] {
  // One column is left free: some terminals wrap when the last one is written.
  const width = Math.max(1, Math.min(view.columns - 1, mostColumns));
  const lines = header(state, view, width);
  const [only, second] = state.seeds;
  if (only && !second) {
    lines.push(
      progressLine(only, state, view, width),
      speedLine(only, view, width),
      returnLine(only, view, width),
      evaluationLine(only, view, width),
      timeLine(only, view, width),
    );
  } else {
    const space = Math.max(1, view.rows - 1 - lines.length - 1);
    const rows = state.seeds.map((seed) => seedRow(seed, state, view, width));
    if (rows.length <= space) lines.push(...rows);
    else lines.push(...rows.slice(0, space - 1), view.paint('gray', `  … and ${rows.length - space + 1} more`));
    lines.push(totalLine(state, view, width));
  }
  return lines.slice(0, Math.max(1, view.rows - 1)).map((line) => cutTo(line, width));
}

/** One line for a log: the state of one seed without colours. */
export function plainLine(seed: SeedState, several: boolean): string {
  const pieces = [
    several ? `seed ${seed.seed}` : '',
    `iteration ${seed.iteration}/${seed.iterations}`,
    `${groupDigits(seed.globalStep)} steps`,
    `${groupDigits(seed.stepsPerSecond)} steps/s`,
    `return ${formatNumber(seed.meanReturn)}`,
    seed.evaluation?.iteration === seed.iteration
      ? `sampled ${formatNumber(seed.evaluation.sampled.mean)}  greedy ${formatNumber(seed.evaluation.greedy.mean)}`
      : '',
    `entropy ${formatNumber(seed.entropy, 3)}`,
    `KL ${formatSmall(seed.kl)}`,
    `left ${formatSeconds(seed.timeLeft)}`,
  ];
  return pieces.filter((piece) => piece !== '').join('  ');
}
