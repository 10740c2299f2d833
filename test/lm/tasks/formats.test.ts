/** Formats of completions, on texts that keep them and texts that do not. */
import { expect, it } from 'vitest';
import { formats } from '../../../src/lm/tasks/formats.ts';

it.each([
  ['<think>a\nb</think>\n<answer>1</answer>', 1, 1],
  ['<think></think><answer></answer>', 1, 1],
  ['so <think>a</think><answer>1</answer>', 0, 1],
  ['<think>a</think><answer>1</answer>.', 0, 1],
  ['<think>a</think> then <answer>1</answer>', 0, 1],
  // As the expression of the authors has it.
  ['<think>a</think><think>b</think><answer>1</answer>', 1, 0.5],
  ['<answer>1', 0, 0.25],
  ['', 0, 0],
])('the format of %o: %f, tags %f', (text, whole, tags) => {
  expect(formats['think-answer'](text)).toBe(whole);
  expect(formats['tag-count'](text)).toBe(tags);
});
