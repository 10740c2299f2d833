/** The wrappers that delay, repeat, stick, discretize, filter and flatten: what Gymnasium 1.3.0 makes of a recorded course, their states, and what they refuse. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Env, Observation } from '../../src/core/env.ts';
import { box, dict, discrete, multiBinary, multiDiscrete, type Space, tuple } from '../../src/core/space.ts';
import {
  checkEnv,
  DelayObservation,
  DiscretizeAction,
  DiscretizeObservation,
  FilterObservation,
  FlattenObservation,
  FrameStack,
  makeEnv,
  RepeatAction,
  StickyAction,
  TimeAwareObservation,
  TimeLimit,
  TransformAction,
} from '../../src/envs/index.ts';
import recorded from '../fixtures/environments/transforms.json' with { type: 'json' };
import { bitsOf, numbers, type PackedArray } from '../fixtures/typedArray.ts';
import { Course, play, type Vector } from './course.ts';

const cases = recorded.cases.map((one) => [one.dtype, one] as const);

describe.each(cases)('on a course of %s', (dtype, one) => {
  const floats = (packed: PackedArray): Vector => (dtype === 'float32' ? Float32Array.from(numbers(packed)) : numbers(packed));
  const rows = floats(one.rows);
  const actions = floats(one.actions);
  // Within the bounds, which TimeLimit asks for.
  const inside = floats(one.taken);
  const course = (): Course => new Course(rows, one.low, one.high);
  const expectBits = (found: ArrayLike<number>, packed: PackedArray): void => expect(bitsOf(found)).toEqual(bitsOf(numbers(packed)));

  it('DelayObservation shows what Gymnasium shows, zeros within the bounds first', () => {
    const { shown } = play(new DelayObservation(course(), 2), actions);
    expectBits(shown, one.delay);
    expect(shown.slice(0, 3)).toEqual([0, 100, 0]);
  });

  it('TimeAwareObservation shows what Gymnasium shows, in its type of numbers', () => {
    const timed = (normalizeTime: boolean) => new TimeAwareObservation(new TimeLimit(course(), 6), 6, { normalizeTime });
    expectBits(play(timed(false), inside).shown, one.timeAware);
    expectBits(play(timed(true), inside).shown, one.timeAwareShare);
    expect(timed(false).observationSpace).toEqual(
      box([...timed(false).observationSpace.low.slice(0, 3), 0], [...timed(true).observationSpace.high.slice(0, 3), 6], [4], 'float64'),
    );
    expect(timed(true).observationSpace.dtype).toBe(dtype);
  });

  it('RepeatAction steps, shows and sums as Gymnasium does, and stops where the episode ends', () => {
    const inner = course();
    const { shown, rewards } = play(new RepeatAction<Vector, Action>(inner, 2), actions.slice(0, 36));
    expectBits(shown, one.repeated);
    expectBits(rewards, one.repeatedRewards);
    expectBits(inner.taken, one.repeatedTaken);
  });

  it('StickyAction takes what Gymnasium takes from the same draws', () => {
    const inner = course();
    play(new StickyAction<Vector>(inner, 0.4, { duration: [1, 3] }), actions, { seed: 5 });
    expectBits(inner.taken, one.stickyTaken);
    expect(inner.taken).not.toEqual([...actions]);
  });

  it('DiscretizeObservation shows the bins that Gymnasium shows', () => {
    expectBits(play(new DiscretizeObservation(course(), 4), actions).shown, one.bins);
    expectBits(play(new DiscretizeObservation(course(), [2, 3, 5], { multiDiscrete: true }), actions).shown, one.binsOfEach);
  });

  it('DiscretizeAction gives the middles that Gymnasium gives', () => {
    const [inner, other] = [course(), course()];
    play(new DiscretizeAction<Vector>(inner, 4), numbers(one.indices), { width: 0 });
    expectBits(inner.taken, one.indicesTaken);
    play(new DiscretizeAction<Vector>(other, [2, 3, 5], { multiDiscrete: true }), numbers(one.indicesOfEach));
    expectBits(other.taken, one.indicesOfEachTaken);
  });

  it('go on identically from their state in a new one', () => {
    const wrapped = () =>
      new TimeAwareObservation(
        new DelayObservation(new RepeatAction<Vector, Action>(new StickyAction<Vector>(new TimeLimit(course(), 6), 0.5), 2), 1),
        6,
      );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), (before) => {
        const env = wrapped();
        play(env, inside.subarray(0, 3 * before), { seed: 9 });
        const state = structuredClone(env.getState!());
        const other = wrapped();
        other.setState!(state);
        for (let t = before; t < 14; t++) {
          const action = inside.slice(3 * t, 3 * t + 3);
          const [result, another] = [env.step(action), other.step(action)];
          expect(another).toEqual(result);
          if (result.terminated || result.truncated) expect(other.reset()).toEqual(env.reset());
        }
        expect(other.getState!()).toEqual(env.getState!());
      }),
    );
  });
});

/** Shows given elements, one after another. */
function shows(space: Space, elements: readonly Observation[]): Env<never> {
  let at = 0;
  const env: Env = {
    observationSpace: space,
    actionSpace: discrete(2),
    reset: () => ({ observation: elements[at++]!, info: {} }),
    step: () => ({ observation: elements[at++]!, reward: 0, terminated: false, truncated: false, info: {} }),
  };
  return env as Env<never>;
}

describe.each([
  ['dict', dict({ b: box([-1, 0], [1, 5]), a: discrete(3, 1), c: multiBinary(2) })],
  ['tuple', tuple([multiDiscrete([2, 3]), box([-1, 0], [1, 5]), discrete(2)])],
] as const)('of a %s', (kind, space) => {
  const { parts, shown, filtered, flat, low, high } = recorded.composite[kind];
  const elements = shown as unknown as readonly Observation[];

  it('FlattenObservation shows the vector that Gymnasium shows, within its bounds', () => {
    const env = new FlattenObservation(shows(space, elements));
    const found = [env.reset(), env.step(0), env.step(0), env.step(0)].flatMap(({ observation }) => [...observation]);
    expect(bitsOf(found)).toEqual(bitsOf(numbers(flat)));
    expect([[...env.observationSpace.low], [...env.observationSpace.high]]).toEqual([[...numbers(low)], [...numbers(high)]]);
  });

  it('FilterObservation shows the parts that Gymnasium shows', () => {
    const env = new FilterObservation(shows(space, elements), parts);
    expect([env.reset(), env.step(0), env.step(0), env.step(0)].map(({ observation }) => observation)).toEqual(filtered);
    for (const element of filtered) expect(env.observationSpace.contains(element)).toBe(true);
  });
});

describe('around a built-in environment', () => {
  it('pass checkEnv and can be resumed; a policy over indices drives Pendulum', async () => {
    const pendulum = async () => (await makeEnv('Pendulum-v1')) as unknown as Env<Vector, Action>;
    const envs: readonly Env[] = [
      new DelayObservation(await pendulum(), 3),
      new TimeAwareObservation(await pendulum(), 200),
      new StickyAction(await pendulum(), 0.25),
      new RepeatAction(await pendulum(), 4),
      new DiscretizeAction(await pendulum(), 3),
      new DiscretizeObservation(await pendulum(), [8, 8, 16]),
      new FlattenObservation(await makeEnv<string>('CliffWalking-v1')),
    ];
    for (const env of envs) expect(checkEnv(env)).toMatchObject({ ok: true, problems: [], resumable: true });
    const env = new DiscretizeAction<Vector>(await pendulum(), 3);
    expect(env.actionSpace).toEqual(discrete(3));
    env.reset({ seed: 1 });
    const torques = [0, 1, 2].map((action) => {
      env.step(action);
      return (env.scene!() as unknown as { torque: number }).torque;
    });
    expect(torques.map((torque) => torque.toFixed(4))).toEqual(['-1.3333', '0.0000', '1.3333']);
  });

  it('TransformAction gives the environment what the function makes', async () => {
    const env = new TransformAction(await makeEnv('CartPole-v1'), (left: number) => 1 - left);
    const plain = await makeEnv('CartPole-v1');
    for (const one of [env, plain]) one.reset({ seed: 2 });
    expect(env.step(0)).toEqual(plain.step(1));
  });

  it('StickyAction repeats about as often as it says, with another seed other actions', async () => {
    const takenWith = (seed: number): string => {
      const course = new Course(new Float32Array(3 * 5000), [-1, -1, -1], [1, 1, 1]);
      const env = new StickyAction<Vector>(course, 0.25);
      env.reset({ seed });
      for (let t = 0; t < 4000; t++) env.step(Float32Array.of(t, 0, 0));
      return course.taken
        .filter((_, k) => k % 3 === 0)
        .map((value, t) => (value === t ? '.' : 'r'))
        .join('');
    };
    const one = takenWith(1);
    // 4000 draws: five standard deviations are 0.034.
    expect(Math.abs(one.split('r').length / 4000 - 0.25)).toBeLessThan(0.034);
    expect(takenWith(1)).toBe(one);
    expect(takenWith(2)).not.toBe(one);
  });
});

describe('what they refuse', () => {
  const vector: Env<Vector, Action> = new Course(new Float32Array(300), [-1, -1, -1], [1, 1, 1]);
  const index = { ...vector, observationSpace: discrete(3), actionSpace: discrete(2) } as unknown as Env<Vector, Action>;
  const unbounded = { ...index, observationSpace: box(-Infinity, 0, [2]), actionSpace: box(0, Infinity, [2]) } as Env<Vector, Action>;
  const named = shows(dict({ a: discrete(2), b: discrete(2) }), []);

  it.each<[string, () => unknown, RegExp]>([
    ['a negative delay', () => new DelayObservation(vector, -1), /^DelayObservation: delay: expected a whole number of at least 0, got -1/],
    [
      'indices to delay',
      () => new DelayObservation(index, 1),
      /^DelayObservation: expected .* are a box, got Discrete\(3\); put OneHot or FlattenObservation/,
    ],
    [
      'no limit',
      () => new TimeAwareObservation(vector, undefined as unknown as number),
      /^TimeAwareObservation: maxEpisodeSteps: expected a whole number of at least 1/,
    ],
    ['half a repeat', () => new RepeatAction(vector, 0.5), /^RepeatAction: numRepeats: expected a whole number of at least 1, got 0.5/],
    ['certainty', () => new StickyAction(vector, 1), /^StickyAction: probability: expected a number 0 <= probability < 1, got 1/],
    ['durations out of order', () => new StickyAction(vector, 0.1, { duration: [3, 2] }), /^StickyAction: duration: .* got \[3, 2\]/],
    [
      'bins without bounds',
      () => new DiscretizeObservation(unbounded, 3),
      /^DiscretizeObservation: .* finite bounds, got -Infinity .. 0 at entry 0/,
    ],
    [
      'actions without bounds',
      () => new DiscretizeAction(unbounded, 3),
      /^DiscretizeAction: .* finite bounds, got 0 .. Infinity at entry 0/,
    ],
    [
      'indices to discretize',
      () => new DiscretizeAction(index, 3),
      /^DiscretizeAction: expected .* actions are a box, got Discrete\(2\); leave/,
    ],
    [
      'too few bins',
      () => new DiscretizeAction(vector, [2, 2]),
      /^DiscretizeAction: bins: expected .* or a list of 3, one per entry, got \[2, 2\]/,
    ],
    ['no bins', () => new DiscretizeObservation(vector, 0), /^DiscretizeObservation: bins: .* got 0/],
    ['unknown parts', () => new FilterObservation(named, ['a', 'x']), /^FilterObservation: parts: expected some of a, b, each once, got/],
    ['parts twice', () => new FilterObservation(named, ['a', 'a']), /^FilterObservation: parts: expected/],
    [
      'a vector to filter',
      () => new FilterObservation(vector as never, ['a']),
      /^FilterObservation: expected .* a dict or a tuple, got Box/,
    ],
    [
      'no function',
      () => new TransformAction(vector, 1 as unknown as (action: Action) => Action),
      /^TransformAction: transform: expected a function/,
    ],
    [
      'a state of another delay',
      () => new DelayObservation(vector, 2).setState!(new DelayObservation(vector, 3).getState!()),
      /^DelayObservation\.setState: expected delayObservation\/frames/,
    ],
    [
      'a state of another wrapper',
      () => new FrameStack(vector, 2).setState!(new DelayObservation(vector, 1).getState!()),
      /frameStack\/frames/,
    ],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
