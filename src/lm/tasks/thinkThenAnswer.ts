/**
 * Sums with a thought before the answer, with one reward for the format and one for the answer: it shows what a shaped reward does to groups in which
 * every answer is wrong, and what `validBy: outcome` does about it.
 *
 * The tags are spelled out as in the recipes of open-r1, and as the verifier reads them. With single-character marks a completion would be a third
 * as long, but the vocabulary is still below 32 tokens, and prompts, rewards and logs look like those of a large model.
 */

import { verifyAnswer } from '../verifier/index.ts';
import { drawSum, pad } from './addition.ts';
import type { LanguageTask } from './task.ts';

/** Digits of thought in a solution: the sum of the units, then that of the tens without carry. */
const thought = 4;
/** Room for a longer thought. */
const spare = 4;

/** `37+58=` -> `<think>1508</think><answer>095</answer>`: 7 + 8 = 15, 3 + 5 = 08. Any digits may be thought. */
export const thinkThenAnswer: LanguageTask = {
  id: 'think-then-answer',
  description: 'the sum of two numbers of two digits after a thought: 37+58= -> <think>1508</think><answer>095</answer>',
  alphabet: '0123456789+=<>/thinkaswer',
  promptLength: 6,
  completionLength: '<think></think><answer>095</answer>'.length + thought + spare + 1,
  prompts(random) {
    const { a, b, prompt, digits } = drawSum(random);
    const units = pad((a % 10) + (b % 10), 2);
    const tens = pad(Math.floor(a / 10) + Math.floor(b / 10), 2);
    return {
      prompt,
      solution: `<think>${units}${tens}</think><answer>${digits}</answer>`,
      reward: (completion, ended) => ({
        accuracy: verifyAnswer(completion, digits).outcome === 'right' ? 1 : 0,
        format: ended && /^<think>[0-9]+<\/think><answer>[0-9]+<\/answer>$/.test(completion) ? 1 : 0,
      }),
    };
  },
  outcome: 'accuracy',
};
