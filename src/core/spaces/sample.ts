/** Random elements of spaces, as Gymnasium draws them; parts of a dict or a tuple follow one another, all from the one generator. */
import { maskedHeads } from './mask.ts';
import type { ElementOf, Mask, PlainSpace, SpaceGenerator } from './types.ts';

type Box = Extract<PlainSpace, { kind: 'box' }>;

/** All unbounded entries first, then those bounded below, those bounded above, and the bounded ones: Gymnasium's order (`gymnasium/spaces/box.py`). */
function sampleBox({ size, low, high, dtype }: Box, generator: SpaceGenerator): Float32Array | Float64Array {
  const out = dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  const below = (i: number): boolean => low[i]! > -Infinity;
  const above = (i: number): boolean => high[i]! < Infinity;
  for (let i = 0; i < size; i++) if (!below(i) && !above(i)) out[i] = generator.standardNormal();
  for (let i = 0; i < size; i++) if (below(i) && !above(i)) out[i] = generator.standardExponential() + low[i]!;
  for (let i = 0; i < size; i++) if (!below(i) && above(i)) out[i] = -generator.standardExponential() + high[i]!;
  for (let i = 0; i < size; i++) if (below(i) && above(i)) out[i] = generator.uniform(low[i]!, high[i]!);
  return out;
}

/**
 * A random element: uniform where both bounds are finite, exponential where one is, normal where none is. With a mask only what it allows, each with the
 * same probability. Throws `CohortError` for a mask that does not fit.
 */
export function sampleSpace<S extends PlainSpace>(space: S, generator: SpaceGenerator, mask?: Mask): ElementOf<S>;
export function sampleSpace(space: PlainSpace, generator: SpaceGenerator, mask?: Mask): unknown {
  const allowed = mask === undefined ? undefined : maskedHeads(space, mask);
  const choose = (list: readonly number[]): number => list[generator.integers(0, list.length)]!;
  switch (space.kind) {
    case 'discrete':
      return space.start + (allowed ? choose(allowed[0]!) : generator.integers(0, space.n));
    case 'multiDiscrete': {
      const draw = (n: number, k: number): number => (allowed ? choose(allowed[k]!) : Math.floor(generator.random() * n));
      return Int32Array.from(space.nvec, (n, k) => space.start[k]! + draw(n, k));
    }
    case 'multiBinary':
      return Int32Array.from({ length: space.n }, (_, k) => (allowed ? choose(allowed[k]!) : generator.integers(0, 2)));
    case 'dict':
      return Object.fromEntries(space.names.map((name) => [name, sampleSpace(space.spaces[name]!, generator)]));
    case 'tuple':
      return space.spaces.map((part) => sampleSpace(part, generator));
    default:
      return sampleBox(space, generator);
  }
}
