/**
 * One line on standard error that is written over and over.
 */
import { paintFor, wantsColor } from './terminal.ts';

/** The line; on what is no terminal there is none. */
export interface StatusLine {
  /** Writes it, ten times a second at most unless it must be written `now`. */
  show(text: string, now?: boolean): void;
  /** Takes it away. */
  clear(): void;
}

// Ten times a second is enough for eyes.
const milliseconds = 100;

/** Opens the line. */
export function statusLine(): StatusLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} };
  const paint = paintFor(wantsColor(stderr));
  let shown = Number.NEGATIVE_INFINITY;
  return {
    show(text, now = false) {
      const time = performance.now();
      if (time - shown < milliseconds && !now) return;
      shown = time;
      stderr.write(`\r\u001B[K${paint('gray', text)}`);
    },
    clear() {
      shown = Number.NEGATIVE_INFINITY;
      stderr.write('\r\u001B[K');
    },
  };
}
