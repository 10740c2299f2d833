/** The divergence from the reference, by hand, in the loss and in the reward. */
import { describe, expect, it } from 'vitest';
import { divergences, moveReference, steeredCoefficient } from '../../../src/lm/algorithm/reference.ts';
import { testCohort } from '../../training/cohort.ts';
import { metricsOf, shortRun } from '../languageRun.ts';

it.each([
  ['k1', 0.5],
  ['k2', 0.125],
  ['k3', Math.exp(-0.5) - 0.5],
] as const)('%s: %f', (form, expected) => {
  const batch = {
    spec: { completionLength: 2 } as never,
    oldLogProbs: Float32Array.of(-1, -2, 9, 9),
    referenceLogProbs: Float32Array.of(-1.5, -2, 7, 7),
  };
  const [only] = divergences(batch, { rows: Int32Array.of(0), lengths: Int32Array.of(2) }, form);
  expect(only).toBeCloseTo(expected, 12);
});

it.each([
  [0.2, 1.02],
  [5, 1.02],
  [0.11, 1.01],
  [0.1, 1],
  [0.08, 0.98],
  [0, 0.98],
])('steered to 0.1, a weight of 1 becomes at %f: %f', (distance, expected) =>
  expect(steeredCoefficient(1, distance, 0.1)).toBeCloseTo(expected, 12),
);

it('a reference moves a share of the way', () => {
  const reference = Float32Array.of(1, 2);
  moveReference(reference, Float32Array.of(3, -2), 0.25);
  expect([...reference]).toEqual([1.5, 1]);
  moveReference(reference, Float32Array.of(3, -2), 1);
  expect([...reference]).toEqual([3, -2]);
});

describe('in a run', () => {
  const run = (fields: object) => metricsOf(testCohort(), fields);

  it('is 0 at first, and reported; in the reward it is another run than in the loss', async () => {
    const [loss, reward] = [await run({ klCoef: 0.5 }), await run({ klCoef: 0.5, klForm: 'k1', klIn: 'reward' })];
    for (const { metrics } of [loss, reward]) {
      // The policy that samples is the reference then; the two paths of the kernels differ by rounding.
      expect(Math.abs(metrics[0]!['losses/reference_kl']!)).toBeLessThan(1e-5);
      expect(metrics.at(-1)!['losses/reference_kl']).not.toBe(0);
    }
    expect(loss.hash).not.toBe(reward.hash);
    expect((await run({})).metrics[0]).not.toHaveProperty('losses/reference_kl');
  });

  it('in the reward holds a model near where it began', async () => {
    const distance = async (klCoef: number): Promise<number> => {
      const fields = { klForm: 'k1', klIn: 'reward', iterations: 60, minValidFraction: 0, groupSize: 8, gradientRescaling: 'off' };
      const { metrics } = await run({ klCoef, ...fields, evaluationInterval: 0 });
      return metrics.slice(-20).reduce((sum, one) => sum + one['losses/reference_kl']! / 20, 0);
    };
    // 0.06 and 0.21 nats per token.
    expect(await distance(1)).toBeLessThan(0.5 * (await distance(1e-6)));
  });

  it('says what is missing', () => {
    expect(() => testCohort().trainLanguageModel({ ...shortRun, klIn: 'reward' })).toThrow(
      'klIn: expected a klCoef above 0 with it, got klCoef 0',
    );
  });

  it('the weight is steered by what is reported, and a reference that becomes the policy is at no distance', async () => {
    const { metrics } = await run({ klCoef: 0.5, klTarget: 1e-3 });
    for (const [i, one] of metrics.slice(0, -1).entries()) {
      const expected = steeredCoefficient(one['losses/kl_coef']!, one['losses/reference_kl']!, 1e-3);
      expect(metrics[i + 1]!['losses/kl_coef']).toBe(expected);
    }
    expect(metrics[0]!['losses/kl_coef']).toBe(0.5);
    const moved = await run({ klCoef: 0.5, referenceInterval: 1 });
    for (const one of moved.metrics) expect(Math.abs(one['losses/reference_kl']!)).toBeLessThan(1e-5);
    expect(moved.hash).not.toBe((await run({ klCoef: 0.5 })).hash);
  });

  it.each([
    [{ klTarget: 0.1 }, 'klTarget: expected a klCoef above 0 with it'],
    [{ referenceInterval: 5 }, 'referenceInterval: expected a klCoef above 0 with it'],
    [{ klCoef: 0.1, referenceMix: 0.6 }, 'referenceMix: expected a referenceInterval with it'],
  ])('%o says what is missing', (fields, message) => {
    expect(() => testCohort().trainLanguageModel({ ...shortRun, ...fields })).toThrow(message);
  });
});
