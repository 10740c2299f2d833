/**
 * Drives a display: the moving one on a terminal, one line every two seconds elsewhere.
 */
import type { Screen } from '../core/platform.ts';
import type { RunEvent } from '../run/events.ts';
import { displayLines, isOver, plainLine, titlePieces } from './lines.ts';
import type { Look } from './pieces.ts';
import { applyEvent, type DisplayState } from './state.ts';
import { harmless, paintFor } from './text.ts';

/** What shows a training while it runs. */
export interface Display {
  /** An event of the seed at that place in the list. */
  event(index: number, event: RunEvent): void;
  /** Something else has changed (a seed was started, Ctrl-C). */
  changed(): void;
  /** Shows the last frame and gives the terminal back. */
  close(): void;
}

const plainMilliseconds = 2000;

/** A display that shows nothing, for `--json` and `--quiet`. */
export function silentDisplay(state: DisplayState): Display {
  return { event: (index, event) => applyEvent(state.seeds[index]!, event), changed: () => {}, close: () => {} };
}

/** One line about every two seconds, and one at every evaluation, for logs and pipes. */
export function plainDisplay(state: DisplayState, look: Look, write: (line: string) => void, now: () => number): Display {
  const several = state.seeds.length > 1;
  const last = state.seeds.map(() => Number.NEGATIVE_INFINITY);
  let begun = false;
  const show = (index: number): void => {
    last[index] = now();
    write(plainLine(state.seeds[index]!, look, several));
  };
  return {
    event(index, event) {
      applyEvent(state.seeds[index]!, event);
      // Not before there is an event: what fails at once is said without a heading.
      if (!begun) write(`${titlePieces(state).join(', ')}; ${state.runDirectory}`);
      begun = true;
      if (event.event === 'warning') write(`warning: ${several ? `seed ${event.seed}: ` : ''}${event.message}`);
      const moves = event.event === 'iteration' || event.event === 'warmStart';
      const due = moves && now() - last[index]! >= plainMilliseconds;
      if (due || event.event === 'evaluation' || (event.event === 'warmStart' && event.done)) show(index);
    },
    changed: () => {},
    close: () => {},
  };
}

/** The moving display, on a screen that takes frames. */
export async function liveDisplay(
  state: DisplayState,
  look: Look,
  openFrames: NonNullable<Screen['openFrames']>,
  now: () => number,
): Promise<Display> {
  const began = now();
  let frame = 0;
  let frozen: number | undefined;
  const draw = (): void => {
    const elapsed = (frozen ?? now() - began) / 1000;
    const { columns, rows } = frames;
    frames.show(displayLines(state, look, { columns, rows, frame, elapsed, paint, color: frames.hasColor }).map(harmless));
    frame++;
  };
  const frames = await openFrames(draw);
  const paint = paintFor(frames.hasColor);
  draw();
  return {
    event: (index, event) => applyEvent(state.seeds[index]!, event),
    changed: draw,
    close() {
      if (state.seeds.every(({ phase }) => isOver(phase))) frozen = now() - began;
      draw();
      frames.close();
    },
  };
}

/** What a screen allows: frames, or else lines. */
export async function openDisplay(state: DisplayState, look: Look, { openFrames, writeLine }: Screen, now: () => number): Promise<Display> {
  return openFrames ? liveDisplay(state, look, openFrames, now) : plainDisplay(state, look, writeLine, now);
}
