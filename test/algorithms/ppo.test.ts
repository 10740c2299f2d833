/** PPO's own parts that no recording of CleanRL covers. */
import { describe, expect, it } from 'vitest';
import { ppo } from '../../src/algorithms/ppo.ts';
import { box, discrete } from '../../src/core/space.ts';
import { TimeLimit, vectorize } from '../../src/envs/index.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import { learnerKey } from '../../src/random/index.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { testPlatform } from '../training/cohort.ts';

/** Counts its steps, shows the count, pays 1, and ends by its own rules after `life` steps. */
function counter(life: number) {
  let steps = 0;
  const show = (): Float32Array => Float32Array.of(steps / 10);
  return {
    observationSpace: box(0, 100, [1]),
    actionSpace: discrete(2),
    reset: () => {
      steps = 0;
      return { observation: show(), info: {} };
    },
    step: () => {
      steps++;
      return { observation: show(), reward: 1, terminated: steps === life, truncated: false, info: {} };
    },
  };
}

describe('bootstrapTruncated', () => {
  it.each([true, false])('%s: rewards at time limits, and only there', async (bootstrapTruncated) => {
    const numEnvs = 3;
    const numSteps = 16;
    // The second environment ends by its rules at the very step of the limit; the third earlier.
    const env = vectorize([100, 4, 3].map((life) => new TimeLimit(counter(life), 4)));
    env.reset([1, 2, 3]);
    const fields = { numEnvs, numSteps, gamma: 0.9, bootstrapTruncated, learningRate: 0, iterations: 1 };
    const config = resolveConfig({ env: 'counter', algorithm: 'ppo', ...fields });
    const state = await ppo.create(config as never, {
      env,
      platform: testPlatform,
      key: learnerKey(1),
      layOut: layOutKernels,
    });
    ppo.iterate(state);
    const { policy } = state.learner;
    const inputs = policy.kernels.float32(4);
    const values = policy.kernels.float32(4);
    inputs[0] = Math.fround(0.4);
    policy.evaluate(inputs, 1, values);
    expect(Math.abs(values[0]!)).toBeGreaterThan(1e-3);
    const paid = bootstrapTruncated ? 1 + 0.9 * values[0]! : 1;
    for (let t = 0; t < numSteps; t++) {
      const row = Array.from(state.rollout.rewards.subarray(t * numEnvs, (t + 1) * numEnvs));
      expect(row).toEqual([t % 4 === 3 ? paid : 1, 1, 1]);
    }
    policy.kernels.close();
  });
});
