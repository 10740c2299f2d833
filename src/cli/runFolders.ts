/**
 * Where runs are kept: names of new folders, finding the seeds in an old one, and refusing what is neither.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunSummary } from '../node/index.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { commandOf, type Road, roadOf } from './road.ts';

/** The folder below which runs are kept unless `--run-dir` says otherwise. */
export const runsFolder = 'runs';
/** The folder below which `import` keeps policies unless `--output` says otherwise. */
export const importedFolder: string = join(runsFolder, 'imported');

/** The plan of a common folder: written before the first seed starts, so that `resume` knows of seeds that never did. */
export interface SeedPlan {
  readonly format: 'cohort-seeds';
  /** Missing on environments. */
  readonly road?: Road;
  /** The environment, or the task. */
  readonly env: string;
  readonly algorithm: string;
  readonly seeds: readonly number[];
  /** What every seed is trained with, as `train` takes it, without the seed. */
  readonly input: Readonly<Record<string, unknown>>;
}

const planFile = 'seeds.json';
const configFile = 'config.json';
const summaryFile = 'summary.json';
// As `policyFiles` of the library names it.
const policyFile = 'policy.safetensors';

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

const folderAdvice: Readonly<Record<string, string>> = {
  EEXIST: 'a file stands in the way: choose another folder',
  ENOTDIR: 'a part of the path is a file: choose another folder',
  EACCES: 'the permission is missing: choose another folder',
  EPERM: 'the permission is missing: choose another folder',
  EROFS: 'the file system is read-only: choose another folder',
  ENOSPC: 'the disk is full: free some space or choose another folder',
  ENAMETOOLONG: 'the name is too long: choose a shorter one',
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function refuseFolder(path: string, error: unknown, library: Library): never {
  const code = codeOf(error);
  throw new library.CohortError({
    subject: '--run-dir',
    expected: 'a folder that can be written',
    got: `${library.show(path)} (${code || String(error)})`,
    advice: folderAdvice[code] ?? 'choose another folder',
    kind: code === 'EEXIST' || code === 'ENOTDIR' ? 'usage' : 'failure',
    cause: error,
  });
}

/** Makes the folder for a new run. Throws `CohortError` if it cannot be made or is not empty; nothing is overwritten. */
export function makeRunFolder(asked: string | undefined, name: string, library: Library): string {
  if (asked === '') {
    throw new library.CohortError({
      subject: '--run-dir',
      expected: 'the name of a folder',
      got: '""',
      advice: 'name one, or leave it out',
    });
  }
  const path = asked ?? join(runsFolder, name);
  try {
    if (asked === undefined) {
      makeFolders(dirname(resolve(path)));
      return makeFresh(path);
    }
    makeFolders(resolve(path));
    const held = readdirSync(path);
    if (held.length === 0) return path;
    const isRun = held.includes(configFile) || held.includes(planFile);
    throw new library.CohortError({
      subject: '--run-dir',
      expected: 'a new or empty folder',
      got: `${library.show(path)}, which holds ${isRun ? 'a run' : held.slice(0, 3).join(', ')}`,
      advice: isRun ? `choose another folder, or go on with \`${commandLine('resume', path)}\`` : 'choose another folder',
    });
  } catch (error) {
    if (error instanceof library.CohortError) throw error;
    return refuseFolder(path, error, library);
  }
}

/** Makes a folder and those above it. Not `recursive: true`, which never returns where a file system says ENOENT to every mkdir (/proc). */
function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let at = path; !exists(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
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

/** Writes the plan of several seeds. */
export function writePlan(common: string, plan: Omit<SeedPlan, 'format'>): void {
  writeFileSync(join(common, planFile), `${JSON.stringify({ format: 'cohort-seeds', ...plan }, null, 2)}\n`, { flag: 'wx' });
}

/** Writes the joint summary of several seeds. */
export function writeJointSummary(common: string, summary: object): void {
  writeFileSync(join(common, summaryFile), `${JSON.stringify(summary, null, 2)}\n`);
}

/** One seed in a folder that was named on the command line. */
export interface FoundSeed {
  readonly directory: string;
  /** The seed, where the folder is one of several. */
  readonly seed?: number;
  /** Whether its training was ever begun. */
  readonly begun: boolean;
  /** How it ended, if it did. */
  readonly summary?: RunSummary;
}

/** A folder that was named on the command line. */
export interface FoundRun {
  /** As the user would write it. */
  readonly path: string;
  readonly road: Road;
  /** Of several seeds: how they are trained. */
  readonly plan?: SeedPlan;
  /** The folder holds a policy by itself, and no training. */
  readonly isPolicy?: boolean;
  readonly seeds: readonly FoundSeed[];
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What is at a path; nothing also where it cannot be asked (a loop of links, a file in the middle). */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function exists(path: string): boolean {
  return lookAt(path) !== undefined;
}

function readSummary(directory: string): RunSummary | undefined {
  const value = readJson(join(directory, summaryFile)) as RunSummary | undefined;
  return typeof value?.status === 'string' && typeof value.parametersSha256 === 'string' ? value : undefined;
}

function isPlan(value: unknown): value is SeedPlan {
  const plan = value as Partial<SeedPlan> | null | undefined;
  return (
    plan?.format === 'cohort-seeds' &&
    typeof plan.env === 'string' &&
    Array.isArray(plan.seeds) &&
    plan.seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0) &&
    typeof plan.input === 'object' &&
    plan.input !== null
  );
}

/** The road of a folder that holds a run, of one seed or several; `undefined` where neither of its files can be read. */
function roadOfFolder(path: string): Road | undefined {
  const read = (name: string): Record<string, unknown> | undefined => {
    const value = readJson(join(path, name));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  };
  const said = read(planFile) ?? read(configFile);
  return said && roadOf(said);
}

/** Run folders of a road, or of both, below the folder of runs, newest first: for suggestions and completion. */
export function knownRuns(road: Road | 'any' = 'any', folder: string = runsFolder): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name))
      .filter((path) => exists(join(path, configFile)) || exists(join(path, planFile)))
      .filter((path) => road === 'any' || roadOfFolder(path) === road)
      .sort((a, b) => (basename(a).slice(-15) < basename(b).slice(-15) ? 1 : -1));
  } catch {
    return [];
  }
}

/** Policy folders below a folder. */
export function knownPolicies(folder: string = importedFolder): string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => exists(join(path, policyFile)));
  } catch {
    return [];
  }
}

/** What a command takes besides run folders: policy folders (they are one seed that has begun), or those alone. */
export interface FindOptions {
  /** Default true. */
  readonly policies?: boolean;
  /** Default true. */
  readonly runs?: boolean;
  /** Default `mdp`. */
  readonly road?: Road | 'any';
}

/** What to do instead with a run of the other road, by command. */
const insteadOf: Readonly<Record<string, (path: string) => string>> = {
  eval: (path) => `use \`${commandLine('lm', 'eval', path)}\``,
  record: (path) => `a language model writes: see it with \`${commandLine('lm', 'sample', path)}\``,
  watch: (path) => `a language model writes: see it with \`${commandLine('lm', 'sample', path)}\``,
  export: (path) => `its parameters are in ${join(path, 'checkpoint.safetensors')}; \`${commandLine('lm', 'sample', path)}\` uses them`,
  'lm eval': (path) => `use \`${commandLine('eval', path)}\``,
  'lm sample': (path) => `see it play with \`${commandLine('watch', path)}\``,
  'lm resume': (path) => `use \`${commandLine('resume', path)}\``,
};
const roadNouns: Readonly<Record<Road, string>> = { mdp: 'a run on an environment', lm: 'a run of a language model' };

/** Looks at a folder that should hold a run, of one seed or several, or a policy. Throws `CohortError` where it holds neither. */
export function findRun(path: string, subject: string, library: Library, options: FindOptions = {}): FoundRun {
  const { policies = true, runs: takesRuns = true, road: wanted = 'mdp' } = options;
  const refuse = (got: string): never => {
    const runs = [...(takesRuns ? knownRuns(wanted) : []), ...(policies ? knownPolicies() : [])].map((run) => shownPath(run));
    const near = library.nearestNames(path.replace(/\/+$/, ''), runs);
    throw new library.CohortError({
      subject,
      expected: takesRuns ? `a run folder${policies ? ' or a policy folder' : ''}` : 'a policy folder',
      got,
      advice: near[0]
        ? `did you mean ${near[0]}?`
        : runs[0] && takesRuns
          ? `the newest one here is ${runs[0]}`
          : takesRuns
            ? `make one with \`${commandLine(...commandOf(wanted === 'lm' ? 'lm' : 'mdp', 'train'), wanted === 'lm' ? 'add-2digit' : 'CartPole-v1')}\``
            : 'make one with `save` of tools/policies/cohort_policy.py',
    });
  };
  const information = lookAt(path);
  if (!information) return refuse(`${library.show(path)}, which does not exist`);
  if (!information.isDirectory()) return refuse(`${library.show(path)}, which is a file`);
  const planPath = join(path, planFile);
  // What is damaged is of the road that was asked for: its own reader says what is wrong with it.
  const road = roadOfFolder(path) ?? (wanted === 'lm' ? 'lm' : 'mdp');
  if (wanted !== 'any' && road !== wanted) {
    throw new library.CohortError({
      subject,
      expected: roadNouns[wanted],
      got: `${library.show(shownPath(path))}, ${roadNouns[road]}`,
      advice: insteadOf[subject]?.(shownPath(path)) ?? 'name another folder',
    });
  }
  if (exists(planPath)) {
    const plan = readJson(planPath);
    if (!isPlan(plan)) return refuse(`${library.show(planPath)}, which is no plan of seeds`);
    const seeds = plan.seeds.map((seed): FoundSeed => {
      const directory = seedFolder(path, seed);
      return { directory, seed, begun: exists(join(directory, configFile)), summary: readSummary(directory) };
    });
    return { path, road, plan, seeds };
  }
  if (!exists(join(path, configFile))) {
    const isPolicy = exists(join(path, policyFile));
    if (isPolicy && policies) return { path, road, isPolicy, seeds: [{ directory: path, begun: true }] };
    if (isPolicy) return refuse(`${library.show(path)}, which holds a policy and no training`);
    return refuse(`${library.show(path)}, which has no ${takesRuns ? configFile : policyFile}`);
  }
  return { path, road, seeds: [{ directory: path, begun: true, summary: readSummary(path) }] };
}

/** The configuration of a run, for titles; the library checks it when it resumes. */
export function readRunConfig(directory: string): Readonly<Record<string, unknown>> {
  const value = readJson(join(directory, configFile));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The seeds of a folder that have begun, at least one. Throws `CohortError` as {@link findRun} does, and where none has. */
export function findBegun(
  path: string,
  subject: string,
  library: Library,
  options: FindOptions = {},
): { readonly found: FoundRun; readonly begun: readonly [FoundSeed, ...FoundSeed[]] } {
  const found = findRun(path, subject, library, options);
  const [first, ...rest] = found.seeds.filter((seed) => seed.begun);
  if (first) return { found, begun: [first, ...rest] };
  throw new library.CohortError({
    subject,
    expected: 'a run that has begun',
    got: `${library.show(path)}, where no seed has`,
    advice: 'resume it first',
  });
}
