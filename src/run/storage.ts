/**
 * Where a run is kept: the few file operations that a run folder needs, and the same in memory.
 */

import { CohortError, failure, mistake, show } from '../core/errors.ts';
import { hexOf } from '../core/text.ts';

/** Most bytes that are read of one file: as many as a buffer of every supported platform holds. */
export const maxFileBytes: number = 2 ** 31 - 1;
/** Most bytes of a file of JSON: configuration, plan, summary. A million times what they hold today would be a mistake, or an attack. */
export const maxJsonBytes: number = 2 ** 26;

/**
 * Files below a root. Paths are relative, with `/` between the parts; `''` is the root itself.
 * Every failure is a `CohortError` of kind `failure` that says what, where, and what to do.
 *
 * A folder may come from a stranger. So nothing below the root is followed anywhere else: a link in place of a file or a folder is refused, and so is
 * what is no plain file (a device, a pipe), before it is opened.
 */
export interface RunStorage {
  /** The path as a person would write it, for messages. */
  locate(path: string): string;
  /** The whole file, or `undefined` if there is none; refused if it is longer than `most` bytes (default {@link maxFileBytes}). */
  read(path: string, most?: number): Promise<Uint8Array | undefined>;
  /** Replaces the file at once: a reader, or a process killed at any moment, sees the old bytes or the new ones. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file with these bytes unless it is there; whether it was made. Of two callers at most one gets `true`. */
  writeNew(path: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * Adds to the end of a file of exactly `size` bytes, and makes it if that is 0; refused where it has another size: somebody else wrote it. With `sync`
   * everything in the file has reached the disk afterwards.
   */
  append(path: string, bytes: Uint8Array, size: number, options?: { readonly sync?: boolean }): Promise<void>;
  /** Cuts the file to `size` bytes; the file must exist and be at least as long. */
  truncate(path: string, size: number): Promise<void>;
  /** Bytes in the file, or `undefined` if there is none. */
  size(path: string): Promise<number | undefined>;
  /** Names in a directory, sorted, without the temporary files of writers; empty if there is none. */
  list(directory: string): Promise<string[]>;
  /** Makes a directory and those above it. */
  makeDirectory(directory: string): Promise<void>;
  /** Removes a file; nothing happens if there is none. */
  remove(path: string): Promise<void>;
  /** Removes a directory that is empty; nothing happens to another, or if there is none. */
  removeDirectory(directory: string): Promise<void>;
  /** Removes the temporary files that writers, who may be dead, left in a directory. A writer that lives makes another one. */
  removeTemporaries(directory: string): Promise<void>;
}

const changed = 'changed';

/** The error of a file that another process has written, or cut, since this one did. */
export function otherSize(subject: string, expected: number, size: number | undefined): CohortError {
  return new CohortError({
    subject,
    expected: `the ${expected} bytes that this process wrote`,
    got: size === undefined ? 'no file' : `${size} bytes`,
    advice: 'see who else writes this folder, then resume the run',
    kind: 'failure',
    code: changed,
  });
}

/** Whether an error is one of {@link otherSize}. */
export function isChanged(error: unknown): boolean {
  return error instanceof CohortError && error.parts.code === changed;
}

/** The error of a file longer than is read. */
export function tooLong(where: string, most: number, got: number): CohortError {
  return failure(where, `a file of at most ${most} bytes`, `${got} bytes`, 'move the file away, or restore it from a copy');
}

/** The name of a temporary file beside `file`, of 8 random bytes: nobody can know it beforehand, and {@link isTemporary} knows it afterwards. */
export function temporaryName(file: string, random: Uint8Array): string {
  return `${file}.${hexOf(random)}.tmp`;
}

/** Whether a name is one of {@link temporaryName}. */
export function isTemporary(name: string): boolean {
  return /\.[0-9a-f]{16}\.tmp$/.test(name);
}

/** Throws `CohortError` unless the path stays below the root: relative, no empty part, no `.` or `..`. */
export function checkPath(path: string): void {
  if (path === '') return;
  const bad = path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'));
  if (bad || path.includes('\\')) {
    const expected = 'a relative path with / between its parts and without . or ..';
    throw mistake('path in a run folder', expected, show(path), 'give the folder itself as the root of the storage');
  }
}

/** A storage in memory: for tests, and for pages without a file system. `files` may be looked at and changed from outside. */
export function memoryStorage(files: Map<string, Uint8Array> = new Map()): RunStorage & { readonly files: Map<string, Uint8Array> } {
  const at = (path: string): Uint8Array | undefined => {
    checkPath(path);
    return files.get(path);
  };
  return {
    files,
    locate: (path) => `memory:/${path}`,
    read: async (path, most = maxFileBytes) => {
      const bytes = at(path);
      if (bytes && bytes.length > most) throw tooLong(`memory:/${path}`, most, bytes.length);
      return bytes?.slice();
    },
    write: async (path, bytes) => {
      checkPath(path);
      files.set(path, bytes.slice());
    },
    writeNew: async (path, bytes) => {
      if (at(path)) return false;
      files.set(path, bytes.slice());
      return true;
    },
    append: async (path, bytes, size) => {
      const there = at(path);
      if ((there?.length ?? 0) !== size) throw otherSize(`memory:/${path}`, size, there?.length);
      const old = there ?? new Uint8Array(0);
      const joined = new Uint8Array(old.length + bytes.length);
      joined.set(old);
      joined.set(bytes, old.length);
      files.set(path, joined);
    },
    truncate: async (path, size) => {
      const old = at(path);
      if (!old || old.length < size) {
        const got = old ? `${old.length} bytes` : 'no file';
        throw failure(`memory:/${path}`, `a file of at least ${size} bytes`, got, 'begin the run again');
      }
      files.set(path, old.slice(0, size));
    },
    size: async (path) => at(path)?.length,
    list: async (directory) => {
      checkPath(directory);
      const prefix = directory === '' ? '' : `${directory}/`;
      const names = [...files.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('/')[0]!);
      return [...new Set(names)].sort();
    },
    makeDirectory: async (directory) => checkPath(directory),
    remove: async (path) => {
      checkPath(path);
      files.delete(path);
    },
    removeDirectory: async (directory) => checkPath(directory),
    removeTemporaries: async (directory) => checkPath(directory),
  };
}
