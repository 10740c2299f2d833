/**
 * Standard output, and what happens when its reader goes away (`| head`).
 */
import { visibleLine, visibleText } from '../node/early.ts';
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

// Colors and other looks (SGR, ECMA-48 8.3.117) are ours; every other control sequence in a line came from outside.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const looks = /(\u001B\[[\d;]*m)/;

/** Text for a terminal, in which only looks and line ends are not what they seem. */
export function harmless(text: string): string {
  const clean = (part: string): string => part.split('\n').map(visibleText).join('\n');
  return text
    .split(looks)
    .map((part, index) => (index % 2 === 1 ? part : clean(part)))
    .join('');
}

/** One line on standard output. */
export function writeLine(line: string): void {
  if (!broken) process.stdout.write(`${harmless(line)}\n`);
}

/** A value on standard output, as JSON of one line. */
export function writeJson(value: unknown): void {
  if (!broken) process.stdout.write(`${visibleLine(value)}\n`);
}

/** One line on standard error. */
export function writeNote(line: string): void {
  process.stderr.write(`${harmless(line)}\n`);
}
