/**
 * Run folders on a disk, and what Node knows about processes.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CohortError, failure } from '../core/errors.ts';
import type { RunHome } from '../run/home.ts';
import type { RunHost } from '../run/lock.ts';
import { checkPath, isTemporary, otherSize, type RunStorage } from '../run/storage.ts';
import { changePlain, codeOf, createFile, explainFileError, readPlain, replaceFile, sizeOfPlain, withCode } from './files.ts';
import { pretrainedUnlessThere } from './pretrained.ts';

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

/** Files below a folder of the disk. The folder itself need not exist before something is written. */
export function nodeStorage(root: string): RunStorage {
  const base = resolve(root);
  const locate = (path: string): string => {
    checkPath(path);
    return join(base, path);
  };
  /** Throws unless every folder between the root and the path is one, or missing; of a directory the last part counts, too. */
  const checkFolders = async (path: string, parts: number): Promise<void> => {
    const names = path.split('/').slice(0, parts);
    for (let length = 1; length <= names.length; length++) {
      const folder = join(base, ...names.slice(0, length));
      const information = await lstat(folder);
      if (!information.isDirectory()) throw withCode(information.isSymbolicLink() ? 'ELOOP' : 'ENOTDIR', folder);
    }
  };
  const attempt = async <T>(path: string, work: (file: string) => Promise<T>, parts = path.split('/').length - 1): Promise<T> => {
    const file = locate(path);
    try {
      await checkFolders(path, parts);
      return await work(file);
    } catch (error) {
      throw error instanceof CohortError ? error : explainFileError(error, file);
    }
  };
  /** The same, but `undefined` where there is no such file. */
  const ifThere = async <T>(path: string, work: (file: string) => Promise<T>, parts?: number): Promise<T | undefined> => {
    try {
      return await attempt(path, work, parts);
    } catch (error) {
      if (codeOf((error as CohortError).cause) !== 'ENOENT') throw error;
      return undefined;
    }
  };
  const list = async (directory: string): Promise<string[]> => {
    // The root is the user's own choice, and may be a link.
    const parts = directory === '' ? 0 : directory.split('/').length;
    return (await ifThere(directory, (folder) => readdir(folder), parts)) ?? [];
  };
  return {
    locate,
    read: (path, most) => ifThere(path, (file) => readPlain(file, most)),
    write: (path, bytes) =>
      attempt(path, async (file) => {
        // Whatever stands there would only be replaced; but a folder with links in it is not what it seems.
        await sizeOfPlain(file).catch((error: unknown) => {
          if (codeOf(error) !== 'ENOENT') throw error;
        });
        await replaceFile(file, bytes);
        await syncDirectory(dirname(file));
      }),
    writeNew: (path, bytes) => attempt(path, (file) => createFile(file, bytes)),
    append: (path, bytes, size, options) =>
      attempt(path, (file) =>
        changePlain(file, { make: size === 0 }, async (handle, now) => {
          if (now !== size) throw otherSize(file, size, now);
          await handle.appendFile(bytes);
          if (options?.sync) await handle.sync();
        }),
      ),
    truncate: (path, size) =>
      attempt(path, (file) =>
        changePlain(file, { make: false }, async (handle, now) => {
          // The system call would make a shorter file longer, with zeros.
          if (now < size) throw failure(file, `a file of at least ${size} bytes`, `${now} bytes`, 'restore the file from a copy');
          await handle.truncate(size);
        }),
      ),
    size: (path) => ifThere(path, sizeOfPlain),
    list: async (directory) => (await list(directory)).filter((name) => !isTemporary(name)).sort(),
    makeDirectory: (directory) =>
      attempt(
        directory,
        async (folder) => {
          await checkFolders(directory, directory === '' ? 0 : directory.split('/').length).catch((error: unknown) => {
            if (codeOf(error) !== 'ENOENT') throw error;
          });
          await makeDirectories(folder);
        },
        0,
      ),
    remove: (path) =>
      ifThere(path, async (file) => {
        await sizeOfPlain(file);
        await rm(file, { force: true });
      }),
    removeDirectory: async (directory) => {
      await ifThere(directory, async (folder) => {
        await rmdir(folder).catch((error: unknown) => {
          if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
        });
      });
    },
    removeTemporaries: async (directory) => {
      for (const name of await list(directory)) {
        const file = join(base, directory, name);
        if (isTemporary(name)) await rm(file, { force: true }).catch(() => undefined);
      }
    },
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
  throw withCode('EEXIST', path);
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

/** Where process numbers mean the same: the machine's own id, which a host name need not tell, and the namespace of its processes. */
function placeOfProcesses(): string {
  const read = (take: () => string): string => {
    try {
      return take().trim();
    } catch {
      // Not Linux, or nothing of the kind in this container.
      return '';
    }
  };
  // machine-id(5) and pid_namespaces(7); two containers with one host name differ in the second.
  return [read(() => readFileSync('/etc/machine-id', 'utf8')), read(() => readlinkSync('/proc/self/ns/pid'))].join(' ').trim();
}

/** Time and processes, for the lock of a run folder. */
export function nodeHost(): RunHost {
  return {
    now: () => Date.now(),
    machine: hostname(),
    place: placeOfProcesses(),
    pid: process.pid,
    startToken: startTokenOf('self'),
    token: randomBytes(16).toString('hex'),
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
export const nodeHome: RunHome = {
  host: nodeHost(),
  open: nodeStorage,
  pretrained: (name) => {
    const folder = pretrainedUnlessThere(name);
    return folder === undefined ? undefined : nodeStorage(folder);
  },
};
