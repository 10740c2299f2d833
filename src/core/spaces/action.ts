/** Actions as rows of a vector environment, and as a single environment takes them. */
import { flatSize } from './flatten.ts';
import type { PlainSpace } from './types.ts';

/** What an environment takes that takes more than one index. */
export type ActionVector = Float32Array | Float64Array | Int32Array;

/** Room for so many actions as a policy gives them: (count, `flatSize`) indices from 0, or numbers of a box. */
export function createActionRows(space: PlainSpace, count: number): Int32Array | Float32Array {
  const length = count * flatSize(space);
  return space.kind === 'box' ? new Float32Array(length) : new Int32Array(length);
}

/** Room for one action as an environment takes it: whole numbers, or those of a box in its type. */
export function createAction(space: PlainSpace): ActionVector {
  const length = flatSize(space);
  if (space.kind !== 'box') return new Int32Array(length);
  return space.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

/** Action `i` of rows as an environment takes it: the value of a discrete space (`start` + index), else `into` with the numbers. */
export function actionAt(
  space: PlainSpace,
  rows: ArrayLike<number>,
  i: number,
  into: ActionVector = createAction(space),
): number | ActionVector {
  if (space.kind === 'discrete') return rows[i]! + space.start;
  const { length } = into;
  if (space.kind === 'multiDiscrete') for (let k = 0; k < length; k++) into[k] = rows[i * length + k]! + space.start[k]!;
  else for (let k = 0; k < length; k++) into[k] = rows[i * length + k]!;
  return into;
}
