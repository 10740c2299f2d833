/** The task of questions and answers: its split, its rewards, its votes. */

import { describe, expect, it } from 'vitest';
import type { DataRow } from '../../../src/lm/data/rows.ts';
import { taskFromRows, taskIdOf, taskOfData } from '../../../src/lm/data/task.ts';
import { tokenizerOf } from '../../../src/lm/model/tokenizer.ts';
import { drawProblem } from '../../../src/lm/tasks/problems.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';

/** 200 sums. */
const sums: DataRow[] = Array.from({ length: 200 }, (_, i) => ({
  prompt: `${Math.floor(i / 10)}+${i % 10}=`,
  answer: String(Math.floor(i / 10) + (i % 10)),
}));

const promptsOf = (task: LanguageTask, split: 'train' | 'heldOut'): Set<unknown> =>
  new Set(Array.from({ length: 600 }, (_, i) => drawProblem(task, [1, i], split).prompt));

/** The parts of the reward of a completion of the only question. */
function rewardOf(answer: string, completion: string, ended = true): unknown {
  const task = taskFromRows([{ prompt: 'q', answer }], { id: 'one', heldOut: 1 });
  return task.heldOutProblems!()[0]!.reward(completion, ended);
}

describe('taskFromRows', () => {
  it('has the characters and lengths of its rows', () => {
    const task = taskFromRows([...sums, { prompt: 'ä𝄞=', answer: '7', solution: 'so #### 7' }], { id: 'sums' });
    expect(task).toMatchObject({ id: 'sums', alphabet: ' #+0123456789=osä𝄞', promptLength: 5, completionLength: 10 });
  });

  it.each([0.1, 0.25, 0.5])('splits by the hash of the prompt: no prompt is on both sides, all are on one (%f)', (heldOut) => {
    const task = taskFromRows(sums, { id: 'sums', heldOut });
    const [train, held] = [promptsOf(task, 'train'), promptsOf(task, 'heldOut')];
    expect([...train].filter((prompt) => held.has(prompt))).toEqual([]);
    const listed = task.heldOutProblems!().map(({ prompt }) => prompt);
    expect(new Set(listed)).toEqual(held);
    expect(held.size / 200).toBeGreaterThan(heldOut * 0.6);
    expect(held.size / 200).toBeLessThan(heldOut * 1.6);
    expect(promptsOf(task, 'train')).toEqual(train);
  });

  it('with the usual share, the side of a prompt is that of every other task', () => {
    const task = taskFromRows(sums, { id: 'sums' });
    const other: LanguageTask = { ...task, heldOutShare: 0.1, prompts: (random) => task.prompts(random) };
    expect(promptsOf(other, 'heldOut')).toEqual(promptsOf(task, 'heldOut'));
  });

  it('its data makes the same task again', () => {
    const task = taskFromRows(sums, { id: 'sums', heldOut: 0.2, source: { name: 'sums.csv', sha256: 'a'.repeat(64) } });
    const again = taskOfData(task.data!);
    expect(again.data).toEqual(task.data);
    expect([again.id, again.description, again.alphabet]).toEqual([task.id, task.description, task.alphabet]);
    expect(promptsOf(again, 'heldOut')).toEqual(promptsOf(task, 'heldOut'));
  });

  it.each<[string, string, boolean, unknown]>([
    ['72', '72', true, { accuracy: 1, unclear: 0 }],
    ['72', '72.0', true, { accuracy: 1, unclear: 0 }],
    ['72', ' 72 ', true, { accuracy: 1, unclear: 0 }],
    ['1/2', '0.5', true, { accuracy: 1, unclear: 0 }],
    ['72', '73', true, { accuracy: 0, unclear: 0 }],
    ['72', '72', false, { accuracy: 0, unclear: 0 }],
    ['72', '#### 72', false, { accuracy: 1, unclear: 0 }],
    ['he has 70 + 2 = 72 left\n#### 72', '70 + 2 = 72\n#### 72', true, { accuracy: 1, unclear: 0 }],
    ['so \\boxed{72}', '72', true, { accuracy: 1, unclear: 0 }],
    ['x+1', 'x+1', true, { accuracy: 1, unclear: 0 }],
    ['x+1', '1+x+0', true, { accuracy: 0, unclear: 1 }],
    ['72', '', true, { accuracy: 0, unclear: 1 }],
    // Marks that are half written are no way around the verifier.
    ['72', '72</answer>73', true, { accuracy: 0, unclear: 1 }],
    ['72', '\\boxed{72', true, { accuracy: 0, unclear: 1 }],
    ['72', '71 or 72', true, { accuracy: 0, unclear: 1 }],
  ])('%j answered with %j (ended: %s) is worth %j', (answer, completion, ended, reward) => {
    expect(rewardOf(answer, completion, ended)).toEqual(reward);
  });

  it('answers that are equal vote together', () => {
    const { sameAnswer } = taskFromRows(sums, { id: 'sums' });
    expect(sameAnswer!('72', '72.0')).toBe(true);
    expect(sameAnswer!('#### 72', 'so \\boxed{72}')).toBe(true);
    expect(sameAnswer!('72', '73')).toBe(false);
    expect(sameAnswer!('72</answer>', '72</answer>')).toBe(false);
  });

  it('says what is wrong with the rows', () => {
    expect(() => taskFromRows(sums.slice(0, 1), { id: 'few' })).toThrow(
      /few: expected rows to train on, and rows to be held out, got 1 rows/,
    );
    expect(() => taskFromRows(sums, { id: 'all', heldOut: 0 })).toThrow(/of which 0 are held out at 0; give more rows, or another share/);
    expect(() => taskFromRows(sums, { id: 'all', heldOut: 2 })).toThrow(/heldOut: expected a share from 0 to 1, got 2/);
    const many = Array.from({ length: 1100 }, (_, i) => ({ prompt: String.fromCodePoint(0x4e00 + i), answer: '1' }));
    const tooMany = taskFromRows(many, { id: 'many' });
    expect(() => tokenizerOf(tooMany).size).toThrow(
      /many: expected at most 1024 different characters, got 1101; without a pretrained model/,
    );
    expect(() => tooMany.tokenizer!.encode('1')).toThrow('at most 1024');
    expect(() => taskFromRows([...sums, { prompt: '\ud800', answer: '1' }], { id: 'half' })).toThrow(/half: expected whole characters/);
  });
});

it.each([
  ['folder/Sums of 2 (v3).jsonl', 'sums-of-2-v3'],
  ['sort.csv', 'sort-file'],
  ['custom.jsonl', 'custom-file'],
  ['äöü.jsonl', 'data'],
  ['a.b.jsonl', 'a-b'],
])('the task of %s is called %s', (file, id) => {
  expect(taskIdOf(file)).toBe(id);
});
