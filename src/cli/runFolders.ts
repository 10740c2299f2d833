/**
 * Where runs are kept: names of new folders, and the plan in a folder of several seeds.
 */

import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readPlainSync } from '../node/early.ts';
import type { SeedPlan } from '../node/toolkit.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { folderName } from './values.ts';

/** The default folder for runs, below the current one. */
export const runsFolder = 'runs';

/** The plan of several seeds in their common folder; nothing where there is none, or something else. */
export function readPlan(common: string, { parseSeedPlan, seedPlanFile }: Library): SeedPlan | undefined {
  const path = join(common, seedPlanFile);
  try {
    return parseSeedPlan(new TextDecoder().decode(readPlainSync(path)), path);
  } catch {
    return undefined;
  }
}

/** `20251121-014800`: local time, sortable. */
export function timeStamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

// A folder name with more seeds than this says how many instead of which.
const maxSeedsInName = 8;

/** Most characters that a name gives its folder. */
const maxNameInFolder = 60;

/** A text as part of the name of a folder, on every system. */
function asFolder(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
}

/** `CartPole-v1__gpg__seed1__20251121-014800`: as CleanRL names runs; of a run that has a name `mine__seed1__20251121-014800`. */
export function runName(env: string, algorithm: string, seeds: readonly number[], date: Date, name = ''): string {
  const list = seeds.length > maxSeedsInName ? `${seeds.length}seeds` : `seed${seeds.length > 1 ? 's' : ''}${seeds.join('-')}`;
  const own = asFolder(asFolder(name).slice(0, maxNameInFolder));
  return [...(own === '' ? [env.replace(/[^\w.-]+/g, '-'), algorithm] : [own]), list, timeStamp(date)].join('__');
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Makes the folder for a new run. Throws `CohortError` if it cannot be made or is not empty; nothing is overwritten. */
export function makeRunFolder(asked: string | undefined, name: string, library: Library): string {
  const path = folderName('--run-dir', asked, library) ?? join(runsFolder, name);
  try {
    if (asked === undefined) {
      makeFolders(dirname(resolve(path)));
      return makeFresh(path);
    }
    makeFolders(resolve(path));
    // A run that was killed in its very beginning is none.
    const held = readdirSync(path).filter((name) => !library.isLeftOver(name));
    const plan = join(path, library.seedPlanFile);
    if (held.length === 1 && existsSync(plan) && !readPlan(path, library)) rmSync(plan);
    else if (held.length > 0) refuseHeld(path, held, library);
    return path;
  } catch (error) {
    if (error instanceof library.CohortError) throw error;
    const { parts } = library.explainFileError(error, path);
    throw new library.CohortError({
      ...parts,
      subject: '--run-dir',
      expected: 'a folder that can be written',
      got: `${library.show(path)}, ${parts.got}`,
      kind: codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR' ? 'usage' : 'failure',
    });
  }
}

function refuseHeld(path: string, held: readonly string[], library: Library): never {
  const isRun = held.includes(library.runFiles.config) || held.includes(library.seedPlanFile);
  throw library.mistake(
    '--run-dir',
    'a new or empty folder',
    `${library.show(path)}, which holds ${isRun ? 'a run' : held.slice(0, 3).join(', ')}`,
    isRun ? `choose another folder, or go on with \`${commandLine('resume', path)}\`` : 'choose another folder',
  );
}

/** Makes a folder and those above it. Not `recursive: true`, which never returns where a file system says ENOENT to every mkdir (/proc). */
function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it in the meantime.
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  // Throws ENOTDIR where it is a file.
  readdirSync(path);
}

/** A folder that was not there before: two runs that begin in the same second get two folders. */
function makeFresh(path: string): string {
  for (let attempt = 1; ; attempt++) {
    const candidate = attempt === 1 ? path : `${path}-${attempt}`;
    try {
      mkdirSync(candidate);
      return candidate;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || attempt >= 100) throw error;
    }
  }
}

/** Removes folders that a failed start left empty; anything with content stays. */
export function removeIfEmpty(...paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmdirSync(path);
    } catch {
      // Not empty, or not there: both are fine.
    }
  }
}
