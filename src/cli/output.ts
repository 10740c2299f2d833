/**
 * Standard output, and what happens when its reader goes away (`| head`).
 */
import { exitCodes } from './failure.ts';

let whenBroken: () => void = () => process.exit(exitCodes.done);
let broken = false;

/** Watches for a reader that goes away: no error is printed, the command ends. Called once, before anything is written. */
export function guardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (broken) return;
    broken = true;
    whenBroken();
  });
  process.stderr.on('error', () => {
    // Nobody reads our messages: there is nobody to tell.
  });
}

/** Sets what happens when the reader goes away; gives the function that undoes it. */
export function onBrokenPipe(handler: () => void): () => void {
  const before = whenBroken;
  whenBroken = handler;
  return () => {
    whenBroken = before;
  };
}

/** One line on standard output. */
export function writeLine(line: string): void {
  if (!broken) process.stdout.write(`${line}\n`);
}
