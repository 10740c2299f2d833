/** Environments on threads: the numbers, states and errors of one thread. */

import { describe, expect, it } from 'vitest';
import type { Seed, VectorEnv } from '../../src/core/env.ts';
import { CohortError } from '../../src/core/errors.ts';
import type { BoxSpace } from '../../src/core/space.ts';
import { applyModule, EnvRegistry, environmentSeeds, makeVectorEnv, standardRegistry } from '../../src/envs/index.ts';
import { ThreadedVectorEnv } from '../../src/envs/threads/threadedVector.ts';
import { type EnvState, nodePlatform } from '../../src/node/index.ts';
import { createGenerator } from '../../src/random/index.ts';

interface Case {
  readonly id: string;
  readonly numEnvs: number;
  /** After each of two resets. */
  readonly steps: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The registry of a program that was given a module of a user. */
const registry = standardRegistry();
const modules = [new URL('modules/drift.js', import.meta.url).href];
await applyModule(
  await import(modules[0]!),
  { registerEnv: (spec) => registry.register(spec), registerAlgorithm: () => {}, algorithms: {} },
  modules[0]!,
);

/** Uneven shares, and limits that let episodes end at every few steps. */
const cases: readonly Case[] = [
  { id: 'LunarLander-v3', numEnvs: 5, steps: 150, options: { maxEpisodeSteps: 90, enableWind: true } },
  { id: 'LunarLanderContinuous-v3', numEnvs: 3, steps: 150, options: {} },
  { id: 'BipedalWalkerHardcore-v3', numEnvs: 5, steps: 80, options: { maxEpisodeSteps: 60 } },
  { id: 'HalfCheetah-v5', numEnvs: 5, steps: 40, options: { maxEpisodeSteps: 17 } },
  { id: 'Hopper-v5', numEnvs: 3, steps: 70, options: { maxEpisodeSteps: 30 } },
  // It carries numbers from one step to the next.
  { id: 'Reacher-v4', numEnvs: 3, steps: 70, options: { maxEpisodeSteps: 30 } },
  { id: 'Walker2d-v5', numEnvs: 3, steps: 50, options: { maxEpisodeSteps: 20, healthyZRange: [0.9, null] } },
  { id: 'Ant-v5', numEnvs: 3, steps: 30, options: { maxEpisodeSteps: 20, contactForceRange: [-5, null] } },
  { id: 'Drift-v0', numEnvs: 5, steps: 60, options: { maxEpisodeSteps: 9 } },
];

const onThreads = async (threads: number, { id, numEnvs, options }: Case): Promise<ThreadedVectorEnv> => {
  const env = await makeVectorEnv(id, numEnvs, { ...nodePlatform, threads, options, registry, modules });
  expect(env).toBeInstanceOf(ThreadedVectorEnv);
  expect((env as ThreadedVectorEnv).threads).toBe(Math.min(threads, numEnvs));
  return env as ThreadedVectorEnv;
};

function drawActions(env: VectorEnv, steps: number): (Int32Array | Float32Array)[] {
  const generator = createGenerator(7);
  const space = env.actionSpace;
  return Array.from({ length: steps }, () =>
    space.kind === 'discrete'
      ? Int32Array.from({ length: env.numEnvs }, () => Number(generator.integers(0, space.n)))
      : Float32Array.from({ length: env.numEnvs * (space as BoxSpace).size }, () => generator.uniform(-1, 1)),
  );
}

/** Everything that is shown, as plain memory. */
function shown(env: VectorEnv): EnvState {
  const { observations, rewards, terminated, truncated, finalObservations, episodeLengths, episodeReturns } = env;
  const arrays = { observations, rewards, terminated, truncated, finalObservations, episodeLengths, episodeReturns };
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}

const seedsOf = ({ numEnvs }: Case): Seed[] => environmentSeeds(3, numEnvs, 'cohort', 'training');

describe.each(cases)('$id x $numEnvs', (task) => {
  it.each([2, 8])('%i threads show what one thread shows, through autoresets', async (threads) => {
    const { steps } = task;
    const one = await makeVectorEnv(task.id, task.numEnvs, { options: task.options, registry });
    const env = await onThreads(threads, task);
    let ended = 0;
    for (const seeds of [seedsOf(task), undefined]) {
      one.reset(seeds);
      env.reset(seeds);
      expect(shown(env)).toEqual(shown(one));
      for (const actions of drawActions(one, steps)) {
        one.step(actions);
        env.step(actions);
        expect(shown(env)).toEqual(shown(one));
        ended += one.terminated.reduce((sum, flag) => sum + flag, 0) + one.truncated.reduce((sum, flag) => sum + flag, 0);
      }
    }
    expect(ended).toBeGreaterThan(2 * task.numEnvs - 1);
    expect(env.getState()).toEqual(one.getState());
    env.close();
    one.close();
  });

  it('goes on from a state of any number of threads', async () => {
    const envs: VectorEnv[] = [
      await makeVectorEnv(task.id, task.numEnvs, { options: task.options, registry }),
      await onThreads(2, task),
      await onThreads(3, task),
    ];
    const [one, two, three] = envs as [VectorEnv, VectorEnv, VectorEnv];
    const actions = drawActions(one, 40);
    two.reset(seedsOf(task));
    for (const row of actions) two.step(row);
    const state = two.getState()!;
    const later = shown(two);
    for (const array of Object.values(state)) expect(array.buffer).toBeInstanceOf(ArrayBuffer);
    for (const row of actions) two.step(row);
    const end = shown(two);
    for (const env of [one, three, two]) {
      env.reset(environmentSeeds(99, task.numEnvs, 'cohort', 'training'));
      env.setState(state);
      expect(shown(env)).toEqual(later);
      expect(env.getState()).toEqual(state);
      for (const row of actions) env.step(row);
      expect(shown(env)).toEqual(end);
    }
    for (const env of envs) env.close();
  });
});

describe('uneven shares', () => {
  // 17 numbers x 3 environments x 13/3 is 220.99999999999997 in floating point.
  it('give the whole state of 13 environments of which the first thread has 3', async () => {
    const task = { id: 'HalfCheetah-v5', numEnvs: 13, steps: 1, options: {} };
    const one = await makeVectorEnv(task.id, task.numEnvs);
    const env = await onThreads(4, task);
    for (const each of [one, env]) each.reset(seedsOf(task));
    const state = one.getState()!;
    expect(env.getState()).toEqual(state);
    env.setState(state);
    env.close();
    one.close();
  });
});

describe('errors', () => {
  const lander = cases[0]!;
  const failureOf = (work: () => void): CohortError => {
    try {
      work();
    } catch (error) {
      expect(error).toBeInstanceOf(CohortError);
      return error as CohortError;
    }
    throw new Error('no error');
  };

  it('are those of one thread, wherever they arise, and the threads live on', async () => {
    const one = await makeVectorEnv(lander.id, lander.numEnvs, { options: lander.options });
    const env = await onThreads(2, lander);
    const both = (work: (env: VectorEnv) => void): void =>
      expect(failureOf(() => work(env)).parts).toEqual(failureOf(() => work(one)).parts);
    both((it) => it.step(new Int32Array(5)));
    one.reset(seedsOf(lander));
    env.reset(seedsOf(lander));
    for (const wrong of [0, 1, 4]) {
      both((it) => it.step(Int32Array.from({ length: 5 }, (_, i) => (i === wrong ? 9 : 0))));
    }
    both((it) => it.step(Int32Array.of(9, 0, 0, 0, 8)));
    both((it) => it.reset([1, 2]));
    both((it) => it.reset([1, 2, 3, 4, -5]));
    expect(failureOf(() => env.step(new Int32Array(4))).message).toMatch(/expected 5 numbers, got 4/);
    const { worlds: _worlds, ...rest } = one.getState()!;
    expect(failureOf(() => env.setState(rest)).message).toMatch(/expected worlds, a Uint8Array of length/);
    one.reset(seedsOf(lander));
    env.reset(seedsOf(lander));
    one.step(new Int32Array(5));
    env.step(new Int32Array(5));
    expect(shown(env)).toEqual(shown(one));
    env.close();
    env.close();
  });

  it('of the options come before any thread', async () => {
    const spawnEnvWorker = (): never => {
      throw new Error('spawned');
    };
    const made = makeVectorEnv('LunarLander-v3', 4, { threads: 2, spawnEnvWorker, options: { gravity: 3 } });
    await expect(made).rejects.toThrow(/gravity/);
    await expect(makeVectorEnv('LunarLander-v3', 0, { threads: 2, spawnEnvWorker })).rejects.toThrow(/numEnvs/);
  });
});

describe('one thread is used', () => {
  it.each([
    ['for steps that are cheap', 'CartPole-v1', 4, nodePlatform.spawnEnvWorker],
    ['for one environment', 'LunarLander-v3', 1, nodePlatform.spawnEnvWorker],
    ['where there are no threads', 'LunarLander-v3', 4, undefined],
    [
      'where they cannot start',
      'LunarLander-v3',
      4,
      () => ({ post: () => {}, terminate: () => {}, answer: Promise.reject(new Error('no such file')) }),
    ],
  ] as const)('%s', async (_why, id, numEnvs, spawnEnvWorker) => {
    const env = await makeVectorEnv(id, numEnvs, { threads: 2, spawnEnvWorker });
    expect(env).not.toBeInstanceOf(ThreadedVectorEnv);
    env.reset(environmentSeeds(1, numEnvs, 'cohort', 'training'));
    env.step(new Int32Array(numEnvs));
    env.close();
  });

  it('for an environment that took the id of a built-in one, which threads would make instead', async () => {
    const own = new EnvRegistry().register({ ...registry.get('Drift-v0'), id: 'LunarLander-v3' });
    const env = await makeVectorEnv('LunarLander-v3', 4, { ...nodePlatform, threads: 2, registry: own, modules });
    expect(env).not.toBeInstanceOf(ThreadedVectorEnv);
    expect(env.observationSpace).toEqual(registry.get('Drift-v0').observationSpace);
  });
});
