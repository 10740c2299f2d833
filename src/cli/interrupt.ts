/**
 * Ctrl-C: once asks for an orderly end, twice ends at once.
 */
import { exitCodes } from './failure.ts';
import { onBrokenPipe } from './output.ts';

// npm passes Ctrl-C on to a process that the terminal has told already: what comes this soon is the same key press.
const samePressMilliseconds = 500;

/**
 * Calls `first` when Ctrl-C is pressed, the process receives SIGTERM, or the reader of its output goes away; a second time calls `last` and ends the
 * process. Gives the function that takes the handlers away.
 */
export function onInterrupt(first: () => void, last: () => void = () => {}): () => void {
  let pressed: number | undefined;
  const press = (): void => {
    const now = performance.now();
    if (pressed === undefined) {
      pressed = now;
      first();
    } else if (now - pressed > samePressMilliseconds) {
      last();
      process.exit(exitCodes.interrupted);
    }
  };
  process.on('SIGINT', press).on('SIGTERM', press);
  const restore = onBrokenPipe(press);
  return () => {
    process.off('SIGINT', press).off('SIGTERM', press);
    restore();
  };
}
