/**
 * Sums of two numbers of two digits: the main task of the comparison, from a warm start to about 20 % where most groups are valid, and from
 * one to a few per cent where few are.
 */
import type { Generator } from '../../random/index.ts';
import type { LanguageTask } from './task.ts';

/** Two summands, 0 .. 99 each. */
export interface Sum {
  readonly a: number;
  readonly b: number;
  /** `37+58=` */
  readonly prompt: string;
  /** `095` */
  readonly digits: string;
}

/** Draws a sum; there are 10,000. */
export function drawSum(random: Generator): Sum {
  const a = random.integers(0, 100);
  const b = random.integers(0, 100);
  return { a, b, prompt: `${pad(a, 2)}+${pad(b, 2)}=`, digits: pad(a + b, 3) };
}

/** A whole number with leading zeros. */
export function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

const addition: Omit<LanguageTask, 'id' | 'description'> = {
  alphabet: '0123456789+=',
  promptLength: 6,
  completionLength: 4,
  prompts(random) {
    const { prompt, digits } = drawSum(random);
    return { prompt, solution: digits, reward: (completion, ended) => ({ accuracy: ended && completion === digits ? 1 : 0 }) };
  },
};

/** `37+58=` -> `095`. */
export const add2Digit: LanguageTask = {
  ...addition,
  id: 'add-2digit',
  description: 'the sum of two numbers of two digits, in three digits: 37+58= -> 095',
};

/** The same from a warm start to 4 %, where most groups are all wrong. */
export const add2DigitSparse: LanguageTask = {
  ...addition,
  id: 'add-2digit-sparse',
  description: 'the same sums from a much shorter warm start, where few groups hold a right completion',
  // Twice the updates and the larger rotary base: of what was tried on two seeds, what leaves the sparse regime (docs/log.md, 2026-11-21).
  defaults: { warmStartAccuracy: 0.04, iterations: 300, ropeTheta: 10 },
};
