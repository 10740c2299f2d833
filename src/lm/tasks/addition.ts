/**
 * Sums of two numbers of two digits, from a warm start to about 20 % accuracy, after which most groups are informative, or to a few per cent, after which
 * few are.
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

/** The same from a warm start to 4 %: with 8 completions of a prompt, 0.96^8 = 72 % of the groups would be all wrong if all prompts were equally hard. */
export const add2DigitSparse: LanguageTask = {
  ...addition,
  id: 'add-2digit-sparse',
  description: 'the same sums from a much shorter warm start, where few groups hold a right completion',
  // Twice the updates and the larger rotary base: of the settings tried on two seeds, the ones that learn from so few right completions (docs/log.md, 2026-11-21).
  defaults: { warmStartAccuracy: 0.04, iterations: 300, ropeTheta: 10 },
};
