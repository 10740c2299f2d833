/**
 * Promise 4 for a Gaussian policy: the first two iterations of CleanRL's `ppo_continuous_action.py` (Pendulum-v1, Gymnasium 0.29.1), from what
 * the bare environments said: the normalizing wrappers have to give the bits that CleanRL's networks were shown, and everything after them
 * (values, advantages, losses, gradient norms, parameters, Adam's moments) is held to 1e-5.
 */
import { describe, expect, it } from 'vitest';
import type { VectorEnv } from '../../src/core/env.ts';
import { box } from '../../src/core/space.ts';
import { ClipActionVectorEnv, normalized } from '../../src/envs/index.ts';
import { replayedEnv } from '../envs/replayedEnv.ts';
import fixture from '../fixtures/cleanrl/iteration-continuous.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { floats, itIsTheSame, repeat } from './cleanRl.ts';

const { num_steps: numSteps, num_envs: numEnvs, gamma } = fixture.config;
const size = 3;

/** What the bare environments said, step by step, with same-step autoreset; `given` gathers the actions that reach them. */
function bareEnvironments(given: number[]): VectorEnv {
  const raw = fixture.rawEnvironments.map(({ observations, resets, rewards, truncated }) => {
    const rows = numbers(observations);
    const isFirst = new Set(resets);
    const row = (i: number): Float64Array => rows.subarray(i * size, (i + 1) * size);
    const steps = Array.from({ length: rows.length / size }, (_, i) => i).filter((i) => !isFirst.has(i));
    return {
      rewards: numbers(rewards),
      truncated: numbers(truncated),
      shown: [row(0), ...steps.map((i) => row(isFirst.has(i + 1) ? i + 1 : i))],
      last: steps.map(row),
    };
  });
  const count = raw[0]!.rewards.length;
  const steps = Array.from({ length: count }, (_, t) => t);
  const env = replayedEnv({
    numEnvs,
    dtype: 'float32',
    observations: Float64Array.from(Array.from({ length: count + 1 }, (_, t) => raw.flatMap(({ shown }) => [...shown[t]!])).flat()),
    rewards: steps.flatMap((t) => raw.map(({ rewards }) => rewards[t]!)),
    terminated: new Uint8Array(count * numEnvs),
    truncated: steps.flatMap((t) => raw.map(({ truncated }) => truncated[t]!)),
    final: Float64Array.from(steps.flatMap((t) => raw.flatMap(({ truncated, last }) => (truncated[t] ? [...last[t]!] : [])))),
  });
  return {
    ...env,
    actionSpace: box(-2, 2, [1]),
    step(actions) {
      given.push(...actions);
      env.step(actions);
    },
  };
}

/** The environments where iteration `index` begins, in the wrappers of a training. */
function environmentsAt(index: number, given: number[] = []): VectorEnv {
  const bare = new ClipActionVectorEnv(bareEnvironments(given));
  const settings = { normalizeObservation: 'perEnv', normalizeReward: 'perEnv', clipObservation: 10, clipReward: 10, gamma } as const;
  const { env } = normalized(bare, settings);
  env.reset();
  for (let t = 0; t < index * numSteps; t++) env.step(new Float32Array(numEnvs));
  return env;
}

describe('CleanRL ppo_continuous_action.py', () => {
  it('was recorded over a time limit', () => {
    expect(fixture.config.env_id).toBe('Pendulum-v1');
    expect(fixture.rawEnvironments.every(({ truncated }) => numbers(truncated).filter(Boolean).length === 1)).toBe(true);
  });

  it.each([0, 1])('iteration %i: the same observations, rewards and clipped actions, bit for bit', async (index) => {
    const given: number[] = [];
    const env = environmentsAt(index, given);
    given.length = 0;
    const { state, iteration } = await repeat(fixture, index, env);
    const { inputs, rewards } = state.rollout;
    const { observations, nextObservations } = iteration.rollout as (typeof fixture)['iterations'][number]['rollout'];
    expect(Float32Array.from(inputs)).toEqual(Float32Array.from([...floats(observations), ...floats(nextObservations)]));
    expect(Float32Array.from(rewards)).toEqual(floats(iteration.rollout.rewards));
    const received = Array.from({ length: numSteps }, (_, t) =>
      fixture.rawEnvironments.map(({ actions }) => numbers(actions)[index * numSteps + t]!),
    );
    expect(given).toEqual(received.flat());
  });

  describe.each([0, 1])('iteration %i', (index) => {
    itIsTheSame(fixture, () => repeat(fixture, index, environmentsAt(index)));
  });
});
