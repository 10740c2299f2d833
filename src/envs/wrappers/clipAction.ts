/** Actions cut to the bounds of a box, as Gymnasium's `ClipAction`: a Gaussian policy knows no bounds. */
import type { VectorEnv } from '../../core/env.ts';
import { mistake } from '../../core/errors.ts';
import { type BoxSpace, clipToBox, describeSpace } from '../../core/space.ts';
import { VectorWrapper } from './vectorWrapper.ts';

/** A vector environment that cuts every action to its box before stepping. */
export class ClipActionVectorEnv extends VectorWrapper {
  readonly #box: BoxSpace;
  /** (N, A). */
  readonly #clipped: Float32Array;

  /** Throws {@link CohortError} unless the action space is a box. */
  constructor(env: VectorEnv) {
    super(env);
    if (env.actionSpace.kind !== 'box') {
      throw mistake(
        'ClipActionVectorEnv',
        'an environment whose actions are a box',
        describeSpace(env.actionSpace),
        'leave the wrapper out',
      );
    }
    this.#box = env.actionSpace;
    this.#clipped = new Float32Array(env.numEnvs * env.actionSpace.size);
  }

  override step(actions: Int32Array | Float32Array): void {
    this.env.step(clipToBox(this.#box, actions, this.#clipped));
  }
}
