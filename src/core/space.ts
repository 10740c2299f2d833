/**
 * Spaces: what an environment shows and takes. Plain data; sampling takes its generator as an argument.
 * The rules are Gymnasium's (`gymnasium.spaces`), restricted to Discrete and Box.
 */
import { mistake, show } from './errors.ts';

/** Whole numbers `start .. start + n - 1`. */
export interface DiscreteSpace {
  readonly kind: 'discrete';
  /** How many values there are, at least 1. */
  readonly n: number;
  /** The first value, 0 by default. */
  readonly start: number;
}

/** Real vectors within bounds; a shape of `[]` is not allowed, a single number has shape `[1]`. */
export interface BoxSpace {
  readonly kind: 'box';
  readonly shape: readonly number[];
  /** Number of entries: the product of `shape`. */
  readonly size: number;
  /** Lower bounds, row-major, `-Infinity` where unbounded. */
  readonly low: Float64Array;
  /** Upper bounds, row-major, `Infinity` where unbounded. */
  readonly high: Float64Array;
  /** The type of the entries, as Gymnasium reports it. */
  readonly dtype: 'float32' | 'float64';
}

/** What an environment shows or takes. */
export type Space = DiscreteSpace | BoxSpace;

/** A discrete space of `n` values. Throws `CohortError` if `n` is not a whole number of at least 1. */
export function discrete(n: number, start = 0): DiscreteSpace {
  if (!Number.isInteger(n) || n < 1) {
    throw mistake('discrete(n)', 'a whole number of at least 1', show(n), 'give the number of values');
  }
  return { kind: 'discrete', n, start };
}

/** Beyond it nobody has the memory. */
const maxEntries = 2 ** 28;

/**
 * A box. `low` and `high` are numbers (the same bound everywhere) or one bound per entry.
 * Bounds of a float32 box are rounded to float32, as in Gymnasium.
 */
export function box(
  low: number | readonly number[],
  high: number | readonly number[],
  shape: readonly number[],
  dtype: 'float32' | 'float64' = 'float32',
): BoxSpace {
  const size = Array.isArray(shape) ? shape.reduce((product, length) => product * length, 1) : Number.NaN;
  if (shape?.length === 0 || !Number.isInteger(size) || size < 1 || size > maxEntries) {
    const advice = 'write [4] for a vector of four numbers';
    throw mistake('box(low, high, shape)', 'a shape of whole numbers of at least 1', show(shape), advice);
  }
  const bound = (value: number | readonly number[], name: string): Float64Array => {
    const list = typeof value === 'number' ? Array.from({ length: size }, () => value) : value;
    const isList = Array.isArray(list) && list.length === size;
    if (!isList || list.some((entry) => typeof entry !== 'number' || Number.isNaN(entry))) {
      throw mistake(`box: ${name}`, `${size} numbers, none of them NaN`, show(value), 'give one bound per entry, or one number for all');
    }
    return Float64Array.from(list, (entry) => (dtype === 'float32' ? Math.fround(entry) : entry));
  };
  return { kind: 'box', shape: [...shape], size, low: bound(low, 'low'), high: bound(high, 'high'), dtype };
}

/** Number of float entries that one element of the space takes in a flat buffer: 1 for a discrete space. */
export function flatSize(space: Space): number {
  return space.kind === 'discrete' ? 1 : space.size;
}

/** Length of a network's input for the space: n for a discrete space (one-hot), the size for a box. */
export function inputSizeOf(space: Space): number {
  return space.kind === 'discrete' ? space.n : space.size;
}

/** Whether `value` is an element of the space; `NaN` never is. */
export function contains(space: Space, value: unknown): boolean {
  if (space.kind === 'discrete') {
    return typeof value === 'number' && Number.isInteger(value) && value >= space.start && value < space.start + space.n;
  }
  if (!(value instanceof Float32Array || value instanceof Float64Array || Array.isArray(value))) return false;
  if (value.length !== space.size) return false;
  for (let i = 0; i < space.size; i++) {
    const entry: unknown = value[i];
    if (typeof entry !== 'number' || !(entry >= space.low[i]! && entry <= space.high[i]!)) return false;
  }
  return true;
}

/** Whether elements of one space are elements of the other, bounds of boxes aside: the same whole numbers, or as many real ones. */
export function sameShape(a: Space, b: Space): boolean {
  return a.kind === 'discrete' ? b.kind === 'discrete' && a.n === b.n && a.start === b.start : b.kind === 'box' && a.size === b.size;
}

/** Cuts rows of numbers (count, size), in float32, to the bounds of a box: `out[i] = min(max(values[i], low), high)`. Returns `out`. */
export function clipToBox({ low, high, size }: BoxSpace, values: ArrayLike<number>, out: Float32Array): Float32Array {
  for (let i = 0; i < out.length; i++) {
    const k = i % size;
    out[i] = Math.min(Math.max(values[i]!, low[k]!), high[k]!);
  }
  return out;
}

/** One line for tables and messages: `Discrete(2)`, `Box(4, float32)`. */
export function describeSpace(space: Space): string {
  if (space.kind === 'discrete') return space.start === 0 ? `Discrete(${space.n})` : `Discrete(${space.n}, start ${space.start})`;
  return `Box(${space.shape.join('x')}, ${space.dtype})`;
}
