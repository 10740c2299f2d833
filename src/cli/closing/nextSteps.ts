/**
 * What to type next, below the words about a run.
 */
import { commandLine } from '../invocation.ts';
import { type Paint, padTo } from '../terminal.ts';

/** Something to type next. */
export interface NextStep {
  /** What for, in two or three words. */
  readonly purpose: string;
  /** The command, without the program's name. */
  readonly words: readonly string[];
  /** `longer` makes sense only for a run that went to its end. */
  readonly kind?: 'longer';
}

/**
 * Where the run is and what to type next: what for, then the command, to the end of the line so that it can be copied. `again` are the flags that
 * every command on this run needs.
 */
export function nextLines(runDirectory: string, steps: readonly NextStep[], again: readonly string[], paint: Paint): string[] {
  const widest = steps.reduce((most, { purpose }) => Math.max(most, purpose.length), 0);
  return [
    `Run folder: ${paint('bold', runDirectory)}`,
    'Next:',
    ...steps.map(({ purpose, words }) => `  ${paint('gray', padTo(purpose, widest))}  ${paint('cyan', commandLine(...words, ...again))}`),
  ];
}
