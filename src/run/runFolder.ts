/**
 * Beginning a run folder, and going on with one.
 */
import { failure, mistake, show } from '../core/errors.ts';
import { runFiles, runFormat, runFormatVersion, snapshotFolder } from './layout.ts';
import { acquireLock } from './lock.ts';
import { type RunFolderOptions, RunWriter } from './runWriter.ts';
import type { RunStorage } from './storage.ts';
import { type Checkpoint, type RunDescription, readCheckpoint, readStoredConfig, type StoredCheckpoint } from './storedRun.ts';

/** Throws `CohortError` unless the value comes back from JSON as it went in; fields without a value are left out there. */
export function checkJson(value: unknown, subject: string): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkJson(entry, `${subject}[${index}]`);
    return;
  }
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || prototype === null) {
    for (const [key, entry] of Object.entries(value as object)) checkJson(entry, `${subject}.${key}`);
    return;
  }
  throw mistake(subject, 'what JSON can hold', show(value), 'write a large whole number as text, leave out what is not finite');
}

/** Whether a name is one that a run folder uses. */
function isRunFile(name: string): boolean {
  return Object.values(runFiles).some((known) => name === known || name === `${known}.tmp`) || name.startsWith(runFiles.events);
}

/** Removes everything that belongs to a run, except the lock and, last of all, config.json. */
async function clear(storage: RunStorage, keepConfig: boolean): Promise<void> {
  const keep: readonly string[] = [runFiles.lock, runFiles.config, runFiles.checkpoint];
  // The checkpoint goes first: without it nobody trusts the rest, should this be the moment of a kill.
  await storage.remove(runFiles.checkpoint);
  for (const name of await storage.list('')) {
    if (isRunFile(name) && !keep.includes(name)) await storage.remove(name);
  }
  for (const name of await storage.list(snapshotFolder)) {
    if (/^\d+\.safetensors(\.tmp)?$/.test(name)) await storage.remove(`${snapshotFolder}/${name}`);
  }
  if (!keepConfig) await storage.remove(runFiles.config);
}

/** Whether the folder holds a run of ours that may be overwritten. Throws `CohortError` if it holds anything that may not. */
async function checkFree(storage: RunStorage, overwrite: boolean): Promise<boolean> {
  const taken = (await storage.list('')).filter((name) => isRunFile(name) && name !== runFiles.lock);
  if (taken.length === 0) return false;
  if (!overwrite) {
    const advice = 'choose another folder, resume the run that is there, or say that it may be overwritten';
    throw failure(storage.locate(''), 'a folder without a run', `one with ${taken.slice(0, 3).join(', ')}`, advice);
  }
  // Throws if what is there is no run of ours.
  await readStoredConfig(storage);
  return true;
}

/**
 * Begins a run in the folder that is the storage's root; its configuration is plain JSON.
 * Throws `CohortError` if the folder holds a run (unless `overwrite`), is being written, or holds files of somebody else under
 * our names (even with `overwrite`); nothing is changed then.
 */
export async function createRun(
  storage: RunStorage,
  description: RunDescription,
  { overwrite = false, ...options }: RunFolderOptions & { readonly overwrite?: boolean },
): Promise<RunWriter> {
  checkJson(description.config, 'config');
  const text = JSON.stringify({ format: runFormat, formatVersion: runFormatVersion, ...description }, null, 2);
  await checkFree(storage, overwrite);
  await storage.makeDirectory('');
  const lock = await acquireLock(storage, runFiles.lock, options.host);
  try {
    // Again, because another process may have begun and ended a run here before the lock was ours.
    if (await checkFree(storage, overwrite)) await clear(storage, false);
    await storage.write(runFiles.config, new TextEncoder().encode(`${text}\n`));
    return new RunWriter({ ...options, storage, lock, stored: JSON.parse(text), sizes: undefined });
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** A run to go on with. */
export interface ResumedRun {
  /** `undefined` if the run was killed before its first checkpoint: it begins again, with empty metric files. */
  readonly checkpoint: Checkpoint | undefined;
  readonly writer: RunWriter;
}

/**
 * Opens the run at the storage's root to go on from its checkpoint; the metric files are cut back to it.
 * Throws `CohortError` if the folder holds no run, is being written, or if config, checkpoint or metric files are damaged;
 * nothing is changed then.
 */
export async function openRun(storage: RunStorage, options: RunFolderOptions): Promise<ResumedRun> {
  // Before the lock, which must not be put into a folder that is no run.
  const stored = await readStoredConfig(storage);
  const lock = await acquireLock(storage, runFiles.lock, options.host);
  try {
    const checkpoint = await readCheckpoint(storage, stored);
    if (checkpoint) await cutBack(storage, checkpoint);
    else await clear(storage, true);
    return { checkpoint, writer: new RunWriter({ ...options, storage, lock, stored, sizes: checkpoint?.files }) };
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

async function cutBack(storage: RunStorage, checkpoint: StoredCheckpoint): Promise<void> {
  const longer: [name: string, recorded: number][] = [];
  for (const [name, recorded] of checkpoint.files) {
    const size = await storage.size(name);
    if (size === undefined || size < recorded) {
      const got = size === undefined ? 'no file' : `${size} bytes`;
      const advice = 'restore the file from a copy, or begin a new run (nothing was changed)';
      throw failure(storage.locate(name), `at least the ${recorded} bytes that the checkpoint recorded`, got, advice);
    }
    if (size > recorded) longer.push([name, recorded]);
  }
  // All are checked before the first is cut.
  for (const [name, recorded] of longer) await storage.truncate(name, recorded);
}
