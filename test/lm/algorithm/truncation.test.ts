/** Completions that were cut off: what a mask leaves of the loss. */
import { describe, expect, it } from 'vitest';
import { maskTruncated } from '../../../src/lm/algorithm/truncation.ts';
import { testCohort } from '../../training/cohort.ts';
import { hashOf } from '../languageRun.ts';

describe('a mask', () => {
  const scored = { lengths: Int32Array.of(2, 6), ended: Uint8Array.of(1, 0) };
  it('leaves the mean over the tokens that are left, or over all completions', () => {
    expect([...maskTruncated(Float64Array.of(1 / 8, 1 / 8), scored, 'token-mean')]).toEqual([1 / 2, 0]);
    expect([...maskTruncated(Float64Array.of(1 / 4, 1 / 12), scored, 'sequence-mean')]).toEqual([1 / 4, 0]);
    expect([...maskTruncated(Float64Array.of(1 / 8), { lengths: Int32Array.of(8), ended: Uint8Array.of(0) }, 'token-mean')]).toEqual([0]);
  });
});

it('in a run changes what is learned', async () => {
  const fields = { warmStartAccuracy: 0.1 };
  expect(await hashOf(testCohort(), { ...fields, truncation: 'mask' })).not.toBe(await hashOf(testCohort(), fields));
});
