/**
 * verl's digit completion (volcengine/verl, tests/e2e/envs/digit_completion): the next terms of an arithmetic progression modulo 9. The reward
 * is dense. verl's test starts from a checkpoint; here a warm start takes its place.
 */
import type { LanguageTask } from './task.ts';

/** verl's max_number, max_diff and max_num_in_response. */
const [modulus, largestStep, maxTerms] = [9, 9, 9];

/**
 * `2,5:9,4` -> `8,2,5,8`: first term 0 .. 9, step 0 .. 9, 0 .. 9 terms to add; 1,000 draws, of which 900 are different prompts, because the
 * steps 0 and 9 are the same.
 *
 * verl gives each token of the right beginning 1 / (length + 1), and the end token, which counts in the length, earns nothing. Here it earns
 * the same as the others: a right completion is worth 1, also an empty one if there are no terms to add.
 */
export const digitCompletion: LanguageTask = {
  id: 'digit-completion',
  description: 'the next terms of a progression modulo 9, first and second term, modulus, how many: 2,5:9,4 -> 8,2,5,8',
  alphabet: '0123456789,:',
  promptLength: 7,
  completionLength: 18,
  prompts(random) {
    const first = random.integers(0, modulus + 1);
    const step = random.integers(0, largestStep + 1);
    const terms = random.integers(0, maxTerms + 1);
    const second = (first + step) % modulus;
    const solution = Array.from({ length: terms }, (_, i) => (second + (i + 1) * step) % modulus).join();
    return {
      prompt: `${first},${second}:${modulus},${terms}`,
      solution,
      reward(completion, ended) {
        let matched = 0;
        while (matched < solution.length && completion[matched] === solution[matched]) matched++;
        const isRight = ended && completion === solution;
        return { prefix: (matched + (isRight ? 1 : 0)) / (solution.length + 1), accuracy: isRight ? 1 : 0 };
      },
    };
  },
  weights: { prefix: 1, accuracy: 0 },
  outcome: 'accuracy',
  // 25 tokens, twice as many as the other tasks have.
  defaults: { ropeTheta: 10 },
};
