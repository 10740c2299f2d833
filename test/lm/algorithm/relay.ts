/**
 * A task of two turns for tests: the model says a letter, a tool says another one, and the model is to repeat that.
 */
import { defineTask } from '../../../src/lm/tasks/index.ts';

/** `ab=`: whatever the model says first, the tool answers `=b=`, and `b` is right. */
export const relay = defineTask({
  id: 'relay',
  description: 'say what the tool says',
  alphabet: 'abcd=',
  promptLength: 3,
  completionLength: 9,
  maxTurns: 2,
  turnTokens: 3,
  prompts(random) {
    const [first, second] = ['abcd'[random.integers(0, 4)]!, 'abcd'[random.integers(0, 4)]!];
    return { prompt: `${first}${second}=`, solutionTurns: [{ text: first }, { append: `=${second}=`, text: second }] };
  },
  async rollout({ prompt, sample }) {
    await sample();
    const letter = String(prompt)[1]!;
    const { text } = await sample({ append: `=${letter}=` });
    return { right: text[0] === letter ? 1 : 0 };
  },
});
