/**
 * Where runs are kept: names of new folders, and what a folder of several seeds holds besides its runs.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RecordedModule, RoadName } from '../node/toolkit.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { readJson } from './storedRun.ts';
import { folderName } from './values.ts';

/** The default folder for runs, below the current one. */
export const runsFolder = 'runs';

/** The plan of a common folder: written before the first seed starts, so that `resume` knows of seeds that never did. */
export interface SeedPlan {
  readonly road: RoadName;
  /** The environment, or the task. */
  readonly target: string;
  /** The algorithm, or the estimator. */
  readonly method: string;
  /** Modules that every seed is trained with. */
  readonly modules: readonly RecordedModule[];
  readonly seeds: readonly number[];
  /** What every seed is trained with, as `train` takes it, without the seed. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** The file of a plan in a common folder. */
export const planFile = 'seeds.json';
const planFormat = { format: 'cohort-seeds', formatVersion: 2 };

/** Writes a JSON file that people may read. */
export function writeJson(path: string, value: object, flag: 'w' | 'wx' = 'w'): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { flag });
}

/** Writes the plan of several seeds. */
export function writePlan(common: string, plan: SeedPlan): void {
  writeJson(join(common, planFile), { ...planFormat, ...plan }, 'wx');
}

/** The plan of several seeds; nothing for a file that holds something else. */
export function readPlan(common: string): SeedPlan | undefined {
  const value = readJson(join(common, planFile));
  const plan = value as Partial<SeedPlan> | undefined;
  const isPlan =
    value?.format === planFormat.format &&
    value.formatVersion === planFormat.formatVersion &&
    typeof plan?.target === 'string' &&
    Array.isArray(plan.modules) &&
    Array.isArray(plan.seeds) &&
    plan.seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0) &&
    typeof plan.input === 'object' &&
    plan.input !== null;
  return isPlan ? (plan as SeedPlan) : undefined;
}

/** The folder of one seed in a common folder. */
export function seedFolder(common: string, seed: number | string): string {
  return join(common, `seed${seed}`);
}

/** `20251121-014800`: local time, sortable. */
export function timeStamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

// A folder name with more seeds than this says how many instead of which.
const maxSeedsInName = 8;

/** `CartPole-v1__gpg__seed1__20251121-014800`: as CleanRL names runs. */
export function runName(env: string, algorithm: string, seeds: readonly number[], date: Date): string {
  const list = seeds.length > maxSeedsInName ? `${seeds.length}seeds` : `seed${seeds.length > 1 ? 's' : ''}${seeds.join('-')}`;
  return [env.replace(/[^\w.-]+/g, '-'), algorithm, list, timeStamp(date)].join('__');
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
    const held = readdirSync(path);
    if (held.length === 0) return path;
    const isRun = held.includes(library.runFiles.config) || held.includes(planFile);
    throw library.mistake(
      '--run-dir',
      'a new or empty folder',
      `${library.show(path)}, which holds ${isRun ? 'a run' : held.slice(0, 3).join(', ')}`,
      isRun ? `choose another folder, or go on with \`${commandLine('resume', path)}\`` : 'choose another folder',
    );
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
