/** Policies learn with every kind of action and observation: thresholds on the mean over seeds, each far from what a policy that learns nothing reaches. */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { Env } from '../../src/core/env.ts';
import { testCohort } from '../training/cohort.ts';
import { Goal, Greatest, Repeat, Switches } from '../training/spaceTasks.ts';

const settings = { numEnvs: 16, numSteps: 32, hiddenSizes: [32], learningRate: 0.01, evaluationInterval: 0, finalEvaluationEpisodes: 50 };

async function meanReturn(env: () => Env, config: Partial<TrainConfig>): Promise<number> {
  let sum = 0;
  for (const seed of [1, 2, 3]) {
    const { summary } = await testCohort()
      .train({ ...settings, recipe: 'none', env, seed, ...config } as TrainConfig)
      .finish();
    sum += summary.evaluation!.sampled.mean!;
  }
  return sum / 3;
}

/** The best return is 8. */
describe.each([
  ['multi-discrete actions', () => new Repeat(), 2.9],
  ['multi-binary actions', () => new Switches(), 4],
  ['dict observations', () => new Goal(), 2],
  ['masks', () => new Greatest(), 5.9],
  ['masks of two entries', () => new Greatest([5, 3]), 5.9],
] as const)('%s', (_, env, untrained) => {
  it('begin where chance is', async () => {
    const mean = await meanReturn(env, { iterations: 1, learningRate: 0 });
    expect(Math.abs(mean - untrained)).toBeLessThan(0.5);
  });

  it.each(['gpg', 'ppo'] as const)('%s learns: at least 7.3 of 8 after 100 iterations', async (algorithm) => {
    expect(await meanReturn(env, { algorithm, iterations: 100 })).toBeGreaterThanOrEqual(7.3);
  });
});
