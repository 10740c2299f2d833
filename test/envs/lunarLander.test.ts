import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Env } from '../../src/core/env.ts';
import {
  checkEnv,
  DynamicsEnv,
  DynamicsVectorEnv,
  type LunarLanderScene,
  lunarLander,
  makeEnv,
  makeVectorEnv,
  vectorize,
} from '../../src/envs/index.ts';
import full from '../fixtures/environments/lunarlander-episodes.json' with { type: 'json' };
import hashed from '../fixtures/environments/lunarlander-hashes.json' with { type: 'json' };
import trained from '../fixtures/environments/lunarlander-trained.json' with { type: 'json' };
import { bitsOf, numbers } from '../fixtures/typedArray.ts';
import { type GymnasiumOptions, type LunarLanderPolicy, optionsOf, policyOf } from './lunarLanderPolicies.ts';
import { digest, playRecorded } from './recordedEpisode.ts';

describe('LunarLander-v3 against Gymnasium and Box2D', () => {
  it('full episodes: every observation and reward has the same bits', async () => {
    let env: Env | undefined;
    let act: LunarLanderPolicy | undefined;
    for (const recorded of full.episodes) {
      const kwargs = recorded.kwargs as GymnasiumOptions;
      if (recorded.episode === 0) {
        env = await makeEnv('LunarLander-v3', { ...optionsOf(kwargs) });
        act = policyOf(recorded.policy, kwargs.continuous ?? false, recorded.seed);
      }
      const episode = playRecorded(env!, recorded.episode === 0 ? recorded.seed : undefined, act!);
      expect(bitsOf(episode.observations)).toEqual(bitsOf(numbers(recorded.observations)));
      expect(bitsOf(episode.rewards)).toEqual(bitsOf(numbers(recorded.rewards)));
      expect(episode.terminated.at(-1)).toBe(recorded.terminated ? 1 : 0);
      expect(episode.truncated.at(-1)).toBe(recorded.truncated ? 1 : 0);
    }
  });

  it('covers at least 500 episodes, some cut by the time limit', () => {
    const episodes = hashed.groups.flatMap(({ sequences }) => sequences.flatMap((sequence) => sequence.episodes));
    expect(episodes.length).toBeGreaterThanOrEqual(500);
    expect(episodes.filter(({ steps }) => steps === 1000).length).toBeGreaterThanOrEqual(5);
  });

  it.each(hashed.groups)('$name: all episodes have the same bits, also after resets without a seed', async (group) => {
    const kwargs = group.kwargs as GymnasiumOptions;
    const env = await makeEnv('LunarLander-v3', { ...optionsOf(kwargs) });
    for (const { seed, episodes } of group.sequences) {
      const act = policyOf(group.policy, kwargs.continuous ?? false, seed);
      expect(episodes.map((_, k) => digest(playRecorded(env, k === 0 ? seed : undefined, act)))).toEqual(episodes);
    }
  });

  it('episodes of a trained policy: all have the same bits', async () => {
    const env = await makeEnv('LunarLander-v3', { ...optionsOf(trained.kwargs) });
    for (const { seed, episodes } of trained.sequences) {
      for (const [k, { actions, ...recorded }] of episodes.entries()) {
        const stored = atob(actions);
        let step = 0;
        expect(digest(playRecorded(env, k === 0 ? seed : undefined, () => stored.charCodeAt(step++)))).toEqual(recorded);
        expect(step).toBe(stored.length);
      }
    }
    const returns = trained.sequences.flatMap(({ episodes }) => episodes.map((episode) => episode.return));
    expect(returns.reduce((sum, value) => sum + value, 0) / returns.length).toBeGreaterThan(200);
  });

  it('LunarLanderContinuous-v3 is LunarLander-v3 with two throttles', async () => {
    const act = policyOf('heuristic', true, 0);
    const one = playRecorded(await makeEnv('LunarLanderContinuous-v3'), 7, act);
    const other = playRecorded(await makeEnv('LunarLander-v3', { continuous: true }), 7, act);
    expect(digest(one)).toEqual(digest(other));
  });
});

const variants = [
  { name: 'discrete', options: {} },
  { name: 'continuous, wind', options: { continuous: true, enableWind: true, gravity: -7 } },
];

/** Numbers 0 .. 65535, the same for the same seed. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
}

function drawActions(next: () => number, count: number, continuous: boolean): Int32Array | Float32Array {
  if (continuous) return Float32Array.from({ length: 2 * count }, () => next() / 32768 - 1);
  return Int32Array.from({ length: count }, () => next() % 4);
}

describe.each(variants)('LunarLander, $name', ({ options }) => {
  const continuous = 'continuous' in options;

  it('N at once are N single ones, autoreset and time limit included', async () => {
    const count = 5;
    const limits = { ...options, maxEpisodeSteps: 80 };
    const fast = await makeVectorEnv('LunarLander-v3', count, { options: limits });
    expect(fast).toBeInstanceOf(DynamicsVectorEnv);
    const singles = [];
    for (let i = 0; i < count; i++) singles.push(await makeEnv('LunarLander-v3', limits));
    const slow = vectorize(singles);
    const seeds = [3, 4, 5, 6, 7];
    fast.reset(seeds);
    slow.reset(seeds);
    const next = stream(1);
    let endings = 0;
    for (let t = 0; t < 300; t++) {
      const actions = drawActions(next, count, continuous);
      fast.step(actions);
      slow.step(actions);
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'episodeLengths', 'episodeReturns'] as const) {
        expect(bitsOf(fast[name])).toEqual(bitsOf(slow[name]));
      }
      for (let i = 0; i < count; i++) {
        if (fast.terminated[i] === 0 && fast.truncated[i] === 0) continue;
        endings++;
        const row = (values: ArrayLike<number>) => bitsOf(Array.from(values).slice(8 * i, 8 * i + 8));
        expect(row(fast.finalObservations)).toEqual(row(slow.finalObservations));
      }
    }
    expect(endings).toBeGreaterThan(10);
  });

  it('goes on with the same bits from a saved state, in the same and in a new object', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 0, max: 150 }), (seed, steps) => {
        const env = new DynamicsVectorEnv(lunarLander(options), 2);
        env.reset([seed, seed + 1]);
        const next = stream(seed);
        for (let t = 0; t < steps; t++) env.step(drawActions(next, 2, continuous));
        const state = env.getState();
        const course = (target: DynamicsVectorEnv) => {
          const again = stream(seed + 1);
          const seen: number[] = [];
          for (let t = 0; t < 60; t++) {
            target.step(drawActions(again, 2, continuous));
            seen.push(...target.observations, ...target.rewards, ...target.finalObservations);
          }
          return bitsOf(seen);
        };
        const first = course(env);
        env.setState(state);
        expect(course(env)).toEqual(first);
        const fresh = new DynamicsVectorEnv(lunarLander(options), 2);
        fresh.setState(state);
        expect(course(fresh)).toEqual(first);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps the contract of Env', () => {
    expect(checkEnv(() => new DynamicsEnv(lunarLander(options)), { steps: 400, seed: 2 })).toMatchObject({
      problems: [],
      resumable: true,
    });
  });
});

describe('LunarLander: the scene', () => {
  it('shows the ground, the hull and the legs where the observation says', () => {
    const env = new DynamicsEnv<LunarLanderScene, Float32Array>(lunarLander());
    env.reset({ seed: 4 });
    const { observation } = env.step(2);
    const scene = env.scene();
    const padY = scene.padHeight + 18 / 30;
    expect((scene.hull.x - scene.width / 2) / (scene.width / 2)).toBeCloseTo(observation[0]!, 6);
    expect((scene.hull.y - padY) / (scene.height / 2)).toBeCloseTo(observation[1]!, 6);
    expect(scene.hull.angle).toBe(observation[4]);
    expect(scene).toMatchObject({ width: 20, flags: [8, 12], main: 1, side: 0 });
    expect(scene.ground).toHaveLength(22);
    // Flat between the flags, at 0.99 of the pad's height: so it stands in Gymnasium.
    for (const k of [4, 5, 6]) expect(scene.ground[2 * k + 1]).toBeCloseTo(0.99 * scene.padHeight, 12);
    const [left, right] = scene.legs;
    expect(left.touches || right.touches).toBe(false);
    expect(left.x).toBeGreaterThan(scene.hull.x); // its body is mirrored against its name: leg -1 stands at +20 pixels
    expect(right.x).toBeLessThan(scene.hull.x);
    env.step(1);
    expect(env.scene()).toMatchObject({ main: 0, side: -1 });
  });
});

describe('LunarLander: spaces and errors', () => {
  it('has the spaces of Gymnasium', async () => {
    const env = await makeEnv('LunarLander-v3');
    const bounds = [2.5, 2.5, 10, 10, Math.fround(2 * Math.PI), 10].map(Math.fround);
    expect(env.observationSpace).toMatchObject({
      kind: 'box',
      dtype: 'float32',
      shape: [8],
      low: Float64Array.of(...bounds.map((bound) => -bound), 0, 0),
      high: Float64Array.of(...bounds, 1, 1),
    });
    expect(env.actionSpace).toEqual({ kind: 'discrete', n: 4, start: 0 });
    expect((await makeEnv('LunarLanderContinuous-v3')).actionSpace).toMatchObject({ kind: 'box', shape: [2], dtype: 'float32' });
  });

  it.each([
    [{ gravity: 0 }, /LunarLander: gravity: expected a number between -12 and 0, got 0; /],
    [{ gravity: -12 }, /between -12 and 0, got -12/],
    [{ windPower: Number.NaN }, /LunarLander-v3: windPower: expected a finite number, got NaN; /],
    [{ enableWind: 1 }, /LunarLander-v3: enableWind: expected true or false, got 1; /],
    [{ enable_wind: true }, /LunarLander-v3: option: expected one of .*, got "enable_wind"; did you mean enableWind/],
  ])('refuses the options %o', async (options, message) => {
    await expect((async () => makeEnv('LunarLander-v3', options))()).rejects.toThrow(message);
    await expect((async () => makeVectorEnv('LunarLander-v3', 2, { options }))()).rejects.toThrow(message);
  });

  it('refuses wrong actions, and steps before the first reset or after the end', async () => {
    const env = new DynamicsEnv(lunarLander());
    expect(() => env.step(0)).toThrow(/LunarLander.step: expected reset before the first step/);
    env.reset({ seed: 0 });
    for (const action of [4, -1, 0.5, Number.NaN, Float32Array.of(0, 0)]) {
      expect(() => env.step(action)).toThrow(/LunarLander: action: expected an element of Discrete\(4\)/);
    }
    while (!env.step(0).terminated);
    expect(() => env.step(0)).toThrow(/expected reset after the episode ended/);

    const throttles = new DynamicsEnv(lunarLander({ continuous: true }));
    throttles.reset({ seed: 0 });
    for (const action of [0, Float32Array.of(0), Float32Array.of(0, 0, 0), Float32Array.of(0, Number.NaN), Float32Array.of(Infinity, 0)]) {
      expect(() => throttles.step(action)).toThrow(/LunarLander: action: expected an element of Box\(2, float32\)/);
    }
  });

  it('refuses wrong actions of N at once before anything moves', () => {
    const env = new DynamicsVectorEnv(lunarLander({ continuous: true }), 2);
    expect(() => env.step(new Float32Array(4))).toThrow(/LunarLanderVectorEnv.step: expected reset before the first step/);
    env.reset([0, 1]);
    const before = env.getState();
    expect(() => env.step(Float32Array.of(0, 0))).toThrow(/LunarLanderVectorEnv.step\(actions\): expected 4 numbers, got 2/);
    expect(() => env.step(Float32Array.of(0, 0, 0, Number.NaN))).toThrow(/LunarLander, environment 1: action: expected .*got \[0, NaN\]/);
    expect(env.getState()).toEqual(before);
    expect(() => new DynamicsVectorEnv(lunarLander(), 0)).toThrow(/numEnvs/);
    expect(() => env.setState({ ...before, worlds: new Uint8Array(3) })).toThrow(/LunarLanderVectorEnv.setState: expected worlds/);
  });
});
