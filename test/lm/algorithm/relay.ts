/**
 * A task of two turns for tests: the model says a letter, a tool says another one, and the model is to repeat that.
 */
import { defineTask } from '../../../src/lm/tasks/index.ts';

/** `abc=`: whatever the model says first, the tool answers `=b=`, and `b` is right. 64 prompts. */
export const relay = defineTask({
  id: 'relay',
  description: 'say what the tool says',
  alphabet: 'abcd=',
  promptLength: 4,
  completionLength: 9,
  maxTurns: 2,
  turnTokens: 3,
  prompts(random) {
    const [first, second, third] = Array.from({ length: 3 }, () => 'abcd'[random.integers(0, 4)]!) as [string, string, string];
    return { prompt: `${first}${second}${third}=`, solutionTurns: [{ text: first }, { append: `=${second}=`, text: second }] };
  },
  async rollout({ prompt, sample }) {
    await sample();
    const letter = String(prompt)[1]!;
    const { text } = await sample({ append: `=${letter}=` });
    return { right: text[0] === letter ? 1 : 0 };
  },
});
