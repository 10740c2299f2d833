import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGenerator, learnerKey, learnerStreams, Philox, philox4x32, SeedSequence, wordToUniform } from '../../src/random/index.ts';

describe('philox4x32', () => {
  // Known answers of Random123 (kat_vectors, philox4x32 with 10 rounds).
  const all = 0xffffffff;
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], answer: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    { counter: [all, all, all, all], key: [all, all], answer: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      answer: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('$counter', ({ counter, key, answer }) => {
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.from(counter), Uint32Array.from(key), out);
    expect(Array.from(out)).toEqual(answer);
  });
});

describe('Philox', () => {
  const philox = new Philox(learnerKey(7));

  it('uses the documented counter', () => {
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.from([3, 5, 9, (2 << 24) | 17]), learnerKey(7), out);
    expect(Array.from(philox.block(learnerStreams.initialization, 3, 5, 9, 17))).toEqual(Array.from(out));
    expect(philox.uniform(0, 3, 5, 9)).not.toBe(philox.uniform(1, 3, 5, 9));
  });

  it('gives uniforms strictly between 0 and 1', () => {
    expect(wordToUniform(0)).toBe(2 ** -25);
    expect(wordToUniform(0xffffffff)).toBe(1 - 2 ** -25);
  });

  it('permutes: every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(1000), fc.nat(10), (n, iteration, epoch) => {
        const out = new Int32Array(n + 2).fill(-1);
        philox.permutation(n, out, iteration, epoch);
        expect(Array.from(out.subarray(0, n)).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(Array.from(out.subarray(n))).toEqual([-1, -1]);
      }),
      { numRuns: 50 },
    );
  });

  it('permutes evenly: all 24 orders of four, chi-square', () => {
    const counts = new Map<string, number>();
    const out = new Int32Array(4);
    const draws = 24000;
    for (let i = 0; i < draws; i++) {
      philox.permutation(4, out, i, 0);
      counts.set(out.join(), (counts.get(out.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 23 degrees of freedom: 99.9 % of fair generators stay below 49.7.
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('refuses a key of the wrong length and an array without room', () => {
    expect(() => new Philox([1])).toThrow(RangeError);
    expect(() => philox.permutation(5, new Int32Array(4), 0, 0)).toThrow(RangeError);
  });
});

describe('Generator', () => {
  it('goes on identically from a saved state, the 32-bit half included', () => {
    const step = fc.constantFrom('random', 'integer', 'normal', 'exponential', 'large');
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 130n), fc.array(step, { maxLength: 20 }), (seed, steps) => {
        const run = (generator: ReturnType<typeof createGenerator>): (number | bigint)[] =>
          steps.map((kind) => {
            if (kind === 'random') return generator.random();
            if (kind === 'integer') return generator.integers(0, 10);
            if (kind === 'normal') return generator.standardNormal();
            if (kind === 'exponential') return generator.standardExponential();
            return generator.integers(0n, 2n ** 60n);
          });
        const one = createGenerator(seed);
        run(one);
        const saved = one.getState();
        const other = createGenerator(0);
        other.setState(saved);
        expect(run(other)).toEqual(run(one));
        expect(other.getState()).toEqual(one.getState());
      }),
      { numRuns: 100 },
    );
  });

  it('keeps integers within their bounds', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat(), (a, b, seed) => {
        fc.pre(a !== b);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const value = createGenerator(seed).integers(low, high);
        expect(value >= low && value < high).toBe(true);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53, -1n])('refuses the seed %s', (seed) => {
    expect(() => createGenerator(seed)).toThrow(/^seed: expected/);
    expect(() => new SeedSequence([1, seed])).toThrow(/^seed: expected/);
  });

  it('refuses bounds without a number between them and probabilities that are none', () => {
    const generator = createGenerator(1);
    expect(() => generator.integers(3, 3)).toThrow(/low < high/);
    expect(() => generator.integers(0.5, 3)).toThrow(/whole numbers/);
    expect(() => generator.choice(2, [0.5, 0.6])).toThrow(/sum to 1/);
    expect(() => generator.choice(2, [1.5, -0.5])).toThrow(/probabilities/);
    expect(() => generator.setState(new Uint32Array(10))).toThrow(/PCG64 state/);
  });
});
