import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Env, Seed } from '../../src/core/env.ts';
import {
  type CartPoleScene,
  cartPole,
  DynamicsEnv,
  DynamicsVectorEnv,
  makeEnv,
  makeVectorEnv,
  TimeLimit,
  vectorize,
} from '../../src/envs/index.ts';
import version0 from '../fixtures/environments/cartpole-v0.json' with { type: 'json' };
import version1 from '../fixtures/environments/cartpole-v1.json' with { type: 'json' };
import sameStep from '../fixtures/environments/cartpole-v1-same-step.json' with { type: 'json' };
import suttonBarto from '../fixtures/environments/cartpole-v1-sutton-barto.json' with { type: 'json' };
import { bitsOf, numbers, seedOf } from '../fixtures/typedArray.ts';

const recorded = [
  { name: 'CartPole-v1', fixture: version1, options: {} },
  { name: 'CartPole-v0', fixture: version0, options: {} },
  { name: 'CartPole-v1 with suttonBartoReward', fixture: suttonBarto, options: { suttonBartoReward: true } },
];

/** State of an environment with another float64 state; the phase is `running`. */
const withState = (env: Env<Float32Array, number>, states: Float64Array) => {
  const whole = env.getState!();
  return { ...whole, states, episode: Int32Array.of(1, whole.episode![1]!) };
};

describe.each(recorded)('$name against Gymnasium', ({ fixture, options }) => {
  it('has the same spaces and limit', async () => {
    const env = await makeEnv(fixture.id);
    const { low, high, shape, dtype } = fixture.observationSpace;
    const bounds = (list: readonly (number | string)[]): number[] =>
      list.map((value) => (value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number(value)));
    expect(env.observationSpace).toEqual({
      kind: 'box',
      shape,
      size: 4,
      low: Float64Array.from(bounds(low)),
      high: Float64Array.from(bounds(high)),
      dtype,
    });
    expect(env.actionSpace).toEqual({ kind: 'discrete', n: fixture.actionSpace.n, start: 0 });
    expect(fixture.maxEpisodeSteps).toBe(fixture.id === 'CartPole-v1' ? 500 : 200);
  });

  it.each(fixture.resets)('resets, seed $seed: exact, then going on without a seed', ({ seed, states, observations }) => {
    const env = new DynamicsEnv<CartPoleScene, Float32Array>(cartPole());
    const got = [0, 1, 2].map((k) => {
      const { observation } = env.reset(k === 0 ? { seed: seedOf(seed) as bigint } : {});
      return { observation: Array.from(observation), state: Array.from(env.getState().states!) };
    });
    expect(bitsOf(got.flatMap(({ state }) => state))).toEqual(bitsOf(numbers(states)));
    expect(bitsOf(got.flatMap(({ observation }) => observation))).toEqual(bitsOf(numbers(observations)));
  });

  it('single steps from recorded states: at most 1e-15 away, 99.9 % exact, rewards and flags exact', async () => {
    let exact = 0;
    let steps = 0;
    for (const trajectory of fixture.trajectories) {
      const env = (await makeEnv(fixture.id, options)) as Env<Float32Array, number>;
      expect(bitsOf(env.reset({ seed: seedOf(trajectory.seed) as bigint }).observation)).toEqual(
        bitsOf(numbers(trajectory.initialObservation)),
      );
      const before = numbers(trajectory.stateBefore);
      const after = numbers(trajectory.stateAfter);
      const rewards = numbers(trajectory.rewards);
      const terminated = numbers(trajectory.terminated);
      const truncated = numbers(trajectory.truncated);
      const resets: number[] = [];
      numbers(trajectory.actions).forEach((action, t) => {
        env.setState!(withState(env, before.slice(4 * t, 4 * t + 4)));
        const result = env.step(action);
        const state = env.getState!().states!;
        const expected = after.slice(4 * t, 4 * t + 4);
        steps++;
        if (bitsOf(state).join() === bitsOf(expected).join()) exact++;
        for (let k = 0; k < 4; k++) expect(Math.abs(state[k]! - expected[k]!)).toBeLessThanOrEqual(1e-15);
        expect(result.reward).toBe(rewards[t]);
        expect([Number(result.terminated), Number(result.truncated)]).toEqual([terminated[t], truncated[t]]);
        if (result.terminated || result.truncated) resets.push(...env.reset().observation);
      });
      // The generators went the same way, so the resets in between are exact.
      expect(bitsOf(resets)).toEqual(bitsOf(numbers(trajectory.resetObservations)));
    }
    expect(exact / steps).toBeGreaterThanOrEqual(0.999);
  });
});

describe('vector CartPole', () => {
  it.each(sameStep.sequences)('follows SyncVectorEnv with same-step autoreset, seed $seed', async (sequence) => {
    const { numEnvs, maxEpisodeSteps } = sequence;
    const env = await makeVectorEnv('CartPole-v1', numEnvs, { options: { maxEpisodeSteps } });
    const seed = seedOf(sequence.seed);
    env.reset(Array.isArray(seed) ? seed : Array.from({ length: numEnvs }, (_, i) => seed + BigInt(i)));
    expect(bitsOf(env.observations)).toEqual(bitsOf(numbers(sequence.resetObservations)));
    const actions = numbers(sequence.actions);
    const observations = numbers(sequence.observations);
    const rewards = numbers(sequence.rewards);
    const terminated = numbers(sequence.terminated);
    const truncated = numbers(sequence.truncated);
    const finals = numbers(sequence.finalObservations);
    let ended = 0;
    for (let t = 0; t < actions.length / numEnvs; t++) {
      const row = (list: Float64Array, width = 1): Float64Array => list.subarray(t * numEnvs * width, (t + 1) * numEnvs * width);
      env.step(Int32Array.from(row(actions)));
      expect(Array.from(env.rewards)).toEqual(Array.from(row(rewards)));
      expect(Array.from(env.terminated)).toEqual(Array.from(row(terminated)));
      expect(Array.from(env.truncated)).toEqual(Array.from(row(truncated)));
      // Free running and still equal: no rounding of sine or cosine differs in these episodes.
      expect(bitsOf(env.observations)).toEqual(bitsOf(row(observations, 4)));
      for (let i = 0; i < numEnvs; i++) {
        if (!env.terminated[i] && !env.truncated[i]) continue;
        expect(sequence.finalIndex[ended]).toEqual([t, i]);
        expect(bitsOf(env.finalObservations.subarray(4 * i, 4 * i + 4))).toEqual(bitsOf(finals.subarray(4 * ended, 4 * ended + 4)));
        ended++;
      }
    }
    expect(ended).toBe(sequence.finalIndex.length);
  });

  it('equals single environments bit for bit, statistics included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.maxSafeInteger().map(Math.abs), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 0, max: 1 })),
        (seeds: Seed[], maxEpisodeSteps, suttonBartoReward, stream) => {
          const fast = new DynamicsVectorEnv(cartPole({ suttonBartoReward }), seeds.length, maxEpisodeSteps);
          const lifted = vectorize(seeds.map(() => new TimeLimit(new DynamicsEnv(cartPole({ suttonBartoReward })), maxEpisodeSteps)));
          fast.reset(seeds);
          lifted.reset(seeds);
          for (let t = 0; t < 100; t++) {
            for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations'] as const) {
              expect(fast[name]).toEqual(lifted[name]);
            }
            expect(fast.episodeLengths).toEqual(lifted.episodeLengths);
            expect(fast.episodeReturns).toEqual(lifted.episodeReturns);
            const actions = Int32Array.from(seeds, () => stream.next().value!);
            fast.step(actions);
            lifted.step(actions);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('tells return and length of the episode that ended, else of the running one', () => {
    const env = new DynamicsVectorEnv(cartPole(), 3, 30);
    env.reset([1, 2, 3]);
    const lengths = [0, 0, 0];
    for (let t = 0; t < 200; t++) {
      env.step(Int32Array.of(t & 1, 1, (t >> 1) & 1));
      for (let i = 0; i < 3; i++) {
        lengths[i]!++;
        expect(env.episodeLengths[i]).toBe(lengths[i]);
        expect(env.episodeReturns[i]).toBe(lengths[i]);
        if (env.terminated[i] || env.truncated[i]) lengths[i] = 0;
      }
    }
  });

  it('refuses actions that are none, and leaves the state as it was', () => {
    const env = new DynamicsVectorEnv(cartPole(), 2);
    expect(() => env.step(Int32Array.of(0, 0))).toThrow(/reset before the first step/);
    env.reset([1, 2]);
    const before = env.getState();
    expect(() => env.step(Int32Array.of(1, 2))).toThrow(/CartPole, environment 1: action: expected an element of Discrete\(2\)/);
    expect(() => env.step(Float32Array.of(1, Number.NaN))).toThrow(/got NaN/);
    expect(() => env.step(Int32Array.of(1))).toThrow(/expected 2 numbers, got 1/);
    expect(() => env.reset([1])).toThrow(/2 seeds/);
    expect(env.getState()).toEqual(before);
    expect(() => new DynamicsVectorEnv(cartPole(), 0)).toThrow(/numEnvs/);
  });
});

describe('single CartPole', () => {
  it('takes bounds for the first state', () => {
    const env = new DynamicsEnv(cartPole());
    env.reset({ seed: 1, options: { low: -0.2, high: -0.1 } });
    expect(env.getState().states!.every((value) => value >= -0.2 && value < -0.1)).toBe(true);
    expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow(/low <= high/);
  });

  it('enforces the order of calls and the action space', async () => {
    const env = await makeEnv('CartPole-v1');
    expect(() => env.step(0)).toThrow(/expected reset before the first step/);
    env.reset({ seed: 1 });
    for (const action of [2, -1, 0.5, Number.NaN]) expect(() => env.step(action)).toThrow(/expected an element of Discrete\(2\)/);
    while (!env.step(0).terminated);
    expect(() => env.step(0)).toThrow(/expected reset after the episode ended/);
    env.reset();
    expect(env.step(1).terminated).toBe(false);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53, 'one', -3n, [], [1, -1]])('refuses the seed %s', (seed) => {
    expect(() => new DynamicsEnv(cartPole()).reset({ seed: seed as number })).toThrow(/^seed: expected a whole number/);
  });
});
