/**
 * Checks of data from a file, small enough for a page that only plays: a value is taken as it is, or refused by the place where it stands. The words
 * are those of `parseStored`, which does the same with schemas.
 */
import { failure, show, suggest } from './errors.ts';

/** Where a value stands, and what to do about one that is wrong. */
export interface Place {
  /** What is read: `policy.safetensors: description`. */
  readonly subject: string;
  /** Keys and positions that lead to the value. */
  readonly path: readonly (string | number)[];
  readonly advice: string;
}

/** Gives the value if it is what was expected there. Throws `CohortError` (kind `failure`) if not. */
export type Check<T> = (value: unknown, place: Place) => T;

/** What a check lets through. */
export type Checked<C> = C extends Check<infer T> ? T : never;

/** Throws the error of a value that is wrong. */
function refuse({ subject, path, advice }: Place, expected: string, value: unknown): never {
  throw failure([subject, ...(path.length > 0 ? [path.join('.')] : [])].join(', '), expected, show(value), advice);
}

const below = (place: Place, key: string | number): Place => ({ ...place, path: [...place.path, key] });

/** A finite number that is at least `min` and at most `max`. */
export function finite({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = {}): Check<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(place, 'number', value);
    if (value < min) return refuse(place, `number to be >=${min}`, value);
    return value > max ? refuse(place, `number to be <=${max}`, value) : value;
  };
}

/** A whole number that is at least `min` and at most `max`. */
export function whole(bounds: { readonly min?: number; readonly max?: number } = {}): Check<number> {
  const number = finite(bounds);
  return (value, place) => (typeof value === 'number' && !Number.isSafeInteger(value) ? refuse(place, 'int', value) : number(value, place));
}

/** Text of at least `min` and at most `max` characters. */
export function text({ min = 0, max = Number.POSITIVE_INFINITY } = {}): Check<string> {
  return (value, place) => {
    if (typeof value !== 'string') return refuse(place, 'string', value);
    if (value.length < min) return refuse(place, `string to have >=${min} characters`, value);
    return value.length > max ? refuse(place, `string to have <=${max} characters`, value) : value;
  };
}

/** What another check lets through, if it also passes a test. */
export function such<T>(check: Check<T>, test: (value: T) => boolean, expected: string): Check<T> {
  return (value, place) => {
    const taken = check(value, place);
    return test(taken) ? taken : refuse(place, expected, value);
  };
}

/** Yes or no. */
export const yesOrNo: Check<boolean> = (value, place) => (typeof value === 'boolean' ? value : refuse(place, 'boolean', value));

/** One of a few texts or numbers. */
export function oneOf<const T extends string | number>(...values: readonly T[]): Check<T> {
  const names = values.map((value) => JSON.stringify(value)).join('|');
  return (value, place) =>
    values.includes(value as T) ? (value as T) : refuse(place, values.length > 1 ? `one of ${names}` : names, value);
}

/** What one of several checks lets through; `expected` names them all. */
export function either<T>(expected: string, ...checks: readonly Check<T>[]): Check<T> {
  return (value, place) => {
    for (const check of checks) {
      try {
        return check(value, place);
      } catch {
        // The next one may take it.
      }
    }
    return refuse(place, expected, value);
  };
}

/** Nothing, or what the check lets through. */
export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, place) =>
    value === undefined ? undefined : check(value, place);

/** `null`, or what the check lets through. */
export const nullable =
  <T>(check: Check<T>): Check<T | null> =>
  (value, place) =>
    value === null ? null : check(value, place);

/** A list of at least `min` and at most `max` entries. */
export function listOf<T>(entry: Check<T>, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Check<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) return refuse(place, 'array', value);
    if (value.length < min) return refuse(place, `array to have >=${min} items`, value);
    if (value.length > max) return refuse(place, `array to have <=${max} items`, value);
    for (const [index, each] of value.entries()) entry(each, below(place, index));
    return value as T[];
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with any keys that are names. */
export function recordOf<T>(key: Check<string>, entry: Check<T>): Check<Record<string, T>> {
  return (value, place) => {
    if (!isObject(value)) return refuse(place, 'record', value);
    for (const [name, each] of Object.entries(value)) {
      key(name, below(place, name));
      entry(each, below(place, name));
    }
    return value as Record<string, T>;
  };
}

/** The fields of an object by their names. */
export type Fields = Readonly<Record<string, Check<unknown>>>;
/** Fields that may be missing are optional members. */
type FieldsOf<F extends Fields> = { [K in keyof F as undefined extends Checked<F[K]> ? never : K]: Checked<F[K]> } & {
  [K in keyof F as undefined extends Checked<F[K]> ? K : never]?: Checked<F[K]>;
};

/** An object with these fields; with others, too, if `open`. An unknown field of the whole is told with the nearest known one. */
export function objectOf<F extends Fields>(fields: F, { open = false } = {}): Check<FieldsOf<F>> {
  return (value, place) => {
    if (!isObject(value)) return refuse(place, 'object', value);
    for (const [name, check] of Object.entries(fields)) check(Object.hasOwn(value, name) ? value[name] : undefined, below(place, name));
    const unknown = open ? undefined : Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown === undefined) return value as FieldsOf<F>;
    return refuse(place.path.length > 0 ? place : { ...place, advice: suggest(unknown, Object.keys(fields)) }, 'known fields', unknown);
  };
}
