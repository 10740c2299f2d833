/** Shows any observation as one vector, for wrappers that want a box; training itself flattens what it needs to. */
import type { Action, Env, Observation } from '../../core/env.ts';
import { type BoxSpace, box, flatten, type Space } from '../../core/space.ts';
import { EnvWrapper } from './envWrapper.ts';

/** Bounds of the flattened elements: a one among zeros for a value. */
function boundsOf(space: Space): { readonly low: readonly number[]; readonly high: readonly number[] } {
  if (space.kind === 'box') return { low: [...space.low], high: [...space.high] };
  if (space.kind === 'dict' || space.kind === 'tuple') {
    const parts = (space.kind === 'dict' ? space.names.map((name) => space.spaces[name]!) : space.spaces).map(boundsOf);
    return { low: parts.flatMap(({ low }) => low), high: parts.flatMap(({ high }) => high) };
  }
  const size = space.kind === 'multiDiscrete' ? space.nvec.reduce((sum, n) => sum + n, 0) : space.n;
  return { low: new Array<number>(size).fill(0), high: new Array<number>(size).fill(1) };
}

/**
 * Shows observations of any space as a vector in the order of Gymnasium's FlattenObservation: dicts by their sorted names, values as a one among
 * zeros. The vector is float32, which is what policies read; a box keeps its type.
 */
export class FlattenObservation<A extends Action = Action> extends EnvWrapper<Float32Array | Float64Array, A, Observation> {
  declare readonly observationSpace: BoxSpace;
  readonly #space: Space;

  constructor(env: Env<Observation, A>) {
    const space = env.observationSpace;
    const { low, high } = boundsOf(space);
    super(env, { observationSpace: box(low, high, [low.length], space.kind === 'box' ? space.dtype : 'float32') });
    this.#space = space;
  }

  protected override observe(observation: Observation): Float32Array | Float64Array {
    return this.#space.kind === 'box' ? (observation as Float32Array | Float64Array) : flatten(this.#space, observation);
  }
}
