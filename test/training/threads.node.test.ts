/**
 * Promise 1: the bits do not depend on the number of threads, in training and in acting.
 */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import { nodePlatform } from '../../src/node/platform.ts';
import { testCohort } from './cohort.ts';
import { brief, goldenHashes } from './everyEnvironment.ts';

const wide: TrainConfig = { env: 'CartPole-v1', recipe: 'none', iterations: 3, numEnvs: 160, numSteps: 32, evaluationInterval: 0 };

describe('threads', () => {
  const cases: readonly [string, TrainConfig][] = [
    ['gpg', wide],
    ['ppo', { ...wide, algorithm: 'ppo' }],
    ['ppo, small batches', { ...wide, algorithm: 'ppo', numEnvs: 4, numSteps: 64 }],
    ['gpg, three layers, relu', { ...wide, hiddenSizes: [48, 33, 7], activation: 'relu' }],
    ['gpg on rows and columns', { ...wide, env: 'CliffWalking-v1', envOptions: { observation: 'row-column', maxEpisodeSteps: 20 } }],
    ['ppo on indices', { ...wide, algorithm: 'ppo', env: 'CliffWalking-v1', envOptions: { observation: 'index', maxEpisodeSteps: 20 } }],
    ['gpg, no hidden layer', { ...wide, hiddenSizes: [] }],
    ['ppo in shards', { ...wide, algorithm: 'ppo', shards: 3 }],
  ];

  it.each(cases)('%s: 1, 2 and 3 threads give the same hash', async (_name, input) => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3]) {
      const { summary } = await testCohort(nodePlatform)
        .train({ ...input, threads })
        .finish();
      hashes.push(summary.parametersSha256);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('fused arithmetic gives its own bits, the same for every number of threads, and is recorded', async () => {
    const plain = await testCohort(nodePlatform).train(wide).finish();
    const one = await testCohort(nodePlatform)
      .train({ ...wide, arithmetic: 'fused' })
      .finish();
    const two = await testCohort(nodePlatform)
      .train({ ...wide, arithmetic: 'fused', threads: 2 })
      .finish();
    expect(one.summary.arithmetic).toBe('fused');
    expect(two.summary.parametersSha256).toBe(one.summary.parametersSha256);
    expect(one.summary.parametersSha256).not.toBe(plain.summary.parametersSha256);
  });
});

describe('every environment', () => {
  it.each(Object.entries(goldenHashes))('%s: 2 threads give the recorded hash', async (id, hash) => {
    const { summary } = await testCohort(nodePlatform)
      .train({ ...brief(id), threads: 2 })
      .finish();
    expect(summary.parametersSha256).toBe(hash);
  });
});

describe('environments on threads', () => {
  const lander: TrainConfig = { env: 'LunarLander-v3', recipe: 'none', iterations: 3, numEnvs: 5, numSteps: 96, evaluationInterval: 0 };
  const cheetah: TrainConfig = { ...lander, env: 'HalfCheetah-v5', algorithm: 'ppo', numSteps: 24, envOptions: { maxEpisodeSteps: 20 } };
  const normalized: TrainConfig = { ...cheetah, normalizeObservation: 'perEnv', normalizeReward: 'perEnv' };

  it.each([
    ['LunarLander', lander],
    ['BipedalWalkerHardcore', { ...lander, env: 'BipedalWalkerHardcore-v3' }],
    ['HalfCheetah', cheetah],
    ['HalfCheetah, normalized', normalized],
    ['HalfCheetah, normalized, in shards', { ...normalized, shards: 2 }],
  ])('%s: 1, 2 and 3 threads give the same hash', async (_name, input) => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3]) {
      const { summary } = await testCohort(nodePlatform)
        .train({ ...input, threads, finalEvaluationEpisodes: 2, evaluationMaxSteps: 50 })
        .finish();
      hashes.push(summary.parametersSha256);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it.each([
    ['LunarLander', lander],
    ['HalfCheetah, normalized', normalized],
  ])('%s: a run goes on with another number of threads', async (_name, input) => {
    const short = { ...input, finalEvaluationEpisodes: 2, evaluationMaxSteps: 50 };
    const { summary: whole } = await testCohort(nodePlatform).train(short).finish();
    for (const [before, after] of [
      [1, 2],
      [2, 3],
      [2, 1],
    ] as const) {
      const cohort = testCohort(nodePlatform);
      await cohort.train({ ...short, threads: before, stopAfter: 1 }, { runDirectory: 'run' }).finish();
      const resumed = await cohort.resume('run', { threads: after });
      expect((await resumed.finish()).summary.parametersSha256).toBe(whole.parametersSha256);
    }
  });
});
