import { describe, expect, it } from 'vitest';
import { agreement, judge, judgeClaim, publishedMean } from '../../src/experiments/verdict.ts';

describe('the verdict of a cell', () => {
  it('follows the rule that was stated', () => {
    const margin = 10;
    expect(judge({ low: -3, high: 5 }, margin)).toBe('agrees');
    expect(judge({ low: 2, high: 8 }, margin)).toBe('agrees');
    expect(judge({ low: 4, high: 14 }, margin)).toBe('differs');
    expect(judge({ low: -14, high: -4 }, margin)).toBe('differs');
    expect(judge({ low: -20, high: 4 }, margin)).toBe('cannot tell');
    expect(judge({ low: -4, high: 14 }, margin)).toBe('agrees');
  });

  it('takes the published spread once as of the seeds and once as of their mean', () => {
    const published = { mean: 100, spread: 8, seeds: 4 };
    expect(publishedMean(published, 'standard deviation')).toEqual({ mean: 100, squaredError: 16, freedom: 3 });
    expect(publishedMean(published, 'standard error')).toEqual({ mean: 100, squaredError: 64, freedom: 3 });
    // Ours 108 and 112: squared error 4, so 20 with 400 / (16 / 1 + 256 / 3) = 3.9474 degrees of freedom.
    const found = agreement([108, 112], published, 'standard deviation', 50);
    expect(found?.verdict).toBe('agrees');
    expect(found?.difference.estimate).toBe(10);
    expect(found?.difference.freedom).toBeCloseTo(400 / (16 + 256 / 3), 12);
    expect(agreement([108], published, 'standard error', 50)).toBeUndefined();
  });

  it('copes with spreads of 0', () => {
    const published = { mean: -17, spread: 0, seeds: 4 };
    expect(agreement([-17, -17], published, 'standard deviation', 5)?.verdict).toBe('agrees');
    expect(agreement([-500, -500], published, 'standard deviation', 48)?.verdict).toBe('differs');
  });
});

describe('the verdict of a claim', () => {
  it('is the side of 0 on which the interval lies', () => {
    const terms = (a: number[], b: number[]) => [
      { weight: 1, scores: a },
      { weight: -1, scores: b },
    ];
    expect(judgeClaim(terms([10, 11, 12], [1, 2, 3])).verdict).toBe('confirmed');
    expect(judgeClaim(terms([1, 2, 3], [10, 11, 12])).verdict).toBe('contradicted');
    expect(judgeClaim(terms([1, 2, 9], [1, 2, 10])).verdict).toBe('cannot tell');
    expect(judgeClaim(terms([1], [2, 3])).verdict).toBe('not run');
    expect(judgeClaim([]).verdict).toBe('not run');
  });
});
