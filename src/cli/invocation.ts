/**
 * How the user started us and writes paths, so that every command we print can be copied as it stands.
 */
import { basename, isAbsolute, relative, sep } from 'node:path';
import { posixWord } from '../node/early.ts';

/** What a user types before the name of a command: `cohort-rl` where it is on the path, else `npx cohort-rl`. */
export function invocation(): 'cohort-rl' | 'npx cohort-rl' {
  const script = process.argv[1] ?? '';
  if (process.env.npm_command === 'exec' || script.includes(`${sep}.bin${sep}`)) return 'npx cohort-rl';
  // A global install runs us through a link of our own name (or, on Windows, from a folder of packages).
  const name = basename(script);
  if (name === 'cohort-rl' || name === 'cohort') return 'cohort-rl';
  return process.platform === 'win32' && script.includes(`${sep}node_modules${sep}`) ? 'cohort-rl' : 'npx cohort-rl';
}

/** A path as the user would write it: relative where it is below the current folder. */
export function shownPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(process.cwd(), path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}

/** One word of a command line, quoted if a shell would take it apart. */
export function shellWord(word: string): string {
  const posix = posixWord(word);
  return process.platform !== 'win32' || posix === word ? posix : `"${word.replaceAll('"', '""')}"`;
}

/** A whole command to copy. */
export function commandLine(...words: readonly string[]): string {
  return [invocation(), ...words.map(shellWord)].join(' ');
}
