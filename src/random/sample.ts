/** Random elements of spaces, as Gymnasium's `Discrete.sample` and `Box.sample` draw them. */
import type { Generator } from './generator.ts';

/** What {@link sampleSpace} needs to know of a space; `Space` of core fits. */
export type SampledSpace =
  | { readonly kind: 'discrete'; readonly n: number; readonly start: number }
  | {
      readonly kind: 'box';
      readonly size: number;
      readonly low: ArrayLike<number>;
      readonly high: ArrayLike<number>;
      readonly dtype: 'float32' | 'float64';
    };

/** What {@link sampleSpace} returns: an index for a discrete space, a fresh vector for a box. */
export type Sampled<S extends SampledSpace> = S extends { readonly kind: 'discrete' } ? number : Float32Array | Float64Array;

/**
 * A random element: uniform where both bounds are finite, exponential where one is, normal where none is. All unbounded entries are
 * drawn first, then those bounded below, those bounded above, and the bounded ones: Gymnasium's order (`gymnasium/spaces/box.py`).
 */
export function sampleSpace<S extends SampledSpace>(space: S, generator: Generator): Sampled<S>;
export function sampleSpace(space: SampledSpace, generator: Generator): number | Float32Array | Float64Array {
  if (space.kind === 'discrete') return space.start + generator.integers(0, space.n);
  const { size, low, high } = space;
  const out = space.dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  const below = (i: number): boolean => low[i]! > -Infinity;
  const above = (i: number): boolean => high[i]! < Infinity;
  for (let i = 0; i < size; i++) if (!below(i) && !above(i)) out[i] = generator.standardNormal();
  for (let i = 0; i < size; i++) if (below(i) && !above(i)) out[i] = generator.standardExponential() + low[i]!;
  for (let i = 0; i < size; i++) if (!below(i) && above(i)) out[i] = -generator.standardExponential() + high[i]!;
  for (let i = 0; i < size; i++) if (below(i) && above(i)) out[i] = generator.uniform(low[i]!, high[i]!);
  return out;
}
