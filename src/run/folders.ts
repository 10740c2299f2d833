/**
 * Run folders as things to list, remove, take away and put back: of one run, or of several seeds.
 */
import { failure, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { type FolderFile, packFiles, unpackFiles } from './archive.ts';
import type { RunHome } from './home.ts';
import { labelsOf, type RunLabels } from './labels.ts';
import { eventsName, type RoadName, runFiles, snapshotFolder, snapshotIteration } from './layout.ts';
import { isStartFile, removeRun } from './runFolder.ts';
import { readSeedPlan, seedDirectory, seedPlanFile } from './seedPlan.ts';
import { maxJsonBytes, memoryStorage, type RunStorage } from './storage.ts';
import { readCheckpoint, readStoredConfig } from './storedRun.ts';
import { type RunStatus, runStatuses } from './summary.ts';

/** A run, or several seeds of one configuration, in a folder of runs. */
export interface ListedRun extends RunLabels {
  /** The folder, as the other functions take it. */
  readonly directory: string;
  readonly road: RoadName;
  /** Id of the environment or of the task. */
  readonly target: string;
  /** Name of the algorithm or of the estimator. */
  readonly method: string;
  readonly seeds: readonly (number | string)[];
  /** How it ended; missing while it has not. */
  readonly status?: RunStatus;
}

/** Whether a path in a folder of one run is that of a file of ours. */
function isRunPath(path: string): boolean {
  const [folder, name, ...rest] = path.split('/');
  if (name === undefined) {
    const known: readonly string[] = Object.values(runFiles).filter((file) => file !== runFiles.lock);
    return known.includes(path) || eventsName.test(path);
  }
  return folder === snapshotFolder && rest.length === 0 && snapshotIteration(name) !== undefined;
}

/** The same for a folder of several seeds. */
function isFolderPath(path: string): boolean {
  const inSeed = /^seed\d{1,16}\/(.+)$/.exec(path)?.[1];
  return inSeed === undefined ? path === seedPlanFile || isRunPath(path) : isRunPath(inSeed);
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

async function look(open: RunHome['open'], directory: string): Promise<ListedRun | undefined> {
  const storage = open(directory);
  const plan = await readSeedPlan(storage);
  // Of several seeds it is another summary, with the same word for how they ended.
  const said = parseJsonObject((await storage.read(runFiles.summary, maxJsonBytes)) ?? '')?.status;
  const status = runStatuses.some((one) => one === said) && { status: said as RunStatus };
  if (plan) {
    const { road, target, method, seeds } = plan;
    return { directory, road, target, method, seeds, ...labelsOf(plan), ...status };
  }
  if ((await storage.size(runFiles.config)) === undefined) return undefined;
  const stored = await readStoredConfig(storage);
  const { road, config } = stored;
  const [target, method] = road === 'environments' ? [config.env, config.algorithm] : [config.task, config.estimator];
  return {
    directory,
    road,
    target: String(target),
    method: String(method),
    seeds: [config.seed as number],
    ...labelsOf(stored),
    ...status,
  };
}

/** The runs in a folder, by name. What cannot be read as a run is left out. */
export async function listRuns(home: RunHome, folder = 'runs'): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const name of await home.open(folder).list('')) {
    const found = await look(home.open, join(folder, name)).catch(() => undefined);
    if (found) runs.push(found);
  }
  return runs;
}

/**
 * Removes the files of a run, or of several seeds, and its folder if nothing else is in it. Throws `CohortError` where a process writes it, and for a
 * folder that holds no run.
 */
export async function deleteRun(home: RunHome, directory: string): Promise<void> {
  const storage = home.open(directory);
  const plan = await readSeedPlan(storage);
  if (!plan) return removeRun(storage, home.host);
  for (const seed of plan.seeds) {
    const one = home.open(seedDirectory(directory, seed));
    if ((await one.size(runFiles.config)) !== undefined) await removeRun(one, home.host);
  }
  // The plan last: without it nobody would find what is left.
  for (const name of [runFiles.summary, runFiles.startPolicy, runFiles.startOptimizer, seedPlanFile]) await storage.remove(name);
  await storage.removeDirectory('');
}

async function filesOf(storage: RunStorage, prefix: string): Promise<FolderFile[]> {
  const names = [...(await storage.list('')), ...(await storage.list(snapshotFolder)).map((name) => `${snapshotFolder}/${name}`)];
  const files: FolderFile[] = [];
  for (const path of names.filter(isRunPath)) {
    const bytes = await storage.read(path);
    if (bytes) files.push({ path: `${prefix}${path}`, bytes });
  }
  return files;
}

/**
 * A run, or several seeds, as one file: a tape archive (`.tar`), which every system opens and {@link importRun} takes back. A run that is being written
 * is packed as it stands, and goes on from its last checkpoint there. Throws `CohortError` for a folder that holds no run.
 */
export async function packRun(home: RunHome, directory: string): Promise<Uint8Array> {
  const storage = home.open(directory);
  const plan = await readSeedPlan(storage);
  if (!plan) {
    await readStoredConfig(storage);
    return packFiles(await filesOf(storage, ''));
  }
  const files = (await filesOf(storage, '')).filter(({ path }) => path === runFiles.summary || isStartFile(path));
  files.push({ path: seedPlanFile, bytes: (await storage.read(seedPlanFile))! });
  for (const seed of plan.seeds) files.push(...(await filesOf(home.open(seedDirectory(directory, seed)), `seed${seed}/`)));
  return packFiles(files);
}

/**
 * Puts a run, or several seeds, into a new folder: the bytes of an archive of {@link packRun}, or its files by their paths. Files that are none of a run
 * are left out. Throws `CohortError` where the folder holds a run, and where what is given holds none, or a damaged one; nothing is written then.
 */
export async function importRun(home: RunHome, directory: string, source: Uint8Array | readonly FolderFile[]): Promise<void> {
  const given = source instanceof Uint8Array ? unpackFiles(source, 'archive') : source;
  const root = rootOf(given.map(({ path }) => path));
  const own = given.filter(({ path }) => path.startsWith(root)).map(({ path, bytes }) => [path.slice(root.length), bytes] as const);
  const files = new Map(own.filter(([path]) => isFolderPath(path)));
  await checkWhole(files);
  const storage = home.open(directory);
  if ((await storage.list('')).some((name) => isFolderPath(name) || /^seed\d+$/.test(name))) {
    const advice = 'choose another folder, or delete the run that is there';
    throw failure(storage.locate(''), 'a folder without a run', 'one that holds files of a run', advice);
  }
  // The file that makes it a run comes last.
  const last = files.has(seedPlanFile) ? seedPlanFile : runFiles.config;
  for (const path of [...[...files.keys()].filter((name) => name !== last), last]) {
    const [, seed, rest] = /^seed(\d+)\/(.*)$/.exec(path) ?? [];
    const [target, name] = seed === undefined ? [storage, path] : [home.open(seedDirectory(directory, Number(seed))), rest!];
    await target.makeDirectory(name.split('/').slice(0, -1).join('/'));
    await target.write(name, files.get(path)!);
  }
}

/** What stands before the names of a run's files: `./`, or the name of its folder, where other programs and browsers put it there. */
function rootOf(paths: readonly string[]): string {
  const marks = paths.flatMap((path) => /^(.*\/)?(?:config|seeds)\.json$/.exec(path)?.slice(1) ?? []).map((root) => root ?? '');
  return marks.reduce((shortest, root) => (root.length < shortest.length ? root : shortest), marks[0] ?? '');
}

/** Throws `CohortError` unless the files are a run that can be read, or several. */
async function checkWhole(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const below = (prefix: string): RunStorage =>
    memoryStorage(
      new Map([...files].flatMap(([path, bytes]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), bytes] as const] : []))),
    );
  const plan = await readSeedPlan(below(''));
  if (!plan && !files.has(runFiles.config)) {
    const got = files.size === 0 ? 'none of its files' : `${show([...files.keys()].slice(0, 3))} alone`;
    throw failure('run to import', `a run with its ${runFiles.config}`, got, 'give all files of the folder');
  }
  for (const prefix of plan ? plan.seeds.map((seed) => `seed${seed}/`) : ['']) {
    if (plan && !files.has(`${prefix}${runFiles.config}`)) continue;
    const storage = below(prefix);
    await readCheckpoint(storage, await readStoredConfig(storage));
  }
}
