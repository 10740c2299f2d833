import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvState } from '../../src/core/env.ts';
import {
  type BipedalWalkerScene,
  bipedalWalker,
  checkEnv,
  DynamicsEnv,
  DynamicsVectorEnv,
  makeEnv,
  makeVectorEnv,
  vectorize,
} from '../../src/envs/index.ts';
import { createGenerator } from '../../src/random/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import recorded from '../fixtures/environments/bipedalwalker.json' with { type: 'json' };
import { bitsOf, numbers, seedOf } from '../fixtures/typedArray.ts';
import { walkerPolicies } from './bipedalWalkerPolicies.ts';
import { digest, playRecorded } from './recordedEpisode.ts';

const limited = (limit: number | null) => (limit === null ? {} : { maxEpisodeSteps: limit });

describe('BipedalWalker against Gymnasium and Box2D', () => {
  it.each(recorded.resets)('$id: resets of eleven seeds have the same bits', async ({ id, seeds, observations }) => {
    const env = await makeEnv(id);
    const found = seeds.flatMap((seed) => Array.from(env.reset({ seed: seedOf(seed) as bigint }).observation as Float32Array));
    expect(bitsOf(found)).toEqual(bitsOf(numbers(observations)));
  });

  it.each(recorded.full)('$id, $policy, in full: every observation and reward has the same bits', async (wanted) => {
    const episode = playRecorded(
      await makeEnv(wanted.id, limited(wanted.limit)),
      wanted.seed,
      walkerPolicies(wanted.policy, wanted.seed)(),
    );
    expect(bitsOf(episode.observations)).toEqual(bitsOf(numbers(wanted.observations)));
    expect(bitsOf(episode.rewards)).toEqual(bitsOf(numbers(wanted.rewards)));
    expect([episode.terminated.at(-1), episode.truncated.at(-1)]).toEqual([Number(wanted.terminated), Number(wanted.truncated)]);
  });

  it.each(recorded.groups)('$id, $policy: all episodes have the same bits, also after resets without a seed', async (group) => {
    const env = await makeEnv(group.id, limited(group.limit));
    for (const { seed, episodes } of group.sequences) {
      const makePolicy = walkerPolicies(group.policy, seed);
      expect(episodes.map((_, k) => digest(playRecorded(env, k === 0 ? seed : undefined, makePolicy())))).toEqual(episodes);
    }
  });

  it('covers at least 100 episodes of each form, falls, time limits, and walks to the end', () => {
    for (const id of ['BipedalWalker-v3', 'BipedalWalkerHardcore-v3']) {
      const groups = recorded.groups.filter((group) => group.id === id);
      const episodes = groups.flatMap(({ sequences }) => sequences.flatMap((sequence) => sequence.episodes));
      expect(episodes.length).toBeGreaterThanOrEqual(100);
      expect(episodes.filter((episode) => episode.return < -80).length).toBeGreaterThan(10);
    }
    const ends = recorded.groups.flatMap(({ limit, sequences }) =>
      sequences.flatMap(({ episodes }) => episodes.map((one) => ({ ...one, limit }))),
    );
    expect(ends.filter(({ steps, limit }) => steps === (limit ?? 1600)).length).toBeGreaterThan(10);
    // A walk to the far end is worth about 300 before its costs.
    expect(ends.filter(({ steps, ...one }) => one.return > 200 && steps < 1600).length).toBeGreaterThan(3);
  });

  it('the hardcore form is the other one with its option', async () => {
    const makePolicy = walkerPolicies('heuristic', 0);
    const one = playRecorded(await makeEnv('BipedalWalkerHardcore-v3', { maxEpisodeSteps: 60 }), 7, makePolicy());
    const other = playRecorded(await makeEnv('BipedalWalker-v3', { hardcore: true, maxEpisodeSteps: 60 }), 7, makePolicy());
    expect(digest(one)).toEqual(digest(other));
    const plain = playRecorded(await makeEnv('BipedalWalkerHardcore-v3', { hardcore: false, maxEpisodeSteps: 60 }), 7, makePolicy());
    expect(digest(plain)).not.toEqual(digest(one));
  });
});

describe.each([{ hardcore: false }, { hardcore: true }])('BipedalWalker, %o', (options) => {
  const draw = (seed: number): (() => number) => {
    const generator = createGenerator(seed);
    return () => generator.uniform(-1, 1);
  };

  it('N at once are N single ones, autoreset and time limit included', async () => {
    const count = 5;
    const limits = { ...options, maxEpisodeSteps: 70 };
    const fast = await makeVectorEnv('BipedalWalker-v3', count, { options: limits });
    expect(fast).toBeInstanceOf(DynamicsVectorEnv);
    const singles = await Promise.all(Array.from({ length: count }, () => makeEnv('BipedalWalker-v3', limits)));
    const slow = vectorize(singles);
    const seeds = [3, 4, 5, 6, 7];
    fast.reset(seeds);
    slow.reset(seeds);
    const next = draw(1);
    let endings = 0;
    for (let t = 0; t < 200; t++) {
      const actions = Float32Array.from({ length: 4 * count }, next);
      fast.step(actions);
      slow.step(actions);
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'episodeLengths', 'episodeReturns'] as const) {
        expect(bitsOf(fast[name])).toEqual(bitsOf(slow[name]));
      }
      for (let i = 0; i < count; i++) {
        if (fast.terminated[i] === 0 && fast.truncated[i] === 0) continue;
        endings++;
        const row = (values: ArrayLike<number>) => bitsOf(Array.from(values).slice(24 * i, 24 * i + 24));
        expect(row(fast.finalObservations)).toEqual(row(slow.finalObservations));
      }
    }
    expect(endings).toBeGreaterThan(10);
    expect(fast.scene!(2)).toEqual(singles[2]!.scene!());
  });

  it('goes on with the same bits from a saved state, in the same and in a new object', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 0, max: 90 }), (seed, steps) => {
        const make = () => new DynamicsVectorEnv(bipedalWalker(options), 2, 100);
        const env = make();
        env.reset([seed, seed + 1]);
        const next = draw(seed);
        for (let t = 0; t < steps; t++) env.step(Float32Array.from({ length: 8 }, next));
        const state = env.getState();
        const course = (target: DynamicsVectorEnv) => {
          const again = draw(seed + 1);
          const seen: number[] = [];
          for (let t = 0; t < 40; t++) {
            target.step(Float32Array.from({ length: 8 }, again));
            seen.push(...target.observations, ...target.rewards, ...target.finalObservations);
          }
          return [bitsOf(seen), target.scene(1)];
        };
        const first = course(env);
        env.setState(state);
        expect(course(env)).toEqual(first);
        const fresh = make();
        fresh.setState(state);
        expect(course(fresh)).toEqual(first);
      }),
      { numRuns: 6 },
    );
  });

  it('keeps the contract of Env', () => {
    expect(checkEnv(() => new DynamicsEnv(bipedalWalker(options)), { steps: 300, seed: 2 })).toMatchObject({
      problems: [],
      resumable: true,
    });
  });

  it('a seed gives its episode whatever was played before', () => {
    const env = new DynamicsEnv(bipedalWalker(options), 150);
    const makePolicy = walkerPolicies('heuristic', 0);
    const first = digest(playRecorded(env, 11, makePolicy()));
    playRecorded(env, 12, makePolicy());
    expect(digest(playRecorded(env, 11, makePolicy()))).toEqual(first);
  });
});

describe('BipedalWalker: rewards', () => {
  it('pay the way forward less the lean and the torque, in float32', () => {
    const env = new DynamicsEnv<BipedalWalkerScene, Float32Array>(bipedalWalker());
    env.reset({ seed: 5 });
    const potential = () => (130 * env.scene().hull.x) / 30 - 5 * Math.abs(env.scene().hull.angle);
    for (const torque of [0, 0.5, -1]) {
      const before = potential();
      const { reward } = env.step(Float32Array.of(torque, torque, 0, -torque));
      expect(reward).toBe(Math.fround(reward));
      expect(reward).toBeCloseTo(potential() - before - 3 * 0.028 * Math.abs(torque), 5);
    }
  });

  it('takes an action that is not float32 as its nearest one', () => {
    const runs = [Float64Array.of(0.1, -0.7, 0.3, 0.9), Float32Array.of(0.1, -0.7, 0.3, 0.9)].map((action) => {
      const env = new DynamicsEnv(bipedalWalker());
      env.reset({ seed: 5 });
      const { observation, reward } = env.step(action);
      return [...(observation as Float32Array), reward];
    });
    expect(runs[0]).toEqual(runs[1]);
  });
});

describe('BipedalWalker: the scene', () => {
  it('shows ground, hull, legs and lidar where the observation says', () => {
    const env = new DynamicsEnv<BipedalWalkerScene, Float32Array>(bipedalWalker());
    env.reset({ seed: 4 });
    let observation: Float32Array = new Float32Array(24);
    for (let t = 0; t < 30; t++) ({ observation } = env.step(new Float32Array(4)));
    const scene = env.scene();
    expect(scene.ground).toHaveLength(400);
    // Level up to the 20th point, then rough.
    const heights = scene.ground.filter((_, k) => k % 2 === 1);
    expect(new Set(heights.slice(0, 20))).toEqual(new Set([400 / 30 / 4]));
    expect(new Set(heights.slice(20)).size).toBeGreaterThan(100);
    expect(scene.hull.angle).toBe(observation[0]);
    expect(scene.legs.map(([, lower]) => Number(lower.touches))).toEqual([observation[8], observation[13]]);
    // The first ray looks straight down on level ground.
    expect(scene.lidar[0]).toBe(scene.hull.x);
    expect(scene.lidar[1]).toBeCloseTo(400 / 30 / 4, 5);
    expect(observation[14]! * (160 / 30)).toBeCloseTo(scene.hull.y - 400 / 30 / 4, 5);
    expect(scene).toMatchObject({ blocks: [], start: 140 / 30, finish: (190 * 14) / 30 });
  });

  it('hardcore: stumps, pits and stairs stand on the ground, after the start', () => {
    const env = new DynamicsEnv<BipedalWalkerScene>(bipedalWalker({ hardcore: true }));
    const kinds = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      env.reset({ seed });
      const { blocks, ground } = env.scene();
      expect(blocks.length).toBeGreaterThan(5);
      expect(blocks.length).toBeLessThanOrEqual(40);
      for (const [left, right, bottom, top] of blocks) {
        expect(left).toBeGreaterThanOrEqual((20 * 14) / 30 - 1e-9);
        const [width, height] = [right! - left!, top! - bottom!].map((length) => Math.round((30 * length) / 14));
        kinds.add(`${width} x ${height}`);
      }
      expect(ground).toHaveLength(400);
    }
    // Stumps of one or two strides, walls of pits, steps of stairs.
    expect([...kinds].sort()).toEqual(['1 x 1', '1 x 4', '2 x 2', '4 x 1']);
  });
});

describe('BipedalWalker: spaces and errors', () => {
  it('has the spaces of Gymnasium', async () => {
    const env = await makeEnv('BipedalWalker-v3');
    const pi = Math.fround(Math.PI);
    const [hull, leg, lidar] = [[pi, 5, 5, 5], [pi, 5, pi, 5], new Array<number>(10).fill(1)] as const;
    const low = [...hull, ...leg].map((bound) => -bound);
    expect(env.observationSpace).toMatchObject({
      kind: 'box',
      dtype: 'float32',
      shape: [24],
      low: Float64Array.of(...low, 0, ...leg.map((bound) => -bound), 0, ...lidar.map((bound) => -bound)),
      high: Float64Array.of(...hull, ...leg, 5, ...leg, 5, ...lidar),
    });
    expect(env.actionSpace).toMatchObject({ kind: 'box', shape: [4], dtype: 'float32' });
  });

  it.each([
    [{ hardcore: 1 }, /BipedalWalker-v3: hardcore: expected true or false, got 1; /],
    [{ hard: true }, /BipedalWalker-v3: option: expected one of hardcore, maxEpisodeSteps, got "hard"/],
    [{ maxEpisodeSteps: 0 }, /BipedalWalker-v3: maxEpisodeSteps: expected a whole number/],
  ])('refuses the options %o', async (options, message) => {
    await expect((async () => makeEnv('BipedalWalker-v3', options))()).rejects.toThrow(message);
    await expect((async () => makeVectorEnv('BipedalWalker-v3', 2, { options }))()).rejects.toThrow(message);
  });

  it('refuses wrong actions, and steps before the first reset or after the end', () => {
    const env = new DynamicsEnv(bipedalWalker(), 3);
    expect(() => env.step(new Float32Array(4))).toThrow(/BipedalWalker.step: expected reset before the first step/);
    env.reset({ seed: 0 });
    for (const action of [0, new Float32Array(3), Float32Array.of(0, 0, 0, 1.01), Float32Array.of(0, Number.NaN, 0, 0)]) {
      expect(() => env.step(action)).toThrow(/BipedalWalker: action: expected an element of Box\(4, float32\)/);
    }
    while (!env.step(new Float32Array(4)).truncated);
    expect(() => env.step(new Float32Array(4))).toThrow(/expected reset after the episode ended/);
  });

  it('refuses wrong actions and states of N at once before anything moves', () => {
    const env = new DynamicsVectorEnv(bipedalWalker(), 2);
    env.reset([0, 1]);
    const before = env.getState();
    const hashOf = (state: EnvState): string => {
      const sha = new Sha256();
      for (const array of Object.values(state)) sha.update(array);
      return sha.hex();
    };
    expect(() => env.step(new Float32Array(4))).toThrow(/BipedalWalkerVectorEnv.step\(actions\): expected 8 numbers, got 4/);
    expect(() => env.step(Float32Array.of(0, 0, 0, 0, 0, 0, 2, 0))).toThrow(/BipedalWalker, environment 1: action: expected /);
    expect(hashOf(env.getState())).toBe(hashOf(before));
    expect(() => env.setState({ ...before, worlds: new Uint8Array(3) })).toThrow(/BipedalWalkerVectorEnv.setState: expected worlds/);
  });
});
