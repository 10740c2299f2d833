/** Making spaces, with Gymnasium's rules; and completing those that somebody wrote by hand, or that came from another thread. */
import { CohortError, type CohortErrorParts, mistake, show, suggest } from '../errors.ts';
import { misfitOf } from './element.ts';
import { sampleSpace } from './sample.ts';
import type {
  BoxSpace,
  DictSpace,
  DiscreteSpace,
  MultiBinarySpace,
  MultiDiscreteSpace,
  Space,
  SpaceGenerator,
  TupleSpace,
} from './types.ts';

/** Beyond it nobody has the memory. */
const maxEntries = 2 ** 28;

/** Nesting deeper than this is a mistake, such as a space that holds itself. */
const deepest = 16;

const methods = {
  sample(this: Space, generator: SpaceGenerator, mask?: ArrayLike<number | boolean>) {
    return sampleSpace(this, generator, mask);
  },
  contains(this: Space, value: unknown): boolean {
    return misfitOf(this, value) === undefined;
  },
};

/** The data as a space: with the methods on its prototype. */
const spaceOf = <S extends Space>(data: Omit<S, 'sample' | 'contains'>): S => Object.assign(Object.create(methods), data);

const isList = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** A list of whole numbers of at least `least`, as a plain one. Throws `CohortError` for anything else. */
function wholeNumbers(value: unknown, least: number, subject: string, expected: string, advice: string): number[] {
  const list = isList(value) ? Array.from(value) : [];
  const isGood = (entry: number) => Number.isSafeInteger(entry) && entry >= least;
  if (list.length === 0 || list.length > maxEntries || !list.every(isGood)) throw mistake(subject, expected, show(value), advice);
  return list;
}

/**
 * A discrete space: `discrete(2)` are 0 and 1, `discrete(3, -1)` are -1, 0 and 1. Throws `CohortError` unless `n` is a whole number of at least 1 and
 * `start` a whole number.
 */
export function discrete(n: number, start = 0): DiscreteSpace {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw mistake('discrete(n)', 'a whole number of at least 1', show(n), 'give the number of values');
  }
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(start + n)) {
    throw mistake('discrete(n, start)', 'a whole number as the first value', show(start), 'leave it out to begin with 0');
  }
  return spaceOf<DiscreteSpace>({ kind: 'discrete', n, start });
}

/**
 * A box: `box(-1, 1, [4])`, or with a bound per entry `box([-1, 0], [1, 5])`. `low` and `high` are numbers (the same bound everywhere) or lists or typed
 * arrays of one bound per entry, row-major; where one is a list the shape may be left out. Bounds of a float32 box are
 * rounded to float32. Throws `CohortError` for bounds that are NaN, not in order, or as many as the shape says not; those are the rules of
 * `gymnasium.spaces.Box`, which also takes no finite bound that float32 cannot hold.
 */
export function box(
  low: number | ArrayLike<number>,
  high: number | ArrayLike<number>,
  shape?: readonly number[],
  dtype: 'float32' | 'float64' = 'float32',
): BoxSpace {
  const bounds = [low, high].find(isList);
  const dimensions = shape ?? (bounds && [bounds.length]);
  const size = Array.isArray(dimensions) ? dimensions.reduce((product, length) => product * length, 1) : Number.NaN;
  if (!dimensions?.length || !Number.isInteger(size) || size < 1 || size > maxEntries) {
    const advice = 'write [4] for a vector of four numbers';
    throw mistake('box(low, high, shape)', 'a shape of whole numbers of at least 1', show(dimensions), advice);
  }
  if (dtype !== 'float32' && dtype !== 'float64')
    throw mistake('box: dtype', 'float32 or float64', show(dtype), 'leave it out for float32');
  const bound = (value: number | ArrayLike<number>, name: string): Float64Array => {
    const list: unknown[] | undefined =
      typeof value === 'number' ? Array.from({ length: size }, () => value) : isList(value) ? Array.from(value) : undefined;
    const advice = 'give one bound per entry, or one number for all';
    if (list && list.length !== size) throw mistake(`box: ${name}`, `${size} bounds`, `${list.length}`, advice);
    if (!list?.every((entry) => typeof entry === 'number' && !Number.isNaN(entry))) {
      const got = ArrayBuffer.isView(value) ? 'NaN among them' : show(value);
      throw mistake(`box: ${name}`, `${size} numbers, none of them NaN`, got, advice);
    }
    return Float64Array.from(list as number[], (entry) => {
      const rounded = dtype === 'float32' ? Math.fround(entry) : entry;
      if (Number.isFinite(rounded) || !Number.isFinite(entry)) return rounded;
      throw mistake(`box: ${name}`, 'numbers that float32 can hold', `${entry}`, 'write Infinity for no bound, or give the dtype float64');
    });
  };
  const [lows, highs] = [bound(low, 'low'), bound(high, 'high')];
  const wrong = lows.findIndex((entry, k) => entry > highs[k]! || entry === Infinity || highs[k] === -Infinity);
  if (wrong >= 0) {
    const got = `low ${lows[wrong]} and high ${highs[wrong]} at entry ${wrong}`;
    throw mistake('box(low, high)', 'a lower bound that is not above the upper one', got, 'give the smaller number first');
  }
  return spaceOf<BoxSpace>({ kind: 'box', shape: [...dimensions], size, low: lows, high: highs, dtype });
}

/**
 * Several discrete values at once: `multiDiscrete([3, 2])` are pairs of 0, 1 or 2 and of 0 or 1, as an `Int32Array`. Throws `CohortError` unless `nvec`
 * lists whole numbers of at least 1, and `start`, if given, as many whole numbers.
 */
export function multiDiscrete(nvec: ArrayLike<number>, start?: ArrayLike<number>): MultiDiscreteSpace {
  const advice = 'write multiDiscrete([3, 2]) for two entries of three and of two values';
  const counts = wholeNumbers(nvec, 1, 'multiDiscrete(nvec)', 'a list of whole numbers of at least 1', advice);
  const subject = 'multiDiscrete(nvec, start)';
  const expected = `${counts.length} whole numbers, the first value of each entry`;
  const first =
    start === undefined ? counts.map(() => 0) : wholeNumbers(start, -Infinity, subject, expected, 'leave it out to begin with 0');
  if (first.length !== counts.length) throw mistake(subject, expected, `${first.length}`, 'leave it out to begin with 0');
  return spaceOf<MultiDiscreteSpace>({ kind: 'multiDiscrete', nvec: counts, start: first });
}

/** `n` entries of 0 or 1 at once, as an `Int32Array`; other lists are elements, too. Throws `CohortError` unless `n` is a whole number of at least 1. */
export function multiBinary(n: number): MultiBinarySpace {
  if (!Number.isSafeInteger(n) || n < 1 || n > maxEntries) {
    throw mistake('multiBinary(n)', 'a whole number of at least 1', show(n), 'give the number of entries');
  }
  return spaceOf<MultiBinarySpace>({ kind: 'multiBinary', n });
}

/** Less than 0 where `a` comes first by code points, as Python compares text; JavaScript compares halves of characters. */
function compareText(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, k) => character !== right[k]);
  if (at < 0) return left.length - right.length;
  return right[at] === undefined ? 1 : left[at]!.codePointAt(0)! - right[at].codePointAt(0)!;
}

/** The parts of a nested space, each completed and named in errors. */
function part(value: unknown, place: string, depth: number): Space {
  if (depth >= deepest)
    throw mistake(place, `at most ${deepest} spaces inside one another`, 'more', 'flatten them, or look for a space in itself');
  return complete(value, place, depth + 1);
}

function makeDict(spaces: unknown, depth: number): DictSpace {
  const isRecord = typeof spaces === 'object' && spaces !== null && !Array.isArray(spaces) && !ArrayBuffer.isView(spaces);
  const entries = isRecord ? Object.entries(spaces).sort(([a], [b]) => compareText(a, b)) : [];
  if (entries.length === 0) {
    throw mistake(
      'dict(spaces)',
      'a record of at least one space',
      show(spaces),
      'write dict({ position: box(-1, 1, [2]), goal: discrete(4) })',
    );
  }
  const parts = entries.map(([name, space]) => [name, part(space, placeOf('dict', name), depth)] as const);
  return spaceOf<DictSpace>({ kind: 'dict', spaces: Object.fromEntries(parts), names: parts.map(([name]) => name) });
}

function makeTuple(spaces: unknown, depth: number): TupleSpace {
  if (!Array.isArray(spaces) || spaces.length === 0) {
    throw mistake('tuple(spaces)', 'a list of at least one space', show(spaces), 'write tuple([box(-1, 1, [2]), discrete(4)])');
  }
  return spaceOf<TupleSpace>({ kind: 'tuple', spaces: Array.from(spaces, (space, k) => part(space, `tuple[${k}]`, depth)) });
}

/**
 * Named parts: `dict({ position: box(-1, 1, [2]), goal: discrete(4) })`; parts may be nested. Observations are flattened in the order of the sorted names,
 * whatever the order here. Throws `CohortError` for what is no space, naming the part.
 */
export function dict(spaces: Readonly<Record<string, Space>>): DictSpace {
  return makeDict(spaces, 0);
}

/** Parts one after another: `tuple([box(-1, 1, [2]), discrete(4)])`; parts may be nested. Throws `CohortError` for what is no space, naming the part. */
export function tuple(spaces: readonly Space[]): TupleSpace {
  return makeTuple(spaces, 0);
}

/** How a part is written behind the name of what it is a part of: `.position`, `["my goal"]`. */
export function placeOf(whole: string, name: string): string {
  return /^[A-Za-z_$][\w$]{0,60}$/.test(name) ? `${whole}.${name}` : `${whole}[${show(name)}]`;
}

type Written = Readonly<Record<string, unknown>>;
const kinds: Readonly<Record<Space['kind'], (written: Written, depth: number) => Space>> = {
  discrete: ({ n, start }) => discrete(n as number, start as number),
  box: ({ low, high, shape, size, dtype }) => {
    const made = box(low as number, high as number, shape as number[], dtype as 'float32');
    if (size === undefined || size === made.size) return made;
    throw mistake('box: size', `${made.size}, the product of the shape`, show(size), 'leave it out');
  },
  multiDiscrete: ({ nvec, start }) => multiDiscrete(nvec as number[], start as number[]),
  multiBinary: ({ n }) => multiBinary(n as number),
  dict: ({ spaces }, depth) => makeDict(spaces, depth),
  tuple: ({ spaces }, depth) => makeTuple(spaces, depth),
};

function complete(value: unknown, subject: string, depth: number): Space {
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === methods) return value as Space;
  const kind: unknown = typeof value === 'object' && value !== null ? (value as Written).kind : undefined;
  const names = Object.keys(kinds);
  if (typeof kind !== 'string' || !names.includes(kind)) {
    const advice =
      typeof kind === 'string'
        ? `kind: ${suggest(kind, names)}`
        : 'make it with discrete(n), box(low, high), or another function of that kind';
    throw mistake(subject, 'a space', typeof kind === 'string' ? `the kind ${show(kind)}` : show(value), advice);
  }
  try {
    return kinds[kind as Space['kind']](value as Written, depth);
  } catch (error) {
    if (!(error instanceof CohortError)) throw error;
    const { subject: inner, expected, got, advice } = error.parts;
    throw mistake(`${subject}: ${inner}`, expected, got, advice);
  }
}

/**
 * A space from what an environment names as one: made by the functions here, written by hand (`{ kind: 'discrete', n: 2 }`; what has a default may be
 * missing), or posted from another thread. Throws `CohortError` that begins with `subject` for anything else.
 */
export function completeSpace(value: unknown, subject: string): Space {
  return complete(value, subject, 0);
}

/** What is wrong with a value as a space; nothing where {@link completeSpace} takes it. */
export function spaceFault(value: unknown, subject = 'space'): CohortErrorParts | undefined {
  try {
    completeSpace(value, subject);
    return undefined;
  } catch (error) {
    if (error instanceof CohortError) return error.parts;
    return { subject, expected: 'a space', got: 'one that cannot be read', advice: 'make it with discrete(n) or box(low, high)' };
  }
}
