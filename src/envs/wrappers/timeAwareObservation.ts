/** Shows how far an episode has come: where it ends by the clock alone, its worth depends on the time that is left. */
import type { Action, Env } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { boxOf } from './boxOf.ts';
import { EnvWrapper } from './envWrapper.ts';

type Vector = Float32Array | Float64Array;

/** How the time is shown. */
export interface TimeAwareOptions {
  /** As a share 0 .. 1 of the limit, in the observation's own type, instead of as steps, in float64. Default false. */
  readonly normalizeTime?: boolean;
}

/**
 * Appends to the observation of a box how many steps the episode had. As Gymnasium's TimeAwareObservation with `flatten`; the limit, which
 * Gymnasium looks up, is given.
 */
export class TimeAwareObservation<A extends Action = Action> extends EnvWrapper<Vector, A> {
  declare readonly observationSpace: BoxSpace;
  readonly #maxEpisodeSteps: number;
  readonly #isNormalized: boolean;
  /** (1) Steps of the episode. */
  readonly #elapsed: Int32Array;

  /** Throws {@link CohortError} unless observations are a box and `maxEpisodeSteps` is a whole number of at least 1. */
  constructor(env: Env<Vector, A>, maxEpisodeSteps: number, { normalizeTime = false }: TimeAwareOptions = {}) {
    const { low, high, dtype } = boxOf('TimeAwareObservation', 'observation', env.observationSpace);
    if (!Number.isInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      const advice = 'give the limit of the episodes, as TimeLimit has it';
      throw mistake('TimeAwareObservation: maxEpisodeSteps', 'a whole number of at least 1', show(maxEpisodeSteps), advice);
    }
    const last = normalizeTime ? 1 : maxEpisodeSteps;
    const elapsed = new Int32Array(1);
    const observationSpace = box([...low, 0], [...high, last], [low.length + 1], normalizeTime ? dtype : 'float64');
    super(env, { observationSpace, state: ['timeAwareObservation', { elapsed }] });
    this.#maxEpisodeSteps = maxEpisodeSteps;
    this.#isNormalized = normalizeTime;
    this.#elapsed = elapsed;
  }

  protected override observe(observation: Vector, isFirst: boolean): Vector {
    const steps = isFirst ? 0 : this.#elapsed[0]! + 1;
    this.#elapsed[0] = steps;
    const shown =
      this.observationSpace.dtype === 'float64'
        ? new Float64Array(this.observationSpace.size)
        : new Float32Array(this.observationSpace.size);
    shown.set(observation);
    // Gymnasium's share is float32 whatever the observation is.
    shown[observation.length] = this.#isNormalized ? Math.fround(steps / this.#maxEpisodeSteps) : steps;
    return shown;
  }
}
