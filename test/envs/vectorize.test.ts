import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Env, StepResult, VectorEnv } from '../../src/core/env.ts';
import { box, discrete, type Space } from '../../src/core/space.ts';
import {
  type CliffWalkingScene,
  cartPole,
  cliffWalking,
  DynamicsEnv,
  EnvRegistry,
  environmentSeeds,
  makeEnv,
  makeVectorEnv,
  OneHot,
  OneHotVectorEnv,
  RecordEpisodeStatistics,
  standardRegistry,
  TimeLimit,
  vectorize,
} from '../../src/envs/index.ts';
import { SeedSequence } from '../../src/random/index.ts';

/** Counts its steps; `result` changes what step returns. Ends after five steps. */
class Counter implements Env<Float32Array, number> {
  readonly observationSpace: Space = box(0, 100, [2]);
  readonly actionSpace: Space = discrete(3);
  count = 0;
  readonly change: Record<number, Partial<Record<keyof StepResult, unknown>>>;
  constructor(change: Record<number, Partial<Record<keyof StepResult, unknown>>> = {}) {
    this.change = change;
  }
  reset() {
    this.count = 0;
    return { observation: Float32Array.of(0, 7), info: {} };
  }
  step(action: number): StepResult<Float32Array> {
    this.count++;
    const result = {
      observation: Float32Array.of(this.count, action),
      reward: this.count,
      terminated: this.count === 5,
      truncated: false,
      info: {},
    };
    return { ...result, ...this.change[this.count] } as StepResult<Float32Array>;
  }
}

describe('vectorize', () => {
  it('steps, resets in the same step, and keeps the statistics', () => {
    const env = vectorize([new Counter(), new Counter()]);
    env.reset();
    for (let t = 1; t <= 4; t++) env.step(Int32Array.of(1, 2));
    expect(Array.from(env.observations)).toEqual([4, 1, 4, 2]);
    expect(Array.from(env.episodeReturns)).toEqual([10, 10]);
    env.step(Int32Array.of(0, 1));
    expect(Array.from(env.terminated)).toEqual([1, 1]);
    expect(Array.from(env.finalObservations)).toEqual([5, 0, 5, 1]);
    expect(Array.from(env.observations)).toEqual([0, 7, 0, 7]);
    expect(Array.from(env.episodeLengths)).toEqual([5, 5]);
    expect(Array.from(env.episodeReturns)).toEqual([15, 15]);
    env.step(Int32Array.of(0, 1));
    expect(Array.from(env.episodeLengths)).toEqual([1, 1]);
    expect(Array.from(env.episodeReturns)).toEqual([1, 1]);
    expect(Array.from(env.terminated)).toEqual([0, 0]);
  });

  it.each([
    ['a NaN in the observation', { observation: Float32Array.of(1, Number.NaN) }, /observation\[1\]: expected a finite number, got NaN/],
    ['an observation that is too long', { observation: new Float32Array(3) }, /observation: expected 2 numbers .* got 3 numbers/],
    ['a number instead of a vector', { observation: 4 }, /observation: expected 2 numbers/],
    ['a NaN as reward', { reward: Number.NaN }, /reward: expected a finite number, got NaN/],
    ['no reward', { reward: undefined }, /reward: expected a finite number/],
    ['a flag that is 1', { truncated: 1 }, /truncated: expected true or false, got 1/],
  ])('names environment and step: %s', (_, change, message) => {
    const env = vectorize([new Counter(), new Counter({ 3: change })]);
    env.reset();
    env.step(Int32Array.of(0, 0));
    env.step(Int32Array.of(0, 0));
    expect(() => env.step(Int32Array.of(0, 0))).toThrow(/^environment 1, step 3 of its episode: /);
    env.reset();
    env.step(Int32Array.of(0, 0));
    env.step(Int32Array.of(0, 0));
    expect(() => env.step(Int32Array.of(0, 0))).toThrow(message);
  });

  it('refuses a discrete observation outside its space', () => {
    const inner = new DynamicsEnv(cliffWalking());
    const lying: Env = {
      observationSpace: discrete(36),
      actionSpace: inner.actionSpace,
      reset: () => inner.reset(),
      step: (action) => inner.step(action as number),
    };
    expect(() => vectorize([lying]).reset()).toThrow(/environment 0, reset: observation: expected an element of Discrete\(36\), got 36/);
  });

  it('refuses different spaces, the same object twice, and none', () => {
    expect(() => vectorize([new DynamicsEnv(cartPole()), new DynamicsEnv(cliffWalking())])).toThrow(
      /environment 1: expected Box\(4, float32\)/,
    );
    const env = new Counter();
    expect(() => vectorize([env, env])).toThrow(/an environment of its own/);
    expect(() => vectorize([])).toThrow(/numEnvs/);
  });

  it('has no state if an environment inside has none', () => {
    const env = vectorize([new Counter()]);
    env.reset();
    expect(env.getState()).toBeUndefined();
    expect(() => env.setState({})).toThrow(/getState and setState/);
  });
});

describe('getState and setState', () => {
  const kinds: Record<string, (n: number) => VectorEnv | Promise<VectorEnv>> = {
    'CartPole-v1': (n) => makeVectorEnv('CartPole-v1', n, { options: { maxEpisodeSteps: 15 } }),
    'CliffWalkingSlippery-v1': (n) => makeVectorEnv('CliffWalkingSlippery-v1', n, { options: { maxEpisodeSteps: 15 } }),
    'one-hot CliffWalking': async (n) =>
      new OneHotVectorEnv(await makeVectorEnv('CliffWalking-v1', n, { options: { maxEpisodeSteps: 15 } })),
    'lifted CartPole': (n) =>
      vectorize(Array.from({ length: n }, () => new RecordEpisodeStatistics(new TimeLimit(new DynamicsEnv(cartPole()), 15)) as Env)),
    'lifted one-hot CliffWalking': (n) =>
      vectorize(
        Array.from(
          { length: n },
          () => new OneHot(new TimeLimit(new DynamicsEnv<CliffWalkingScene, number>(cliffWalking({ isSlippery: true })), 15)) as Env,
        ),
      ),
  };
  const shown = (env: VectorEnv): unknown => [
    env.observations.slice(),
    env.rewards.slice(),
    env.terminated.slice(),
    env.truncated.slice(),
    env.episodeLengths.slice(),
    env.episodeReturns.slice(),
    ...Array.from({ length: env.numEnvs }, (_, i) => {
      const width = env.finalObservations.length / env.numEnvs;
      return env.terminated[i] || env.truncated[i] ? env.finalObservations.slice(i * width, (i + 1) * width) : undefined;
    }),
  ];

  it.each(Object.entries(kinds))('%s goes on identically in a new environment', async (_, create) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(40), fc.integer({ min: 1, max: 4 }), async (seed, before, numEnvs) => {
        const env = await create(numEnvs);
        env.reset(environmentSeeds(seed, numEnvs));
        const n = env.actionSpace.kind === 'discrete' ? env.actionSpace.n : 0;
        const actions = (t: number): Int32Array => Int32Array.from({ length: numEnvs }, (__, i) => ((t + 1) * (i + 3) * 7919 + seed) % n);
        for (let t = 0; t < before; t++) env.step(actions(t));
        const state = env.getState()!;
        const copy = structuredClone(state);
        const other = await create(numEnvs);
        other.setState(copy);
        expect(shown(other)).toEqual(shown(env));
        for (let t = before; t < before + 40; t++) {
          env.step(actions(t));
          other.step(actions(t));
          expect(shown(other)).toEqual(shown(env));
        }
        expect(other.getState()).toEqual(env.getState());
        expect(state).toEqual(copy);
      }),
      { numRuns: 10 },
    );
  });

  it('refuses a state that does not fit, by name', async () => {
    const env = await makeVectorEnv('CartPole-v1', 2);
    env.reset([1, 2]);
    const { rewards: _, ...rest } = env.getState()!;
    expect(() => env.setState(rest)).toThrow(/setState: expected rewards, a Float64Array of length 2, got nothing/);
    const other = await makeVectorEnv('CartPole-v1', 3);
    expect(() => other.setState(env.getState()!)).toThrow(/of length 12, got a Float32Array of length 8/);
  });
});

describe('one-hot', () => {
  it('shows one 1 where the index is', async () => {
    const indices = await makeVectorEnv('CliffWalkingSlippery-v1', 3, { options: { maxEpisodeSteps: 9 } });
    const env = new OneHotVectorEnv(await makeVectorEnv('CliffWalkingSlippery-v1', 3, { options: { maxEpisodeSteps: 9 } }));
    indices.reset([1, 2, 3]);
    env.reset([1, 2, 3]);
    for (let t = 0; t < 60; t++) {
      const actions = Int32Array.of(t % 4, (t >> 1) % 4, 0);
      indices.step(actions);
      env.step(actions);
      for (let i = 0; i < 3; i++) {
        const expected = new Float32Array(48);
        expected[indices.observations[i]!] = 1;
        expect(env.observations.subarray(48 * i, 48 * i + 48)).toEqual(expected);
        if (!env.terminated[i] && !env.truncated[i]) continue;
        const final = new Float32Array(48);
        final[indices.finalObservations[i]!] = 1;
        expect(env.finalObservations.subarray(48 * i, 48 * i + 48)).toEqual(final);
      }
    }
  });

  it('refuses a space that is a vector already', async () => {
    const env = await makeVectorEnv('CartPole-v1', 1);
    expect(() => new OneHotVectorEnv(env)).toThrow(/expected a discrete space, got Box/);
  });
});

describe('wrappers of single environments', () => {
  it('TimeLimit cuts, and both flags can be true', () => {
    const env = new TimeLimit(new Counter(), 5);
    env.reset();
    const results = [0, 1, 2, 0, 1].map((action) => env.step(action));
    expect(results.map(({ truncated }) => truncated)).toEqual([false, false, false, false, true]);
    expect(results.at(-1)!.terminated).toBe(true);
    expect(() => env.step(0)).toThrow(/after the episode ended/);
    expect(() => new TimeLimit(new Counter(), 0)).toThrow(/at least 1/);
  });

  it('RecordEpisodeStatistics tells return and length at the end only', () => {
    const env = new RecordEpisodeStatistics(new Counter());
    env.reset();
    const results = [0, 0, 0, 0, 0].map((action) => env.step(action).info.episode);
    expect(results).toEqual([undefined, undefined, undefined, undefined, { r: 15, l: 5 }]);
  });
});

describe('registry', () => {
  it('lists the environments with their limits and thresholds', () => {
    const rows = standardRegistry()
      .list()
      .map(({ id, maxEpisodeSteps, evaluationMaxSteps, rewardThreshold }) => [id, maxEpisodeSteps, evaluationMaxSteps, rewardThreshold]);
    expect(rows).toEqual([
      ['CartPole-v1', 500, undefined, 475],
      ['CartPole-v0', 200, undefined, 195],
      ['Acrobot-v1', 500, undefined, -100],
      ['MountainCar-v0', 200, undefined, -110],
      ['MountainCarContinuous-v0', 999, undefined, 90],
      ['Pendulum-v1', 200, undefined, undefined],
      ['LunarLander-v3', 1000, undefined, 200],
      ['LunarLanderContinuous-v3', 1000, undefined, 200],
      ['BipedalWalker-v3', 1600, undefined, 300],
      ['BipedalWalkerHardcore-v3', 2000, undefined, 300],
      ['HalfCheetah-v5', 1000, undefined, 4800],
      ['HalfCheetah-v4', 1000, undefined, 4800],
      ['Hopper-v5', 1000, undefined, 3800],
      ['Hopper-v4', 1000, undefined, 3800],
      ['InvertedPendulum-v5', 1000, undefined, 950],
      ['InvertedPendulum-v4', 1000, undefined, 950],
      ['InvertedDoublePendulum-v5', 1000, undefined, 9100],
      ['InvertedDoublePendulum-v4', 1000, undefined, 9100],
      ['Reacher-v5', 50, undefined, -3.75],
      ['Reacher-v4', 50, undefined, -3.75],
      ['Swimmer-v5', 1000, undefined, 360],
      ['Swimmer-v4', 1000, undefined, 360],
      ['Walker2d-v5', 1000, undefined, undefined],
      ['Walker2d-v4', 1000, undefined, undefined],
      ['Ant-v5', 1000, undefined, 6000],
      ['Ant-v4', 1000, undefined, 6000],
      ['Humanoid-v5', 1000, undefined, undefined],
      ['Humanoid-v4', 1000, undefined, undefined],
      ['HumanoidStandup-v5', 1000, undefined, undefined],
      ['HumanoidStandup-v4', 1000, undefined, undefined],
      ['Pusher-v5', 100, undefined, 0],
      ['CliffWalking-v1', undefined, 500, -17],
      ['CliffWalkingSlippery-v1', undefined, 500, undefined],
      ['CliffWalking-v0', undefined, 500, -17],
      ['FrozenLake-v1', 100, undefined, 0.7],
      ['FrozenLake8x8-v1', 200, undefined, 0.85],
      ['Taxi-v4', 200, undefined, 8],
      ['Blackjack-v1', undefined, undefined, undefined],
    ]);
  });

  it('helps with a mistyped id or option', async () => {
    await expect(makeEnv('CartPol-v1')).rejects.toThrow(/did you mean CartPole-v1/);
    await expect(makeVectorEnv('CartPole-v1', 2, { options: { maxEpisodeStep: 3 } })).rejects.toThrow(/did you mean maxEpisodeSteps/);
    await expect(makeEnv('CliffWalking-v1', { isSlippery: 1 })).rejects.toThrow(/expected true or false, got 1/);
    await expect(makeVectorEnv('CartPole-v1', 2.5)).rejects.toThrow(/numEnvs/);
  });

  it('lifts an environment without a vector form', async () => {
    const registry = new EnvRegistry().register({
      id: 'Counter-v0',
      description: 'counts',
      observationSpace: box(0, 100, [2]),
      actionSpace: discrete(3),
      parity: 'none',
      make: () => new Counter() as Env,
    });
    const env = await makeVectorEnv('Counter-v0', 3, { registry });
    env.reset(environmentSeeds(1, 3));
    env.step(Int32Array.of(0, 1, 2));
    expect(Array.from(env.observations)).toEqual([1, 0, 1, 1, 1, 2]);
  });
});

describe('environmentSeeds', () => {
  it('mixes, counts up, or keeps evaluation apart', () => {
    expect(environmentSeeds(7, 2)).toEqual([
      [7, 0],
      [7, 1],
    ]);
    expect(environmentSeeds([7, 8], 1)).toEqual([[7, 8, 0]]);
    expect(environmentSeeds(7, 3, 'gymnasium')).toEqual([7, 8, 9]);
    expect(environmentSeeds(2 ** 53 - 1, 2, 'gymnasium')).toEqual([2 ** 53 - 1, 2n ** 53n]);
    expect(environmentSeeds(7, 1, 'gymnasium', 'evaluation')).toEqual([[7, 0x6576616c, 0]]);
    expect(() => environmentSeeds([1], 1, 'gymnasium')).toThrow(/one number/);
    expect(() => environmentSeeds(-1, 1)).toThrow(/^seed/);
  });

  it('shares no environment between two run seeds, nor with evaluation', () => {
    const pools = [1, 2, 3].flatMap((seed) =>
      (['training', 'evaluation'] as const).flatMap((stream) =>
        environmentSeeds(seed, 128, 'cohort', stream).map((entropy) => new SeedSequence(entropy).pool.join()),
      ),
    );
    expect(new Set(pools).size).toBe(pools.length);
  });
});
