import { describe, expect, it } from 'vitest';
import type { EnvState } from '../../src/core/env.ts';
import { checkEnv, makeEnv, makeVectorEnv, multiDiscrete, standardRegistry, vectorize } from '../../src/envs/index.ts';
import { uniformStart } from '../../src/envs/toy-text/starts.ts';
import type { TaxiScene } from '../../src/envs/toy-text/taxi.ts';
import type { Generator } from '../../src/random/index.ts';
import recorded from '../fixtures/environments/taxi.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { shortRun, testCohort } from '../training/cohort.ts';
import { playGroup, playResets, type RecordedGroup } from './toyTextEpisodes.ts';

const [south, north, east, west, pickUp, dropOff] = [0, 1, 2, 3, 4, 5] as const;

/** The array of a state as the discrete observation numbers it. */
const arraysOf = (state: number): EnvState => ({ states: Int32Array.of(state) });

const numberOf = (row: number, column: number, passenger: number, destination: number): number =>
  ((row * 5 + column) * 5 + passenger) * 4 + destination;

/** An environment that stands in a state, and the way to put it into another one. */
async function placed(options: Readonly<Record<string, unknown>> = {}) {
  const env = await makeEnv('Taxi-v4', options);
  env.reset({ seed: 1 });
  const put = (state: number): void => env.setState!({ ...env.getState!(), ...arraysOf(state), episode: Int32Array.of(1, 0) });
  return { env, put };
}

describe('Taxi-v4 against Gymnasium', () => {
  it.each(recorded.groups as RecordedGroup[])('$kwargs, $policy: 1,000 episodes have the same bits, masks too', async (group) => {
    expect(await playGroup(group)).toEqual(group.sequences);
    expect(group.episodes * group.sequences.length).toBe(1000);
  });

  it.each(recorded.resets)('$kwargs: eleven seeds give the same first states', async (resets) => {
    expect(await playResets(resets)).toEqual(resets.resets);
  });

  it('begins where NumPy does at the edges of the cumulative sums', () => {
    const isStart = (state: number): boolean => (state >> 2) % 5 < 4 && (state >> 2) % 5 !== (state & 3);
    const draw = uniformStart(Array.from({ length: 500 }, (_, state) => state).filter(isStart));
    const at = (value: number): number => draw({ random: () => value } as Generator);
    // Said by `categorical_sample` of Gymnasium 1.3.0; the sum of 300 doubles 1/300 is 0.9999999999999961, and above it NumPy's argmax gives 0.
    const told = [
      [0, 1],
      [1 / 300, 2],
      [0.19999999999999976, 101],
      [0.5, 247],
      [0.999999999999996, 494],
      [0.9999999999999961, 0],
      [1 - 2 ** -53, 0],
    ] as const;
    expect(told.map(([value]) => at(value))).toEqual(told.map(([, state]) => state));
  });

  it('has the same limit and threshold', () => {
    const { maxEpisodeSteps, rewardThreshold, actionSpace } = recorded.environments['Taxi-v4'];
    expect(standardRegistry().get('Taxi-v4')).toMatchObject({ maxEpisodeSteps, rewardThreshold, actionSpace: { n: actionSpace.n } });
  });

  it('has the same 3,000 transitions, and a mask that is 0 where one changes nothing', async () => {
    const next = numbers(recorded.transitions.nextState);
    const reward = numbers(recorded.transitions.reward);
    const terminated = numbers(recorded.transitions.terminated);
    const { env, put } = await placed();
    const vector = await makeVectorEnv('Taxi-v4', 1);
    vector.reset([1]);
    const vectorState = vector.getState()!;
    const found = { next: new Float64Array(3000), reward: new Float64Array(3000), terminated: new Float64Array(3000) };
    for (let at = 0; at < 3000; at++) {
      const state = Math.floor(at / 6);
      put(state);
      const result = env.step(at % 6);
      found.next[at] = result.observation;
      found.reward[at] = result.reward;
      found.terminated[at] = Number(result.terminated);
      vector.setState({ ...vectorState, ...arraysOf(state) });
      expect(vector.actionMasks![at % 6] === 1).toBe(found.next[at] !== state);
    }
    expect(found).toEqual({ next, reward, terminated });
  });
});

describe('a taxi', () => {
  it('fetches the passenger at red and brings it to blue for 20, less 1 for each step', async () => {
    const { env, put } = await placed();
    put(numberOf(0, 1, 0, 3));
    const way = [west, pickUp, south, south, east, east, east, south, south, dropOff];
    const steps = way.map((action) => env.step(action));
    expect(steps.map(({ reward }) => reward)).toEqual([...Array.from({ length: 9 }, () => -1), 20]);
    expect(steps.at(-1)).toMatchObject({ observation: numberOf(4, 3, 3, 3), terminated: true, truncated: false });
    expect(steps[1]!.observation).toBe(numberOf(0, 0, 4, 3));
  });

  it('pays 10 for picking up nobody and dropping off where there is no place, and 1 for another place', async () => {
    const { env, put } = await placed();
    put(numberOf(2, 2, 0, 3));
    expect([pickUp, dropOff].map((action) => env.step(action).reward)).toEqual([-10, -10]);
    put(numberOf(2, 2, 4, 3));
    expect([pickUp, dropOff].map((action) => env.step(action).reward)).toEqual([-10, -10]);
    put(numberOf(4, 0, 4, 3));
    expect(env.step(dropOff)).toMatchObject({ observation: numberOf(4, 0, 2, 3), reward: -1, terminated: false });
  });

  it('is held by walls', async () => {
    const { env, put } = await placed();
    for (const [row, column] of [
      [0, 1],
      [1, 1],
      [3, 0],
      [3, 2],
      [4, 0],
      [4, 2],
    ] as const) {
      put(numberOf(row, column, 0, 1));
      expect(env.step(east).observation).toBe(numberOf(row, column, 0, 1));
      put(numberOf(row, column + 1, 0, 1));
      expect(env.step(west).observation).toBe(numberOf(row, column + 1, 0, 1));
    }
    put(numberOf(2, 1, 0, 1));
    expect([east, north, north, north].map((action) => env.step(action).observation)).toEqual(
      [
        [2, 2],
        [1, 2],
        [0, 2],
        [0, 2],
      ].map(([row, column]) => numberOf(row!, column!, 0, 1)),
    );
  });

  it('goes aside in the rain, to the left and to the right alike, but not before a wall', async () => {
    const { env, put } = await placed({ isRainy: true, rainyProbability: 0.6 });
    const seen = new Map<number, number>();
    const probabilities = new Set<number>();
    for (let k = 0; k < 3000; k++) {
      put(numberOf(2, 2, 0, 1));
      const { observation, info } = env.step(north);
      seen.set(observation, (seen.get(observation) ?? 0) + 1);
      probabilities.add(info.prob as number);
      expect(info.prob === 0.6).toBe(observation === numberOf(1, 2, 0, 1));
    }
    // Three standard deviations of 3,000 draws are 0.027 and 0.022.
    expect(Math.abs(seen.get(numberOf(1, 2, 0, 1))! / 3000 - 0.6)).toBeLessThan(0.027);
    for (const column of [1, 3]) expect(Math.abs(seen.get(numberOf(2, column, 0, 1))! / 3000 - 0.2)).toBeLessThan(0.022);
    expect([...probabilities].sort()).toEqual([0.2, 0.6]);
    for (let k = 0; k < 30; k++) {
      put(numberOf(1, 1, 0, 1));
      expect(env.step(east).observation).toBe(numberOf(1, 1, 0, 1));
    }
  });

  it('with a fickle passenger is sent elsewhere once, at the first move with it', async () => {
    const { env, put } = await placed({ ficklePassenger: true, fickleProbability: 1 });
    env.reset({ seed: 5 });
    put(numberOf(0, 0, 0, 1));
    const steps = [pickUp, west, south, south, south].map((action) => env.step(action).observation & 3);
    expect(steps.slice(0, 2)).toEqual([1, 1]);
    expect(steps[2]).not.toBe(1);
    expect(steps.slice(3)).toEqual([steps[2], steps[2]]);
    const never = await placed({ ficklePassenger: true, fickleProbability: 0 });
    never.put(numberOf(0, 0, 4, 1));
    expect([south, south].map((action) => never.env.step(action).observation & 3)).toEqual([1, 1]);
  });

  it('is cut after 200 steps', async () => {
    const { env } = await placed();
    env.reset({ seed: 2 });
    expect(Array.from({ length: 200 }, () => env.step(pickUp).truncated).indexOf(true)).toBe(199);
  });

  it('shows row, column, passenger and destination as factors', async () => {
    const { env, put } = await placed({ observation: 'factors' });
    expect(env.observationSpace).toEqual(multiDiscrete([5, 5, 5, 4]));
    put(numberOf(3, 3, 2, 1));
    expect(env.step(east).observation).toEqual(Int32Array.of(3, 4, 2, 1));
  });
});

describe('the mask of Taxi', () => {
  it('comes with every reset and step, and never with actionMask false', async () => {
    for (const actionMask of [true, false]) {
      const env = await makeEnv('Taxi-v4', { actionMask });
      const infos = [env.reset({ seed: 3 }), env.step(south), env.step(north)].map(({ info }) => info);
      expect(infos.map((info) => 'actionMask' in info)).toEqual([actionMask, actionMask, actionMask]);
      expect(infos[0]!.prob).toBe(1);
      const vector = await makeVectorEnv('Taxi-v4', 2, { options: { actionMask } });
      vector.reset([1, 2]);
      expect(vector.actionMasks?.length).toBe(actionMask ? 12 : undefined);
    }
  });

  it('that was given stays as it was', async () => {
    const env = await makeEnv('Taxi-v4');
    const masks = [env.reset({ seed: 3 }), ...[north, west, south, east].map((action) => env.step(action))].map(
      ({ info }) => info.actionMask,
    );
    expect(new Set(masks).size).toBe(5);
    expect(new Set(masks.map(String)).size).toBeGreaterThan(1);
  });

  it('is that of the next episode where one ended', async () => {
    const vector = await makeVectorEnv('Taxi-v4', 1, { options: { maxEpisodeSteps: 1 } });
    const single = await makeEnv('Taxi-v4');
    vector.reset([8]);
    single.reset({ seed: 8 });
    for (let k = 0; k < 10; k++) {
      vector.step(Int32Array.of(k % 6));
      single.step(k % 6);
      expect(vector.actionMasks).toEqual(single.reset().info.actionMask);
    }
  });
});

describe('a policy of Taxi', () => {
  it('is trained and plays with the masks: no step pays -10', async () => {
    const cohort = testCohort();
    const input = { ...shortRun, env: 'Taxi-v4', iterations: 2, evaluationInterval: 0, finalEvaluationEpisodes: 1 } as const;
    await cohort.train(input, { runDirectory: 'run' }).finish();
    expect(await cohort.readPolicy('run')).toMatchObject({ spec: { masked: true } });
    const evaluation = await cohort.evaluate('run', { episodes: 5 });
    // 200 steps of -1 are the least; one step of -10 would be less.
    const { returns } = evaluation.sampled as { returns: readonly number[] };
    expect(Math.min(...returns)).toBeGreaterThanOrEqual(-200);
    await cohort.train({ ...input, envOptions: { actionMask: false } }, { runDirectory: 'other' }).finish();
    expect((await cohort.readPolicy('other')).spec.masked ?? false).toBe(false);
  });
});

describe('vector Taxi', () => {
  it.each([{}, { actionMask: false }, { isRainy: true, ficklePassenger: true }, { observation: 'factors' }])(
    'is sound with %j, equals single ones, and goes on from its state',
    async (options) => {
      expect(checkEnv(await makeEnv<string>('Taxi-v4', options))).toMatchObject({ ok: true, problems: [], resumable: true });
      const limits = { ...options, maxEpisodeSteps: 30 };
      const fast = await makeVectorEnv('Taxi-v4', 3, { options: limits });
      const resumed = await makeVectorEnv('Taxi-v4', 3, { options: limits });
      const lifted = vectorize(await Promise.all([1, 2, 3].map(() => makeEnv<string>('Taxi-v4', limits))));
      for (const env of [fast, lifted]) env.reset([1, 2, 3]);
      for (let t = 0; t < 150; t++) {
        if (t === 40) resumed.setState(fast.getState()!);
        const actions = Int32Array.of(t % 6, (t >> 1) % 6, (t * 7) % 6);
        for (const env of t < 40 ? [fast, lifted] : [fast, lifted, resumed]) env.step(actions);
        for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations', 'actionMasks'] as const) {
          expect(fast[name]).toEqual(lifted[name]);
          if (t >= 40) expect(fast[name]).toEqual(resumed[name]);
        }
      }
      expect(resumed.getState()).toEqual(fast.getState());
    },
  );

  it.each([
    [{ isRainy: 1 }, /isRainy: expected true or false, got 1/],
    [{ rainyProbability: -0.1 }, /rainyProbability: expected a number from 0 to 1, got -0.1/],
    [{ fickleProbability: '0.3' }, /fickleProbability: expected a number from 0 to 1, got "0.3"/],
    [{ observation: 'factor' }, /observation: expected one of one-hot, factors, got "factor"; did you mean factors\?/],
    [{ rainy: true }, /got "rainy"; did you mean rainyProbability or isRainy\?/],
  ])('%j is refused', async (options, message) => {
    await expect(makeEnv<string>('Taxi-v4', options)).rejects.toThrow(message);
  });

  it('refuses actions that are none', async () => {
    const env = await makeEnv('Taxi-v4');
    expect(() => env.step(0)).toThrow(/reset before/);
    env.reset({ seed: 1 });
    for (const action of [6, -1, 0.5, Number.NaN]) expect(() => env.step(action)).toThrow(/Discrete\(6\)/);
  });

  it('has a scene that says where everything is', async () => {
    const { env, put } = await placed();
    put(numberOf(3, 3, 2, 1));
    expect(env.scene!() as TaxiScene).toMatchObject({ kind: 'taxi', columns: 5, cell: 18, passenger: 2, destination: 1 });
  });
});
