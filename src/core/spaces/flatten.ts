/**
 * Elements as rows of numbers, as `gymnasium.spaces.utils.flatten` makes them: a dict in the order of its sorted names, a tuple in its order, each part
 * behind the one before; of a box its numbers, of a discrete value a one among zeros, of a multi-discrete value that for each entry, of a multi-binary
 * value its entries.
 */
import { mistake } from '../errors.ts';
import { describeSpace } from './describe.ts';
import { isList, type Misfit, misfitOf, namesFault, showElement, writePath } from './element.ts';
import { headSizes } from './mask.ts';
import type { ElementOf, PlainSpace } from './types.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Length of a flattened element, which is what a network reads: n for a discrete space, the size for a box, the sum over parts. */
export function inputSizeOf(space: PlainSpace): number {
  switch (space.kind) {
    case 'box':
      return space.size;
    case 'discrete':
    case 'multiBinary':
      return space.n;
    case 'multiDiscrete':
      return sum(Array.from(space.nvec));
    case 'dict':
      return sum(space.names.map((name) => inputSizeOf(space.spaces[name]!)));
    default:
      return sum(space.spaces.map(inputSizeOf));
  }
}

/** What a network says for an action: one number per entry of a box, else one per value of each entry. */
export function outputSizeOf(space: PlainSpace): number {
  return space.kind === 'box' ? space.size : sum(headSizes(space));
}

/** Whether rows of observations hold values themselves, which become ones among zeros only where a network reads them. */
export function isStoredAsValues({ kind }: PlainSpace): boolean {
  return kind === 'discrete' || kind === 'multiDiscrete';
}

/** Number of entries that one element of the space takes in a row: the values of a discrete or multi-discrete space, else what is flattened. */
export function flatSize(space: PlainSpace): number {
  if (space.kind === 'discrete') return 1;
  return space.kind === 'multiDiscrete' ? space.nvec.length : inputSizeOf(space);
}

type Numbers = Float32Array | Float64Array;

/** Room for so many rows of observations: (count, {@link flatSize}), float64 for a box of that type, else float32. */
export function createRows(space: PlainSpace, count: number): Float32Array | Float64Array {
  const length = count * flatSize(space);
  return space.kind === 'box' && space.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

/** Writes a flattened element to `out[at ..]`; what does not fit goes to `refuse`, which throws. Bounds of boxes are not looked at. Returns the end. */
function write(space: PlainSpace, value: unknown, out: Numbers, at: number, refuse: (misfit: Misfit) => never): number {
  switch (space.kind) {
    case 'box': {
      const { size } = space;
      if (!isList(value) || value.length !== size) {
        return refuse({ path: [], expected: `${size} numbers (${describeSpace(space)})`, got: showElement(value) });
      }
      for (let k = 0; k < size; k++) {
        const entry = value[k];
        if (!Number.isFinite(entry)) refuse({ path: [k], expected: 'a finite number', got: showElement(entry) });
        out[at + k] = entry as number;
      }
      return at + size;
    }
    case 'dict': {
      const fault = namesFault(space.names, value);
      if (fault) refuse(fault);
      for (const name of space.names) {
        const inner = (value as Readonly<Record<string, unknown>>)[name];
        at = write(space.spaces[name]!, inner, out, at, (misfit) => refuse({ ...misfit, path: [name, ...misfit.path] }));
      }
      return at;
    }
    case 'tuple': {
      const { length } = space.spaces;
      if (!isList(value) || value.length !== length)
        return refuse({ path: [], expected: `a list of ${length} parts`, got: showElement(value) });
      for (let k = 0; k < length; k++) {
        at = write(space.spaces[k]!, value[k], out, at, (misfit) => refuse({ ...misfit, path: [k, ...misfit.path] }));
      }
      return at;
    }
    default: {
      const misfit = misfitOf(space, value);
      if (misfit) refuse(misfit);
      const entries = space.kind === 'discrete' ? [value as number] : (value as ArrayLike<number>);
      if (space.kind === 'multiBinary') {
        for (let k = 0; k < space.n; k++) out[at + k] = entries[k]!;
        return at + space.n;
      }
      return writeOnes(space, entries, 0, out, at);
    }
  }
}

type Values = Extract<PlainSpace, { kind: 'discrete' | 'multiDiscrete' }>;

/** Writes the values at `values[from ..]`, which are elements, as ones among zeros to `out[at ..]`; returns the end. */
function writeOnes(space: Values, values: ArrayLike<number>, from: number, out: Numbers, at: number): number {
  if (space.kind === 'discrete') {
    out.fill(0, at, at + space.n);
    out[at + values[from]! - space.start] = 1;
    return at + space.n;
  }
  for (let k = 0; k < space.nvec.length; k++) {
    out.fill(0, at, at + space.nvec[k]!);
    out[at + values[from + k]! - space.start[k]!] = 1;
    at += space.nvec[k]!;
  }
  return at;
}

/** Network inputs of `count` rows of values of a discrete or multi-discrete space. */
export function encodeValues(space: PlainSpace, rows: ArrayLike<number>, count: number, inputs: Float32Array): void {
  const width = flatSize(space);
  for (let i = 0, at = 0; i < count; i++) at = writeOnes(space as Values, rows, i * width, inputs, at);
}

/** Writes an observation as a row of a vector environment, see {@link flatSize}, to `out[at ..]`; what does not fit goes to `refuse`, which throws. */
export function storeElement(space: PlainSpace, value: unknown, out: Numbers, at: number, refuse: (misfit: Misfit) => never): void {
  if (!isStoredAsValues(space)) {
    write(space, value, out, at, refuse);
    return;
  }
  const misfit = misfitOf(space, value);
  if (misfit) refuse(misfit);
  if (typeof value === 'number') out[at] = value;
  else out.set(value as ArrayLike<number>, at);
}

/** Throws `CohortError` for what does not fit. */
function refuser(subject: string, advice: string): (misfit: Misfit) => never {
  return ({ path, expected, got }) => {
    throw mistake(writePath(subject, path), expected, got, advice);
  };
}

/**
 * An element of a space as one vector: what a policy reads. Example: `flatten(dict({ a: discrete(3), b: box(0, 9, [2]) }), { b: [5, 6], a: 1 })` is
 * `[0, 1, 0, 5, 6]`. Throws `CohortError` that names the part that does not fit.
 */
export function flatten(space: PlainSpace, value: unknown): Float32Array {
  const out = new Float32Array(inputSizeOf(space));
  write(space, value, out, 0, refuser('flatten: value', 'give an element of the space, without NaN'));
  return out;
}

/** The element that {@link flatten} made this row of. Throws `CohortError` for a row of another length, or of zeros where a one is to be. */
export function unflatten<S extends PlainSpace>(space: S, row: ArrayLike<number>): ElementOf<S>;
export function unflatten(space: PlainSpace, row: ArrayLike<number>): unknown {
  const size = inputSizeOf(space);
  if (!isList(row) || row.length !== size) {
    throw mistake('unflatten: row', `${size} numbers`, showElement(row), 'give a row that flatten made for this space');
  }
  return read(space, row, { at: 0 });
}

/** The place of the one among `n` entries. */
function readOne(row: ArrayLike<number>, place: { at: number }, n: number): number {
  const from = place.at;
  place.at += n;
  for (let k = 0; k < n; k++) if (row[from + k] !== 0) return k;
  throw mistake(
    'unflatten: row',
    `a one among the entries ${from} to ${from + n - 1}`,
    'zeros',
    'give a row that flatten made for this space',
  );
}

function read(space: PlainSpace, row: ArrayLike<number>, place: { at: number }): unknown {
  const take = (length: number) => {
    const from = place.at;
    place.at += length;
    return { length, from };
  };
  switch (space.kind) {
    case 'discrete':
      return space.start + readOne(row, place, space.n);
    case 'multiDiscrete':
      return Int32Array.from(space.nvec, (n, k) => space.start[k]! + readOne(row, place, n));
    case 'multiBinary': {
      const { from, length } = take(space.n);
      return Int32Array.from({ length }, (_, k) => row[from + k]!);
    }
    case 'dict':
      return Object.fromEntries(space.names.map((name) => [name, read(space.spaces[name]!, row, place)]));
    case 'tuple':
      return space.spaces.map((part) => read(part, row, place));
    default: {
      const { from, length } = take(space.size);
      const out = space.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
      return out.map((_, k) => row[from + k]!);
    }
  }
}

/** Cuts rows of numbers (count, size), in float32, to the bounds of a box: `out[i] = min(max(values[i], low), high)`. Returns `out`. */
export function clipToBox(
  { low, high, size }: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number>; readonly size: number },
  values: ArrayLike<number>,
  out: Float32Array,
): Float32Array {
  for (let i = 0; i < out.length; i++) {
    const k = i % size;
    out[i] = Math.min(Math.max(values[i]!, low[k]!), high[k]!);
  }
  return out;
}
