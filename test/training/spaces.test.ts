/** Environments with every kind of space: trained, evaluated, written, read, played. */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { Env, Observation } from '../../src/core/env.ts';
import { box, dict, discrete, multiBinary, multiDiscrete, type Space, tuple } from '../../src/core/space.ts';
import { checkEnv, vectorize } from '../../src/envs/index.ts';
import { createPolicy } from '../../src/play/index.ts';
import { playEpisode } from '../../src/play/playEpisode.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import { createGenerator, type Generator } from '../../src/random/index.ts';
import { testCohort } from './cohort.ts';
import { Goal, Greatest, Repeat, Switches } from './spaceTasks.ts';

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

const tasks: readonly [string, () => Env][] = [
  ['multi-discrete', () => new Repeat()],
  ['multi-binary', () => new Switches()],
  ['dict', () => new Goal()],
  ['masked', () => new Greatest()],
  ['masked, of two entries', () => new Greatest([40, 3])],
];

describe('actions', () => {
  it.each(tasks)('%s: a policy is written, read, evaluated and played alike', async (_, env) => {
    const cohort = testCohort();
    const { policy } = await cohort.train({ ...short, env }, { runDirectory: 'run' }).finish();
    const read = await createPolicy(decodePolicy(policy.encode()));
    expect(read.spec).toEqual(policy.spec);
    const { greedy, sampled } = await cohort.evaluate('run', { env, episodes: 3, seed: 4 });
    const player = await cohort.loadPlayer('run', { env: () => ({ ...withMethods(env()), scene: () => ({ kind: 'none' }) }) });
    for (const [isGreedy, { returns }] of [
      [true, greedy],
      [false, sampled],
    ] as const) {
      const played = [0, 1, 2].map((episode) => [...player.play({ seed: 4, episode, greedy: isGreedy })].at(-1)!.return);
      expect(played).toEqual(returns);
    }
  });

  it.each([
    ...tasks.map(([name, env]) => [name, env, {}] as const),
    ['masked, carried tails', () => new Greatest([5, 3]), { tail: 'carry', carryRollouts: 2 }],
    ['masked, completed tails', () => new Greatest([5, 3]), { tail: 'complete' }],
    ['masked, ppo', () => new Greatest([5, 3]), { algorithm: 'ppo' }],
    ['multi-discrete, forced reset', () => new Repeat(), { timeOrigin: 'forced-reset' }],
  ] as const)('%s: stopped and resumed gives the bits of a run at once', async (_, env, change) => {
    const input = { ...short, env, numSteps: 13, iterations: 4, ...change } as TrainConfig;
    const cohort = testCohort();
    const whole = await cohort.train(input).finish();
    await cohort.train({ ...input, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const resumed = await (await cohort.resume('run', { env })).finish();
    expect(resumed.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(resumed.summary.evaluation).toEqual(whole.summary.evaluation);
  });

  it('of parts are refused in one sentence', async () => {
    const env = (): Env => ({ ...withMethods(new Goal()), actionSpace: dict({ a: discrete(2) }) });
    await expect(
      testCohort()
        .train({ ...short, env })
        .finish(),
    ).rejects.toThrow(
      /environment 0: actionSpace: expected a discrete, multi-discrete or multi-binary space, or a box, got Dict\(a: Discrete\(2\)\); /,
    );
  });
});

/** An environment as an object that can be changed. */
function withMethods(env: Env): Env {
  const { observationSpace, actionSpace } = env;
  return { observationSpace, actionSpace, reset: (options) => env.reset(options), step: (action) => env.step(action) };
}

describe('a mask', () => {
  const masking =
    (mask: (step: number) => unknown, actionSpace: Space = discrete(3)) =>
    (): Env => {
      let step = 0;
      const observation = Float32Array.of(0);
      return {
        observationSpace: box(0, 1, [1]),
        actionSpace,
        reset: () => {
          step = 0;
          return { observation, info: { actionMask: mask(0) } };
        },
        step: () => ({ observation, reward: 0, terminated: ++step === 5, truncated: false, info: { actionMask: mask(step) } }),
      };
    };

  it.each([
    [
      'too short',
      masking(() => [1, 1]),
      /^environment 0, reset: info\.actionMask: expected 3 entries of 0 or 1, one per value, got 2 entries; /,
    ],
    ['no list', masking(() => 'all'), /expected 3 entries of 0 or 1, one per value, got "all"/],
    ['of other numbers', masking(() => [1, 0.5, 1]), /got 0.5 at entry 1/],
    [
      'of nothing',
      masking((step) => (step === 2 ? [0, 0, 0] : [1, 1, 1])),
      /step 2 of its episode: info\.actionMask: .*one that allows nothing/,
    ],
    ['of nothing in one entry', masking(() => [1, 1, 0, 0], multiDiscrete([2, 2])), /at least one value for entry 1 of the action/],
    [
      'that goes missing',
      masking((step) => (step === 3 ? undefined : [1, 1, 1])),
      /step 3 .*expected a mask, as at the first reset, got nothing/,
    ],
    ['that comes late', masking((step) => (step === 3 ? [1, 1, 1] : undefined)), /step 3 .*expected none, as at the first reset/],
    ['of real numbers', masking(() => [1], box(-1, 1, [1])), /expected no mask, for these actions have no values to choose from/],
  ])('%s is one sentence', async (_, env, says) => {
    await expect(
      testCohort()
        .train({ ...short, env })
        .finish(),
    ).rejects.toThrow(says);
  });

  it('may be of booleans, and may be missing or allow nothing where the episode ends', async () => {
    for (const last of [undefined, [false, false, false]]) {
      const env = masking((step) => (step === 5 ? last : [true, false, true]));
      const { summary } = await testCohort()
        .train({ ...short, env })
        .finish();
      expect(summary.status).toBe('done');
    }
  });

  it('is asked for by a policy that was trained with masks', async () => {
    const { policy } = await testCohort()
      .train({ ...short, env: () => new Greatest() })
      .finish();
    const read = await createPolicy(decodePolicy(policy.encode()));
    const observation = Float32Array.of(0.5);
    for (let k = 0; k < 6; k++) {
      const actionMask = Array.from({ length: 6 }, (_, i) => i === k);
      for (const greedy of [true, false]) expect(read.act(observation, { actionMask, greedy })).toBe(k);
    }
    expect(() => read.act(observation)).toThrow(
      /policy\.act: actionMask: expected a mask, for the policy was trained with action masks, got none; /,
    );
    expect(() => read.act(observation, { actionMask: [1, 1] })).toThrow(/actionMask: expected 6 entries/);
    const bare = masking(() => undefined, discrete(6))();
    expect(() => [...playEpisode(read, { ...bare, scene: () => ({ kind: 'none' }) })]).toThrow(/info\.actionMask: expected a mask/);
  });

  it('is part of the state of lifted environments, and of no others', () => {
    const make = () => vectorize([new Greatest(), new Greatest()]);
    const env = make();
    env.reset([1, 2]);
    env.step(Int32Array.from([0, 1], (i) => Array.from(env.actionMasks!.subarray(6 * i, 6 * i + 6)).lastIndexOf(1)));
    const other = make();
    other.setState(env.getState()!);
    expect(other.actionMasks).toEqual(env.actionMasks);
    const bare = vectorize([new Repeat()]);
    bare.reset([1]);
    expect(bare.actionMasks).toBeUndefined();
    expect(Object.keys(bare.getState()!)).not.toContain('actionMasks');
  });
});

describe('checkEnv', () => {
  it.each(tasks)('finds nothing wrong with a good one: %s', (_, env) => {
    expect(checkEnv(env, { steps: 100 })).toMatchObject({ ok: true, problems: [], resumable: true });
  });

  it('tells of masks and parts that do not fit', () => {
    const wrong = (change: object) => checkEnv(() => ({ ...withMethods(new Greatest()), ...change }), { steps: 10 }).problems[0]?.what;
    const observation = Float32Array.of(0.5);
    expect(wrong({ reset: () => ({ observation, info: { actionMask: [1] } }) })).toMatch(
      /info.actionMask that is not 6 entries .*: 1 entries/,
    );
    const observationSpace = dict({ place: box(0, 1, [2]) });
    expect(wrong({ observationSpace, reset: () => ({ observation: { place: [0] }, info: {} }) })).toMatch(
      /observation\.place: expected 2 numbers/,
    );
    expect(wrong({ actionSpace: { kind: 'multidiscrete', nvec: [2] } })).toMatch(/the kind "multidiscrete"/);
  });
});
