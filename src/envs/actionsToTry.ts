/** Actions that a check gives to an environment. */
import type { Action } from '../core/env.ts';
import { type Mask, type Space, sampleSpace } from '../core/space.ts';
import type { Generator } from '../random/index.ts';

/**
 * Actions that an environment must take: all of a small discrete space, the corners of a bounded box, then random ones. Where `maskOf` says what is
 * allowed next, random ones of those.
 */
export function* actionsOf(
  space: Space,
  generator: Generator,
  maskOf: () => Mask | undefined,
): globalThis.Generator<Action, void, unknown> {
  if (space.kind === 'discrete') {
    for (let k = 0; k < Math.min(space.n, 100); k++) if (!maskOf()) yield space.start + k;
  } else if (space.kind === 'box') {
    const Floats = space.dtype === 'float32' ? Float32Array : Float64Array;
    if (space.low.every(Number.isFinite)) yield Floats.from(space.low);
    if (space.high.every(Number.isFinite)) yield Floats.from(space.high);
  }
  for (;;) yield sampleSpace(space, generator, maskOf()) as Action;
}
