/**
 * Standard output, and what happens when nothing can be written to it: its reader goes away (`| head`), the disk behind it is full.
 */
import { harmless } from '../display/text.ts';
import { visibleLine } from '../node/early.ts';
import { exitCodes } from './failure.ts';

/** What a command does then; it is given the exit code that is due. */
type EndOfOutput = (code: number) => void;

let whenEnded: EndOfOutput = (code) => process.exit(code);
let ended = false;
let failed = false;

/** No more output: without a word where nobody reads it any more, else with one sentence. */
function end(error: NodeJS.ErrnoException): void {
  if (ended) return;
  ended = true;
  // EIO of a terminal: it was closed.
  const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY);
  if (!isGone) {
    failed = true;
    const [reason = error.message] = error.message.split(',');
    process.stderr.write(`error: standard output cannot be written (${reason}); free some space, or send it elsewhere\n`);
  }
  whenEnded(isGone ? exitCodes.done : exitCodes.failed);
}

/** Watches standard output: where it ends, the command does. Called once, before anything is written. */
export function guardOutput(): void {
  process.stdout.on('error', end);
  process.stderr.on('error', () => {
    // Nobody reads our messages: there is nobody to tell.
  });
}

/** Sets what happens when nothing can be written any more; gives the function that undoes it. */
export function onOutputEnd(handler: EndOfOutput): () => void {
  const before = whenEnded;
  whenEnded = handler;
  return () => {
    whenEnded = before;
  };
}

/** The exit code of a command, which cannot be a good one where its output was lost. */
export function withOutput(code: number): number {
  return failed && code === exitCodes.done ? exitCodes.failed : code;
}

/** Text on standard output. */
export function writeText(text: string): void {
  if (ended) return;
  try {
    process.stdout.write(text);
  } catch (error) {
    // Files are written at once, and Node 20 throws what goes wrong then.
    end(error as NodeJS.ErrnoException);
  }
}

/** One line on standard output. */
export function writeLine(line: string): void {
  writeText(`${harmless(line)}\n`);
}

/** A value on standard output, as JSON of one line. */
export function writeJson(value: unknown): void {
  writeText(`${visibleLine(value)}\n`);
}

/** One line on standard error. */
export function writeNote(line: string): void {
  process.stderr.write(`${harmless(line)}\n`);
}
