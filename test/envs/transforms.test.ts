/** The stacking, rescaling and transforming wrappers: what Gymnasium 1.3.0 makes of a recorded course, their states, and what they refuse. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Env, Observation } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import {
  checkEnv,
  FrameStack,
  OneHot,
  RescaleAction,
  RescaleObservation,
  TimeLimit,
  TransformObservation,
  TransformReward,
  vectorize,
} from '../../src/envs/index.ts';
import recorded from '../fixtures/environments/transforms.json' with { type: 'json' };
import { bitsOf, numbers } from '../fixtures/typedArray.ts';
import { Course, play, type Vector } from './course.ts';

const cases = recorded.cases.map((one) => [one.dtype, one] as const);

describe.each(cases)('on a course of %s', (dtype, one) => {
  const floats = (values: Float64Array): Vector => (dtype === 'float32' ? Float32Array.from(values) : values);
  const rows = floats(numbers(one.rows));
  const actions = floats(numbers(one.actions));
  const course = (): Course => new Course(rows, one.low, one.high);
  const within = new TransformObservation<Vector, Action, Vector>(course(), (o) => o).observationSpace;

  it.each<[keyof typeof one, (env: Course) => Env<Vector, Action>]>([
    ['frameStack', (env) => new FrameStack(env, 4)],
    ['frameStackZero', (env) => new FrameStack(env, 3, { padding: 'zero' })],
    ['rescaleObservation', (env) => new RescaleObservation(env, -2, 2)],
    [
      'transformObservation',
      (env) =>
        new TransformObservation(
          env,
          (o: Vector) =>
            o
              .slice()
              .reverse()
              .map((v) => v - 1) as Vector,
        ),
    ],
    ['timeLimit', (env) => new TimeLimit(env, 3)],
  ])('%s shows what Gymnasium shows, to the bit', (name, wrap) => {
    const packed = one[name] as typeof one.rows;
    const bounded = name === 'timeLimit' ? floats(numbers(one.taken)) : actions;
    expect(bitsOf(play(wrap(course()), bounded).shown)).toEqual(bitsOf(numbers(packed)));
  });

  it('TransformReward gives what Gymnasium gives', () => {
    const env = new TransformReward<Vector, Action>(course(), (reward) => 0.5 * reward - 1);
    expect(bitsOf(play(env, actions).rewards)).toEqual(bitsOf(numbers(one.rewards)));
  });

  it('RescaleAction gives the environment what Gymnasium gives it, cut to its bounds', () => {
    const inner = course();
    play(new RescaleAction(inner), actions);
    if (within.kind !== 'box') throw new Error('no box');
    const { low, high } = within;
    const expected = numbers(one.taken).map((value, i) => Math.min(Math.max(value, low[i % 3]!), high[i % 3]!));
    expect(bitsOf(inner.taken)).toEqual(bitsOf(expected));
    // What rounding moves is in the last digits.
    expect(numbers(one.taken).every((value, i) => Math.abs(value - expected[i]!) <= 1e-4)).toBe(true);
    expect(inner.taken.slice(0, 6).map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-3, 100, 0, 5, 200, 0.001]);
  });
});

it('the recording is of Gymnasium 1.3.0', () => {
  expect(recorded.versions.gymnasium).toBe('1.3.0');
});

describe('wrappers around wrappers', () => {
  const { rows, actions, low, high } = recorded.cases[0]!;
  const stacked = (): Env<Vector, Action> =>
    new TransformReward<Vector, Action>(
      new FrameStack(new TimeLimit(new FrameStack(new RescaleAction(new Course(Float32Array.from(numbers(rows)), low, high)), 2), 6), 3),
      (reward) => -reward,
    );
  const taken = Float32Array.from(numbers(actions));

  it('go on identically from their state in a new one, also two of a kind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 18 }), (before) => {
        const env = stacked();
        play(env, taken.subarray(0, 3 * before));
        const state = structuredClone(env.getState!());
        const other = stacked();
        other.setState!(state);
        expect(other.getState!()).toEqual(state);
        for (let t = before; t < 20; t++) {
          const action = taken.slice(3 * t, 3 * t + 3);
          const [one, another] = [env.step(action), other.step(action)];
          expect(another).toEqual(one);
          if (one.terminated || one.truncated) expect(other.reset()).toEqual(env.reset());
        }
      }),
    );
    expect(Object.keys(stacked().getState!()).sort()).toEqual(['course', 'frameStack+/frames', 'frameStack/frames', 'timeLimit']);
  });

  it('hand on scene and close, and have no state where the environment has none', () => {
    let closed = 0;
    const inner: Env<Vector, Action> = {
      observationSpace: box(0, 255, [2]),
      actionSpace: box(100, 200, [1]),
      reset: () => ({ observation: Float32Array.of(0, 255), info: { a: 1 } }),
      step: () => ({ observation: Float32Array.of(51, 102), reward: 1, terminated: false, truncated: true, info: { b: 2 } }),
      scene: () => ({ kind: 'mine' }),
      close: () => void closed++,
    };
    const env = new RescaleAction(new RescaleObservation(new FrameStack(inner, 2)));
    expect(env.getState).toBeUndefined();
    expect(env.scene!()).toEqual({ kind: 'mine' });
    expect(env.observationSpace).toEqual(box(0, 1, [2, 2]));
    expect(env.reset()).toEqual({ observation: Float32Array.of(0, 1, 0, 1), info: { a: 1 } });
    expect(env.step([0])).toMatchObject({ reward: 1, truncated: true, info: { b: 2 }, terminated: false });
    env.close();
    expect(closed).toBe(1);
    expect(checkEnv(env)).toMatchObject({ ok: true, notes: [] });
    const lifted = vectorize([env]);
    lifted.reset();
    expect([...lifted.observations]).toEqual([0, 1, 0, 1]);
  });
});

describe('what they refuse', () => {
  const vector: Env<Vector, Action> = new Course(new Float32Array(300), [-1, -1, -1], [1, 1, 1]);
  const unbounded = Object.assign(new Course(new Float32Array(300), [-1, -1, -1], [1, 1, 1]), {
    observationSpace: box([0, -Infinity, 0], 1, [3]),
    actionSpace: box([0, 1, 0], [1, 1, 1], [3]),
  });
  const index = { ...vector, observationSpace: discrete(3), actionSpace: discrete(2) } as unknown as Env<Vector, Action>;

  it.each<[string, () => unknown, RegExp]>([
    ['indices to stack', () => new FrameStack(index, 2), /^FrameStack: expected .* are a box, got Discrete\(3\); put OneHot/],
    ['a stack of none', () => new FrameStack(vector, 0), /^FrameStack: size: expected a whole number of at least 1, got 0/],
    [
      'another padding',
      () => new FrameStack(vector, 2, { padding: 'edge' as 'zero' }),
      /^FrameStack: padding: expected reset or zero, got "edge"/,
    ],
    ['indices to scale', () => new RescaleAction(index), /^RescaleAction: expected .* actions are a box .* got Discrete\(2\)/],
    [
      'a bound at infinity',
      () => new RescaleObservation(unbounded),
      /^RescaleObservation: .* got -Infinity \.\. 1 at entry 1; give the observations bounds/,
    ],
    ['bounds without room', () => new RescaleAction(unbounded), /^RescaleAction: .* got 1 \.\. 1 at entry 1/],
    ['a range the wrong way round', () => new RescaleAction(vector, 1, -1), /^RescaleAction: .* got 1 and -1/],
    [
      'no function',
      () => new TransformObservation(vector, 3 as unknown as (o: Observation) => Observation),
      /transform: expected a function, got 3/,
    ],
    [
      'no function for rewards',
      () => new TransformReward(vector, undefined as unknown as (r: number) => number),
      /transform: expected a function/,
    ],
    [
      'a state of another stack',
      () => new FrameStack(vector, 2).setState!(new FrameStack(vector, 3).getState!()),
      /^FrameStack\.setState: expected frameStack\/frames/,
    ],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });

  it('a discrete observation can be stacked one-hot', () => {
    const counting: Env<number, Action> = {
      observationSpace: discrete(2),
      actionSpace: discrete(2),
      reset: () => ({ observation: 0, info: {} }),
      step: () => ({ observation: 1, reward: 0, terminated: false, truncated: false, info: {} }),
    };
    const env = new FrameStack(new OneHot(counting) as Env<Vector, Action>, 2);
    env.reset();
    expect([...env.step(0).observation]).toEqual([1, 0, 0, 1]);
  });
});
