/**
 * Files of folders that may come from anybody: opened only where they are plain files, never through a link, and replaced in one step.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { type CohortError, failure } from '../core/errors.ts';
import { maxFileBytes, maxJsonBytes, temporaryName, tooLong } from '../run/storage.ts';

/** What each error code of the operating system means here: what was expected, what was got, what to do. */
const explanations: Readonly<Record<string, readonly [expected: string, got: string, advice: string]>> = {
  EACCES: ['a place that may be read and written', 'permission denied', 'change its permissions, or choose another folder'],
  EPERM: ['a place that may be read and written', 'operation not permitted', 'change its permissions, or choose another folder'],
  EROFS: ['a place that can be written', 'a read-only file system', 'choose a folder on another file system'],
  ENOSPC: ['space on the disk', 'a full disk', 'free some space, then resume the run from its last checkpoint'],
  EDQUOT: ['space within the quota', 'a quota used up', 'free some space, then resume the run from its last checkpoint'],
  ENOENT: ['a folder to write in', 'none: it was moved or removed', 'put it back, or choose another folder'],
  ENOTDIR: ['a folder', 'a file somewhere in this path', 'choose another folder, or move that file away'],
  EEXIST: ['a folder', 'a file of that name', 'choose another folder, or move that file away'],
  EISDIR: ['a file', 'a folder', 'move that folder away'],
  ELOOP: ['a file or folder of its own', 'a symbolic link', 'put what it points to in its place: links in a run folder are not followed'],
  ENAMETOOLONG: ['a path that the file system takes', 'a path that is too long', 'choose a shorter folder name'],
  EMFILE: ['a free file handle', 'too many open files', 'raise the limit (ulimit -n), or run fewer seeds at once'],
  ENFILE: ['a free file handle', 'too many open files on this machine', 'close other programs, or run fewer seeds at once'],
  EIO: ['a disk that works', 'an input or output error', 'check the disk, then resume the run from its last checkpoint'],
};

/** The code of an error of the operating system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error that {@link explainFileError} explains. */
export function withCode(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Turns an error of the operating system into a {@link CohortError} (kind `failure`) about that path. */
export function explainFileError(error: unknown, path: string): CohortError {
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const [expected, got, advice] = explanations[code] ?? ['a file system that works', message, 'choose another folder'];
  const shown = code in explanations ? `${got} (${code})` : got;
  return failure(path, expected, shown, advice, error);
}

// Windows has neither flag; there the look before the opening has to do.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
/** Of the last part of a path no link is followed, and a pipe that took the place of a file since it was looked at does not block. */
const careful = O_NOFOLLOW | O_NONBLOCK;

/** What stands in place of a plain file, in words. */
function kindOf(information: Stats): string {
  if (information.isDirectory()) return 'a folder';
  if (information.isFIFO()) return 'a pipe';
  return information.isSocket() ? 'a socket' : 'a device';
}

function checkPlain(information: Stats, file: string): void {
  if (information.isFile()) return;
  if (information.isSymbolicLink()) throw withCode('ELOOP', file);
  throw failure(file, 'a file', kindOf(information), 'move it away, or restore the file from a copy');
}

/** Size of a plain file. Throws ENOENT where there is none, and {@link CohortError} for anything else. */
export async function sizeOfPlain(file: string): Promise<number> {
  const information = await lstat(file);
  checkPlain(information, file);
  return information.size;
}

async function withPlain<T>(file: string, flags: number, work: (handle: FileHandle, information: Stats) => Promise<T>): Promise<T> {
  const handle = await open(file, flags | careful);
  try {
    const information = await handle.stat();
    checkPlain(information, file);
    return await work(handle, information);
  } finally {
    await handle.close();
  }
}

/** All bytes of a plain file. Throws ENOENT where there is none, and {@link CohortError} for anything else and for more than `most` bytes. */
export async function readPlain(file: string, most: number = maxFileBytes): Promise<Uint8Array> {
  checkPlain(await lstat(file), file);
  return withPlain(file, constants.O_RDONLY, async (handle, { size }) => {
    if (size > most) throw tooLong(file, most, size);
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await handle.read(bytes, at, size - at, at);
      // Cut by somebody meanwhile.
      if (bytesRead === 0) return bytes.slice(0, at);
      at += bytesRead;
    }
    return bytes;
  });
}

/** Opens a plain file to read it, gives it and its size to `work`, and closes it. Throws ENOENT where there is none, and {@link CohortError} for anything else. */
export function withPlainSync<T>(file: string, work: (descriptor: number, size: number) => T): T {
  checkPlain(lstatSync(file), file);
  const descriptor = openSync(file, constants.O_RDONLY | careful);
  try {
    const information = fstatSync(descriptor);
    checkPlain(information, file);
    return work(descriptor, information.size);
  } finally {
    closeSync(descriptor);
  }
}

/** {@link readPlain} for a start that must not wait; by itself at most {@link maxJsonBytes}. */
export function readPlainSync(file: string, most: number = maxJsonBytes): Uint8Array {
  return withPlainSync(file, (descriptor, size) => {
    if (size > most) throw tooLong(file, most, size);
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const read = readSync(descriptor, bytes, at, size - at, at);
      if (read === 0) return bytes.slice(0, at);
      at += read;
    }
    return bytes;
  });
}

/** Opens a plain file to change it where it is. A file with a second name is refused: that may be anybody's, a backup's for one. */
export async function changePlain(
  file: string,
  options: { readonly make: boolean },
  work: (handle: FileHandle, size: number) => Promise<void>,
): Promise<void> {
  const information = await lstat(file).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT' || !options.make) throw error;
    return undefined;
  });
  if (information) checkPlain(information, file);
  const flags = constants.O_RDWR | constants.O_APPEND | (options.make ? constants.O_CREAT : 0);
  await withPlain(file, flags, async (handle, { nlink, size }) => {
    if (nlink > 1) throw failure(file, 'a file with one name', `one with ${nlink} (hard links)`, 'put a copy in its place: `cp` makes one');
    await work(handle, size);
  });
}

/** Makes a temporary file beside `file`, of a name that nobody can know, and gives its path; nothing is left of it where that fails. */
async function makeTemporary(file: string, bytes: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<string> {
  const temporary = temporaryName(file, randomBytes(8));
  // Exclusive: what stands there already, a link for one, is an error.
  const handle = await open(temporary, 'wx');
  try {
    const pieces = typeof bytes === 'string' || bytes instanceof Uint8Array ? [bytes] : bytes;
    for await (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await handle.close();
  return temporary;
}

/** Writes a file, whole or in pieces: nobody ever sees half of it. A link of that name is replaced, not followed. */
export async function replaceFile(file: string, bytes: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = await makeTemporary(file, bytes);
  try {
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Codes of file systems that have no hard links. */
const withoutLinks: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'];
/** Another process may remove a temporary file that it takes for a dead one's. */
const attempts = 5;

/** Makes a file with its content in one step; whether it was made. Of two callers at most one gets `true`. */
export async function createFile(file: string, bytes: Uint8Array): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const temporary = await makeTemporary(file, bytes);
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      if (code === 'ENOENT' && attempt < attempts) continue;
      if (!withoutLinks.includes(code)) throw error;
      return await createSlowly(file, bytes);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}

/** Exclusive, though not in one step. */
async function createSlowly(file: string, bytes: Uint8Array): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}
