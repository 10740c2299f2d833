/**
 * Ctrl-C and the signals of whoever runs us: once asks for an orderly end, twice ends at once.
 */
import { constants } from 'node:os';
import { exitCodes } from './failure.ts';
import { onOutputEnd } from './output.ts';

/** Milliseconds that a run is given to end its iteration and write a checkpoint: whoever asked waits two seconds at most. */
export const patience = 1500;

// SIGTERM: docker stop, Slurm, systemd, timeout. SIGHUP: the terminal was closed, the connection lost.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// npm passes Ctrl-C on to a process that the terminal has told already: what comes this soon is the same key press.
const samePressMilliseconds = 500;

let code: number = exitCodes.interrupted;

/** What the process answers when it was interrupted: 128 and the number of the first signal, as shells write it. */
export function interruptedCode(): number {
  return code;
}

/**
 * Calls `first` when a signal comes, or the output can no longer be written; a second signal calls `last` and ends the process. Gives the function that
 * takes the handlers away.
 */
export function onInterrupt(first: () => void, last: () => void = () => {}): () => void {
  let pressed: number | undefined;
  const press = (answer: number): void => {
    const now = performance.now();
    if (pressed === undefined) {
      pressed = now;
      code = answer;
      first();
    } else if (now - pressed > samePressMilliseconds) {
      last();
      process.exit(code);
    }
  };
  const hear = (signal: (typeof signals)[number]): void => press(128 + constants.signals[signal]);
  for (const signal of signals) process.on(signal, hear);
  const restore = onOutputEnd((answer) => {
    // Whoever ended us often ends the terminal, or the reader, as well: that is no second signal.
    if (pressed === undefined) press(answer === exitCodes.done ? exitCodes.interrupted : answer);
  });
  return () => {
    for (const signal of signals) process.off(signal, hear);
    restore();
    // Closing lines that nobody can read any more do not make it a good end.
    if (pressed !== undefined) onOutputEnd(() => process.exit(code));
  };
}
