/** Boxes on another scale: actions that a new policy can reach, observations that a network can read. */
import type { Action, Env, Observation } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { type BoxSpace, box, describeSpace, type Space } from '../../core/space.ts';
import { EnvWrapper } from './envWrapper.ts';

type Vector = Float32Array | Float64Array;

/** From the numbers of a box to those between two bounds: `gradient x + intercept`, entry by entry, in the arithmetic of Gymnasium's `rescale_box`. */
class Rescaling {
  readonly space: BoxSpace;
  readonly #from: BoxSpace;
  readonly #gradient: Vector;
  readonly #intercept: Vector;
  readonly #round: (value: number) => number;

  /** Throws {@link CohortError} unless the space is a box with finite bounds that differ, and `min < max` are finite. */
  constructor(name: string, what: string, space: Space, min: number, max: number) {
    const expected = `an environment whose ${what}s are a box with finite bounds`;
    if (space.kind !== 'box') throw mistake(name, expected, describeSpace(space), 'leave the wrapper out');
    const wrong = space.low.findIndex((low, k) => !(Number.isFinite(space.high[k]! - low) && low < space.high[k]!));
    if (wrong >= 0) {
      const got = `${space.low[wrong]} .. ${space.high[wrong]} at entry ${wrong}`;
      throw mistake(name, expected, got, `give the ${what}s bounds, or scale them in the environment`);
    }
    if (!(Number.isFinite(max - min) && min < max)) {
      throw mistake(
        name,
        'a smallest and a greatest number',
        `${show(min)} and ${show(max)}`,
        'leave both out, or write for example -1, 1',
      );
    }
    const isDouble = space.dtype === 'float64';
    const round = isDouble ? (value: number): number => value : Math.fround;
    const Floats = isDouble ? Float64Array : Float32Array;
    this.space = box(min, max, space.shape, space.dtype);
    this.#from = space;
    const { size, low, high } = space;
    this.#gradient = new Floats(size).map((_, k) => (max - min) / (high[k]! - low[k]!));
    this.#intercept = new Floats(size).map((_, k) => round(this.#gradient[k]! * -low[k]!) + min);
    this.#round = round;
  }

  forward(values: ArrayLike<number>): Vector {
    return this.#gradient.map((gradient, k) => this.#round(gradient * values[k]!) + this.#intercept[k]!) as Vector;
  }

  /** The way back, cut to the bounds, which rounding may pass by a bit. */
  backward(values: ArrayLike<number>): Vector {
    const { low, high } = this.#from;
    return this.#gradient.map((gradient, k) => {
      const value = this.#round(values[k]! - this.#intercept[k]!) / gradient;
      return Math.min(Math.max(value, low[k]!), high[k]!);
    }) as Vector;
  }
}

/**
 * Takes actions between `min` and `max` (-1 and 1 by default) and gives the environment those of its own bounds, as Gymnasium's RescaleAction: a Gaussian
 * policy begins with mean 0 and standard deviation 1, whatever the bounds are.
 */
export class RescaleAction<O extends Observation = Observation> extends EnvWrapper<O, Action> {
  readonly #rescaling: Rescaling;

  /** Throws {@link CohortError} unless actions are a box with finite bounds, and `min < max`. */
  constructor(env: Env<O, Action>, min = -1, max = 1) {
    const rescaling = new Rescaling('RescaleAction', 'action', env.actionSpace, min, max);
    super(env, { actionSpace: rescaling.space });
    this.#rescaling = rescaling;
  }

  protected override observe(observation: O): O {
    return observation;
  }

  protected override act(action: Action): Action {
    return this.#rescaling.backward(action as ArrayLike<number>);
  }
}

/** Shows observations between `min` and `max` (0 and 1 by default), as Gymnasium's RescaleObservation: pictures of 0 .. 255 above all. */
export class RescaleObservation<A extends Action = Action> extends EnvWrapper<Vector, A> {
  readonly #rescaling: Rescaling;

  /** Throws {@link CohortError} unless observations are a box with finite bounds, and `min < max`. */
  constructor(env: Env<Vector, A>, min = 0, max = 1) {
    const rescaling = new Rescaling('RescaleObservation', 'observation', env.observationSpace, min, max);
    super(env, { observationSpace: rescaling.space });
    this.#rescaling = rescaling;
  }

  protected override observe(observation: Vector): Vector {
    return this.#rescaling.forward(observation);
  }
}
