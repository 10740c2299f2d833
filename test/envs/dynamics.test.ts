import { describe, expect, it } from 'vitest';
import type { EnvState } from '../../src/core/env.ts';
import type { Scene } from '../../src/core/scene.ts';
import { box, discrete } from '../../src/core/space.ts';
import { checkEnv, type Dynamics, DynamicsEnv, DynamicsVectorEnv, type StepArrays, vectorize } from '../../src/envs/index.ts';
import type { Generator } from '../../src/random/index.ts';

/** Counters: an episode begins at 0 or 1, a step adds the action's index and pays what the counter then shows; 6 and more ends. */
class Counters implements Dynamics {
  readonly name = 'Counters';
  readonly observationSpace = box(0, 10, [1]);
  readonly actionSpace = discrete(3, 5);
  readonly counts: Float64Array;
  constructor(numEnvs: number) {
    this.counts = new Float64Array(numEnvs);
  }
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    this.counts[i] = generator.random() < 0.5 ? 0 : 1;
    observations[i] = this.counts[i]!;
  }
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    for (let i = 0; i < this.counts.length; i++) {
      this.counts[i] = this.counts[i]! + actions[i]!;
      observations[i] = rewards[i] = this.counts[i]!;
      terminated[i] = this.counts[i]! >= 6 ? 1 : 0;
    }
  }
  rows(): EnvState {
    return { counts: this.counts };
  }
  scene(): Scene {
    return { kind: 'counters' };
  }
}
const counters = (numEnvs: number) => new Counters(numEnvs);

describe('dynamics', () => {
  it('the vector form counts from 0, keeps the last observation and begins the next episode in the same step', () => {
    const env = new DynamicsVectorEnv(counters, 2, 4);
    env.reset([1, 2]);
    env.setState({ ...env.getState(), counts: Float64Array.of(0, 1), observations: Float32Array.of(0, 1) });
    for (let t = 0; t < 3; t++) env.step(Int32Array.of(2, 1));
    // 2 + 4 + 6 ends; 2 + 3 + 4 goes on.
    expect([...env.terminated, ...env.truncated]).toEqual([1, 0, 0, 0]);
    expect([...env.episodeReturns, ...env.episodeLengths]).toEqual([12, 9, 3, 3]);
    expect([env.finalObservations[0], env.observations[1]]).toEqual([6, 4]);
    expect(env.observations[0]).toBeLessThanOrEqual(1);
    env.step(Int32Array.of(0, 2));
    // Both at once: the counter is 6 at the limit.
    expect([env.terminated[1], env.truncated[1], env.finalObservations[1], env.episodeReturns[1]]).toEqual([1, 1, 6, 15]);
    expect([env.truncated[0], env.episodeLengths[0], env.episodeReturns[0]]).toEqual([0, 1, env.observations[0]]);
  });

  it('the single form takes the values of the space, start included, and is what the vector form does', () => {
    expect(checkEnv(() => new DynamicsEnv(counters, 7))).toMatchObject({ problems: [], resumable: true });
    const single = new DynamicsEnv(counters);
    single.reset({ seed: 1 });
    expect(() => single.step(2)).toThrow(/Counters: action: expected an element of Discrete\(3, start 5\) \(5 .. 7\), got 2/);
    const fast = new DynamicsVectorEnv(counters, 3, 5);
    const lifted = vectorize([0, 1, 2].map(() => new DynamicsEnv(counters, 5)));
    for (const env of [fast, lifted]) env.reset([4, 5, 6]);
    for (let t = 0; t < 60; t++) {
      const actions = Int32Array.of(t % 3, (t >> 1) % 3, 1);
      for (const env of [fast, lifted]) env.step(actions);
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations', 'episodeReturns'] as const) {
        expect(fast[name]).toEqual(lifted[name]);
      }
    }
  });

  it.each(['counts', 'generators', 'elapsed'])('a state whose %s do not fit is refused before anything moves', (name) => {
    const env = new DynamicsVectorEnv(counters, 2);
    env.reset([1, 2]);
    const old = env.getState();
    env.step(Int32Array.of(1, 2));
    const before = env.getState();
    expect(() => env.setState({ ...old, [name]: new Uint32Array(1) })).toThrow(`CountersVectorEnv.setState: expected ${name}`);
    expect(env.getState()).toEqual(before);
  });

  it('indices outside the space are refused before anything moves', () => {
    const env = new DynamicsVectorEnv(counters, 2);
    expect(() => env.step(Int32Array.of(0, 0))).toThrow('CountersVectorEnv.step: expected reset before the first step');
    env.reset([1, 2]);
    const before = env.getState();
    for (const wrong of [3, 5, -1, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => env.step(Float32Array.of(1, wrong))).toThrow(/^Counters, environment 1: action: expected an element of Discrete\(3/);
    }
    expect(env.getState()).toEqual(before);
  });
});
