/** Completions that grow too long: DAPO's punishment by hand, and what a mask leaves of the loss. */
import { describe, expect, it } from 'vitest';
import { maskTruncated, overlongPunishment, punishOverlong } from '../../../src/lm/algorithm/truncation.ts';
import { testCohort } from '../../training/cohort.ts';
import { shortRun } from '../languageRun.ts';

it.each([
  [16, 0],
  [17, -0.25],
  [18, -0.5],
  [20, -1],
  [1, 0],
])('%i tokens of 20, the last 4 too many: %f', (tokens, punishment) => expect(overlongPunishment(tokens, 20, 4)).toBe(punishment));

it('a punishment is a component of the reward; a reward that failed stays failed', () => {
  const score = { status: 'ok', total: 1, outcome: 1, components: { accuracy: 1 } } as const;
  expect(punishOverlong(score, -0.25)).toEqual({ status: 'ok', total: 0.75, outcome: 1, components: { accuracy: 1, overlong: -0.25 } });
  const failed = { status: 'threw', total: Number.NaN, outcome: Number.NaN, components: {} } as const;
  expect(punishOverlong(failed, -0.25)).toBe(failed);
});

describe('a mask', () => {
  const scored = { lengths: Int32Array.of(2, 6), ended: Uint8Array.of(1, 0) };
  it('leaves the mean over the tokens that are left, or over all completions', () => {
    expect([...maskTruncated(Float64Array.of(1 / 8, 1 / 8), scored, 'token-mean')]).toEqual([1 / 2, 0]);
    expect([...maskTruncated(Float64Array.of(1 / 4, 1 / 12), scored, 'sequence-mean')]).toEqual([1 / 4, 0]);
    expect([...maskTruncated(Float64Array.of(1 / 8), { lengths: Int32Array.of(8), ended: Uint8Array.of(0) }, 'token-mean')]).toEqual([0]);
  });
});

describe('in a run', () => {
  const hashOf = async (fields: object): Promise<string> =>
    (
      await testCohort()
        .trainLanguageModel({ ...shortRun, ...fields })
        .finish()
    ).summary.parametersSha256;

  it('both change what is learned, and the punishment is reported', async () => {
    const plain = await hashOf({ warmStartAccuracy: 0.1 });
    expect(await hashOf({ warmStartAccuracy: 0.1, truncation: 'mask' })).not.toBe(plain);
    expect(await hashOf({ warmStartAccuracy: 0.1, overlongTokens: 2 })).not.toBe(plain);
    const first = async (fields: object): Promise<Record<string, number>> => {
      const training = testCohort().trainLanguageModel({ ...shortRun, ...fields, iterations: 1 });
      let metrics: Record<string, number> = {};
      for await (const result of training) metrics = { ...result.metrics };
      await training.finish();
      return metrics;
    };
    // The completions of the first iteration are the same.
    const [without, punished] = [await first({}), await first({ overlongTokens: 3 })];
    expect(punished['reward/overlong']).toBeLessThan(0);
    expect(punished['completions/reward']).toBeCloseTo(without['completions/reward']! + punished['reward/overlong']!, 12);
    expect(punished['completions/accuracy']).toBe(without['completions/accuracy']);
  });

  it('says when the punishment begins before the first token', () => {
    expect(() => testCohort().trainLanguageModel({ ...shortRun, overlongTokens: 100 })).toThrow(
      'overlongTokens: expected at most maxTokens',
    );
  });
});
