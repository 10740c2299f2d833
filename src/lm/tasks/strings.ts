/**
 * Six digits backwards, and in order, after the reversal and sorting of strings in prime-rl and in TPO (arXiv 2604.06159, section 4),
 * where a dense reward learns reversal from random weights and an exact-match reward hardly does.
 */
import type { LanguageTask } from './task.ts';

/** Digits of a prompt. */
const count = 6;

/** A task that asks for six digits in another order; a million prompts. */
function strings(order: (digits: readonly number[]) => readonly number[]): Omit<LanguageTask, 'id' | 'description'> {
  return {
    alphabet: '0123456789=',
    promptLength: count + 1,
    completionLength: count + 1,
    prompts(random) {
      const digits = Array.from({ length: count }, () => random.integers(0, 10));
      const solution = order(digits).join('');
      return {
        prompt: `${digits.join('')}=`,
        solution,
        reward: (completion, ended) => ({ accuracy: ended && completion === solution ? 1 : 0 }),
      };
    },
  };
}

const reversal = strings((digits) => digits.toReversed());

/** `314159=` -> `951413`. */
export const reverse: LanguageTask = {
  ...reversal,
  id: 'reverse',
  description: 'six digits backwards: 314159= -> 951413',
};

/** `314159=` -> `113459`. It is learned sooner than a reversal, hence fewer iterations from a shorter warm start. */
export const sort: LanguageTask = {
  ...strings((digits) => digits.toSorted((x, y) => x - y)),
  id: 'sort',
  description: 'six digits in order: 314159= -> 113459',
  defaults: { iterations: 100, warmStartAccuracy: 0.15 },
};

/**
 * Reversal from random weights: the reward is the fraction of tokens, the end token among them, that are right at their place; accuracy is reported
 * too and has no weight.
 */
export const reverseDense: LanguageTask = {
  ...reversal,
  id: 'reverse-dense',
  description: 'six digits backwards from random weights: the reward is the fraction of tokens at their place',
  prompts(random) {
    const { prompt, solution } = reversal.prompts(random);
    const right = solution!;
    return {
      prompt,
      solution: right,
      reward(completion, ended) {
        const isRight = ended && completion === right;
        let places = ended && completion.length === right.length ? 1 : 0;
        for (let i = 0; i < right.length; i++) if (completion[i] === right[i]) places++;
        return { places: places / (right.length + 1), accuracy: isRight ? 1 : 0 };
      },
    };
  },
  weights: { places: 1, accuracy: 0 },
  outcome: 'accuracy',
  defaults: { warmStartAccuracy: 0, iterations: 400 },
};
