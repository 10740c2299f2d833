/**
 * Where a run is kept: the few file operations that a run folder needs, and the same in memory.
 */
import { failure, mistake, show } from '../core/errors.ts';

/**
 * Files below a root. Paths are relative, with `/` between the parts; `''` is the root itself.
 * Every failure is a `CohortError` of kind `failure` that says what, where, and what to do.
 */
export interface RunStorage {
  /** The path as a person would write it, for messages. */
  locate(path: string): string;
  /** The whole file, or `undefined` if there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Replaces the file at once: a reader, or a process killed at any moment, sees the old bytes or the new ones. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file with these bytes unless it is there; whether it was made. Of two callers at most one gets `true`. */
  writeNew(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Adds to the end, making the file if need be. With `sync` everything in the file has reached the disk afterwards. */
  append(path: string, bytes: Uint8Array, options?: { readonly sync?: boolean }): Promise<void>;
  /** Cuts the file to `size` bytes; the file must exist and be at least as long. */
  truncate(path: string, size: number): Promise<void>;
  /** Bytes in the file, or `undefined` if there is none. */
  size(path: string): Promise<number | undefined>;
  /** Names in a directory, sorted; empty if there is none. */
  list(directory: string): Promise<string[]>;
  /** Makes a directory and those above it. */
  makeDirectory(directory: string): Promise<void>;
  /** Removes a file; nothing happens if there is none. */
  remove(path: string): Promise<void>;
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
    read: async (path) => at(path)?.slice(),
    write: async (path, bytes) => {
      checkPath(path);
      files.set(path, bytes.slice());
    },
    writeNew: async (path, bytes) => {
      if (at(path)) return false;
      files.set(path, bytes.slice());
      return true;
    },
    append: async (path, bytes) => {
      const old = at(path) ?? new Uint8Array(0);
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
  };
}
