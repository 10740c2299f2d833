/** What a run adds to the rewards of its task: each by hand, then in a run. */
import { describe, expect, it } from 'vitest';
import { type AddedRewards, addRewards, cosineOfLength, overlongPunishment } from '../../../src/lm/algorithm/addedRewards.ts';
import { testCohort } from '../../training/cohort.ts';
import { metricsOf, shortRun } from '../languageRun.ts';

it.each([
  [16, 0],
  [17, -0.25],
  [18, -0.5],
  [20, -1],
  [1, 0],
])('%i tokens of 20, the last 4 too many: %f', (tokens, punishment) => expect(overlongPunishment(tokens, 20, 4)).toBe(punishment));

it.each([
  [true, 0, 0],
  [true, 4, -0.25],
  [true, 8, -0.5],
  [false, 0, -0.5],
  [false, 4, -0.25],
  [false, 8, 0],
])('by length, right %s with %i of 8 tokens: %f', (isRight, tokens, expected) =>
  expect(cosineOfLength(isRight, tokens, 8)).toBeCloseTo(expected, 15),
);

describe('a score', () => {
  const none: AddedRewards = { maxTokens: 8, overlongTokens: 0, lengthReward: 'none', formatReward: 'none', formatWeight: 1 };
  const right = { status: 'ok', total: 1, outcome: 1, components: { accuracy: 1 } } as const;
  const completion = { tokens: new Int32Array(8), text: '<answer>1</answer>' };

  it('gets each as a component, and its weight in the total', () => {
    expect(addRewards(right, completion, none)).toEqual(right);
    const added = addRewards(right, completion, {
      ...none,
      overlongTokens: 4,
      lengthReward: 'cosine',
      formatReward: 'tag-count',
      formatWeight: 0.2,
    });
    expect(added.components).toEqual({ accuracy: 1, overlong: -1, length: -0.5, format: 0.5 });
    expect(added.total).toBeCloseTo(1 - 1 - 0.5 + 0.1, 12);
    expect(added.outcome).toBe(1);
  });

  it('that failed stays failed; a component of the same name is a mistake', () => {
    const failed = { status: 'threw', total: Number.NaN, outcome: Number.NaN, components: {} } as const;
    expect(addRewards(failed, completion, { ...none, overlongTokens: 4 })).toBe(failed);
    const own = { ...right, components: { accuracy: 1, format: 1 } };
    expect(() => addRewards(own, completion, { ...none, formatReward: 'think-answer' })).toThrow('a task without a component of this name');
  });
});

describe('in a run', () => {
  it('they are reported, and change what is learned', async () => {
    const fields = { warmStartAccuracy: 0.1, iterations: 2 };
    const plain = await metricsOf(testCohort(), fields);
    for (const [name, added] of [
      ['overlong', { overlongTokens: 3 }],
      ['length', { lengthReward: 'cosine' }],
      ['format', { formatReward: 'tag-count' }],
    ] as const) {
      const { metrics, hash } = await metricsOf(testCohort(), { ...fields, ...added });
      // The completions of the first iteration are the same.
      expect(metrics[0]!['completions/reward']).toBeCloseTo(plain.metrics[0]!['completions/reward']! + metrics[0]![`reward/${name}`]!, 12);
      expect(metrics[0]!['completions/accuracy']).toBe(plain.metrics[0]!['completions/accuracy']);
      if (name !== 'format') expect(hash).not.toBe(plain.hash);
    }
  });

  it.each([
    [{ overlongTokens: 100 }, 'overlongTokens: expected at most maxTokens'],
    [{ formatWeight: 2 }, 'formatWeight: expected a formatReward with it'],
  ])('%o says what is wrong', (fields, message) => {
    expect(() => testCohort().trainLanguageModel({ ...shortRun, ...fields })).toThrow(message);
  });
});
