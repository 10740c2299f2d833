/**
 * Drives a display: the moving one on a terminal, one line every two seconds elsewhere.
 */
import { writeFileSync } from 'node:fs';
import type { RunEvent } from '../../node/toolkit.ts';
import { harmless } from '../output.ts';
import { paintFor, visibleWidth, wantsColor } from '../terminal.ts';
import { displayLines, isOver, plainLine } from './lines.ts';
import type { Look } from './pieces.ts';
import { applyEvent, type DisplayState } from './state.ts';

/** What shows a training while it runs. */
export interface Display {
  /** An event of the seed at that place in the list. */
  event(index: number, event: RunEvent): void;
  /** Something else has changed (a seed was started, Ctrl-C). */
  changed(): void;
  /** Shows the last frame and gives the terminal back. */
  close(): void;
}

// About 12 frames a second: smooth for eyes, cheap for the trainer that runs meanwhile.
const frameMilliseconds = 80;
const plainMilliseconds = 2000;

/** A display that shows nothing, for `--json` and `--quiet`. */
export function silentDisplay(state: DisplayState): Display {
  return { event: (index, event) => applyEvent(state.seeds[index]!, event), changed: () => {}, close: () => {} };
}

/** One line about every two seconds, and one at every evaluation, for logs and pipes. */
export function plainDisplay(
  state: DisplayState,
  look: Look,
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Display {
  const several = state.seeds.length > 1;
  const last = state.seeds.map(() => Number.NEGATIVE_INFINITY);
  let begun = false;
  const show = (index: number): void => {
    last[index] = now();
    write(plainLine(state.seeds[index]!, look, several));
  };
  return {
    event(index, event) {
      // Not before there is an event: what fails at once is said without a heading.
      if (!begun) write(`${state.title.join(', ')}; ${state.runDirectory}`);
      begun = true;
      applyEvent(state.seeds[index]!, event);
      if (event.event === 'warning') write(`warning: ${several ? `seed ${event.seed}: ` : ''}${event.message}`);
      const moves = event.event === 'iteration' || event.event === 'warmStart';
      const due = moves && now() - last[index]! >= plainMilliseconds;
      if (due || event.event === 'evaluation' || (event.event === 'warmStart' && event.done)) show(index);
    },
    changed: () => {},
    close: () => {},
  };
}

/**
 * The moving display. Where `COHORT_FRAME_FILE` names a file, the last frame is written there as well, with its colors: the picture in
 * the README is made from it.
 */
export async function liveDisplay(state: DisplayState, look: Look, stream: NodeJS.WriteStream): Promise<Display> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  const paint = paintFor(wantsColor(stream));
  const began = performance.now();
  let frame = 0;
  let frozen: number | undefined;
  const lines = (): string[] => {
    const elapsed = (frozen ?? performance.now() - began) / 1000;
    return displayLines(state, look, { columns: stream.columns ?? 80, rows: stream.rows ?? 24, frame, elapsed, paint }).map(harmless);
  };
  let drawn: string[] = [];
  const draw = (): void => {
    drawn = lines();
    update(drawn.join('\n'));
    frame++;
  };
  // A narrower terminal wraps what is drawn already: it is erased by the rows that it takes now, not by those that it took.
  const redraw = (): void => {
    const columns = stream.columns ?? 80;
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0);
    stream.write(`\u001B[${rows}A\r\u001B[J`);
    update.done();
    draw();
  };
  stream.on('resize', redraw);
  draw();
  const timer = setInterval(draw, frameMilliseconds);
  return {
    event: (index, event) => applyEvent(state.seeds[index]!, event),
    changed: draw,
    close() {
      clearInterval(timer);
      stream.off('resize', redraw);
      if (state.seeds.every(({ phase }) => isOver(phase))) frozen = performance.now() - began;
      draw();
      update.done();
      if (process.env.COHORT_FRAME_FILE) writeFileSync(process.env.COHORT_FRAME_FILE, `${lines().join('\n')}\n`);
    },
  };
}
