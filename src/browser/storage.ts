/**
 * Run folders in a page: the origin private file system (File System Standard, WHATWG), and the page's clock.
 */
import { CohortError, failure } from '../core/errors.ts';
import type { RunHome } from '../run/home.ts';
import type { RunHost } from '../run/lock.ts';
import type { RunStorage } from '../run/storage.ts';
import { checkPath, isTemporary, maxFileBytes, otherSize, temporaryName, tooLong } from '../run/storage.ts';

const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');

/** What each error of a browser means here: what was expected, what was got, what to do. */
const explanations: Readonly<Record<string, readonly [expected: string, got: string, advice: string]>> = {
  QuotaExceededError: [
    "space in this site's storage",
    'a full storage',
    'delete old runs, or the data of this site; what is learned so far can still be downloaded',
  ],
  SecurityError: ['a site that may keep files', 'a refusal', 'allow this site to keep data, or train without a run folder'],
  NotAllowedError: ['a site that may keep files', 'a refusal', 'allow this site to keep data, or train without a run folder'],
  NotFoundError: ['the folder of the run', 'none: the browser, or somebody, removed it', 'put it back from a download, or begin a new run'],
  TypeMismatchError: ['a file, and folders above it', 'one in place of the other', 'choose another folder'],
  NoModificationAllowedError: [
    'a file that nobody else has open',
    'one that another page or worker writes',
    'close that page, or choose another folder',
  ],
  InvalidStateError: ['a file as it was when it was opened', 'one that changed meanwhile', 'see which other page writes this folder'],
};

/** Turns what a browser throws into a {@link CohortError} (kind `failure`). */
function explain(error: unknown, subject: string): CohortError {
  const known = explanations[nameOf(error)];
  const [expected, got, advice] = known ?? ['a file system that works', String(error), 'reload the page, or train without a run folder'];
  return failure(subject, expected, known ? `${got} (${nameOf(error)})` : got, advice, error);
}

/** Whether this page or worker can write files of the origin: in a worker also where only handles that block can (Safari before 26). */
function canKeepFiles(): boolean {
  const handle = globalThis.FileSystemFileHandle?.prototype as Partial<FileSystemFileHandle> | undefined;
  const canWrite = handle !== undefined && ('createWritable' in handle || 'createSyncAccessHandle' in handle);
  return canWrite && typeof navigator.storage?.getDirectory === 'function' && navigator.locks !== undefined;
}

/** A handle that blocks, which workers have; the library of types knows it only there. */
interface BlockingHandle {
  getSize(): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<BlockingHandle>;
  move(name: string): Promise<void>;
}

/** What happens to a file: all of it is new, bytes are added, or it is cut. */
type Change = { readonly replace: Uint8Array } | { readonly add: Uint8Array; readonly at: number } | { readonly cut: number };

/** Changes a file by a copy that takes its place when it is whole: what every browser but older ones of Safari can. */
async function changeByCopy(handle: FileSystemFileHandle, change: Change): Promise<void> {
  const writable = await handle.createWritable({ keepExistingData: !('replace' in change) });
  try {
    if ('replace' in change) await writable.write(change.replace.slice());
    else if ('add' in change) await writable.write({ type: 'write', position: change.at, data: change.add.slice() });
    else await writable.truncate(change.cut);
  } catch (error) {
    await writable.abort().catch(() => undefined);
    throw error;
  }
  await writable.close();
}

/** The same through a handle that blocks: in place, but for a file that is replaced, which is written beside it and moved. */
async function changeInWorker(folder: FileSystemDirectoryHandle, name: string, change: Change): Promise<void> {
  const isNew = 'replace' in change;
  const target = isNew ? temporaryName(name, crypto.getRandomValues(new Uint8Array(8))) : name;
  const file = (await folder.getFileHandle(target, { create: true })) as FileHandle;
  const blocking = await file.createSyncAccessHandle();
  try {
    if (isNew) {
      blocking.truncate(0);
      blocking.write(change.replace, { at: 0 });
    } else if ('add' in change) blocking.write(change.add, { at: change.at });
    else blocking.truncate(change.cut);
    blocking.flush();
  } finally {
    blocking.close();
  }
  if (isNew) await file.move(name);
}

let hasAsked = false;

/** Asks once that the browser keeps the files of this site when space gets short. It may say no; a worker cannot ask. */
function askForPersistence(): void {
  if (hasAsked || typeof navigator.storage.persist !== 'function') return;
  hasAsked = true;
  navigator.storage.persist().catch(() => undefined);
}

/** Files below a folder of the origin private file system. The folder is made when something is written there. */
export function browserStorage(root = 'cohort'): RunStorage {
  const locate = (path: string): string => `browser:/${root}${path && `/${path}`}`;
  const folder = async (directory: string, create: boolean): Promise<FileSystemDirectoryHandle> => {
    let handle = await navigator.storage.getDirectory();
    for (const part of `${root}/${directory}`.split('/').filter((name) => name !== '')) {
      handle = await handle.getDirectoryHandle(part, { create });
    }
    return handle;
  };
  const split = (path: string): [directory: string, name: string] => {
    const slash = path.lastIndexOf('/');
    return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
  };
  const handleOf = async (path: string, create: boolean): Promise<FileSystemFileHandle> => {
    const [directory, name] = split(path);
    return (await folder(directory, create)).getFileHandle(name, { create });
  };
  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    checkPath(path);
    if (!canKeepFiles()) {
      const advice = 'train without a run folder, and keep the policy with encodePolicy';
      throw failure(locate(path), 'a page that can keep files (https or localhost, a browser of 2023 or later)', 'one that cannot', advice);
    }
    try {
      return await work();
    } catch (error) {
      throw error instanceof CohortError ? error : explain(error, locate(path));
    }
  };
  /** The same, but `undefined` where there is no such file. */
  const ifThere = <T>(path: string, work: () => Promise<T>): Promise<T | undefined> =>
    attempt(path, () =>
      work().catch((error: unknown) => {
        if (nameOf(error) !== 'NotFoundError') throw error;
        return undefined;
      }),
    );
  const change = async (path: string, what: Change): Promise<void> => {
    const [directory, name] = split(path);
    if (typeof FileSystemFileHandle.prototype.createWritable === 'function') return changeByCopy(await handleOf(path, true), what);
    return changeInWorker(await folder(directory, true), name, what);
  };
  const size = (path: string): Promise<number | undefined> =>
    ifThere(path, async () => (await (await handleOf(path, false)).getFile()).size);
  const write = (path: string, bytes: Uint8Array): Promise<void> => attempt(path, () => change(path, { replace: bytes }));
  const list = async (directory: string): Promise<string[]> => {
    const names: string[] = [];
    await ifThere(directory, async () => {
      for await (const name of (await folder(directory, false)).keys()) names.push(name);
    });
    return names;
  };
  return {
    locate,
    read: (path, most = maxFileBytes) =>
      ifThere(path, async () => {
        const file = await (await handleOf(path, false)).getFile();
        if (file.size > most) throw tooLong(locate(path), most, file.size);
        return new Uint8Array(await file.arrayBuffer());
      }),
    write,
    writeNew: (path, bytes) =>
      attempt(path, () => {
        askForPersistence();
        return navigator.locks.request(`cohort-file:${locate(path)}`, async () => {
          if ((await size(path)) !== undefined) return false;
          await write(path, bytes);
          return true;
        });
      }),
    append: (path, bytes, position) =>
      attempt(path, async () => {
        const there = await size(path);
        if ((there ?? 0) !== position) throw otherSize(locate(path), position, there);
        await change(path, { add: bytes, at: position });
      }),
    truncate: (path, length) => attempt(path, () => change(path, { cut: length })),
    size,
    list: async (directory) => (await list(directory)).filter((name) => !isTemporary(name)).sort(),
    makeDirectory: (directory) =>
      attempt(directory, async () => {
        await folder(directory, true);
      }),
    remove: (path) =>
      ifThere(path, async () => {
        const [directory, name] = split(path);
        await (await folder(directory, false)).removeEntry(name);
      }),
    removeDirectory: async (directory) => {
      const [above, name] = split(`${root}/${directory}`.replace(/\/$/, ''));
      await ifThere(directory, async () => {
        let handle = await navigator.storage.getDirectory();
        for (const part of above.split('/').filter((one) => one !== '')) handle = await handle.getDirectoryHandle(part);
        await handle.removeEntry(name).catch((error: unknown) => {
          // It holds something.
          if (nameOf(error) !== 'InvalidModificationError') throw error;
        });
      });
    },
    removeTemporaries: async (directory) => {
      for (const name of (await list(directory)).filter(isTemporary)) {
        await ifThere(directory, async () => (await folder(directory, false)).removeEntry(name));
      }
    },
  };
}

/**
 * Where runs are kept in a page: every run folder below `root` of {@link browserStorage}. Nothing of the page is touched before the first use.
 * `open` throws `CohortError` for a folder with `..` in it.
 */
export function browserHome(root = 'cohort'): RunHome {
  let host: RunHost | undefined;
  return {
    get host() {
      host ??= browserHost();
      return host;
    },
    open(runDirectory) {
      const parts = runDirectory.split('/').filter((part) => part !== '' && part !== '.');
      const directory = [root, ...parts].join('/');
      checkPath(directory);
      return browserStorage(directory);
    },
  };
}

/** Time and pages, for the lock of a run folder. A page, or a worker, is alive while it holds the Web Lock of its token. */
export function browserHost(): RunHost {
  const words = crypto.getRandomValues(new Uint32Array(4));
  const startToken = `cohort-page:${Array.from(words, (word) => word.toString(16)).join('-')}`;
  // Never resolves: the browser gives the lock free when the page goes away.
  navigator.locks?.request(startToken, () => new Promise(() => undefined)).catch(() => undefined);
  return {
    now: () => Date.now(),
    machine: 'browser',
    place: '',
    pid: 0,
    startToken,
    token: startToken,
    isAlive: async (_pid, token) => {
      if (token === startToken) return true;
      const { held = [] } = (await navigator.locks?.query()) ?? {};
      return held.some((lock) => lock.name === token);
    },
  };
}
