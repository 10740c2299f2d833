import { describe, expect, it } from 'vitest';
import { box, type Space } from '../../src/core/space.ts';
import {
  checkEnv,
  cliffWalking,
  DynamicsEnv,
  DynamicsVectorEnv,
  makeEnv,
  makeVectorEnv,
  TimeLimit,
  vectorize,
} from '../../src/envs/index.ts';
import slippery from '../fixtures/environments/cliffwalking-slippery-v1.json' with { type: 'json' };
import plain from '../fixtures/environments/cliffwalking-v1.json' with { type: 'json' };
import { numbers, seedOf } from '../fixtures/typedArray.ts';

describe.each([
  { name: 'CliffWalking-v1', fixture: plain },
  { name: 'CliffWalkingSlippery-v1', fixture: slippery },
])('$name against Gymnasium', ({ fixture }) => {
  it('has no time limit of its own', () => expect(fixture.maxEpisodeSteps).toBeNull());

  it('has the same transitions', async () => {
    const next = numbers(fixture.transitions.nextState);
    const reward = numbers(fixture.transitions.reward);
    const done = numbers(fixture.transitions.terminated);
    const outcomes = next.length / 48 / 4;
    const env = await makeEnv(fixture.id);
    env.reset({ seed: 1 });
    const state = env.getState!();
    for (let cell = 0; cell < 48; cell++) {
      for (let action = 0; action < 4; action++) {
        const base = (cell * 4 + action) * outcomes;
        const possible = Array.from({ length: outcomes }, (_, k) => [next[base + k], reward[base + k], done[base + k]].join());
        const seen = new Set<string>();
        for (let repeat = 0; repeat < 40; repeat++) {
          const { generator } = env.getState!();
          env.setState!({ ...state, states: Int32Array.of(cell), generator: generator!, episode: Int32Array.of(1, 0) });
          const result = env.step(action);
          seen.add([result.observation, result.reward, Number(result.terminated)].join());
        }
        expect([...seen].sort()).toEqual([...new Set(possible)].sort());
      }
    }
  });

  it.each(fixture.trajectories)('$policy, seed $seed, limit $maxEpisodeSteps: exact', async (trajectory) => {
    const { maxEpisodeSteps } = trajectory;
    const options = maxEpisodeSteps === null ? {} : { maxEpisodeSteps };
    const env = await makeEnv(fixture.id, options);
    const vector = await makeVectorEnv(fixture.id, 1, { options });
    const seed = seedOf(trajectory.seed) as bigint;
    expect(env.reset({ seed })).toEqual({ observation: trajectory.resetObservation, info: { prob: trajectory.resetProb } });
    vector.reset([seed]);
    const observations = numbers(trajectory.observations);
    const rewards = numbers(trajectory.rewards);
    const terminated = numbers(trajectory.terminated);
    const truncated = numbers(trajectory.truncated);
    numbers(trajectory.actions).forEach((action, t) => {
      const result = env.step(action);
      vector.step(Int32Array.of(action));
      const ended = result.terminated || result.truncated;
      expect(result).toEqual({
        observation: observations[t],
        reward: rewards[t],
        terminated: terminated[t] === 1,
        truncated: truncated[t] === 1,
        info: { prob: trajectory.prob },
      });
      expect([vector.rewards[0], vector.terminated[0], vector.truncated[0]]).toEqual([rewards[t], terminated[t], truncated[t]]);
      expect(ended ? vector.finalObservations[0] : vector.observations[0]).toBe(observations[t]);
      if (ended) expect(env.reset().observation).toBe(vector.observations[0]);
    });
    // The generator's final state shows that as many numbers were drawn, at resets too.
    const words = Array.from(env.getState!().generator!, BigInt);
    const state = words[0]! | (words[1]! << 32n) | (words[2]! << 64n) | (words[3]! << 96n);
    expect(String(state)).toBe(trajectory.finalGenerator.state);
  });
});

describe('vector CliffWalking', () => {
  it.each([false, true])('equals single environments bit for bit, slippery %s', (isSlippery) => {
    const seeds = [3, 4, 5, 6];
    const fast = new DynamicsVectorEnv(cliffWalking({ isSlippery }), 4, 25);
    const lifted = vectorize(seeds.map(() => new TimeLimit(new DynamicsEnv(cliffWalking({ isSlippery })), 25)));
    fast.reset(seeds);
    lifted.reset(seeds);
    for (let t = 0; t < 200; t++) {
      const actions = Int32Array.from(seeds, (seed) => (t * seed + (t >> 2)) % 4);
      fast.step(actions);
      lifted.step(actions);
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations'] as const) {
        expect(fast[name]).toEqual(lifted[name]);
      }
      expect(fast.episodeReturns).toEqual(lifted.episodeReturns);
      expect(fast.episodeLengths).toEqual(lifted.episodeLengths);
    }
  });

  it('refuses actions that are none', () => {
    const env = new DynamicsVectorEnv(cliffWalking(), 1);
    expect(() => env.step(Int32Array.of(0))).toThrow(/reset before/);
    env.reset([1]);
    for (const action of [4, -1, 0.5, Number.NaN]) expect(() => env.step(Float32Array.of(action))).toThrow(/Discrete\(4\)/);
  });

  it('the optimal walk is -13', async () => {
    const env = await makeEnv('CliffWalking-v0');
    env.reset({ seed: 0 });
    const walk = [0, ...Array.from({ length: 11 }, () => 1), 2].map((action) => env.step(action));
    expect(walk.map(({ reward }) => reward).reduce((a, b) => a + b)).toBe(-13);
    expect(walk.at(-1)!.terminated).toBe(true);
    expect(() => env.step(0)).toThrow(/after the episode ended/);
  });
});

describe('the option observation', () => {
  // Up from the start, two cells to the right, up, and left; then down twice, into the cliff and so back to the start.
  const walk = [0, 1, 1, 0, 3, 2, 2];
  const shown: readonly (readonly [string, Space, number[][]])[] = [
    ['index', box(0, 47, [1]), [[36], [24], [25], [26], [14], [13], [25], [36]]],
    ['row-column', box(0, [3, 11], [2]), [[3, 0], [2, 0], [2, 1], [2, 2], [1, 2], [1, 1], [2, 1], [3, 0]]], // biome-ignore format: one row
  ];
  const ids = ['CliffWalking-v0', 'CliffWalking-v1', 'CliffWalkingSlippery-v1'];

  it.each(shown)('%s shows the cells of a walk as raw numbers', async (observation, space, expected) => {
    const options = { observation, maxEpisodeSteps: walk.length };
    const env = await makeEnv<string>('CliffWalking-v1', options);
    expect(env.observationSpace).toEqual(space);
    const single = [env.reset({ seed: 1 }).observation, ...walk.map((action) => env.step(action).observation)];
    expect(single).toEqual(expected.map((row) => Float32Array.from(row)));
    const vector = await makeVectorEnv('CliffWalking-v1', 2, { options });
    vector.reset([1, 2]);
    walk.forEach((action, t) => {
      expect([...vector.observations]).toEqual([...expected[t]!, ...expected[t]!]);
      vector.step(Int32Array.of(action, action));
    });
    // The time limit ended the episode: what was seen last is kept, and the next episode has begun.
    expect([[...vector.terminated], [...vector.truncated]]).toEqual([[0, 0], [1, 1]]); // biome-ignore format: one row
    expect([...vector.finalObservations]).toEqual([...expected.at(-1)!, ...expected.at(-1)!]);
  });

  it.each(ids.flatMap((id) => shown.map(([observation]) => [id, observation] as const)))('%s with %s is sound', async (id, observation) => {
    expect(checkEnv(await makeEnv<string>(id, { observation, maxEpisodeSteps: 40 }))).toMatchObject({
      ok: true,
      problems: [],
      resumable: true,
    });
  });

  it('changes nothing but what is seen', async () => {
    const seen = await Promise.all(
      ['one-hot', 'index', 'row-column'].map(async (observation) => {
        const env = await makeVectorEnv('CliffWalkingSlippery-v1', 3, { options: { observation, maxEpisodeSteps: 30 } });
        env.reset([1, 2, 3]);
        const steps: unknown[] = [];
        for (let t = 0; t < 100; t++) {
          env.step(Int32Array.of(t & 3, (t >> 1) & 3, (t * 7) & 3));
          const { observations, rewards, terminated, truncated } = env;
          const two = observations.length === 6;
          const cells = Array.from({ length: 3 }, (_, i) => (two ? 12 * observations[2 * i]! + observations[2 * i + 1]! : observations[i]));
          steps.push([cells, [...rewards], [...terminated], [...truncated]]);
        }
        return steps;
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it('refuses what it does not know, with the nearest', async () => {
    await expect(makeEnv('CliffWalking-v1', { observation: 'rowcolumn' })).rejects.toThrow(/got "rowcolumn"; did you mean row-column\?/);
    await expect(makeEnv('CliffWalking-v1', { observation: 1 })).rejects.toThrow(/expected one of one-hot, index, row-column, got 1/);
  });
});
