/**
 * The exact expectations for groups of three: 1.7 million unordered groups per setting, about two seconds each, hence in Node only.
 */
import { describe, expect, it } from 'vitest';
import { expectedGradient } from '../../src/theory/enumeration.ts';
import { cosine, estimator, largestDifference, problem, relativeBias } from '../../src/theory/problem.ts';

const { mdp, policy, table, exact } = problem(1);
const expected = (groupSize: number, settings: Parameters<typeof estimator>[0]): Float64Array =>
  expectedGradient({ mdp, policy, table, groupSize, settings: estimator(settings) });

describe('leave-one-out is unbiased (N = 3)', () => {
  it.each(['universal', 'time', 'state', 'state-time'] as const)('%s bins', (bins) => {
    expect(largestDifference(expected(3, { bins, baseline: 'leave-one-out' }), exact)).toBeLessThan(1e-12);
  });
});

describe('the own return in the mean shrinks by (N - 1) / N (N = 3)', () => {
  it.each(['universal', 'time'] as const)('%s bins', (bins) => {
    expect(largestDifference(expected(3, { bins }), exact.map((value) => (2 / 3) * value) as Float64Array)).toBeLessThan(1e-12);
  });
});

describe('own return included, bins of unequal size', () => {
  it.each(['state', 'state-time'] as const)('%s bins: the bias falls as N grows and the direction is nearly right', (bins) => {
    const [two, three] = [expected(2, { bins }), expected(3, { bins })];
    const biases = [relativeBias(two, exact), relativeBias(three, exact)] as const;
    expect(biases[0]).toBeGreaterThan(biases[1] + 0.1);
    expect(biases[1]).toBeGreaterThan(1 / 3);
    for (const got of [two, three]) {
      expect(cosine(got, exact)).toBeGreaterThan(0.95);
      expect(cosine(got, exact)).toBeLessThan(1 - 1e-4);
    }
  });
});
