/** Shows observations late, as a slow sensor does. */
import type { Action, Env } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { boxOf } from './boxOf.ts';
import { EnvWrapper } from './envWrapper.ts';

type Vector = Float32Array | Float64Array;

/**
 * Shows the observation of `delay` steps before; before there is one, zeros, cut to the bounds of the space. As Gymnasium's DelayObservation.
 */
export class DelayObservation<A extends Action = Action> extends EnvWrapper<Vector, A> {
  /** (delay + 1, D) the last observations, oldest first. */
  readonly #frames: Vector;
  readonly #width: number;
  /** One observation of zeros. */
  readonly #nothing: Vector;

  /** Throws {@link CohortError} unless observations are a box and `delay` is a whole number of at least 0. */
  constructor(env: Env<Vector, A>, delay: number) {
    const { size, low, high, dtype } = boxOf('DelayObservation', 'observation', env.observationSpace);
    if (!Number.isInteger(delay) || delay < 0) {
      throw mistake(
        'DelayObservation: delay',
        'a whole number of at least 0',
        show(delay),
        'give the steps by which observations are late',
      );
    }
    const Floats = dtype === 'float64' ? Float64Array : Float32Array;
    const frames = new Floats((delay + 1) * size);
    super(env, { state: ['delayObservation', { frames }] });
    this.#frames = frames;
    this.#width = size;
    this.#nothing = new Floats(size).map((_, k) => Math.min(Math.max(0, low[k]!), high[k]!));
  }

  protected override observe(observation: Vector, isFirst: boolean): Vector {
    const [frames, width] = [this.#frames, this.#width];
    const last = frames.length - width;
    if (!isFirst) frames.copyWithin(0, width);
    else for (let at = 0; at < last; at += width) frames.set(this.#nothing, at);
    frames.set(observation, last);
    return frames.slice(0, width);
  }
}
