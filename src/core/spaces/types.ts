/**
 * What spaces are. Everything but the two methods is plain data: the methods stand on the prototype, so that a space can be posted to another thread,
 * where `completeSpace` puts them back.
 */

/** What elements are drawn from: NumPy's `Generator`, as `cohort-rl/random` has it. */
export interface SpaceGenerator {
  random(): number;
  integers(low: number, high: number): number;
  uniform(low: number, high: number): number;
  standardNormal(): number;
  standardExponential(): number;
}

/** Which values are allowed: one entry per value, 1 or `true` where it is. */
export type Mask = ArrayLike<number | boolean>;

/** What every space can do. */
export interface SpaceMethods<Element> {
  /**
   * A random element, uniform over what is bounded. With a mask (of a discrete, multi-discrete or multi-binary space: one entry per value of each entry,
   * one after another) only what it allows is drawn. Throws `CohortError` for a mask that does not fit.
   */
  sample(generator: SpaceGenerator, mask?: Mask): Element;
  /** Whether `value` is an element of the space; `NaN` never is. */
  contains(value: unknown): boolean;
}

/** Whole numbers `start .. start + n - 1`. */
export interface DiscreteSpace extends SpaceMethods<number> {
  readonly kind: 'discrete';
  /** How many values there are, at least 1. */
  readonly n: number;
  /** The first value, 0 by default. */
  readonly start: number;
}

/** Real vectors within bounds; a shape of `[]` is not allowed, a single number has shape `[1]`. */
export interface BoxSpace extends SpaceMethods<Float32Array | Float64Array> {
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

/** Several whole numbers, entry k of them `start[k] .. start[k] + nvec[k] - 1`. */
export interface MultiDiscreteSpace extends SpaceMethods<Int32Array> {
  readonly kind: 'multiDiscrete';
  /** How many values each entry has, at least 1. */
  readonly nvec: readonly number[];
  /** The first value of each entry, 0 by default. */
  readonly start: readonly number[];
}

/** `n` entries that are 0 or 1. */
export interface MultiBinarySpace extends SpaceMethods<Int32Array> {
  readonly kind: 'multiBinary';
  /** How many entries there are, at least 1. */
  readonly n: number;
}

/** Named parts. Elements are records with exactly these names. */
export interface DictSpace extends SpaceMethods<Readonly<Record<string, unknown>>> {
  readonly kind: 'dict';
  /** The parts by name. */
  readonly spaces: Readonly<Record<string, Space>>;
  /** The names in the order in which parts are flattened: sorted by code points, as Gymnasium sorts the keys of a plain `dict`. */
  readonly names: readonly string[];
}

/** Parts one after another. Elements are lists of that length. */
export interface TupleSpace extends SpaceMethods<readonly unknown[]> {
  readonly kind: 'tuple';
  readonly spaces: readonly Space[];
}

/** What an environment shows or takes. */
export type Space = DiscreteSpace | BoxSpace | MultiDiscreteSpace | MultiBinarySpace | DictSpace | TupleSpace;

/** A space without its methods; bounds and sizes may be any lists. */
export type PlainSpace =
  | { readonly kind: 'discrete'; readonly n: number; readonly start: number }
  | {
      readonly kind: 'box';
      readonly size: number;
      readonly low: ArrayLike<number>;
      readonly high: ArrayLike<number>;
      readonly dtype: 'float32' | 'float64';
    }
  | { readonly kind: 'multiDiscrete'; readonly nvec: ArrayLike<number>; readonly start: ArrayLike<number> }
  | { readonly kind: 'multiBinary'; readonly n: number }
  | { readonly kind: 'dict'; readonly spaces: Readonly<Record<string, PlainSpace>>; readonly names: readonly string[] }
  | { readonly kind: 'tuple'; readonly spaces: readonly PlainSpace[] };

/** The elements of a space; of the parts of a nested one nothing is said. */
export type ElementOf<S extends PlainSpace> = S extends { readonly kind: 'discrete' }
  ? number
  : S extends { readonly kind: 'box' }
    ? Float32Array | Float64Array
    : S extends { readonly kind: 'multiDiscrete' }
      ? Int32Array
      : S extends { readonly kind: 'multiBinary' }
        ? Int32Array
        : S extends { readonly kind: 'dict' }
          ? Readonly<Record<string, unknown>>
          : readonly unknown[];
