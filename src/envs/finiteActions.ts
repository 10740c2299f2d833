/** Actions of any size, for tasks that cut them to their bounds themselves, as Gymnasium's do. */
import { mistake, show } from '../core/errors.ts';
import { type BoxSpace, box } from '../core/space.ts';

/** Largest finite float32: 2^128 - 2^104. */
const float32Max = 2 ** 128 - 2 ** 104;

/** What is accepted: `size` numbers that float32 holds. */
export const finiteActions = (size: number): BoxSpace => box(-float32Max, float32Max, [size]);

/** Throws {@link CohortError}, with `where` in its subject, unless the `size` numbers at `actions[at ..]` are finite as float32. */
export function checkFiniteAction(where: string, actions: ArrayLike<number>, at: number, size: number): void {
  for (let k = 0; k < size; k++) {
    // Beyond float32 is infinite in float32.
    if (Number.isFinite(Math.fround(actions[at + k]!))) continue;
    const got = `${show(actions[at + k])} as number ${k}`;
    throw mistake(`${where}: action`, `${size} finite number${size === 1 ? '' : 's'}`, got, 'check what the policy computes');
  }
}
