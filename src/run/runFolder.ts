/**
 * Beginning a run folder, and going on with one.
 */
import { failure } from '../core/errors.ts';
import { checkJson } from './checkJson.ts';
import { eventsName, runFiles, runFormat, runFormatVersion, snapshotFolder, snapshotIteration } from './layout.ts';
import { acquireLock, isHeld, isTakeover, type RunHost } from './lock.ts';
import { type RunFolderOptions, RunWriter } from './runWriter.ts';
import type { RunStorage } from './storage.ts';
import {
  type Checkpoint,
  type RunDescription,
  readCheckpoint,
  readMetrics,
  readStoredConfig,
  type StoredCheckpoint,
  type StoredConfig,
} from './storedRun.ts';

/** Whether a name is one that a run folder uses for what is a run's. */
function isRunFile(name: string): boolean {
  return (name !== runFiles.lock && Object.values(runFiles).some((known) => name === known)) || eventsName.test(name);
}

/** Whether a name in a run folder is that of a lock: what is there besides locks is a run's, or somebody else's. */
export function isLockFile(name: string): boolean {
  return name === runFiles.lock || isTakeover(name, runFiles.lock);
}

/** What a run begins from. Without config.json it is what a run left that was killed in its very beginning. */
const startNames: readonly string[] = [runFiles.startPolicy, runFiles.startOptimizer, runFiles.data];

/** Whether a name is that of what a run begins from. */
export function isStartFile(name: string): boolean {
  return startNames.includes(name);
}

/** The snapshots in a run folder, by name. */
async function listSnapshotFiles(storage: RunStorage): Promise<string[]> {
  return (await storage.list(snapshotFolder)).filter((name) => snapshotIteration(name) !== undefined);
}

/** Removes what writers left that are dead; only for who holds the lock. */
async function sweep(storage: RunStorage): Promise<void> {
  for (const directory of ['', snapshotFolder]) await storage.removeTemporaries(directory);
  for (const name of await storage.list('')) if (isTakeover(name, runFiles.lock)) await storage.remove(name);
}

/** Removes everything that belongs to a run, except the lock and, last of all, config.json. */
async function clear(storage: RunStorage, keepConfig: boolean): Promise<void> {
  const keep: readonly string[] = [runFiles.config, runFiles.checkpoint, ...(keepConfig ? startNames : [])];
  // The checkpoint goes first: without it nobody trusts the rest, should this be the moment of a kill.
  await storage.remove(runFiles.checkpoint);
  for (const name of await storage.list('')) {
    if (isRunFile(name) && !keep.includes(name)) await storage.remove(name);
  }
  for (const name of await listSnapshotFiles(storage)) await storage.remove(`${snapshotFolder}/${name}`);
  if (!keepConfig) await storage.remove(runFiles.config);
}

/** Whether the folder holds a run of ours that may be overwritten. Throws `CohortError` if it holds anything that may not. */
async function checkFree(storage: RunStorage, overwrite: boolean): Promise<boolean> {
  const taken = (await storage.list('')).filter(isRunFile);
  if (taken.every(isStartFile)) return false;
  if (!overwrite) {
    const advice = 'choose another folder, resume the run that is there, or say that it may be overwritten';
    throw failure(storage.locate(''), 'a folder without a run', `one with ${taken.slice(0, 3).join(', ')}`, advice);
  }
  // Throws if what is there is no run of ours.
  await readStoredConfig(storage);
  return true;
}

/** How a new run opens its folder. */
export interface NewRunOptions extends RunFolderOptions {
  readonly overwrite?: boolean;
  readonly start?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Begins a run in the folder that is the storage's root; its configuration is plain JSON. `start` are the files that it begins from, by name.
 * Throws `CohortError` if the folder holds a run (unless `overwrite`), is being written, or holds files of somebody else under
 * our names (even with `overwrite`); nothing is changed then.
 */
export async function createRun(
  storage: RunStorage,
  description: RunDescription,
  { overwrite = false, start = new Map(), ...options }: NewRunOptions,
): Promise<RunWriter> {
  checkJson(description.config, 'config');
  const text = encodeConfig({ format: runFormat, formatVersion: runFormatVersion, ...description });
  // As it will be read again: fields without a value are left out in JSON.
  const stored: StoredConfig = JSON.parse(new TextDecoder().decode(text));
  await checkFree(storage, overwrite);
  await storage.makeDirectory('');
  const lock = await acquireLock(storage, runFiles.lock, options.host);
  try {
    // Again, because another process may have begun and ended a run here before the lock was ours.
    if (await checkFree(storage, overwrite)) await clear(storage, false);
    await sweep(storage);
    for (const name of await storage.list('')) if (isStartFile(name) && !start.has(name)) await storage.remove(name);
    // Before config.json, which names them: a run whose beginning is lost could not begin again.
    for (const [name, bytes] of start) await storage.write(name, bytes);
    await storage.write(runFiles.config, text);
    return new RunWriter({ ...options, storage, lock, stored, sizes: undefined });
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

function encodeConfig(stored: StoredConfig): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(stored, null, 2)}\n`);
}

/** A run to go on with. */
export interface ResumedRun {
  /** `undefined` if the run was killed before its first checkpoint: it begins again, with empty metric files. */
  readonly checkpoint: Checkpoint | undefined;
  readonly writer: RunWriter;
}

/**
 * Opens the run at the storage's root to go on from its checkpoint; the metric files are cut back to it. `iterations` prolongs the run, or shortens it, in
 * its config.json. Throws `CohortError` if the folder holds no run, is being written, or if config, checkpoint or metric files are damaged; nothing is
 * changed then.
 */
export async function openRun(
  storage: RunStorage,
  { iterations, ...options }: RunFolderOptions & { readonly iterations?: number | undefined },
): Promise<ResumedRun> {
  // Before the lock, which must not be put into a folder that is no run.
  const found = await readStoredConfig(storage);
  const isOther = iterations !== undefined && iterations !== found.config.iterations;
  const stored = isOther ? { ...found, config: { ...found.config, iterations } } : found;
  const lock = await acquireLock(storage, runFiles.lock, options.host);
  try {
    await checkFiles(storage);
    const checkpoint = await readCheckpoint(storage, stored);
    if (!checkpoint) await checkBarelyBegun(storage);
    const sizes = checkpoint && (await cutBack(storage, checkpoint));
    if (!checkpoint) await clear(storage, true);
    await sweep(storage);
    // The checkpoint fits both: it does not matter when a kill comes.
    if (stored !== found) await storage.write(runFiles.config, encodeConfig(stored));
    return { checkpoint, writer: new RunWriter({ ...options, storage, lock, stored, sizes }) };
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** Removes a run, and its folder if nothing else is in it. Throws `CohortError` if a process writes it, and for a folder that holds no run of ours. */
export async function removeRun(storage: RunStorage, host: RunHost): Promise<void> {
  // Throws if what is there is none.
  await readStoredConfig(storage);
  const lock = await acquireLock(storage, runFiles.lock, host);
  try {
    await clear(storage, false);
    await sweep(storage);
  } finally {
    await lock.release();
  }
  for (const directory of [snapshotFolder, '']) await storage.removeDirectory(directory);
}

/** Removes what a writer left that died in its very last operations: its lock, temporary files. Nothing happens while a process writes the run. */
export async function tidyRun(storage: RunStorage, host: RunHost): Promise<void> {
  if ((await storage.size(runFiles.lock)) === undefined || (await isHeld(storage, runFiles.lock, host))) return;
  const lock = await acquireLock(storage, runFiles.lock, host);
  try {
    await sweep(storage);
  } finally {
    await lock.release();
  }
}

/** Throws `CohortError` unless every file of a run is one of its own: whoever made the folder may have put links there. */
async function checkFiles(storage: RunStorage): Promise<void> {
  for (const name of await storage.list('')) if (isRunFile(name)) await storage.size(name);
  for (const name of await listSnapshotFiles(storage)) await storage.size(`${snapshotFolder}/${name}`);
}

/** Throws `CohortError` if a run without a checkpoint had one: the first is written before the first iteration. */
async function checkBarelyBegun(storage: RunStorage): Promise<void> {
  const newest = (await listSnapshotFiles(storage)).at(-1);
  const isBegun = (newest !== undefined && snapshotIteration(newest) !== 0) || (await reachedIteration(storage));
  if (!isBegun) return;
  const kept = newest === undefined ? '' : `; ${snapshotFolder}/${newest} is the newest policy that is left`;
  const got = 'none, in a run that has been trained';
  const advice = `restore it from a copy, or begin a new run in another folder (nothing was changed)${kept}`;
  throw failure(storage.locate(runFiles.checkpoint), 'a checkpoint', got, advice);
}

/** Whether the metrics hold an iteration that was trained. A damaged file holds what was trained, too. */
async function reachedIteration(storage: RunStorage): Promise<boolean> {
  const rows = await readMetrics(storage).catch(() => undefined);
  return rows?.some(({ iteration }) => typeof iteration !== 'number' || iteration >= 1) ?? true;
}

/** Cuts the metric files back to a checkpoint; gives the sizes to go on with, without those of files that are made anew. */
async function cutBack(storage: RunStorage, checkpoint: StoredCheckpoint): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map(checkpoint.files);
  const longer: [name: string, recorded: number][] = [];
  const gone: string[] = [];
  for (const [name, recorded] of checkpoint.files) {
    const size = await storage.size(name);
    if (size === undefined || size < recorded) {
      // What is made of the metrics alone must not hold the run.
      if (eventsName.test(name)) {
        sizes.delete(name);
        gone.push(name);
        continue;
      }
      const got = size === undefined ? 'no file' : `${size} bytes`;
      const advice = 'restore the file from a copy, or begin a new run (nothing was changed)';
      throw failure(storage.locate(name), `at least the ${recorded} bytes that the checkpoint recorded`, got, advice);
    }
    if (size > recorded) longer.push([name, recorded]);
  }
  // All are checked before the first is cut.
  for (const [name, recorded] of longer) await storage.truncate(name, recorded);
  for (const name of gone) await storage.remove(name);
  return sizes;
}
