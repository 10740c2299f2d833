/**
 * A stream of this process as a screen: frames where it is a terminal, else lines.
 */
import { writeFileSync } from 'node:fs';
import type { Frames, Screen } from '../core/platform.ts';
import { harmless, visibleWidth } from '../display/text.ts';

/**
 * Whether to write colors to a stream: `NO_COLOR` (no-color.org) wins, then `FORCE_COLOR`, then whether it is a terminal that is not dumb.
 * Asked here because `styleText` looks at neither on Node 20.
 */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR !== undefined) return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

// About 12 frames a second: smooth for eyes, cheap for the trainer that runs meanwhile.
const frameMilliseconds = 80;

/**
 * Frames on a terminal. Where `COHORT_FRAME_FILE` names a file, the last one is written there as well, with its colors: the picture in the README is
 * made from it.
 */
async function openFrames(stream: NodeJS.WriteStream, draw: () => void): Promise<Frames> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  let drawn: readonly string[] = [];
  // A narrower terminal wraps what is drawn already: it is erased by the rows that it takes now, not by those that it took.
  const resize = (): void => {
    const columns = stream.columns || 80;
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0);
    stream.write(`\u001B[${rows}A\r\u001B[J`);
    update.done();
    draw();
  };
  stream.on('resize', resize);
  const timer = setInterval(draw, frameMilliseconds);
  return {
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    hasColor: wantsColor(stream),
    show(lines) {
      drawn = lines;
      update(lines.join('\n'));
    },
    close() {
      clearInterval(timer);
      stream.off('resize', resize);
      update.done();
      if (process.env.COHORT_FRAME_FILE) writeFileSync(process.env.COHORT_FRAME_FILE, `${drawn.join('\n')}\n`);
    },
  };
}

/** A stream as a screen. `writeLine`: where lines go, if not straight to the stream. */
export function streamScreen(
  stream: NodeJS.WriteStream,
  writeLine: (line: string) => void = (line) => void stream.write(`${harmless(line)}\n`),
): Screen {
  const moves = stream.isTTY && process.env.TERM !== 'dumb';
  return { writeLine, ...(moves && { openFrames: (draw) => openFrames(stream, draw) }) };
}
