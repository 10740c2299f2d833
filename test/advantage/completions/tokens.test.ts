import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenGae, tokenStretches, whitenTokens } from '../../../src/advantage/completions/index.ts';
import { gae } from '../../../src/advantage/gae.ts';
import { farthest } from './helpers.ts';

const value = fc.double({ min: -3, max: 3, noNaN: true });
const factor = fc.constantFrom(0, 0.5, 0.95, 1);
const completions = fc.array(fc.record({ reward: value, values: fc.array(value, { minLength: 1, maxLength: 7 }) }), {
  minLength: 1,
  maxLength: 6,
});

function inputOf(list: readonly { reward: number; values: readonly number[] }[], gamma: number, gaeLambda: number) {
  return {
    values: Float64Array.from(list.flatMap(({ values }) => values)),
    rewards: Float64Array.from(list, ({ reward }) => reward),
    lengths: Int32Array.from(list, ({ values }) => values.length),
    gamma,
    gaeLambda,
  };
}

describe('tokenStretches', () => {
  const known = (list: Parameters<typeof inputOf>[0], gamma: number) => {
    const { gaeLambda: _, ...input } = inputOf(list, gamma, 0);
    return input;
  };

  it('the examples of the doc comment', () => {
    const values = [0.5, Number.NaN, 0.75];
    expect([...tokenStretches(known([{ reward: 1, values }], 1))]).toEqual([0.25, 0.25, 0.25]);
    expect([...tokenStretches(known([{ reward: 0, values }], 1))]).toEqual([0.25, 0.25, -0.75]);
    // Discounted: 0.5^2 0.75 - 0.5 = -0.3125 for the first two tokens, 1 - 0.75 for the last; and two tokens apart: 0.5 x 1 - 0.5.
    expect([...tokenStretches(known([{ reward: 1, values }], 0.5))]).toEqual([-0.3125, -0.3125, 0.25]);
    expect([...tokenStretches(known([{ reward: 1, values: [0.5, Number.NaN] }], 0.5))]).toEqual([0, 0]);
  });

  it('is what a stretch brings beyond what was expected, written token by token', () => {
    // Some values are not known, never the first.
    const some = fc.array(
      fc.record({ reward: value, values: fc.array(fc.option(value, { nil: Number.NaN }), { maxLength: 8 }), first: value }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(some, fc.constantFrom(0, 0.5, 0.95, 1), (drawn, gamma) => {
        const list = drawn.map(({ reward, values, first }) => ({ reward, values: [first, ...values] }));
        const expected = list.flatMap(({ reward, values }) =>
          values.map((_, t) => {
            const begin = values.findLastIndex((one, u) => u <= t && !Number.isNaN(one));
            const next = values.findIndex((one, u) => u > t && !Number.isNaN(one));
            const end = next === -1 ? values.length : next;
            const after = next === -1 ? 0 : values[next]!;
            const brought = next === -1 ? gamma ** (end - begin - 1) * reward : 0;
            return brought + gamma ** (end - begin) * after - values[begin]!;
          }),
        );
        expect(farthest(tokenStretches(known(list, gamma)), expected)).toBeLessThan(1e-9);
      }),
    );
  });

  it('with every value known it is tokenGae with lambda 0', () => {
    fc.assert(
      fc.property(completions, factor, (list, gamma) => {
        expect(farthest(tokenStretches(known(list, gamma)), [...tokenGae(inputOf(list, gamma, 0)).advantages])).toBeLessThan(1e-12);
      }),
    );
  });

  it('says what is missing', () => {
    const input = known([{ reward: 1, values: [0.5, 1] }], 1);
    expect(() => tokenStretches({ ...input, values: new Float64Array(3) })).toThrow(
      /tokenStretches: values: expected 2 entries, one per token, got 3/,
    );
    expect(() => tokenStretches({ ...input, values: Float64Array.of(Number.NaN, 1) })).toThrow(/expected a finite number, got NaN/);
  });
});

describe('tokenGae', () => {
  it('the example of the doc comment', () => {
    const list = [
      { reward: 1, values: [0, 0.5] },
      { reward: 0, values: [0.25] },
    ];
    const { advantages, returns } = tokenGae(inputOf(list, 1, 0.5));
    expect([...advantages]).toEqual([0.75, 0.5, -0.25]);
    expect([...returns]).toEqual([0.75, 1, 0]);
  });

  it('is gae with every completion in an environment of its own, to the last bit', () => {
    fc.assert(
      fc.property(completions, factor, factor, (list, gamma, gaeLambda) => {
        const got = tokenGae(inputOf(list, gamma, gaeLambda));
        const numEnvs = list.length;
        const numSteps = Math.max(...list.map(({ values }) => values.length));
        const size = numSteps * numEnvs;
        const rewards = new Float64Array(size);
        const values = new Float64Array(size);
        // Steps after the last token belong to an episode of their own, which the flag cuts off.
        const dones = new Uint8Array(size);
        list.forEach((one, env) => {
          one.values.forEach((v, t) => {
            values[t * numEnvs + env] = v;
          });
          rewards[(one.values.length - 1) * numEnvs + env] = one.reward;
          if (one.values.length < numSteps) dones[one.values.length * numEnvs + env] = 1;
        });
        const nextDone = new Uint8Array(numEnvs).fill(1);
        const out = { advantages: new Float64Array(size), returns: new Float64Array(size) };
        const shape = { numSteps, numEnvs, gamma, gaeLambda, arithmetic: 'float64' } as const;
        gae({ ...shape, rewards, values, dones, nextValues: new Float64Array(numEnvs), nextDone }, out);
        const flat = (array: Float64Array): number[] =>
          list.flatMap(({ values: own }, env) => own.map((_, t) => array[t * numEnvs + env]!));
        expect([...got.advantages]).toEqual(flat(out.advantages));
        expect([...got.returns]).toEqual(flat(out.returns));
      }),
    );
  });

  it('gamma = lambda = 1: reward minus value; returns are the reward', () => {
    fc.assert(
      fc.property(completions, (list) => {
        const { advantages, returns } = tokenGae(inputOf(list, 1, 1));
        const rewards = list.flatMap(({ reward, values }) => values.map(() => reward));
        const expected = list.flatMap(({ reward, values }) => values.map((v) => reward - v));
        expect(farthest(advantages, expected)).toBeLessThan(1e-12);
        expect(farthest(returns, rewards)).toBeLessThan(1e-12);
      }),
    );
  });

  it('lambda = 0: one-step errors', () => {
    fc.assert(
      fc.property(completions, factor, (list, gamma) => {
        const expected = list.flatMap(({ reward, values }) =>
          values.map((v, t) => (t + 1 < values.length ? gamma * values[t + 1]! : reward) - v),
        );
        expect(farthest(tokenGae(inputOf(list, gamma, 0)).advantages, expected)).toBeLessThan(1e-12);
      }),
    );
  });

  it('a value of 0 everywhere and lambda = 1 is the return: with discount 1 what every other method gives its tokens', () => {
    const list = [
      { reward: 2, values: [0, 0, 0] },
      { reward: -1, values: [0] },
    ];
    expect([...tokenGae(inputOf(list, 1, 1)).advantages]).toEqual([2, 2, 2, -1]);
    expect([...tokenGae(inputOf(list, 0.5, 1)).advantages]).toEqual([0.5, 1, 2, -1]);
  });

  it('says what is wrong', () => {
    const input = inputOf([{ reward: 1, values: [0, 0] }], 1, 1);
    expect(() => tokenGae({ ...input, values: new Float64Array(3) })).toThrow(/tokenGae: values: expected 2 entries, one per token, got 3/);
    expect(() => tokenGae({ ...input, lengths: Int32Array.of(1, 1) })).toThrow(
      /batch.lengths: expected 1 entries, one per completion, got 2/,
    );
  });
});

describe('whitenTokens', () => {
  it('the example of the doc comment; the input stays', () => {
    const advantages = Float64Array.of(1, 2, 3);
    expect([...whitenTokens(advantages, { epsilon: 0 })]).toEqual([-1, 0, 1]);
    expect([...advantages]).toEqual([1, 2, 3]);
  });

  it.each([
    [1e-5, 1e-5 / Math.sqrt(2 * 1e-10 + 1e-8)],
    [1e-9, 1e-9 / Math.sqrt(2 * 1e-18 + 1e-8)],
    [1, 1 / Math.sqrt(2 + 1e-8)],
  ])('values -%f, %f are divided by sqrt(variance + 1e-8), as verl does: small noise stays small', (size, expected) => {
    expect(farthest(whitenTokens(Float64Array.of(-size, size)), [-expected, expected])).toBeLessThan(1e-15);
  });

  it('mean 0, sample variance v / (v + 1e-8); equal advantages become 0', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), (values) => {
        const whitened = whitenTokens(Float64Array.from(values));
        const center = whitened.reduce((sum, a) => sum + a, 0) / whitened.length;
        fc.pre(Math.max(...values) - Math.min(...values) > 1e-6);
        const varianceOf = (list: ArrayLike<number>): number => {
          const middle = Array.from(list).reduce((sum, a) => sum + a, 0) / list.length;
          return Array.from(list).reduce((sum, a) => sum + (a - middle) * (a - middle), 0) / (list.length - 1);
        };
        const before = varianceOf(values);
        expect(Math.abs(center)).toBeLessThan(1e-9);
        expect(Math.abs(varianceOf(whitened) - before / (before + 1e-8))).toBeLessThan(1e-9);
      }),
    );
    expect([...whitenTokens(new Float64Array(5).fill(0.1))]).toEqual([0, 0, 0, 0, 0]);
  });
});
