import { describe, expect, it } from 'vitest';
import { completionAdvantages, findEstimator, gradientScale, scoreBatch } from '../../../src/advantage/completions/index.ts';

/** Rewards 0.3, 0 | 1, 1 | 5 of which only the second and the third group have right outcomes. */
const batch = {
  rewards: Float64Array.of(0.3, 0, 1, 1, 5),
  outcomes: Float64Array.of(0, 0, 1, 1, 1),
  groups: Int32Array.of(0, 0, 1, 1, 2),
  lengths: Int32Array.of(2, 3, 1, 4, 2),
};

describe('scoreBatch', () => {
  it('counts the groups, by the total reward or by the outcome', () => {
    const total = scoreBatch(batch);
    expect(total).toMatchObject({ validBy: 'total', validGroups: 1, allRight: 2, allWrong: 1 });
    expect(Array.from(total.valid)).toEqual([1, 0, 0]);
    expect(total.ranges).toEqual([
      { group: 0, start: 0, end: 2 },
      { group: 1, start: 2, end: 4 },
      { group: 2, start: 4, end: 5 },
    ]);
    expect(Array.from(scoreBatch(batch, 'outcome').valid)).toEqual([0, 0, 0]);
  });

  it('scores once: a scored batch comes back as it is, unless another validity is wanted', () => {
    const outcome = scoreBatch(batch, 'outcome');
    expect(scoreBatch(outcome)).toBe(outcome);
    expect(scoreBatch(outcome, 'outcome')).toBe(outcome);
    expect(scoreBatch(outcome, 'total')).toMatchObject({ validBy: 'total', validGroups: 1 });
  });

  it('decides what later functions count, unless they are told otherwise', () => {
    const outcome = scoreBatch(batch, 'outcome');
    expect(gradientScale(outcome, { gradientRescaling: 'group' })).toMatchObject({ alpha: 1, validGroups: 0 });
    expect(gradientScale(outcome, { gradientRescaling: 'group', validBy: 'total' })).toMatchObject({ alpha: 3, validGroups: 1 });
    const gpg = findEstimator('gpg-lm');
    expect(Array.from(completionAdvantages(outcome, gpg))).toEqual([0, 0, 0, 0, 0]);
    expect(Array.from(completionAdvantages(batch, gpg))).toEqual([0.15, -0.15, 0, 0, 0]);
  });

  it('keeps what else a batch carries', () => {
    const rows = Int32Array.of(0, 1, 4, 5, 8);
    expect(scoreBatch({ ...batch, rows }).rows).toBe(rows);
  });
});
