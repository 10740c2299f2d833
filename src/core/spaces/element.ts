/** Whether a value is an element of a space, and if not, where and why not. */
import { show } from '../errors.ts';
import { describeSpace } from './describe.ts';
import type { PlainSpace } from './types.ts';

/** Where a value does not fit a space: keys and positions that lead there, what was expected, and what was got. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly got: string;
}

/** A place as an author would write it: `observation.position[2]`. */
export function writePath(subject: string, path: readonly (string | number)[]): string {
  const parts = path.map((key) =>
    typeof key === 'number' ? `[${key}]` : /^[A-Za-z_$][\w$]{0,60}$/.test(key) ? `.${key}` : `[${show(key)}]`,
  );
  return subject + parts.join('');
}

/** A value with what it is, for messages: numbers in typed arrays are counted. */
export function showElement(value: unknown): string {
  return ArrayBuffer.isView(value) && 'length' in value ? `${value.length} numbers` : show(value);
}

const misfit = (expected: string, got: unknown, ...path: number[]): Misfit => ({ path, expected, got: showElement(got) });

/** Whether a value has entries, one after another: a list, or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** The names that a record lacks or has too many, in words; nothing where they are those of the space. */
export function namesFault(names: readonly string[], value: unknown): Misfit | undefined {
  const expected = `a record of ${names.map((name) => show(name)).join(', ')}`;
  if (typeof value !== 'object' || value === null || isList(value)) return misfit(expected, value);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { path: [], expected, got: `one without ${show(missing)}` };
  const keys = Object.keys(value);
  if (keys.length === names.length) return undefined;
  return { path: [], expected, got: `one with ${show(keys.find((key) => !names.includes(key)))} as well` };
}

/** What keeps a value from being an element of the space: bounds of boxes and `NaN` included. */
export function misfitOf(space: PlainSpace, value: unknown): Misfit | undefined {
  switch (space.kind) {
    case 'discrete': {
      const isIn = Number.isInteger(value) && (value as number) >= space.start && (value as number) < space.start + space.n;
      return isIn ? undefined : misfit(`an element of ${describeSpace(space)}`, value);
    }
    case 'multiDiscrete':
    case 'multiBinary': {
      const size = space.kind === 'multiBinary' ? space.n : space.nvec.length;
      if (!isList(value) || value.length !== size) return misfit(`${size} whole numbers (${describeSpace(space)})`, value);
      for (let k = 0; k < size; k++) {
        const [low, n] = space.kind === 'multiBinary' ? [0, 2] : [space.start[k]!, space.nvec[k]!];
        const entry = value[k];
        if (!Number.isInteger(entry) || (entry as number) < low || (entry as number) >= low + n)
          return misfit(`a whole number from ${low} to ${low + n - 1}`, entry, k);
      }
      return undefined;
    }
    case 'dict': {
      const fault = namesFault(space.names, value);
      if (fault) return fault;
      for (const name of space.names) {
        const inner = misfitOf(space.spaces[name]!, (value as Readonly<Record<string, unknown>>)[name]);
        if (inner) return { ...inner, path: [name, ...inner.path] };
      }
      return undefined;
    }
    case 'tuple': {
      const { length } = space.spaces;
      if (!Array.isArray(value) || value.length !== length) return misfit(`a list of ${length} parts`, value);
      for (let k = 0; k < length; k++) {
        const inner = misfitOf(space.spaces[k]!, value[k]);
        if (inner) return { ...inner, path: [k, ...inner.path] };
      }
      return undefined;
    }
    default: {
      const fits = value instanceof Float32Array || value instanceof Float64Array || Array.isArray(value);
      if (!fits || value.length !== space.size) return misfit(`${space.size} numbers (${describeSpace(space)})`, value);
      for (let k = 0; k < space.size; k++) {
        const entry: unknown = value[k];
        const isIn = typeof entry === 'number' && entry >= space.low[k]! && entry <= space.high[k]!;
        if (!isIn) return misfit(`a number from ${space.low[k]} to ${space.high[k]}`, entry, k);
      }
      return undefined;
    }
  }
}

/** Whether `value` is an element of the space; `NaN` never is. */
export function contains(space: PlainSpace, value: unknown): boolean {
  return misfitOf(space, value) === undefined;
}

/** The numbers of an observation or an action, copied, part by part. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : Object.values(value as object).flatMap(numbersOf);
}
