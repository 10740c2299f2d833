import { describe, expect, it } from 'vitest';
import type { Env, Info, Seed, StepResult } from '../../src/core/env.ts';
import { type BoxSpace, box, discrete, type Space } from '../../src/core/space.ts';
import {
  type CliffWalkingScene,
  cartPole,
  checkEnv,
  cliffWalking,
  createEnvGenerator,
  DynamicsEnv,
  makeEnv,
  OneHot,
  TimeLimit,
} from '../../src/envs/index.ts';
import type { Generator } from '../../src/random/index.ts';

/** A sound environment: a point that drifts and is pushed; every flaw below overrides one part of it. */
class Drift implements Env<Float32Array, Float32Array> {
  observationSpace: Space = box(-100, 100, [2]);
  actionSpace: BoxSpace = box(-1, 1, [1]);
  position = 0;
  elapsed = 0;
  generator: Generator = createEnvGenerator(0);
  observe(): Float32Array {
    return Float32Array.of(this.position, this.elapsed);
  }
  reset(options: { seed?: Seed; options?: Info } = {}) {
    if (options.seed !== undefined) this.generator = createEnvGenerator(options.seed);
    this.position = this.generator.uniform(-1, 1);
    this.elapsed = 0;
    return { observation: this.observe(), info: {} };
  }
  step(action: Float32Array): StepResult<Float32Array> {
    this.position += action[0]! + this.generator.uniform(-0.1, 0.1);
    this.elapsed++;
    const reward = -Math.abs(this.position);
    return { observation: this.observe(), reward, terminated: false, truncated: this.elapsed === 20, info: {} };
  }
  getState(): Record<string, Float64Array | Uint32Array> {
    return { values: Float64Array.of(this.position, this.elapsed), generator: this.generator.getState() };
  }
  setState(state: Readonly<Record<string, ArrayLike<number>>>): void {
    this.position = state.values![0]!;
    this.elapsed = state.values![1]!;
    this.generator.setState(Uint32Array.from(state.generator!));
  }
}

/** Drift with another result of step. */
const changed = (change: (result: StepResult<Float32Array>, env: Drift) => unknown): (() => Env) => {
  return () =>
    new (class extends Drift {
      override step(action: Float32Array): StepResult<Float32Array> {
        return change(super.step(action), this) as StepResult<Float32Array>;
      }
    })() as Env;
};
const withParts = (parts: Partial<Record<keyof Drift, unknown>>): (() => Env) => {
  return () => Object.assign(new Drift(), parts) as Env;
};

describe('checkEnv', () => {
  it.each([
    ['Drift', () => new Drift() as Env],
    ['CartPole', () => new DynamicsEnv(cartPole())],
    ['limited CartPole', () => new TimeLimit(new DynamicsEnv(cartPole()), 7)],
    ['CliffWalking', () => new DynamicsEnv(cliffWalking({ isSlippery: true }))],
    ['one-hot CliffWalking', () => new OneHot(new DynamicsEnv<CliffWalkingScene, number>(cliffWalking())) as Env],
  ])('finds nothing in %s', (_, create) => {
    expect(checkEnv(create)).toMatchObject({ ok: true, problems: [], resumable: true, steps: 300 });
    expect(checkEnv(create())).toMatchObject({ ok: true, problems: [] });
  });

  it('finds nothing in what make returns', async () => {
    expect(checkEnv(await makeEnv('CartPole-v1')).problems).toEqual([]);
  });

  it('notes that no episode ended, which is no fault', () => {
    const endless = changed((result) => ({ ...result, truncated: false }));
    const { ok, notes } = checkEnv(endless, { steps: 60 });
    expect([ok, notes]).toEqual([true, [expect.stringMatching(/^no episode ended in 60 steps: .*evaluationMaxSteps/)]]);
    expect(checkEnv(() => new Drift() as Env, { steps: 60 }).notes).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof Drift, unknown>>, RegExp[]]>([
    ['bounds of -1 .. 1', {}, []],
    ['bounds far from 0', { actionSpace: box(100, 200, [1]) }, [/^actions have the bounds 100 \.\. 200, .*: put RescaleAction/]],
    ['a range too wide', { actionSpace: box([-1, -500], [1, 500], [2]) }, [/bounds -500 \.\. 500 at entry 1, .*: put RescaleAction/]],
    ['a range too narrow', { actionSpace: box(-0.1, 0.1, [1]) }, [/bounds -0\.1\d* \.\. 0\.1\d*, .*: put RescaleAction/]],
    [
      'a lower bound of 5 alone',
      { actionSpace: box(5, Infinity, [1]) },
      [/bounds 5 \.\. Infinity, .*: scale the actions in the environment$/],
    ],
    ['no bounds', { actionSpace: box(-Infinity, Infinity, [1]) }, []],
    ['a lower bound of 0 alone', { actionSpace: box(-3, Infinity, [1]) }, []],
    ['pictures', { observationSpace: box(0, 255, [2]) }, [/^observations are pictures of 0 \.\. 255, .*: put RescaleObservation/]],
  ])('notes %s', (_, parts, expected) => {
    expect(checkEnv(withParts(parts), { steps: 30 }).notes).toEqual(expected.map((note) => expect.stringMatching(note)));
  });

  it('closes what it made, and reports a close that throws; what it was given stays open', () => {
    let closed = 0;
    const made = (): Env => Object.assign(new Drift(), { close: () => void closed++ }) as Env;
    expect(checkEnv(made).ok).toBe(true);
    expect(closed).toBe(3);
    checkEnv(made());
    expect(closed).toBe(3);
    const close = (): void => {
      throw new Error('the viewer is gone');
    };
    const { ok, problems } = checkEnv(() => Object.assign(new Drift(), { close }) as Env);
    expect(ok).toBe(false);
    expect(problems.map(({ what }) => what)).toEqual(['close: expected an end without an error, got an error: the viewer is gone']);
  });

  it('counts steps and episodes, and tells whether a run could be resumed', () => {
    const report = checkEnv(withParts({ getState: undefined, setState: undefined }), { steps: 100 });
    expect(report).toEqual({ ok: true, problems: [], notes: [], resumable: false, steps: 100, episodes: 5 });
  });

  it('checks with the seed that it is given', () => {
    const seen: unknown[] = [];
    class Watched extends Drift {
      override reset(options: { seed?: Seed } = {}) {
        if (options.seed !== undefined) seen.push(options.seed);
        return super.reset(options);
      }
    }
    checkEnv(() => new Watched() as Env, { seed: 5, steps: 30 });
    expect(new Set(seen)).toEqual(new Set([5]));
    expect(() => checkEnv(() => new Watched() as Env, { steps: 0 })).toThrow(/steps/);
  });

  let shared = new Float32Array(2);
  let clock = 0;
  it.each<[string, () => Env, RegExp, RegExp]>([
    [
      'a wrong length',
      changed((r) => ({ ...r, observation: new Float32Array(3) })),
      /observation: expected 2 numbers \(Box\(2, float32\)\), got 3 numbers/,
      /agree/,
    ],
    [
      'a wrong dtype',
      changed((r) => ({ ...r, observation: Float64Array.from(r.observation) })),
      /observation: expected a Float32Array .*, got a Float64Array/,
      /'float64'/,
    ],
    [
      'no typed array',
      changed((r) => ({ ...r, observation: [1, 2] })),
      /observation: expected a Float32Array of 2 numbers .*, got \[1, 2\]/,
      /Float32Array/,
    ],
    [
      'NaN',
      changed((r) => ({ ...r, observation: Float32Array.of(Number.NaN, 0) })),
      /observation\[0\]: expected a finite number, got NaN/,
      /division/,
    ],
    ['out of bounds', changed((r) => ({ ...r, observation: Float32Array.of(0, 101) })), /101 at entry 1.*-100 \.\. 100/, /widen/],
    ['a reward that is infinite', changed((r) => ({ ...r, reward: Infinity })), /reward: expected a finite number, got Infinity/, /finite/],
    ['a flag that is a number', changed((r) => ({ ...r, terminated: 0 })), /terminated: expected true or false, got 0/, /Boolean/],
    ['a missing info', changed(({ info: _, ...r }) => r), /info: expected an object, got nothing/, /info: \{\}/],
    [
      'an action that is refused',
      withParts({
        step: () => {
          throw new Error('too big');
        },
      }),
      /expected a result for every action of actionSpace, got an error: too big for the action/,
      /smaller actionSpace/,
    ],
    ['Math.random', changed((r) => ({ ...r, reward: Math.random() })), /two passes with seed 0/, /generator/],
    ['a counter that survives reset', changed((r) => ({ ...r, reward: clock++ })), /differed/, /every part of the state/],
    [
      'an observation that is reused',
      changed((r) => {
        shared.set(r.observation);
        return { ...r, observation: shared };
      }),
      /wrote into/,
      /fresh/,
    ],
    [
      'a state without the generator',
      withParts({
        setState(this: Drift, s: Record<string, Float64Array>) {
          this.position = s.values![0]!;
          this.elapsed = s.values![1]!;
        },
      }),
      /after setState/,
      /generator/,
    ],
    [
      'getState without setState',
      withParts({ setState: undefined }),
      /setState: expected a method, as there is a getState, got nothing/,
      /setState/,
    ],
    [
      'bounds the wrong way round',
      withParts({ actionSpace: { ...box(-1, 1, [1]), low: Float64Array.of(2) } }),
      /got low 2 and high 1 at entry 0/,
      /smaller/,
    ],
    ['a shape that lies', withParts({ observationSpace: { ...box(-1, 1, [2]), shape: [3] } }), /expected 3 bounds, got 2/, /bound/],
    [
      'a discrete space that gives vectors',
      withParts({ observationSpace: discrete(4) }),
      /observation: expected an element of Discrete\(4\), got Float32Array/,
      /index/,
    ],
    ['no space', withParts({ actionSpace: undefined }), /actionSpace: expected a space, got nothing/, /discrete/],
    ['no step', withParts({ step: undefined }), /step: expected a method, got nothing/, /method/],
    [
      'a reset without observation',
      withParts({ reset: () => Float32Array.of(0, 0) }),
      /reset: expected \{ observation, info \}, got Float32Array/,
      /observation, info/,
    ],
    [
      'a maker that throws',
      () => {
        throw new Error('no file');
      },
      /no file/,
      /without arguments/,
    ],
  ])('finds %s', (_, create, what, fix) => {
    shared = new Float32Array(2);
    const { ok, problems } = checkEnv(create, { steps: 60 });
    expect(ok).toBe(false);
    expect(problems.map((problem) => problem.what).join('\n')).toMatch(what);
    expect(problems.map((problem) => problem.fix).join('\n')).toMatch(fix);
  });

  it('finds an action that the environment changes', () => {
    class Clipper extends Drift {
      override step(action: Float32Array): StepResult<Float32Array> {
        action[0] = 0.5;
        return super.step(action);
      }
    }
    expect(checkEnv(() => new Clipper() as Env, { steps: 10 }).problems.map(({ what }) => what)).toEqual([
      'step 1 changed the action that it was given',
    ]);
  });

  it('finds a state that stays alive', () => {
    class Live extends Drift {
      readonly values = new Float64Array(2);
      override step(action: Float32Array): StepResult<Float32Array> {
        const result = super.step(action);
        this.values.set([this.position, this.elapsed]);
        return result;
      }
      override getState(): Record<string, Float64Array | Uint32Array> {
        return { ...super.getState(), values: this.values };
      }
    }
    expect(checkEnv(() => new Live() as Env).problems.map(({ what }) => what)).toEqual([
      'the array values of getState() changed while the environment went on',
    ]);
  });
});
