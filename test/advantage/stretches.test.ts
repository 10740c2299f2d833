/** Advantages between states that are known, against their formula written a second time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdvantageBatch, discountedReturns } from '../../src/advantage/core.ts';
import { stretchAdvantages, stretchEstimator } from '../../src/advantage/stretches.ts';
import { batchOf, perTrajectory, type Sample } from './helpers.ts';

const nobody = Number.NaN;

function advantagesOf(batch: AdvantageBatch, gamma: number, lambda: number) {
  const size = batch.numSteps * batch.numEnvs;
  const out = { advantages: new Float64Array(size), returns: new Float64Array(size), baseline: new Float64Array(size) };
  stretchAdvantages(batch, gamma, lambda, out);
  return out;
}

describe('advantages of stretches', () => {
  it('the example of the comment', () => {
    const batch = batchOf([{ rewards: [1, 0, 2] }], { stateValues: Float64Array.of(1, nobody, 3, nobody) });
    expect([...advantagesOf(batch, 0.5, 0).advantages]).toEqual([0.75, 0.75, -1]);
    // At lambda 1: returns 1.5 and 2 minus what the stretches began with.
    expect([...advantagesOf(batch, 0.5, 1).advantages]).toEqual([0.5, 0.5, -1]);
    expect([...advantagesOf(batch, 0.5, 1).baseline]).toEqual([1, 1, 3]);
  });

  it('with every state known are r + gamma V(s after) - V(s), the edge included', () => {
    const samples: Sample[] = [
      { rewards: [1, 2], ending: 'edge' },
      { rewards: [4, 8], ending: 'truncated' },
    ];
    const batch = batchOf(samples, { stateValues: Float64Array.of(10, 20, 30, 40, 50, 60) });
    expect(perTrajectory(batch, advantagesOf(batch, 0.5, 0).advantages)).toEqual([
      [1 + 15 - 10, 2 + 25 - 30],
      [4 + 20 - 20, 8 + 0 - 40],
    ]);
  });

  it('say which state nobody knows', () => {
    const edge = batchOf([{ rewards: [1], ending: 'edge' }], { stateValues: Float64Array.of(1, nobody) });
    expect(() => advantagesOf(edge, 0.9, 0)).toThrow(/stateValues: row 1 of environment 0: expected a finite number, got NaN/);
    const start = batchOf([{ rewards: [1, 1] }], { stateValues: Float64Array.of(nobody, 1, nobody) });
    expect(() => advantagesOf(start, 0.9, 0)).toThrow(/row 0 of environment 0/);
    expect(() => advantagesOf(batchOf([{ rewards: [1] }]), 0.9, 0)).toThrow(/stateValues: expected what states are worth/);
  });

  it('are the sums of the formula, stretch by stretch', () => {
    const value = fc.double({ min: -10, max: 10, noNaN: true });
    const known = fc.oneof(fc.constant(nobody), value);
    const sample = fc.record({
      rewards: fc.array(value, { minLength: 1, maxLength: 6 }),
      values: fc.array(known, { minLength: 6, maxLength: 6 }),
      first: value,
      after: value,
      ending: fc.constantFrom('terminated', 'truncated', 'edge') as fc.Arbitrary<'terminated' | 'truncated' | 'edge'>,
    });
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        value,
        (samples, gamma, raw) => {
          const lambda = Math.abs(raw) / 10;
          const plain = batchOf(samples);
          const { numSteps, numEnvs } = plain;
          const stateValues = new Float64Array((numSteps + 1) * numEnvs).fill(nobody);
          samples.forEach(({ rewards, values, first, after }, n) => {
            for (let t = 0; t < rewards.length; t++) stateValues[t * numEnvs + n] = t === 0 ? first : values[t]!;
            stateValues[numSteps * numEnvs + n] = after;
          });
          const batch = { ...plain, stateValues };
          const got = perTrajectory(batch, advantagesOf(batch, gamma, lambda).advantages);
          samples.forEach(({ rewards, ending, after }, n) => {
            const at = (t: number): number => (t < rewards.length ? stateValues[t * numEnvs + n]! : ending === 'edge' ? after : 0);
            const points = rewards.flatMap((_, t) => (Number.isNaN(at(t)) ? [] : [t])).concat(rewards.length);
            let further = 0;
            for (let p = points.length - 2; p >= 0; p--) {
              const [from, to] = [points[p]!, points[p + 1]!];
              let delta = gamma ** (to - from) * at(to) - at(from);
              for (let t = from; t < to; t++) delta += gamma ** (t - from) * rewards[t]!;
              further = delta + gamma ** (to - from) * lambda * further;
              for (let t = from; t < to; t++) expect(Math.abs(got[n]![t]! - further)).toBeLessThan(1e-9);
            }
          });
        },
      ),
    );
  });

  it('as an estimator report returns with what the edge is worth', () => {
    const batch = batchOf([{ rewards: [1, 2], ending: 'edge' }], { stateValues: Float64Array.of(1, nobody, 4) });
    const out = new Float32Array(2);
    const { returns, numParticipants, diagnostics } = stretchEstimator({ gamma: 0.5, lambda: 0 }, 2, 1).estimate(batch, out);
    expect([...returns]).toEqual([...discountedReturns({ ...batch, gamma: 0.5, edgeValues: Float64Array.of(4) }, new Float64Array(2))]);
    expect([...out, numParticipants, diagnostics['group/cut_frac']]).toEqual([2, 2, 2, 1]);
  });
});
