/**
 * Run folders on a disk, and what Node knows about processes.
 */
import { readFileSync } from 'node:fs';
import { appendFile, link, mkdir, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type CohortError, failure } from '../core/errors.ts';
import type { RunHome } from '../run/home.ts';
import type { RunHost } from '../run/lock.ts';
import type { RunStorage } from '../run/storage.ts';
import { checkPath } from '../run/storage.ts';

/** What each error code of the operating system means here: what was expected, what was got, what to do. */
const explanations: Readonly<Record<string, readonly [expected: string, got: string, advice: string]>> = {
  EACCES: ['a place that may be read and written', 'permission denied', 'change its permissions, or choose another folder'],
  EPERM: ['a place that may be read and written', 'operation not permitted', 'change its permissions, or choose another folder'],
  EROFS: ['a place that can be written', 'a read-only file system', 'choose a folder on another file system'],
  ENOSPC: ['space on the disk', 'a full disk', 'free some space, then resume the run from its last checkpoint'],
  EDQUOT: ['space within the quota', 'a quota used up', 'free some space, then resume the run from its last checkpoint'],
  ENOTDIR: ['a folder', 'a file somewhere in this path', 'choose another folder, or move that file away'],
  EEXIST: ['a folder', 'a file of that name', 'choose another folder, or move that file away'],
  EISDIR: ['a file', 'a folder', 'move that folder away'],
  ENAMETOOLONG: ['a path that the file system takes', 'a path that is too long', 'choose a shorter folder name'],
  EMFILE: ['a free file handle', 'too many open files', 'raise the limit (ulimit -n), or run fewer seeds at once'],
  ENFILE: ['a free file handle', 'too many open files on this machine', 'close other programs, or run fewer seeds at once'],
  EIO: ['a disk that works', 'an input or output error', 'check the disk, then resume the run from its last checkpoint'],
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns an error of the operating system into a {@link CohortError} (kind `failure`) about that path. */
export function explainFileError(error: unknown, path: string): CohortError {
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const [expected, got, advice] = explanations[code] ?? ['a file system that works', message, 'choose another folder'];
  const shown = code in explanations ? `${got} (${code})` : got;
  return failure(path, expected, shown, advice, error);
}

/** Makes a rename outlast a power cut; where directories cannot be opened (Windows) there is nothing to do. */
async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // The rename is done; only its survival of a power cut is not certain.
  }
}

/** Tells apart the temporary files of calls that run side by side. */
let temporaryCount = 0;

/** Makes the file with its content in one step, or throws EEXIST. */
async function createWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}-${temporaryCount++}.tmp`;
  try {
    await writeFile(temporary, bytes, { flush: true });
    await link(temporary, file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    // A file system without hard links: exclusive, though not in one step.
    await writeFile(file, bytes, { flag: 'wx', flush: true });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Files below a folder of the disk. The folder itself need not exist before something is written. */
export function nodeStorage(root: string): RunStorage {
  const base = resolve(root);
  const locate = (path: string): string => {
    checkPath(path);
    return join(base, path);
  };
  const attempt = async <T>(path: string, work: (file: string) => Promise<T>): Promise<T> => {
    const file = locate(path);
    try {
      return await work(file);
    } catch (error) {
      throw explainFileError(error, file);
    }
  };
  /** The same, but `undefined` where there is no such file. */
  const ifThere = <T>(path: string, work: (file: string) => Promise<T>): Promise<T | undefined> =>
    attempt(path, (file) =>
      work(file).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        return undefined;
      }),
    );
  return {
    locate,
    read: (path) => ifThere(path, async (file) => new Uint8Array(await readFile(file))),
    write: (path, bytes) =>
      attempt(path, async (file) => {
        const temporary = `${file}.tmp`;
        try {
          await writeFile(temporary, bytes, { flush: true });
          await rename(temporary, file);
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => undefined);
          throw error;
        }
        await syncDirectory(dirname(file));
      }),
    writeNew: (path, bytes) =>
      attempt(path, async (file) => {
        try {
          await createWhole(file, bytes);
          return true;
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return false;
          throw error;
        }
      }),
    append: (path, bytes, options) => attempt(path, (file) => appendFile(file, bytes, { flush: options?.sync === true })),
    truncate: (path, size) =>
      attempt(path, async (file) => {
        // The system call would make a shorter file longer, with zeros.
        const { size: now } = await stat(file);
        if (now < size) throw new Error(`${now} bytes where at least ${size} should be`);
        await truncate(file, size);
      }),
    size: (path) => ifThere(path, async (file) => (await stat(file)).size),
    list: async (directory) => (await ifThere(directory, (folder) => readdir(folder)))?.sort() ?? [],
    makeDirectory: (directory) => attempt(directory, makeDirectories),
    remove: (path) => attempt(path, (file) => rm(file, { force: true })),
  };
}

/** Makes a directory and those above it, one at a time: Node's recursive `mkdir` never returns below /proc (seen in Node 20). */
async function makeDirectories(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await isDirectory(at)); at = dirname(at)) missing.push(at);
  for (const next of missing.reverse()) {
    try {
      await mkdir(next);
    } catch (error) {
      // Another process may have made it in the meantime.
      if (codeOf(error) !== 'EEXIST' || !(await isDirectory(next))) throw error;
    }
  }
}

/** Whether there is a directory; throws if there is something else. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(path), { code: 'EEXIST' });
}

/** When a process began, as Linux counts it (proc_pid_stat(5), field 22, with the boot's id); `''` elsewhere. */
function startTokenOf(pid: number | 'self'): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; field 3 follows the last one.
    const start = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${start}`;
  } catch {
    return '';
  }
}

/** Time and processes, for the lock of a run folder. */
export function nodeHost(): RunHost {
  return {
    now: () => Date.now(),
    machine: hostname(),
    pid: process.pid,
    startToken: startTokenOf('self'),
    isAlive: (pid, startToken) => {
      try {
        process.kill(pid, 0);
      } catch (error) {
        if (codeOf(error) !== 'EPERM') return false;
      }
      const token = startTokenOf(pid);
      return token === '' || startToken === '' || token === startToken;
    },
  };
}

/** Run folders on this machine: what `createCohort` keeps runs in. */
export const nodeHome: RunHome = { host: nodeHost(), open: nodeStorage };
