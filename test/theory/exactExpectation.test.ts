import { describe, expect, it } from 'vitest';
import { binNames } from '../../src/advantage/binnings.ts';
import type { BinKey } from '../../src/advantage/binStep.ts';
import type { EstimatorSettings } from '../../src/advantage/estimate.ts';
import { expectedGradient, forEachGroup } from '../../src/theory/enumeration.ts';
import { exactGradient, randomFiniteMdp, softmaxPolicy } from '../../src/theory/finiteMdp.ts';
import { estimator, problem, random, stoppingProblem } from '../../src/theory/problem.ts';
import { enumerateTrajectories, lengthsOf, returnsOf, weightedScores } from '../../src/theory/trajectories.ts';
import { largestDifference, relativeBias } from '../../src/theory/vectors.ts';

const { mdp, policy, table, exact } = problem(1);
const expected = (groupSize: number, settings: Partial<EstimatorSettings>): Float64Array =>
  expectedGradient({ mdp, policy, table, groupSize, settings: estimator(settings) });

describe('the ground that the expectations stand on', () => {
  it('the example of exactGradient and of softmaxPolicy', () => {
    const bandit = {
      numStates: 1,
      numActions: 2,
      horizon: 1,
      initial: Float64Array.of(1),
      transitions: Float64Array.of(1, 1),
      rewards: Float64Array.of(0, 1),
    };
    const quarter = softmaxPolicy(Float64Array.of(1, 3), 2);
    expect([...quarter.probabilities]).toEqual([0.25, 0.75]);
    const { value, gradient } = exactGradient(bandit, quarter);
    expect([value, ...gradient]).toEqual([0.75, -0.1875, 0.1875]);
  });

  it('the gradient is the slope of the value', () => {
    const weights = Float64Array.from(policy.probabilities);
    const step = 1e-6;
    weights.forEach((weight, k) => {
      // A logit moves by log(1 + step).
      const valueAt = (factor: number): number => {
        const moved = weights.slice();
        moved[k] = weight * factor;
        return exactGradient(mdp, softmaxPolicy(moved, 2)).value;
      };
      const slope = (valueAt(1 + step) - valueAt(1 / (1 + step))) / (2 * Math.log1p(step));
      expect(Math.abs(slope - exact[k]!)).toBeLessThan(1e-8);
    });
  });

  it('216 classes, of probability 1 and of one value', () => {
    expect(table.count).toBe(216);
    const returns = returnsOf(table);
    let total = 0;
    let value = 0;
    for (let c = 0; c < table.count; c++) {
      total += table.probabilities[c]!;
      value += table.probabilities[c]! * returns[c * table.horizon]!;
    }
    expect(Math.abs(total - 1)).toBeLessThan(1e-13);
    expect(Math.abs(value - exactGradient(mdp, policy).value)).toBeLessThan(1e-13);
  });

  it('trajectories that stop: the gradient is that of the enumeration, and what has probability 0 is left out', () => {
    const one = stoppingProblem(3, 4);
    const returns = returnsOf(one.table);
    const lengths = lengthsOf(one.table);
    const gradient = weightedScores(one.mdp, one.policy, one.table, (c, t) => one.table.probabilities[c]! * returns[c * 4 + t]!);
    expect(largestDifference(gradient, one.exact)).toBeLessThan(1e-13);
    expect(one.table.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 13);
    expect(new Set(lengths)).toEqual(new Set([1, 2, 3, 4]));
    const resets = enumerateTrajectories(one.mdp, one.policy, { resets: true });
    expect(new Set(lengthsOf(resets))).toEqual(new Set([4]));
    expect(resets.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 13);
  });

  it('unordered groups with their multiplicities add up to 1', () => {
    const few = { ...table, count: 5, probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.15, 0.25) };
    for (const groupSize of [1, 2, 3, 4]) {
      let total = 0;
      let groups = 0;
      forEachGroup(few, groupSize, (_, weight) => {
        total += weight;
        groups++;
      });
      expect(Math.abs(total - 1)).toBeLessThan(1e-14);
      expect(groups).toBe([5, 15, 35, 70][groupSize - 1]);
    }
  });
});

describe('leave-one-out is unbiased (N = 2; N = 3 in exactExpectationTriples)', () => {
  it.each(binNames)('%s bins', (bins) => {
    for (const baseline of ['leave-one-out', 'leave-one-env-out'] as const) {
      expect(largestDifference(expected(2, { bins, baseline }), exact)).toBeLessThan(1e-12);
    }
  });

  it('a group of one: no baseline, no bias', () => {
    for (const bins of binNames) expect(largestDifference(expected(1, { bins, baseline: 'leave-one-out' }), exact)).toBeLessThan(1e-12);
  });

  it('bins of the history, every visit, and gamma below 1', () => {
    const history: BinKey = (step) => (step.time === 0 ? 'start' : [step.observation[0]!, step.actionAt(step.time - 1)[0]!]);
    for (const visit of ['first', 'every'] as const) {
      const settings = { bins: history, visit, baseline: 'leave-one-out', gamma: 0.9 } as const;
      expect(largestDifference(expected(2, settings), exactGradient(mdp, policy, 0.9).gradient)).toBeLessThan(1e-12);
    }
  });

  it('a zero advantage where nobody else is, instead of the chain, would be biased', () => {
    // The own-inclusive mean is that zero for singletons, with the factor n / (n - 1) = 2 undone for N = 2.
    const doubled = expected(2, { bins: 'state-time' }).map((value) => 2 * value) as Float64Array;
    expect(relativeBias(doubled, exact)).toBeGreaterThan(0.05);
  });
});

describe('the own return in the mean shrinks by (N - 1) / N (N = 2)', () => {
  it.each(['universal', 'time'] as const)('%s bins', (bins) => {
    expect(largestDifference(expected(2, { bins }), exact.map((value) => value / 2) as Float64Array)).toBeLessThan(1e-12);
  });
});

describe('own return included, bins of unequal size (N = 2)', () => {
  it.each(['state', 'state-time'] as const)('%s bins: biased, in direction too', (bins) => {
    const got = expected(2, { bins });
    expect(relativeBias(got, exact)).toBeGreaterThan(0.3);
    expect(relativeBias(got.map((value) => 2 * value) as Float64Array, exact)).toBeGreaterThan(0.05);
  });
});

describe('proposition 1: baselines of the past', () => {
  const returnOf = (c: number, t: number): number => {
    let sum = 0;
    for (let u = t; u < table.horizon; u++) sum += table.rewards[c * table.horizon + u]!;
    return sum;
  };
  const withBaseline = (baseline: (c: number, t: number) => number): Float64Array =>
    weightedScores(mdp, policy, table, (c, t) => table.probabilities[c]! * (returnOf(c, t) - baseline(c, t)));
  /** A random number for every history: states up to t, actions up to t - 1 (and the action at t, if asked). */
  const randomBaseline = (seesAction: boolean): ((c: number, t: number) => number) => {
    const draw = random(99);
    const numbers = new Map<string, number>();
    return (c, t) => {
      const place = c * table.horizon;
      const past = `${table.states.subarray(place, place + t + 1)} ${table.actions.subarray(place, place + t + (seesAction ? 1 : 0))}`;
      if (!numbers.has(past)) numbers.set(past, 20 * draw() - 10);
      return numbers.get(past)!;
    };
  };

  it('any b(s_1..t, a_1..t-1) leaves the mean as it is', () => {
    expect(largestDifference(withBaseline(randomBaseline(false)), exact)).toBeLessThan(1e-12);
  });

  it('a b that sees a_t does not', () => {
    expect(relativeBias(withBaseline(randomBaseline(true)), exact)).toBeGreaterThan(0.1);
  });
});

describe('equation 1 as printed', () => {
  it.each([2, 3])('without 1/N gives N times the gradient (N = %d)', (groupSize) => {
    // N = 3 on a smaller MDP: two steps, 36 classes.
    const small = problem(5, 2);
    const settings = estimator({ bins: 'time', baseline: 'leave-one-out' });
    const got = expectedGradient({ ...small, groupSize, settings, average: false });
    expect(largestDifference(got, small.exact.map((value) => groupSize * value) as Float64Array)).toBeLessThan(1e-12);
  });

  it('groups of four are refused', () => {
    expect(() => expected(4, {})).toThrow(/groupSize: expected 1, 2 or 3, got 4/);
    expect(randomFiniteMdp({ numStates: 2, numActions: 2, horizon: 1 }, random(1)).initial).toHaveLength(2);
  });
});
