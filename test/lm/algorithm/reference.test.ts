/** The divergence from the reference, by hand, in the loss and in the reward. */
import { describe, expect, it } from 'vitest';
import { divergences } from '../../../src/lm/algorithm/reference.ts';
import { testCohort } from '../../training/cohort.ts';
import { shortRun } from '../languageRun.ts';

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

describe('in a run', () => {
  const run = async (fields: object) => {
    const training = testCohort().trainLanguageModel({ ...shortRun, ...fields });
    const metrics: Readonly<Record<string, number>>[] = [];
    for await (const result of training) metrics.push({ ...result.metrics });
    return { metrics, hash: (await training.finish()).summary.parametersSha256 };
  };

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
});
