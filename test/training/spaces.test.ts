/** Environments with every kind of space: trained, evaluated, written, read, played. */
import { describe, expect, it } from 'vitest';
import type { Env, Observation } from '../../src/core/env.ts';
import { box, dict, discrete, multiBinary, multiDiscrete, type Space, tuple } from '../../src/core/space.ts';
import { createPolicy } from '../../src/play/index.ts';
import { playEpisode } from '../../src/play/playEpisode.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import { createGenerator, type Generator } from '../../src/random/index.ts';
import { testCohort } from './cohort.ts';

const short = {
  numEnvs: 4,
  numSteps: 16,
  iterations: 2,
  hiddenSizes: [8],
  evaluationInterval: 1,
  evaluationEpisodes: 2,
  finalEvaluationEpisodes: 2,
};

/** Shows random elements of a space for ten steps. */
function showing(observationSpace: Space, change: (observation: never, step: number) => unknown = (observation) => observation): () => Env {
  return () => {
    let generator: Generator = createGenerator(0);
    let step = 0;
    const look = (): Observation => change(observationSpace.sample(generator) as never, step) as Observation;
    return {
      observationSpace,
      actionSpace: discrete(3),
      reset: ({ seed } = {}) => {
        if (seed !== undefined) generator = createGenerator(seed);
        step = 0;
        return { observation: look(), info: {} };
      },
      step: (action) => ({ observation: look(), reward: Number(action), terminated: ++step === 10, truncated: false, info: {} }),
      scene: () => ({ kind: 'none' }),
    };
  };
}

const spaces: readonly [string, Space][] = [
  ['dict', dict({ position: box(-1, 1, [2]), goal: discrete(3), flags: multiBinary(2) })],
  ['tuple', tuple([box(-1, 1, [2], 'float64'), dict({ a: discrete(2, 5) })])],
  ['multi-discrete', multiDiscrete([3, 2], [1, -1])],
  ['multi-binary', multiBinary(3)],
];

describe('observations', () => {
  it.each(spaces)('%s: trained, evaluated, written and read, played', async (_, space) => {
    const env = showing(space);
    const cohort = testCohort();
    const { summary, policy } = await cohort.train({ ...short, env }, { runDirectory: 'run' }).finish();
    expect(summary.status).toBe('done');
    const read = await createPolicy(decodePolicy(policy.encode()));
    expect(read.spec.observationSpace).toEqual(space);
    const generator = createGenerator(5);
    for (let i = 0; i < 20; i++) {
      const element = space.sample(generator) as Observation;
      expect(read.act(element)).toBe(policy.act(element));
    }
    const returns = [...playEpisode(read, env(), { seed: 1 })].map(({ return: total }) => total);
    expect(returns).toHaveLength(11);
    const evaluated = await cohort.evaluate('run', { env, episodes: 2, seed: 1 });
    expect(evaluated.greedy.returns).toHaveLength(2);
  });

  it('can be normalized where they have numbers', async () => {
    const env = showing(spaces[0]![1]);
    const { summary } = await testCohort()
      .train({ ...short, env, normalizeObservation: 'shared' })
      .finish();
    expect(summary.status).toBe('done');
    const indices = testCohort()
      .train({ ...short, env: showing(spaces[2]![1]), normalizeObservation: 'shared' })
      .finish();
    await expect(indices).rejects.toThrow(/observations are a box, got MultiDiscrete/);
  });

  it('are named where they do not fit', async () => {
    const space = dict({ position: box(-1, 1, [2]), goal: discrete(3) });
    const wrong = async (change: (observation: never, step: number) => unknown): Promise<string> => {
      const run = testCohort()
        .train({ ...short, env: showing(space, change) })
        .finish();
      return run.then(
        () => 'nothing',
        (error: Error) => error.message,
      );
    };
    type Parts = { position: Float32Array; goal: number };
    expect(await wrong((it: Parts, step) => (step === 3 ? { ...it, position: Float32Array.of(0, Number.NaN) } : it))).toMatch(
      /^environment 0, step 4 of its episode: observation\.position\[1\]: expected a finite number, got NaN; /,
    );
    expect(await wrong(({ position }: Parts) => ({ position }))).toMatch(
      /^environment 0, reset: observation: expected a record of "goal", "position", got one without "goal"; /,
    );
    expect(await wrong((it: Parts) => ({ ...it, goal: 3 }))).toMatch(
      /reset: observation\.goal: expected an element of Discrete\(3\), got 3; /,
    );
  });

  it('of a space written by hand are those of the space', async () => {
    const env = (): Env => ({
      ...showing(discrete(4))(),
      observationSpace: { kind: 'discrete', n: 4 } as never,
      actionSpace: { kind: 'box', low: [-1, 2], high: [1, 3] } as never,
      step: (action) => {
        expect(action).toBeInstanceOf(Float32Array);
        return { observation: 0, reward: 0, terminated: true, truncated: false, info: {} };
      },
    });
    const { policy } = await testCohort()
      .train({ ...short, env })
      .finish();
    expect(policy.spec).toMatchObject({ observationSpace: discrete(4), actionSpace: box([-1, 2], [1, 3]) });
  });
});
