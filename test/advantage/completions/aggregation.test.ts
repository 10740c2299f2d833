import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregations } from '../../../src/advantage/completions/aggregation.ts';
import { type Aggregation, tokenWeights } from '../../../src/advantage/completions/index.ts';
import { batchOf, farthest, groupsOf, rewardsOf } from './helpers.ts';

const lossOf = (shares: Float64Array, losses: readonly (readonly number[])[]): number =>
  losses.reduce((sum, tokens, i) => sum + shares[i]! * tokens.reduce((total, loss) => total + loss, 0), 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('tokenShares', () => {
  it('the example of the doc comment', () => {
    const batch = rewardsOf([[1, 0]], [[1, 3]]);
    expect([...tokenWeights(batch, 'token-mean')]).toEqual([1 / 4, 1 / 4]);
    expect([...tokenWeights(batch, 'sequence-mean')]).toEqual([1 / 2, 1 / 6]);
    expect([...tokenWeights(batch, 'token-sum')]).toEqual([1 / 2, 1 / 2]);
    expect([...tokenWeights(batch, 'constant', 4)]).toEqual([1 / 8, 1 / 8]);
  });

  it('are what their names say, written out', () => {
    fc.assert(
      fc.property(groupsOf(), (groups) => {
        const batch = batchOf(groups);
        const losses = [...batch.lengths].map((length, i) => Array.from({ length }, (_, t) => Math.sin(i * 10 + t)));
        const sums = losses.map((tokens) => tokens.reduce((sum, loss) => sum + loss, 0));
        const expected: Record<Aggregation, number> = {
          'token-mean': mean(losses.flat()),
          'sequence-mean': mean(losses.map(mean)),
          'token-sum': mean(sums),
          constant: mean(sums) / 12,
        };
        const got = aggregations.map((name) => lossOf(tokenWeights(batch, name, 12), losses));
        expect(
          farthest(
            got,
            aggregations.map((name) => expected[name]),
          ),
        ).toBeLessThan(1e-13);
      }),
    );
  });

  it('with equal lengths all are one up to a constant', () => {
    fc.assert(
      fc.property(groupsOf({ length: 5 }), (groups) => {
        const batch = batchOf(groups);
        const reference = tokenWeights(batch, 'token-mean');
        expect(farthest(tokenWeights(batch, 'sequence-mean'), reference)).toBeLessThan(1e-15);
        expect(
          farthest(
            tokenWeights(batch, 'token-sum').map((share) => share / 5),
            reference,
          ),
        ).toBeLessThan(1e-15);
        expect(farthest(tokenWeights(batch, 'constant', 5), reference)).toBeLessThan(1e-15);
      }),
    );
  });

  it('are of the whole batch: pieces of it add up to the same loss', () => {
    fc.assert(
      fc.property(groupsOf(), fc.constantFrom(...aggregations), fc.nat(), (groups, aggregation, cut) => {
        const shares = tokenWeights(batchOf(groups), aggregation, 12);
        const losses = [...batchOf(groups).lengths].map((length, i) => Array.from({ length }, (_, t) => Math.cos(i + 3 * t)));
        const at = cut % losses.length;
        const pieces = lossOf(shares.subarray(0, at), losses.slice(0, at)) + lossOf(shares.subarray(at), losses.slice(at));
        expect(Math.abs(pieces - lossOf(shares, losses))).toBeLessThan(1e-13);
      }),
    );
  });

  it('says what is wrong', () => {
    const batch = rewardsOf([[1, 0]]);
    expect(() => tokenWeights(batch, 'constant')).toThrow(/aggregation constant: expected a constant above 0, got nothing/);
    expect(() => tokenWeights(batch, 'constant', 0)).toThrow(/expected a constant above 0, got 0/);
    expect(() => tokenWeights(batch, 'token-means' as 'token-mean')).toThrow(
      /aggregation: expected one of token-mean, .*, got "token-means"; did you mean token-mean/,
    );
    expect(tokenWeights(rewardsOf([]), 'token-mean')).toEqual(new Float64Array(0));
  });
});
