/** Shows which bin a real observation lies in: what tables need. */
import type { Action, Env } from '../../core/env.ts';
import { type BinOptions, Bins } from './bins.ts';
import { finiteBoxOf } from './boxOf.ts';
import { EnvWrapper } from './envWrapper.ts';

/** Shows a box with finite bounds as the number of its bin, or with `multiDiscrete` one per entry. As Gymnasium's DiscretizeObservation. */
export class DiscretizeObservation<A extends Action = Action> extends EnvWrapper<number | Int32Array, A, Float32Array | Float64Array> {
  readonly #bins: Bins;

  /** Throws {@link CohortError} unless observations are a box with finite bounds and `bins` a whole number of at least 1, or one per entry. */
  constructor(env: Env<Float32Array | Float64Array, A>, bins: number | readonly number[], options: BinOptions = {}) {
    const made = new Bins(
      'DiscretizeObservation',
      finiteBoxOf('DiscretizeObservation', 'observation', env.observationSpace),
      bins,
      options,
    );
    super(env, { observationSpace: made.space });
    this.#bins = made;
  }

  protected override observe(observation: Float32Array | Float64Array): number | Int32Array {
    const { edges, counts } = this.#bins;
    // What lies beyond the bounds is in the outermost bins.
    const binOf = (value: number, k: number): number => {
      let bin = 0;
      while (bin + 1 < counts[k]! && value >= edges[k]![bin + 1]!) bin++;
      return bin;
    };
    return this.#bins.join(Array.from(observation, binOf));
  }
}
