/** Hybrid GRPO against its own formula. */
import { describe, expect, it } from 'vitest';
import { discrete } from '../../src/core/space.ts';
import { testCohort } from '../training/cohort.ts';
import { shortRun, shortRunHash } from './shortRun.ts';

/** Action a pays 3 a - 1, whatever happened before; an episode takes four steps. */
class Pays {
  readonly observationSpace = discrete(2);
  readonly actionSpace = discrete(2);
  #steps = new Int32Array(1);
  reset() {
    this.#steps[0] = 0;
    return { observation: 0, info: {} };
  }
  step(action: number) {
    this.#steps[0]!++;
    return { observation: 1, reward: 3 * action - 1, terminated: this.#steps[0]! >= 4, truncated: false, info: {} };
  }
  getState() {
    return { steps: this.#steps.slice() };
  }
  setState(state: { readonly steps?: Int32Array }) {
    this.#steps.set(state.steps!);
  }
}

describe('Hybrid GRPO', () => {
  it('with one action and no transform is PPO at lambda 0', async () => {
    const bits = await shortRunHash({ algorithm: 'ppo', gaeLambda: 0 });
    expect(await shortRunHash({ algorithm: 'hybrid-grpo', rewardSamples: 1 })).toBe(bits);
    // CartPole pays 1 whatever is tried, so that the mean is 1 too, and trying leaves the environments as they were.
    expect(await shortRunHash({ algorithm: 'hybrid-grpo', rewardSamples: 3 })).toBe(bits);
  });

  it('credits every step with the mean of what all actions tried there pay', async () => {
    const seen: number[] = [];
    for await (const { metrics } of testCohort().train({
      ...{ ...shortRun, env: () => new Pays(), algorithm: 'hybrid-grpo', iterations: 2, numEnvs: 2, numSteps: 4 },
      ...{ rewardSamples: 200, normalizeAdvantage: false, gamma: 0 },
    })) {
      const { 'branches/steps': steps, 'losses/value_loss': loss } = metrics as Readonly<Record<string, number>>;
      expect(steps).toBe(4 * 2 * 199);
      seen.push(loss!);
    }
    // At gamma 0 the critic is fitted to the means: near 0.5 for every step, where single rewards are -1 and 2, a variance of 2.25.
    expect(Math.max(...seen)).toBeLessThan(1);
  });

  it('transforms rewards by tanh', async () => {
    const plain = await shortRunHash({ algorithm: 'hybrid-grpo', rewardSamples: 2 });
    const tanh = await shortRunHash({ algorithm: 'hybrid-grpo', rewardSamples: 2, rewardTransform: 'tanh' });
    expect(tanh).not.toBe(plain);
  });
});
