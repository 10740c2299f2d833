/** Acrobot, MountainCar, MountainCarContinuous and Pendulum beside recordings of Gymnasium's, and what holds for them without one. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Env, Seed, VectorEnv } from '../../src/core/env.ts';
import type { BoxSpace } from '../../src/core/space.ts';
import { acrobot, checkEnv, DynamicsEnv, makeEnv, makeVectorEnv, standardRegistry, vectorize } from '../../src/envs/index.ts';
import { createGenerator } from '../../src/random/index.ts';
import acrobotRecording from '../fixtures/environments/acrobot-v1.json' with { type: 'json' };
import mountainCarRecording from '../fixtures/environments/mountaincar-v0.json' with { type: 'json' };
import continuousRecording from '../fixtures/environments/mountaincarcontinuous-v0.json' with { type: 'json' };
import pendulumRecording from '../fixtures/environments/pendulum-v1.json' with { type: 'json' };
import float32 from '../fixtures/math/float32.json' with { type: 'json' };
import { bitsOf, numbers, type PackedArray, seedOf } from '../fixtures/typedArray.ts';

/** What `tools/fixtures/record_classic_control.py` writes. */
interface Recording {
  readonly id: string;
  readonly maxEpisodeSteps: number;
  readonly rewardThreshold: number | null;
  readonly observationSpace: { readonly low: readonly (number | string)[]; readonly high: readonly (number | string)[] };
  readonly actionSpace: { readonly type: string; readonly n?: number; readonly low?: readonly (number | string)[] };
  readonly resets: readonly { readonly seed: string; readonly states: PackedArray; readonly observations: PackedArray }[];
  readonly optionResets: readonly {
    readonly options: Readonly<Record<string, unknown>>;
    readonly states: PackedArray;
    readonly observations: PackedArray;
  }[];
  readonly cases: readonly {
    readonly kwargs: Readonly<Record<string, unknown>>;
    readonly limit: number;
    readonly episodes: readonly (Readonly<
      Record<'states' | 'observations' | 'actions' | 'rewards' | 'terminated' | 'truncated' | 'misrounded', PackedArray>
    > & {
      readonly seed: number;
      readonly options?: Readonly<Record<string, unknown>>;
    })[];
  }[];
}

const camelCase = (named: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), value]),
  );

/** Steps that were compared, and those that differ: where the C library rounded all its results to the nearest, and where it did not. */
interface Tally {
  steps: number;
  apart: number;
  apartThere: number;
  /** The greatest difference of a number of the state or of the reward, relative above 1. */
  most: number;
}

/** Every recorded step from the recorded state before it. */
async function compareSteps(recording: Recording): Promise<Tally> {
  const tally: Tally = { steps: 0, apart: 0, apartThere: 0, most: 0 };
  for (const { kwargs, limit, episodes } of recording.cases) {
    for (const episode of episodes) {
      const env = (await makeEnv<string>(recording.id, { ...camelCase(kwargs), maxEpisodeSteps: limit })) as Env<Float32Array>;
      const [states, observations, actions] = [numbers(episode.states), numbers(episode.observations), numbers(episode.actions)];
      const [rewards, terminated, truncated] = [numbers(episode.rewards), numbers(episode.terminated), numbers(episode.truncated)];
      const misrounded = numbers(episode.misrounded);
      const [size, width] = [states.length / (rewards.length + 1), observations.length / (rewards.length + 1)];
      const first = env.reset({ seed: episode.seed, ...(episode.options && { options: camelCase(episode.options) }) });
      expect(bitsOf(first.observation)).toEqual(bitsOf(observations.slice(0, width)));
      for (let t = 0; t < rewards.length; t++) {
        env.setState!({ ...env.getState!(), states: states.slice(size * t, size * (t + 1)), episode: Int32Array.of(1, t) });
        const isBox = env.actionSpace.kind === 'box';
        const result = env.step(isBox ? Float32Array.of(actions[t]!) : actions[t]!);
        expect([Number(result.terminated), Number(result.truncated)]).toEqual([terminated[t], truncated[t]]);
        const found = [...env.getState!().states!, result.reward];
        const expected = [...states.slice(size * (t + 1), size * (t + 2)), rewards[t]!];
        const shown = observations.slice(width * (t + 1), width * (t + 2));
        const isApart = bitsOf(found).join() !== bitsOf(expected).join() || bitsOf(result.observation).join() !== bitsOf(shown).join();
        for (const [k, value] of result.observation.entries()) {
          expect(Math.abs(value - shown[k]!)).toBeLessThanOrEqual(2 ** -24 * Math.max(1, Math.abs(value)));
        }
        for (const [k, value] of found.entries()) {
          tally.most = Math.max(tally.most, Math.abs(value - expected[k]!) / Math.max(1, Math.abs(expected[k]!)));
        }
        tally.steps++;
        if (isApart && misrounded[t] === 0) tally.apart++;
        if (isApart && misrounded[t] !== 0) tally.apartThere++;
      }
    }
  }
  return tally;
}

const recorded: readonly { readonly recording: Recording; readonly tally: Omit<Tally, 'most'> }[] = [
  { recording: acrobotRecording as unknown as Recording, tally: { steps: 1185, apart: 2, apartThere: 6 } },
  { recording: mountainCarRecording as unknown as Recording, tally: { steps: 2043, apart: 0, apartThere: 1 } },
  { recording: continuousRecording as unknown as Recording, tally: { steps: 1509, apart: 0, apartThere: 0 } },
  { recording: pendulumRecording as unknown as Recording, tally: { steps: 1700, apart: 1, apartThere: 2 } },
];

describe.each(recorded.map((one) => ({ id: one.recording.id, ...one })))('$id against Gymnasium', ({ id, recording, tally }) => {
  it('has the same spaces, limit and threshold', async () => {
    const spec = standardRegistry().get(id);
    expect([spec.maxEpisodeSteps, spec.rewardThreshold ?? null]).toEqual([recording.maxEpisodeSteps, recording.rewardThreshold]);
    const { low, high, shape, dtype } = spec.observationSpace as BoxSpace;
    expect([[...low], [...high], shape, dtype]).toEqual([
      recording.observationSpace.low.map(Number),
      recording.observationSpace.high.map(Number),
      [recording.observationSpace.low.length],
      'float32',
    ]);
    const { n, low: least } = recording.actionSpace;
    if (spec.actionSpace.kind === 'box') expect([...spec.actionSpace.low]).toEqual(least!.map(Number));
    else expect(spec.actionSpace).toEqual({ kind: 'discrete', n, start: 0 });
  });

  it.each(recording.resets)('resets, seed $seed: exact, then going on without a seed', async ({ seed, states, observations }) => {
    const env = (await makeEnv<string>(id)) as Env<Float32Array>;
    const shown: number[] = [];
    const inside: number[] = [];
    for (let k = 0; k < 3; k++) {
      shown.push(...env.reset(k === 0 ? { seed: seedOf(seed) as bigint } : {}).observation);
      inside.push(...env.getState!().states!);
    }
    expect(bitsOf(inside)).toEqual(bitsOf(numbers(states)));
    expect(bitsOf(shown)).toEqual(bitsOf(numbers(observations)));
  });

  it.each(recording.optionResets)('resets with $options: exact', async ({ options, states, observations }) => {
    const env = (await makeEnv<string>(id)) as Env<Float32Array>;
    const { observation } = env.reset({ seed: 17, options: camelCase(options) });
    expect(bitsOf(env.getState!().states!)).toEqual(bitsOf(numbers(states)));
    expect(bitsOf(observation)).toEqual(bitsOf(numbers(observations)));
  });

  // Differing steps have one reason: a sine, cosine or square that lies almost in the middle of two doubles. The C library rounds some of these
  // to the farther one (`apartThere`), our own sine and cosine do so with some others (`apart`). Both counts are exact: they can only change
  // if the arithmetic does.
  it('single steps from recorded states: at most 1e-15 away, the same bits but where a sine, cosine or square is misrounded', async () => {
    const { most, ...found } = await compareSteps(recording);
    expect(most).toBeLessThanOrEqual(1e-15);
    expect(found).toEqual(tally);
    expect((tally.apart + tally.apartThere) / tally.steps).toBeLessThanOrEqual(id === 'Acrobot-v1' ? 0.1 : 0.01);
  });
});

const ids = recorded.map(({ recording }) => recording.id);

/** An action of the space; those of a box lie up to a quarter beyond its bounds. */
function actionsFor(env: VectorEnv, draw: () => number): Int32Array | Float32Array {
  const space = env.actionSpace;
  if (space.kind === 'discrete') return Int32Array.from({ length: env.numEnvs }, () => Math.floor(draw() * space.n));
  const { high } = space as BoxSpace;
  return Float32Array.from({ length: env.numEnvs }, () => 1.25 * high[0]! * (2 * draw() - 1));
}

describe.each(ids)('%s', (id) => {
  it('in a vector equals single ones bit for bit, also from a state in the middle', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.maxSafeInteger().map(Math.abs), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        async (seeds: Seed[], maxEpisodeSteps, actionSeed) => {
          const options = { maxEpisodeSteps };
          const fast = await makeVectorEnv(id, seeds.length, { options });
          const lifted = vectorize(await Promise.all(seeds.map(() => makeEnv<string>(id, options))));
          const later = await makeVectorEnv(id, seeds.length, { options });
          for (const env of [fast, lifted, later]) env.reset(seeds);
          const generator = createGenerator(actionSeed);
          for (let t = 0; t < 60; t++) {
            const actions = actionsFor(fast, () => generator.random());
            if (t === 23) later.setState(structuredClone(fast.getState()!));
            for (const env of t < 23 ? [fast, lifted] : [fast, lifted, later]) env.step(actions);
            for (const env of t < 23 ? [lifted] : [lifted, later]) {
              for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations', 'episodeReturns'] as const) {
                expect(fast[name]).toEqual(env[name]);
              }
            }
          }
        },
      ),
      { numRuns: 8 },
    ));

  it('passes checkEnv and can be resumed', async () => {
    expect(checkEnv(await makeEnv<string>(id))).toMatchObject({ ok: true, problems: [], resumable: true });
  });

  it('refuses reset options that are no bounds, and nothing has moved', async () => {
    const env = await makeEnv<string>(id);
    env.reset({ seed: 1 });
    const before = env.getState!();
    const wrong: readonly Readonly<Record<string, unknown>>[] =
      id === 'Pendulum-v1'
        ? [{ xInit: -1 }, { yInit: 'one' }, { xInit: Number.POSITIVE_INFINITY }, { yInit: Number.NaN }, { xInit: 1e308 }]
        : [{ low: 1, high: 0 }, { low: 'left' }, { high: Number.NaN }, { low: Number.NEGATIVE_INFINITY }, { low: null }];
    for (const options of wrong)
      expect(() => env.reset({ seed: 2, options })).toThrow(/reset: options: expected .*numbers.*; leave them out for/);
    expect(env.getState!()).toEqual(before);
  });
});

describe('options', () => {
  it.each(['MountainCar-v0', 'MountainCarContinuous-v0'])('%s: a goal velocity lets a slow car roll on', async (id) => {
    const ends = async (goalVelocity: number): Promise<boolean> => {
      const env = await makeEnv<string>(id, { goalVelocity });
      env.reset({ seed: 1, options: { low: 0.49, high: 0.49 } });
      env.setState!({ ...env.getState!(), states: Float64Array.of(0.49, 0.03) });
      return env.step(id === 'MountainCar-v0' ? 1 : [0]).terminated;
    };
    expect([await ends(0), await ends(0.02), await ends(0.04)]).toEqual([true, true, false]);
  });

  it("Acrobot: the equations of the paper lack the book's centrifugal term, which is none at rest", async () => {
    const stateAfter = async (bookOrNips: string, velocity: number): Promise<Float64Array> => {
      const env = await makeEnv<string>('Acrobot-v1', { bookOrNips });
      env.reset({ seed: 1 });
      env.setState!({ ...env.getState!(), states: Float64Array.of(0, 0, velocity, 0) });
      env.step(1);
      return env.getState!().states as Float64Array;
    };
    expect(await stateAfter('nips', 0)).toEqual(await stateAfter('book', 0));
    expect(await stateAfter('nips', 1)).not.toEqual(await stateAfter('book', 1));
    await expect(makeEnv<string>('Acrobot-v1', { bookOrNips: 'both' })).rejects.toThrow(
      /bookOrNips: expected one of book, nips, got "both"/,
    );
  });

  it('Acrobot refuses first states from which steps would not end, and a far angle from elsewhere is brought back at once', () => {
    const env = new DynamicsEnv(acrobot());
    expect(() => env.reset({ options: { low: -29, high: 29 } })).toThrow(/numbers low <= high of at most 28.27 in size, got -29 and 29/);
    env.reset({ seed: 1 });
    env.setState({ ...env.getState(), states: Float64Array.of(1e300, -1e18, 0, 0) });
    env.step(1);
    for (const angle of env.getState().states!.slice(0, 2)) expect(Math.abs(angle)).toBeLessThanOrEqual(Math.PI);
  });

  it('Pendulum: torque beyond the bounds is cut, and costs what the bound costs; a box refuses what is not finite', async () => {
    const step = async (action: Action): Promise<unknown> => {
      const env = await makeEnv<string>('Pendulum-v1');
      env.reset({ seed: 3 });
      return env.step(action);
    };
    expect(await step([5])).toEqual(await step([2]));
    await expect(step([1e39])).rejects.toThrow(/^Pendulum: action: expected an element of Box/);
    const vector = await makeVectorEnv('MountainCarContinuous-v0', 2);
    vector.reset([1, 2]);
    expect(() => vector.step(Float32Array.of(0, Number.NaN))).toThrow(
      /^MountainCarContinuous, environment 1: action: expected 1 finite number, got NaN as number 0; check what the policy computes/,
    );
  });

  it('Pendulum: a torque costs 0.001 times its square as the C library has it, also where that is not the nearest float32', async () => {
    const { arguments: torques, values } = float32.cases.find(({ range }) => range === 'torques')!;
    const squares = numbers(values);
    const env = await makeEnv<string>('Pendulum-v1');
    for (const [k, torque] of numbers(torques).entries()) {
      env.reset({ options: { xInit: 0, yInit: 0 } });
      expect(env.step([torque]).reward).toBe(-Math.fround(Math.fround(0.001) * squares[k]!));
    }
  });

  it('Pendulum upright at rest stays, by hand; MountainCar at the wall stands', async () => {
    const pendulum = await makeEnv<string>('Pendulum-v1');
    pendulum.reset({ seed: 1, options: { xInit: 0, yInit: 0 } });
    expect(pendulum.step([0])).toMatchObject({ observation: Float32Array.of(1, 0, 0), terminated: false });
    pendulum.setState!({ ...pendulum.getState!(), states: Float64Array.of(-1, 2) });
    // 1 + 0.1 * 4 + 0.001 * 0.25, the last term in float32.
    expect(pendulum.step([0.5]).reward).toBe(-(1.4 + Math.fround(0.00025)));
    const car = await makeEnv<string>('MountainCar-v0');
    car.reset({ seed: 1 });
    car.setState!({ ...car.getState!(), states: Float64Array.of(-1.19, -0.05) });
    expect(car.step(0)).toMatchObject({ observation: Float32Array.of(-1.2, 0), reward: -1, terminated: false });
  });
});
