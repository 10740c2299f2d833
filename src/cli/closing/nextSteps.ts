/**
 * What to type next, below the words about a run.
 */
import type { RunSummary } from '../../node/toolkit.ts';
import { invocation, shellWord } from '../invocation.ts';
import { outputColumns, type Paint, padTo, visibleWidth, wrapTo } from '../terminal.ts';

/** Something to type next. */
export interface NextStep {
  /** What for, in two or three words. */
  readonly purpose: string;
  /** The command, without the program's name. */
  readonly words: readonly string[];
  /** `longer` makes sense only for a run that went to its end. */
  readonly kind?: 'longer';
  /** A sentence about it, for the line below. */
  readonly note?: string;
}

/** Whether a run ended because it reached what it was to reach: a target return, or nothing left to learn. */
export function hasEnough({ status, message }: Pick<RunSummary, 'status' | 'message'>): boolean {
  return (status === 'stopped' || status === 'done') && message !== undefined;
}

/** The steps that make sense after these runs: `resume` for one that was stopped before its end, nothing longer where that is open, or enough. */
export function sensibleSteps(
  summaries: readonly Pick<RunSummary, 'status' | 'message'>[],
  failed: boolean,
  resume: NextStep,
  next: readonly NextStep[],
): NextStep[] {
  const isUnfinished = failed || summaries.some((summary) => summary.status === 'stopped' && !hasEnough(summary));
  const steps = isUnfinished || summaries.some(hasEnough) ? next.filter(({ kind }) => kind !== 'longer') : next;
  return isUnfinished ? [resume, ...steps] : [...steps];
}

// In narrower terminals commands get lines of their own.
const leastBeside = 60;

// What a shell takes for "the line goes on"; Windows has two shells with two signs.
const continued = process.platform === 'win32' ? undefined : ' \\';

/** A command in lines that fit, broken between words only; where the shell can join them again. */
function commandLines(words: readonly string[], width: number): string[] {
  // A flag and its value stay together.
  const pieces: string[] = [];
  for (const word of words) {
    const before = pieces.at(-1);
    const isValue = !word.startsWith('-') && before?.startsWith('--') && !before.includes(' ');
    if (isValue) pieces[pieces.length - 1] = `${before} ${word}`;
    else pieces.push(word);
  }
  const whole = pieces.join(' ');
  if (continued === undefined || visibleWidth(whole) <= width) return [whole];
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    const room = width - continued.length - (lines.length > 0 ? 2 : 0);
    if (line !== '' && visibleWidth(`${line} ${piece}`) > room) {
      lines.push(line);
      line = piece;
    } else line = line === '' ? piece : `${line} ${piece}`;
  }
  lines.push(line);
  return lines.map((text, index) => `${index > 0 ? '  ' : ''}${text}${index < lines.length - 1 ? continued : ''}`);
}

/**
 * What to type next: what for, then the command, to the end of the line so that it can be copied; in a narrow terminal on lines of its own. `again` are
 * the flags that every command on this run needs.
 */
export function stepLines(steps: readonly NextStep[], again: readonly string[], paint: Paint, columns: number = outputColumns()): string[] {
  const widest = steps.reduce((most, { purpose }) => Math.max(most, purpose.length), 0);
  const below = (indent: number, { words, note }: NextStep): string[] => {
    const width = columns - 1 - indent;
    const command = commandLines([...invocation().split(' '), ...[...words, ...again].map(shellWord)], width);
    const notes = note === undefined ? [] : wrapTo(note, width).map((text) => paint('gray', text));
    return [...command.map((text) => paint('cyan', text)), ...notes].map((line) => ' '.repeat(indent) + line);
  };
  const indent = widest + 4;
  const beside = steps.map((step) => below(indent, step));
  const fits = columns >= leastBeside && beside.flat().every((line) => visibleWidth(line) < columns);
  return [
    'Next:',
    ...steps.flatMap((step, index) => {
      const purpose = `  ${paint('gray', padTo(step.purpose, fits ? widest : 0))}`;
      if (!fits) return [purpose, ...below(4, step)];
      const [first = '', ...rest] = beside[index]!;
      return [`${purpose}  ${first.slice(indent)}`, ...rest];
    }),
  ];
}

/** Where the run is, and what to type next. */
export function nextLines(
  runDirectory: string,
  steps: readonly NextStep[],
  again: readonly string[],
  paint: Paint,
  columns: number = outputColumns(),
): string[] {
  const folder = `Run folder: ${paint('bold', runDirectory)}`;
  const where = visibleWidth(folder) < columns ? [folder] : ['Run folder:', `  ${paint('bold', runDirectory)}`];
  return [...where, ...stepLines(steps, again, paint, columns)];
}
