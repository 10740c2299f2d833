import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharesOf } from '../../src/cli/bench/training.ts';

describe('shares of the time', () => {
  it('are of all threads where seconds are summed over them', () => {
    expect(sharesOf({ env: 0.1, forward: 0.8, backward: 0.9 }, 2)).toEqual({ env: 0.1, forward: 0.4, backward: 0.45 });
    expect(sharesOf({ env: 0.1, forward: 0.3, backward: 0.5 }, 1)).toEqual({ env: 0.1, forward: 0.3, backward: 0.5 });
  });

  it('never come to more than the whole', () => {
    const share = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ env: share, forward: share, backward: share, optimizer: share, advantage: share }),
        fc.integer({ min: 1, max: 8 }),
        (split, threads) => {
          const shares = Object.values(sharesOf(split, threads));
          expect(shares.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
    );
  });
});
