/** An environment that shows given rows, and what a wrapper makes of it, as `tools/fixtures/record_transforms.py` plays it. */
import type { Action, Env, EnvState } from '../../src/core/env.ts';
import { box, type Space } from '../../src/core/space.ts';

/** Numbers of a box. */
export type Vector = Float32Array | Float64Array;

/** Shows given rows one after another, and keeps the actions that reach it; episodes end after 5 and after 7 steps. */
export class Course implements Env<Vector, Action> {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly taken: number[] = [];
  readonly #rows: Vector;
  #at = 0;
  #step = 0;

  constructor(rows: Vector, low: readonly number[], high: readonly number[]) {
    this.observationSpace = box(low, high, [3], rows instanceof Float32Array ? 'float32' : 'float64');
    this.actionSpace = this.observationSpace;
    this.#rows = rows;
  }

  #next(): Vector {
    this.#at++;
    return this.#rows.slice(3 * this.#at - 3, 3 * this.#at);
  }

  reset() {
    this.#step = 0;
    this.length = this.#at === 0 ? 5 : 7;
    return { observation: this.#next(), info: {} };
  }
  length = 5;

  step(action: Action) {
    this.taken.push(...(action as Vector));
    this.#step++;
    const observation = this.#next();
    return { observation, reward: observation[0]!, terminated: this.#step === this.length, truncated: false, info: {} };
  }

  getState(): EnvState {
    return { course: Int32Array.of(this.#at, this.#step, this.length) };
  }

  setState({ course }: EnvState): void {
    [this.#at, this.#step, this.length] = course as unknown as [number, number, number];
  }
}

/** Everything that is shown, and every reward; `actions` hold `width` numbers for each step, or one index where it is 0. */
export function play<A extends Action>(
  env: Env<Vector | Int32Array | number, A>,
  actions: Vector,
  { width = 3, seed }: { readonly width?: number; readonly seed?: number } = {},
): { readonly shown: number[]; readonly rewards: number[] } {
  const numbersOf = (observation: Vector | Int32Array | number) => (typeof observation === 'number' ? [observation] : observation);
  const shown = [...numbersOf(env.reset(seed === undefined ? {} : { seed }).observation)];
  const rewards: number[] = [];
  for (let t = 0; t < actions.length; t += Math.max(width, 1)) {
    const action = width === 0 ? actions[t]! : actions.slice(t, t + width);
    const { observation, reward, terminated, truncated } = env.step(action as A);
    shown.push(...numbersOf(observation));
    rewards.push(reward);
    if (terminated || truncated) shown.push(...numbersOf(env.reset().observation));
  }
  return { shown, rewards };
}
