import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregations } from '../../../src/advantage/completions/aggregation.ts';
import {
  type Aggregation,
  type CompletionBatch,
  completionAdvantages,
  completionEstimators,
  gradientScale,
  scoreBatch,
  tokenWeights,
} from '../../../src/advantage/completions/index.ts';
import { batchOf, type Completion, farthest, fixture, gradientOf, groupsOf, rewardsOf } from './helpers.ts';

const most = 9;

/** The gradient of `gpg-lm` without alpha. */
function meanGradient(batch: CompletionBatch, aggregation: Aggregation): number[] {
  return gradientOf(batch, tokenWeights(batch, aggregation, most), completionAdvantages(batch, completionEstimators['gpg-lm']));
}

const isValid = (group: readonly Completion[]): boolean => group.some(({ reward }) => reward !== group[0]!.reward);

describe('gradientScale', () => {
  it('the fixture: 2 by groups, 16/7 as in verl', () => {
    const batch = rewardsOf(fixture);
    const counts = { groups: 4, validGroups: 2, validFraction: 0.5, allRight: 1, allWrong: 1 };
    expect(gradientScale(batch, { gradientRescaling: 'group' })).toEqual({ alpha: 2, ...counts });
    expect(gradientScale(batch, { gradientRescaling: 'nonzero' })).toEqual({ alpha: 16 / 7, ...counts });
    expect(gradientScale(batch, { gradientRescaling: 'off' })).toEqual({ alpha: 1, ...counts });
    expect(gradientScale(batch, { gradientRescaling: 'token' }).alpha).toBe(2);
    const long = rewardsOf(fixture, [
      [1, 1, 1, 1],
      [5, 5, 5, 5],
      [2, 2, 2, 2],
      [2, 2, 2, 2],
    ]);
    expect(gradientScale(long, { gradientRescaling: 'token' }).alpha).toBe(40 / 12);
  });

  it('verl’s form says something else: all-right groups lower it, and with rewards of -1 and 1 it is 1', () => {
    const right = rewardsOf([
      [1, 0],
      [1, 1],
    ]);
    const wrong = rewardsOf([
      [1, 0],
      [0, 0],
    ]);
    expect(gradientScale(right, { gradientRescaling: 'group' }).alpha).toBe(gradientScale(wrong, { gradientRescaling: 'group' }).alpha);
    expect(gradientScale(right, { gradientRescaling: 'nonzero' }).alpha).toBe(4 / 3);
    expect(gradientScale(wrong, { gradientRescaling: 'nonzero' }).alpha).toBe(4);
    const signed = rewardsOf([
      [1, -1],
      [-1, -1],
    ]);
    expect(gradientScale(signed, { gradientRescaling: 'nonzero' }).alpha).toBe(1);
    expect(gradientScale(signed, { gradientRescaling: 'group' }).alpha).toBe(2);
  });

  it('validity is exact equality, not a small standard deviation', () => {
    const near = rewardsOf([[0.1 + 0.2, 0.3]]);
    expect([...scoreBatch(near).valid]).toEqual([1]);
    const equal = rewardsOf([new Array<number>(7).fill(0.1)]);
    expect([...scoreBatch(equal).valid]).toEqual([0]);
    expect([...scoreBatch(rewardsOf([[1, 0], [1, 1], [5]])).valid]).toEqual([1, 0, 0]);
  });

  it('by outcome: a shaped reward does not make an all-wrong group valid', () => {
    const shaped = batchOf([
      [
        { reward: 0.2, length: 1, outcome: 0 },
        { reward: 0, length: 1, outcome: 0 },
      ],
      [
        { reward: 1.2, length: 1, outcome: 1 },
        { reward: 0, length: 1, outcome: 0 },
      ],
    ]);
    expect(gradientScale(shaped, { gradientRescaling: 'group' })).toMatchObject({ alpha: 1, validGroups: 2, allWrong: 1 });
    expect(gradientScale(shaped, { gradientRescaling: 'group', validBy: 'outcome' })).toMatchObject({
      alpha: 2,
      validGroups: 1,
      allWrong: 1,
    });
  });

  it('nothing valid, nothing at all, and a bound', () => {
    expect(gradientScale(rewardsOf([[1, 1]]), { gradientRescaling: 'group' })).toEqual({
      alpha: 1,
      groups: 1,
      validGroups: 0,
      validFraction: 0,
      allRight: 1,
      allWrong: 0,
    });
    for (const gradientRescaling of ['group', 'token', 'nonzero'] as const) {
      expect(gradientScale(rewardsOf([[0, 0]]), { gradientRescaling })).toMatchObject({ alpha: 1, allWrong: 1 });
    }
    expect(gradientScale(rewardsOf([]), { gradientRescaling: 'group' })).toEqual({
      alpha: 1,
      groups: 0,
      validGroups: 0,
      validFraction: 0,
      allRight: 0,
      allWrong: 0,
    });
    const sparse = rewardsOf([[1, 0], ...new Array<number[]>(31).fill([0, 0])]);
    expect(gradientScale(sparse, { gradientRescaling: 'group' }).alpha).toBe(32);
    expect(gradientScale(sparse, { gradientRescaling: 'group', alphaMax: 4 }).alpha).toBe(4);
  });

  it('a group number without completions is no group', () => {
    const batch = { ...rewardsOf([[1, 0, 1, 1]]), groups: Int32Array.of(0, 0, 2, 2) };
    expect(gradientScale(batch, { gradientRescaling: 'group' })).toMatchObject({ groups: 2, validGroups: 1, alpha: 2 });
    expect([...scoreBatch(batch).valid]).toEqual([1, 0, 0]);
  });

  it('says what is wrong with the options', () => {
    const batch = rewardsOf(fixture);
    expect(() => gradientScale(batch, { gradientRescaling: 'groups' as 'group' })).toThrow(
      /gradientRescaling: expected one of off, group, token, nonzero, got "groups"; did you mean group/,
    );
    expect(() => gradientScale(batch, { gradientRescaling: 'group', alphaMax: 0.5 })).toThrow(
      /alphaMax: expected a number of at least 1, got 0.5/,
    );
    expect(() => gradientScale(batch, { gradientRescaling: 'group', validBy: 'sum' as 'total' })).toThrow(
      /validBy: expected one of total, outcome/,
    );
    const lost = { ...batch, outcomes: undefined } as unknown as CompletionBatch;
    expect(() => gradientScale(lost, { gradientRescaling: 'group', validBy: 'outcome' })).toThrow(
      /validBy outcome: expected batch.outcomes, got none/,
    );
  });
});

describe('what alpha is', () => {
  const meanOverValid = (groups: Completion[][], aggregation: Aggregation): number[] =>
    meanGradient(batchOf(groups.filter(isValid)), aggregation);

  it('equal lengths: alpha times the mean over all groups is the mean over the valid ones, for every aggregation', () => {
    fc.assert(
      fc.property(
        groupsOf({ length: 3 }),
        fc.constantFrom(...aggregations),
        fc.constantFrom('group', 'token'),
        (groups, aggregation, gradientRescaling) => {
          fc.pre(groups.some(isValid));
          const batch = batchOf(groups);
          const { alpha } = gradientScale(batch, { gradientRescaling });
          const scaled = meanGradient(batch, aggregation).map((value) => alpha * value);
          expect(farthest(scaled, meanOverValid(groups, aggregation))).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it('unequal lengths: so by group where every completion has one weight per group, so by token under the token mean', () => {
    const pairs = [
      ['sequence-mean', 'group'],
      ['token-sum', 'group'],
      ['constant', 'group'],
      ['token-mean', 'token'],
    ] as const;
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...pairs), (groups, [aggregation, gradientRescaling]) => {
        fc.pre(groups.some(isValid));
        const batch = batchOf(groups);
        const { alpha } = gradientScale(batch, { gradientRescaling });
        const scaled = meanGradient(batch, aggregation).map((value) => alpha * value);
        expect(farthest(scaled, meanOverValid(groups, aggregation))).toBeLessThan(1e-12);
      }),
    );
  });

  it('unequal lengths under the token mean: the paper’s alpha by group is not that', () => {
    const groups = [
      [
        { reward: 1, length: 2 },
        { reward: 0, length: 4 },
      ],
      [
        { reward: 1, length: 1 },
        { reward: 1, length: 1 },
      ],
    ];
    const batch = batchOf(groups);
    const by = (gradientRescaling: 'group' | 'token'): number[] => {
      const { alpha } = gradientScale(batch, { gradientRescaling });
      return meanGradient(batch, 'token-mean').map((value) => alpha * value);
    };
    const valid = meanOverValid(groups, 'token-mean');
    expect(farthest(by('token'), valid)).toBeLessThan(1e-15);
    expect(gradientScale(batch, { gradientRescaling: 'group' }).alpha).toBe(2);
    expect(gradientScale(batch, { gradientRescaling: 'token' }).alpha).toBe(8 / 6);
    expect(
      farthest(
        by('group'),
        valid.map((value) => 1.5 * value),
      ),
    ).toBeLessThan(1e-15);
  });

  it('is at most 1 / beta_th once that share of the groups is valid, and at least 1', () => {
    fc.assert(
      fc.property(groupsOf(), fc.double({ min: 0.01, max: 1, noNaN: true }), (groups, minValidFraction) => {
        const { alpha, validFraction } = gradientScale(batchOf(groups), { gradientRescaling: 'group' });
        expect(alpha).toBeGreaterThanOrEqual(1);
        fc.pre(validFraction >= minValidFraction);
        expect(alpha).toBeLessThanOrEqual((1 / minValidFraction) * (1 + 1e-15));
      }),
    );
  });

  it('does not look at the order of the groups', () => {
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom('group', 'token', 'nonzero'), (groups, gradientRescaling) => {
        expect(gradientScale(batchOf([...groups].reverse()), { gradientRescaling })).toEqual(
          gradientScale(batchOf(groups), { gradientRescaling }),
        );
      }),
    );
  });
});
