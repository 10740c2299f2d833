/**
 * Values of flags that are no fields of a configuration: numbers, names of folders, seeds. Everything here throws `CohortError`.
 */
import { existsSync } from 'node:fs';
import type { Library } from './library.ts';

/** From the least to the greatest that is taken. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Whether a number need not be whole. Default false. */
  readonly isReal?: boolean;
}

/** The most iterations or steps that a flag may say. */
export const maxCount = 100_000_000;

/** What any seed may be. */
export const seedBounds: Bounds = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** The number that a flag's text stands for. */
export function parseNumber(flag: string, text: string, { min, max, isReal = false }: Bounds, library: Library): number {
  const isNumber = isReal ? text.trim() !== '' : /^\d+$/.test(text.trim());
  const value = isNumber ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const [kind, example] = isReal ? ['number', 0.8] : ['whole number', 1];
  throw library.mistake(flag, `a ${kind} from ${min} to ${max}`, library.show(text), `write for example ${flag} ${Math.max(min, example)}`);
}

/** A folder from a flag, or nothing where the flag is not given. */
export function folderName(flag: string, text: string | undefined, library: Library): string | undefined {
  if (text !== '') return text;
  throw library.mistake(flag, 'the name of a folder', '""', 'name one, or leave it out');
}

function parseSeed(value: unknown, subject: string, library: Library): number {
  const seed = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  const expected = `whole numbers from ${seedBounds.min} to ${seedBounds.max}, separated by commas`;
  throw library.mistake(subject, expected, library.show(value), 'write for example --seed 1,2,3');
}

/** Seeds as a flag (`1,2,3`) or a file (a number or a list) gives them. */
export function parseSeeds(value: unknown, subject: string, library: Library): number[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  if (list.length === 0) parseSeed(undefined, subject, library);
  const seeds = list.map((entry) => parseSeed(entry, subject, library));
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (twice === undefined) return seeds;
  throw library.mistake(subject, 'seeds that differ', `${twice} twice`, 'name each seed once: the same seed gives the same run');
}

/** The nearest names if any are near, else where to look: a list of sixty names does not fit on a screen. */
export function nearest(name: string, candidates: readonly string[], otherwise: string, library: Library): string {
  const near = library.nearestNames(name, candidates);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : otherwise;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** `90s`, `20m`, `2h`, `1h30m`, `1.5h` in seconds. */
export function parseDuration(flag: string, text: string, library: Library): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(s|min|m|h|d)/g)];
  const whole = parts.map(([part]) => part).join('');
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitSeconds[unit!]!, 0);
  if (whole === text.trim() && seconds > 0) return seconds;
  throw library.mistake(flag, 'a time such as 90s, 20m, 2h or 1h30m', library.show(text), `write for example ${flag} 2h`);
}

/** One of a few names that a flag takes. Throws `CohortError` with the nearest. */
export function parseChoice<const Name extends string>(flag: string, text: string, names: readonly Name[], library: Library): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw library.mistake(flag, `one of ${names.join(', ')}`, library.show(text), library.suggest(text, names));
}

/** A file that a flag names to be written. Throws `CohortError` for an empty name, and for a file that is there unless it may be replaced. */
export function fileToWrite(flag: string, path: string, overwrite: boolean, library: Library): string {
  if (path === '') throw library.mistake(flag, 'the name of a file', '""', 'name one, or leave it out');
  if (overwrite || !existsSync(path)) return path;
  throw library.mistake(
    flag,
    'a file that is not there yet',
    library.show(path),
    `choose another name with ${flag}, or replace it with --overwrite`,
  );
}
