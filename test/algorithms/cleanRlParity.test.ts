/**
 * Promise 4 of the design: a recorded iteration of CleanRL's `ppo.py` (weights, rollout, permutations) repeated by ours, to 1e-5: values,
 * log-probabilities, advantages, every minibatch's losses and gradient norm, the new parameters and both moments of Adam.
 */
import { describe } from 'vitest';
import type { VectorEnv } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import fixture from '../fixtures/cleanrl/iteration.json' with { type: 'json' };
import clippingFixture from '../fixtures/cleanrl/iteration-clipping.json' with { type: 'json' };
import { floats, type Iteration, itIsTheSame, type Recorded, repeat } from './cleanRl.ts';

/** A vector environment that plays back what was recorded, whatever the actions are. */
function replay({ rollout }: Iteration, numSteps: number, numEnvs: number): VectorEnv {
  const observations = floats(rollout.observations);
  const next = floats(rollout.nextObservations);
  const rewards = floats(rollout.rewards);
  const dones = floats(rollout.dones);
  const nextDones = floats(rollout.nextDones);
  const row = numEnvs * 4;
  const env = {
    numEnvs,
    observationSpace: box(-100, 100, [4]),
    actionSpace: discrete(2),
    observations: observations.slice(0, row),
    rewards: new Float64Array(numEnvs),
    terminated: new Uint8Array(numEnvs),
    truncated: new Uint8Array(numEnvs),
    finalObservations: new Float32Array(row),
    episodeLengths: new Int32Array(numEnvs),
    episodeReturns: new Float64Array(numEnvs),
    reset: () => undefined,
    getState: () => undefined,
    setState: () => undefined,
    close: () => undefined,
  };
  let t = 0;
  return {
    ...env,
    step() {
      env.rewards.set(Array.from(rewards.slice(t * numEnvs, (t + 1) * numEnvs), Number));
      t++;
      env.observations.set(t < numSteps ? observations.subarray(t * row, (t + 1) * row) : next);
      for (let n = 0; n < numEnvs; n++) env.terminated[n] = Number(t < numSteps ? dones[t * numEnvs + n] : nextDones[n]);
    },
  };
}

describe.each([
  ['default, first iteration', fixture, 0],
  ['default, second iteration (annealed rate, warm Adam)', fixture, 1],
  ['learning rate 0.01, where ratios are clipped', clippingFixture as unknown as Recorded, 0],
])('CleanRL ppo.py: %s', (_title, recorded, index) => {
  const { num_steps, num_envs } = recorded.config;
  itIsTheSame(recorded, () => repeat(recorded, index, replay(recorded.iterations[index]!, num_steps, num_envs)));
});
