/**
 * Accuracy, pass@k, maj@k and their intervals against worked examples and brute force.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracyInterval,
  majAtK,
  majorityVote,
  passAtK,
  proportionDifference,
  proportionOf,
  usualKs,
  type Vote,
  wilsonInterval,
} from '../../src/statistics/index.ts';

/** All ways to take k of the numbers below n. */
function subsets(n: number, k: number, first = 0): number[][] {
  if (k === 0) return [[]];
  const found: number[][] = [];
  for (let i = first; i <= n - k; i++) for (const rest of subsets(n, k - 1, i + 1)) found.push([i, ...rest]);
  return found;
}

describe('pass@k', () => {
  it('worked examples', () => {
    expect(passAtK(4, 1, 2)).toBeCloseTo(1 / 2, 15);
    expect(passAtK(5, 2, 3)).toBeCloseTo(1 - 1 / 10, 15);
    expect(passAtK(8, 0, 8)).toBe(0);
    expect(passAtK(8, 1, 8)).toBe(1);
    expect(passAtK(8, 3, 1)).toBeCloseTo(3 / 8, 15);
  });

  it('is the share of subsets with a right one, for every n up to 8', () => {
    for (let n = 1; n <= 8; n++) {
      for (let right = 0; right <= n; right++) {
        for (let k = 1; k <= n; k++) {
          const all = subsets(n, k);
          const passed = all.filter((subset) => subset.some((i) => i < right)).length;
          expect(passAtK(n, right, k), `${n} ${right} ${k}`).toBeCloseTo(passed / all.length, 13);
        }
      }
    }
  });

  it('stays a probability where the binomials overflow, and rises with k', () => {
    // C(4096, 2048) is beyond a double; two right of 4096: 1 - C(4094, 2048) / C(4096, 2048) = 1 - 2048 * 2047 / (4096 * 4095).
    expect(passAtK(4096, 2, 2048)).toBeCloseTo(1 - (2048 * 2047) / (4096 * 4095), 13);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(), fc.nat(), (n, r, k) => {
        const right = r % (n + 1);
        const smaller = 1 + (k % (n - 1));
        const [low, high] = [passAtK(n, right, smaller), passAtK(n, right, smaller + 1)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high).toBeGreaterThanOrEqual(low - 1e-12);
      }),
    );
  });

  it('is unbiased: its mean over all outcomes of n draws is the chance of k draws', () => {
    const [n, k, p] = [6, 3, 0.3];
    let expected = 0;
    for (let mask = 0; mask < 2 ** n; mask++) {
      const right = [...mask.toString(2)].filter((bit) => bit === '1').length;
      expected += p ** right * (1 - p) ** (n - right) * passAtK(n, right, k);
    }
    expect(expected).toBeCloseTo(1 - (1 - p) ** k, 13);
  });

  it.each([
    [4, 2, 0],
    [4, 2, 5],
    [4, 2, 1.5],
    [4, 5, 2],
    [4, -1, 2],
  ])('n %d, right %d, k %d: refused', (n, right, k) => {
    expect(() => passAtK(n, right, k)).toThrow(/expected .*, got .*; /);
  });
});

const votes = (text: string, right: string): Vote[] => [...text].map((answer) => ({ answer, right: right.includes(answer) }));

describe('maj@k', () => {
  it('the most frequent answer wins, the first of equals', () => {
    expect(majorityVote(votes('abb', ''))?.answer).toBe('b');
    expect(majorityVote(votes('abba', ''))?.answer).toBe('a');
    expect(majorityVote(votes('cabba', ''))?.answer).toBe('a');
    expect(majorityVote([])).toBeUndefined();
  });

  it('worked examples', () => {
    expect(majAtK(votes('abbc', 'b'), 4)).toBe(1);
    expect(majAtK(votes('abbc', 'b'), 2)).toBe(0.5);
    expect(majAtK(votes('abbc', 'b'), 1)).toBe(0.5);
    // 3 of 4: the fourth is left over.
    expect(majAtK(votes('aabb', 'a'), 3)).toBe(1);
    expect(majAtK(votes('aabb', 'b'), 3)).toBe(0);
  });

  it('is unbiased: its mean over all draws of 4 is the chance that a vote of 2 is right', () => {
    const letters: [string, number][] = [
      ['a', 0.5],
      ['b', 0.3],
      ['c', 0.2],
    ];
    let expected = 0;
    for (const [w, pw] of letters) {
      for (const [x, px] of letters) {
        for (const [y, py] of letters) for (const [z, pz] of letters) expected += pw * px * py * pz * majAtK(votes(w + x + y + z, 'a'), 2);
      }
    }
    // Of two votes the first wins a tie, so it decides alone.
    expect(expected).toBeCloseTo(0.5, 13);
  });

  it('of one is the accuracy', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 20 }), (letters) => {
        const all = votes(letters.join(''), 'ac');
        expect(majAtK(all, 1)).toBeCloseTo(all.filter(({ right }) => right).length / all.length, 14);
      }),
    );
  });

  it('refuses more votes than there are', () => {
    expect(() => majAtK(votes('ab', 'a'), 3)).toThrow('majAtK: expected k from 1 to 2, the number of completions, got 3');
  });
});

describe('intervals', () => {
  it('Wilson: worked examples', () => {
    // By hand: (8 + z^2 / 2) / (10 + z^2) -+ z / (10 + z^2) * sqrt(8 * 2 / 10 + z^2 / 4).
    expect(wilsonInterval(0.8, 10).low).toBeCloseTo(0.49016, 5);
    expect(wilsonInterval(0.8, 10).high).toBeCloseTo(0.94332, 5);
    expect(wilsonInterval(0, 10)).toMatchObject({ accuracy: 0, low: 0 });
    // z^2 / (n + z^2).
    expect(wilsonInterval(0, 10).high).toBeCloseTo(3.841458820694124 / 13.841458820694124, 12);
    expect(wilsonInterval(1, 10).high).toBe(1);
    expect(() => wilsonInterval(1.2, 10)).toThrow(RangeError);
    expect(() => wilsonInterval(0.5, 0)).toThrow(RangeError);
  });

  it('of right and wrong answers, one per prompt, is Wilson’s', () => {
    const values = Array.from({ length: 50 }, (_, i) => (i < 12 ? 1 : 0));
    const { low, high } = wilsonInterval(12 / 50, 50);
    expect(accuracyInterval(values).low).toBeCloseTo(low, 12);
    expect(accuracyInterval(values).high).toBeCloseTo(high, 12);
  });

  it('of several completions that agree is as wide as that of one, and of independent ones as narrow as that of all', () => {
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    // Every prompt all right or all wrong: eight completions say no more than one.
    const alike = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    expect(width(accuracyInterval(alike, 8))).toBeCloseTo(width(accuracyInterval(alike)), 12);
    // Halves everywhere vary less than independent answers would; they count as all the answers, and not as more.
    const even = Array.from({ length: 40 }, () => 0.5);
    expect(width(accuracyInterval(even, 8))).toBeCloseTo(width(wilsonInterval(0.5, 320)), 12);
  });

  it('holds the mean, within 0 .. 1', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(shares, (counts) => {
        const { accuracy, low, high } = accuracyInterval(
          counts.map((count) => count / 8),
          8,
        );
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(accuracy).toBeGreaterThanOrEqual(low);
        expect(accuracy).toBeLessThanOrEqual(high);
        expect(high - low).toBeGreaterThan(0);
      }),
    );
  });

  it('of nothing is refused', () => {
    expect(() => accuracyInterval([])).toThrow('expected at least 1 prompt');
  });
});

describe('a proportion and the difference of two', () => {
  it('of a mean and its standard error counts the independent answers behind it, and at least the prompts', () => {
    const { share, size } = proportionOf(0.4, 0.02, 200);
    expect(share).toBe(0.4);
    expect(size).toBeCloseTo(600, 9);
    // The usual case: one answer per prompt, up to n / (n - 1).
    expect(proportionOf(0.5, 0.05, 101)).toEqual({ share: 0.5, size: 101 });
    expect(proportionOf(0, 0, 50)).toEqual({ share: 0, size: 50 });
    expect(proportionOf(0.5, null, 1)).toEqual({ share: 0.5, size: 1 });
    // Eight independent completions per prompt are eight times the answers.
    expect(proportionOf(0.3, Math.sqrt((0.3 * 0.7) / 800), 100).size).toBeCloseTo(800, 9);
  });

  it('is Newcombe’s: 56 of 70 and 48 of 80, the example in his table', () => {
    const { estimate, low, high } = proportionDifference({ share: 48 / 80, size: 80 }, { share: 56 / 70, size: 70 });
    expect(estimate).toBeCloseTo(0.2, 12);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0524', '0.3339']);
    // 0 of 10 and 10 of 10, in the same table.
    const extreme = proportionDifference({ share: 0, size: 10 }, { share: 1, size: 10 });
    expect([extreme.low.toFixed(4), extreme.high]).toEqual(['0.6075', 1]);
  });
});

it('k runs over powers of two and the number itself', () => {
  expect(usualKs(1)).toEqual([]);
  expect(usualKs(2)).toEqual([2]);
  expect(usualKs(8)).toEqual([2, 4, 8]);
  expect(usualKs(12)).toEqual([2, 4, 8, 12]);
});
