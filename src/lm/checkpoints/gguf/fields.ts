/**
 * Single values of a GGUF file's metadata, held to what they must be.
 */
import { failure, show } from '../../../core/errors.ts';
import type { GgufHeader } from './header.ts';
import { otherCopy } from './pieces.ts';

/** The greatest whole number that any of these values may be. */
const greatest = 2 ** 31 - 1;

function refuse(header: GgufHeader, key: string, expected: string): Error {
  return failure(header.subject, `${expected} as metadata ${show(key)}`, show(header.metadata.get(key)), otherCopy);
}

/** A whole number from `least` (1 unless given) to 2^31 - 1; `standard` where there is none. Throws `CohortError` (kind failure) for something else, or nothing. */
export function wholeNumber(header: GgufHeader, key: string, standard?: number, least = 1): number {
  const value = header.metadata.get(key) ?? standard;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= greatest) return value;
  throw refuse(header, key, `a whole number of at least ${least}`);
}

/**
 * A positive number; `standard` where there is none. A float32 becomes the shortest decimal that stands for it (0.00001, not 0.00000999999974...), which is
 * what the model's makers wrote. Throws `CohortError` (kind failure) for something else, or nothing.
 */
export function positiveNumber(header: GgufHeader, key: string, standard?: number): number {
  const value = header.metadata.get(key) ?? standard;
  if (typeof value !== 'number' || !(value > 0 && value < Number.POSITIVE_INFINITY)) throw refuse(header, key, 'a positive number');
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** A text; `undefined` where there is none. Throws `CohortError` (kind failure) for something else. */
export function optionalText(header: GgufHeader, key: string): string | undefined {
  const value = header.metadata.get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw refuse(header, key, 'a text');
}

/** A boolean; `undefined` where there is none. Throws `CohortError` (kind failure) for something else. */
export function optionalBoolean(header: GgufHeader, key: string): boolean | undefined {
  const value = header.metadata.get(key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(header, key, 'true or false');
}

/** A list of texts; `undefined` where there is none. Throws `CohortError` (kind failure) for something else. */
export function optionalTexts(header: GgufHeader, key: string): readonly string[] | undefined {
  const value = header.metadata.get(key);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value as readonly string[];
  // An empty list of numbers is no list of texts, and nothing that is written on purpose.
  throw refuse(header, key, 'a list of texts');
}

/** A list of numbers; `undefined` where there is none. Throws `CohortError` (kind failure) for something else. */
export function optionalNumbers(header: GgufHeader, key: string): readonly number[] | undefined {
  const value = header.metadata.get(key);
  if (value === undefined) return undefined;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  throw refuse(header, key, 'a list of numbers');
}
