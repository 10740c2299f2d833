/** Shows the last observations at once: a single one does not say how fast things move. */
import type { Action, Env } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { boxOf } from './boxOf.ts';
import { EnvWrapper } from './envWrapper.ts';

type Vector = Float32Array | Float64Array;

/** What stands before the first observation of an episode: copies of that one, or zeros (cut to the bounds of the space). */
export interface FrameStackOptions {
  readonly padding?: 'reset' | 'zero';
}

/** Every bound `times` times, as the frames lie one after the other. */
function repeated(bounds: Float64Array, times: number): number[] {
  return Array.from({ length: times }, () => Array.from(bounds)).flat();
}

/**
 * Stacks the last `size` observations of a box, the oldest first: shape (size, ...shape). As Gymnasium's FrameStackObservation, whose `padding_type` is
 * `padding` here.
 */
export class FrameStack<A extends Action = Action> extends EnvWrapper<Vector, A> {
  declare readonly observationSpace: BoxSpace;
  /** (size, D), row-major. */
  readonly #frames: Vector;
  readonly #width: number;
  /** One frame; missing where it is the first observation. */
  readonly #padding: Vector | undefined;

  /** Throws {@link CohortError} unless observations are a box and `size` is a whole number of at least 1. */
  constructor(env: Env<Vector, A>, size: number, { padding = 'reset' }: FrameStackOptions = {}) {
    const space = boxOf('FrameStack', 'observation', env.observationSpace);
    if (!Number.isInteger(size) || size < 1) throw mistake('FrameStack: size', 'a whole number of at least 1', show(size), '4 is usual');
    if (padding !== 'reset' && padding !== 'zero') {
      throw mistake('FrameStack: padding', 'reset or zero', show(padding), 'leave it out for copies of the first observation');
    }
    const { low, high, shape, dtype } = space;
    const observationSpace = box(repeated(low, size), repeated(high, size), [size, ...shape], dtype);
    const Floats = dtype === 'float64' ? Float64Array : Float32Array;
    const frames = new Floats(observationSpace.size);
    super(env, { observationSpace, state: ['frameStack', { frames }] });
    this.#frames = frames;
    this.#width = space.size;
    this.#padding = padding === 'zero' ? new Floats(space.size).map((_, k) => Math.min(Math.max(0, low[k]!), high[k]!)) : undefined;
  }

  protected override observe(observation: Vector, isFirst: boolean): Vector {
    const [frames, width] = [this.#frames, this.#width];
    const last = frames.length - width;
    if (!isFirst) frames.copyWithin(0, width);
    else for (let at = 0; at < last; at += width) frames.set(this.#padding ?? observation, at);
    frames.set(observation, last);
    return frames.slice();
  }
}
