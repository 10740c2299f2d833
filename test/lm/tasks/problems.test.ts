import { describe, expect, it } from 'vitest';
import { findTask } from '../../../src/lm/tasks/index.ts';
import { drawProblem, isHeldOut } from '../../../src/lm/tasks/problems.ts';
import { promptKey, promptText } from '../../../src/lm/tasks/prompt.ts';
import type { LanguageTask, Problem } from '../../../src/lm/tasks/task.ts';

const reward = (): number => 1;

function taskOf(prompts: LanguageTask['prompts']): LanguageTask {
  return { id: 'mine', description: 'mine', alphabet: 'abc', promptLength: 3, completionLength: 2, prompts };
}

describe('drawProblem', () => {
  it('holds out about a tenth of the prompts of a task', () => {
    let heldOut = 0;
    for (let a = 0; a < 100; a++) for (let b = 0; b < 100; b++) if (isHeldOut(`${a}+${b}=`)) heldOut++;
    // Binomial, 10,000 at 0.1: standard deviation 30.
    expect(Math.abs(heldOut - 1000)).toBeLessThan(120);
  });

  it('never gives the same prompt for both splits', () => {
    const task = findTask('digit-completion');
    const promptsOf = (split: 'train' | 'heldOut'): Set<string> =>
      new Set(Array.from({ length: 1500 }, (_, i) => promptKey(drawProblem(task, [7, 0, i], split).prompt)));
    const train = promptsOf('train');
    const heldOut = promptsOf('heldOut');
    expect([...heldOut].filter((prompt) => train.has(prompt))).toEqual([]);
    expect(train.size).toBeGreaterThan(500);
    expect(heldOut.size).toBeGreaterThan(50);
    // 900 prompts altogether.
    expect(heldOut.size).toBeLessThan(130);
  });

  it('gives the same problem for the same seed, and others for others', () => {
    const task = findTask('add-2digit');
    const prompts = Array.from({ length: 100 }, (_, i) => drawProblem(task, [1, 0, i], 'train').prompt);
    expect(Array.from({ length: 100 }, (_, i) => drawProblem(task, [1, 0, i], 'train').prompt)).toEqual(prompts);
    expect(new Set(prompts).size).toBeGreaterThan(95);
    expect(drawProblem(task, [1, 1, 0], 'train').prompt).not.toBe(prompts[0]);
    expect(drawProblem(task, [2, 0, 0], 'train').prompt).not.toBe(prompts[0]);
  });

  it('keeps its problems: a change here changes every result', () => {
    const draw = (id: string): string => promptText(drawProblem(findTask(id), [1, 0, 0], 'train').prompt);
    expect(
      Object.fromEntries(['add-2digit', 'sort', 'countdown-3', 'digit-completion'].map((id) => [id, draw(id)])),
    ).toMatchInlineSnapshot(`
      {
        "add-2digit": "47+51=",
        "countdown-3": "5,5,7:17=",
        "digit-completion": "4,0:9,7",
        "sort": "457901=",
      }
    `);
  });

  it('says so where a split is empty', () => {
    const single = taskOf(() => ({ prompt: 'a', reward }));
    const missing = isHeldOut('a') ? 'train' : 'heldOut';
    expect(() => drawProblem(single, 1, missing)).toThrow(
      /task mine: expected prompts of which .*, got none in 1000 draws, which gave 1 different prompt;/,
    );
  });

  it.each<[string, LanguageTask['prompts'], string]>([
    [
      'throws',
      () => {
        throw new TypeError('no digits left');
      },
      'task mine: expected a problem from prompts(), got TypeError: no digits left; return {',
    ],
    ['gives nothing', () => undefined as unknown as Problem, 'got nothing'],
    ['gives a text', () => 'abc' as unknown as Problem, 'got "abc"'],
    ['gives no prompt', () => ({ reward }) as unknown as Problem, 'got prompt nothing and reward a function (reward)'],
    ['gives no reward', () => ({ prompt: 'a' }) as unknown as Problem, 'got prompt "a" and reward nothing'],
  ])('says so where prompts() %s', (_, prompts, message) => {
    expect(() => drawProblem(taskOf(prompts), 1, 'train')).toThrow(message);
  });
});
