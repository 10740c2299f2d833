/** Takes a number for a real action: what a policy over discrete actions needs. */
import type { Action, Env, Observation } from '../../core/env.ts';
import { type BinOptions, Bins } from './bins.ts';
import { finiteBoxOf } from './boxOf.ts';
import { EnvWrapper } from './envWrapper.ts';

/**
 * Takes the number of a bin, or with `multiDiscrete` one per entry, and gives the environment the middle of the bin. As Gymnasium's
 * DiscretizeAction. Three bins of -2 .. 2 are -4/3, 0 and 4/3.
 */
export class DiscretizeAction<O extends Observation = Observation> extends EnvWrapper<O, Action> {
  readonly #bins: Bins;
  /** The middle of every bin of each entry. */
  readonly #middles: readonly Float64Array[];
  readonly #isDouble: boolean;

  /** Throws {@link CohortError} unless actions are a box with finite bounds and `bins` a whole number of at least 1, or one per entry. */
  constructor(env: Env<O, Action>, bins: number | readonly number[], options: BinOptions = {}) {
    const space = finiteBoxOf('DiscretizeAction', 'action', env.actionSpace);
    const made = new Bins('DiscretizeAction', space, bins, options);
    super(env, { actionSpace: made.space });
    this.#bins = made;
    this.#middles = made.edges.map((edges) => edges.slice(1).map((edge, bin) => made.round(0.5 * made.round(edges[bin]! + edge))));
    this.#isDouble = space.dtype === 'float64';
  }

  protected override observe(observation: O): O {
    return observation;
  }

  protected override act(action: Action): Action {
    const middles = this.#bins.split(action).map((bin, k) => this.#middles[k]![bin]!);
    return this.#isDouble ? Float64Array.from(middles) : Float32Array.from(middles);
  }
}
