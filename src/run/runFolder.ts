/**
 * Beginning a run folder, and going on with one.
 */
import { CohortError, show } from '../core/errors.ts';
import { runFiles, runFormat, runFormatVersion, snapshotFolder } from './layout.ts';
import type { RunHost } from './lock.ts';
import { acquireLock } from './lock.ts';
import { type RunTable, RunWriter, type RunWriterParts } from './runWriter.ts';
import type { RunStorage } from './storage.ts';
import { joinPath } from './storage.ts';
import {
  type Checkpoint,
  configIdentity,
  type RunDescription,
  readCheckpoint,
  readStoredConfig,
  type StoredCheckpoint,
} from './storedRun.ts';

/** What a run folder needs to know. */
export interface RunFolderOptions {
  /** Time and processes of the platform. */
  readonly host: RunHost;
  /** The run's own table. */
  readonly table: RunTable;
  /** Milliseconds after which metric lines are written; default 1000. */
  readonly flushMilliseconds?: number;
}

/** Milliseconds between two writings of metric lines: a display that follows the files is a second late at most. */
const defaultFlushMilliseconds = 1000;

/** Throws {@link CohortError} unless the value comes back from JSON as it went in. */
function checkJson(value: unknown, subject: string): void {
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
  throw new CohortError({
    subject,
    expected: 'what JSON can hold',
    got: show(value),
    advice: 'write a large whole number as text, leave out what is not finite',
  });
}

/** Whether a name is one that a run folder uses. */
function isRunFile(name: string): boolean {
  return Object.values(runFiles).some((known) => name === known || name === `${known}.tmp`) || name.startsWith(runFiles.events);
}

/** Removes everything that belongs to a run, except the lock and, last of all, config.json. */
async function clear(storage: RunStorage, directory: string, keepConfig: boolean): Promise<void> {
  const keep: readonly string[] = [runFiles.lock, runFiles.config, runFiles.checkpoint];
  // The checkpoint goes first: without it nobody trusts the rest, should this be the moment of a kill.
  await storage.remove(joinPath(directory, runFiles.checkpoint));
  for (const name of await storage.list(directory)) {
    if (isRunFile(name) && !keep.includes(name)) await storage.remove(joinPath(directory, name));
  }
  const snapshots = joinPath(directory, snapshotFolder);
  for (const name of await storage.list(snapshots)) {
    if (/^\d+\.safetensors(\.tmp)?$/.test(name)) await storage.remove(joinPath(snapshots, name));
  }
  if (!keepConfig) await storage.remove(joinPath(directory, runFiles.config));
}

/** Whether the folder holds a run of ours that may be overwritten. Throws {@link CohortError} if it holds anything that may not. */
async function checkFree(storage: RunStorage, directory: string, overwrite: boolean): Promise<boolean> {
  const taken = (await storage.list(directory)).filter((name) => isRunFile(name) && name !== runFiles.lock);
  if (taken.length === 0) return false;
  if (!overwrite) {
    throw new CohortError({
      subject: storage.locate(directory),
      expected: 'a folder without a run',
      got: `one with ${taken.slice(0, 3).join(', ')}`,
      advice: 'choose another folder, resume the run that is there, or say that it may be overwritten',
      kind: 'failure',
    });
  }
  // Throws if what is there is no run of ours.
  await readStoredConfig(storage, directory);
  return true;
}

/**
 * Begins a run; its configuration is plain JSON.
 * Throws {@link CohortError} if the folder holds a run (unless `overwrite`), is being written, or holds files of somebody else under
 * our names (even with `overwrite`); nothing is changed then.
 */
export async function createRun(
  storage: RunStorage,
  directory: string,
  description: RunDescription,
  options: RunFolderOptions & { readonly overwrite?: boolean },
): Promise<RunWriter> {
  checkJson(description.config, 'config');
  const text = JSON.stringify({ format: runFormat, formatVersion: runFormatVersion, ...description }, null, 2);
  await checkFree(storage, directory, options.overwrite === true);
  await storage.makeDirectory(directory);
  const lock = await acquireLock(storage, joinPath(directory, runFiles.lock), options.host);
  try {
    // Again, because another process may have begun and ended a run here before the lock was ours.
    if (await checkFree(storage, directory, options.overwrite === true)) await clear(storage, directory, false);
    await storage.write(joinPath(directory, runFiles.config), new TextEncoder().encode(`${text}\n`));
    const identity = configIdentity(JSON.parse(text));
    return new RunWriter({ storage, directory, lock, identity, sizes: undefined, ...settings(description, options) });
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** A run to go on with. */
export interface ResumedRun {
  readonly description: RunDescription;
  /** `undefined` if the run was killed before its first checkpoint: it begins again, with empty metric files. */
  readonly checkpoint: Checkpoint | undefined;
  readonly writer: RunWriter;
}

/**
 * Opens a run to go on from its checkpoint; the metric files are cut back to it.
 * Throws {@link CohortError} if the folder holds no run, is being written, or if config, checkpoint or metric files are damaged;
 * nothing is changed then.
 */
export async function openRun(storage: RunStorage, directory: string, options: RunFolderOptions): Promise<ResumedRun> {
  // Before the lock, which must not be put into a folder that is no run.
  const stored = await readStoredConfig(storage, directory);
  const lock = await acquireLock(storage, joinPath(directory, runFiles.lock), options.host);
  try {
    const checkpoint = await readCheckpoint(storage, directory, stored);
    if (checkpoint) await cutBack(storage, directory, checkpoint);
    else await clear(storage, directory, true);
    const identity = configIdentity(stored);
    const writer = new RunWriter({ storage, directory, lock, identity, sizes: checkpoint?.files, ...settings(stored, options) });
    const { tensors, metadata } = checkpoint ?? {};
    return { description: stored, checkpoint: tensors && metadata && { tensors, metadata }, writer };
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

async function cutBack(storage: RunStorage, directory: string, checkpoint: StoredCheckpoint): Promise<void> {
  const longer: [path: string, recorded: number][] = [];
  for (const [name, recorded] of checkpoint.files) {
    const path = joinPath(directory, name);
    const size = await storage.size(path);
    if (size === undefined || size < recorded) {
      throw new CohortError({
        subject: storage.locate(path),
        expected: `at least the ${recorded} bytes that the checkpoint recorded`,
        got: size === undefined ? 'no file' : `${size} bytes`,
        advice: 'restore the file from a copy, or begin a new run (nothing was changed)',
        kind: 'failure',
      });
    }
    if (size > recorded) longer.push([path, recorded]);
  }
  // All are checked before the first is cut.
  for (const [path, recorded] of longer) await storage.truncate(path, recorded);
}

function settings(
  { config }: RunDescription,
  { host, table, flushMilliseconds = defaultFlushMilliseconds }: RunFolderOptions,
): Pick<RunWriterParts, 'host' | 'table' | 'flushMilliseconds' | 'tensorboard'> {
  return { host, table, flushMilliseconds, tensorboard: config.tensorboard !== false };
}
