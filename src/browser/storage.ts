/**
 * Run folders in a page: the origin private file system if the page has it, else memory; and the page's clock.
 */
import { CohortError, failure } from '../core/errors.ts';
import type { RunHome } from '../run/home.ts';
import type { RunHost } from '../run/lock.ts';
import type { RunStorage } from '../run/storage.ts';
import { checkPath, maxFileBytes, memoryStorage, otherSize, tooLong } from '../run/storage.ts';

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}

/** Turns what a browser throws into a {@link CohortError} (kind `failure`). */
function explain(error: unknown, subject: string): CohortError {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  const expected = full ? "space in this site's storage" : 'a file system that works';
  const got = full ? 'a full storage (QuotaExceededError)' : String(error);
  const advice = full ? 'delete old runs, or the data of this site' : 'reload the page, or run without keeping files';
  return failure(subject, expected, got, advice, error);
}

/** Files below a folder of the origin private file system (File System Standard, WHATWG). The folder is made when something is written there. */
function originPrivateStorage(root: string): RunStorage {
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
        if (!isMissing(error)) throw error;
        return undefined;
      }),
    );
  /** A writable goes to a copy that takes the file's place on close: that is what makes `write` atomic. */
  const change = async (path: string, keepExistingData: boolean, work: (writable: FileSystemWritableFileStream) => Promise<void>) => {
    const writable = await (await handleOf(path, true)).createWritable({ keepExistingData });
    try {
      await work(writable);
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
    await writable.close();
  };
  const size = (path: string): Promise<number | undefined> =>
    ifThere(path, async () => (await (await handleOf(path, false)).getFile()).size);
  const write = (path: string, bytes: Uint8Array): Promise<void> =>
    attempt(path, () => change(path, false, (writable) => writable.write(bytes.slice())));
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
      navigator.locks.request(`cohort-file:${locate(path)}`, async () => {
        if ((await size(path)) !== undefined) return false;
        await write(path, bytes);
        return true;
      }),
    append: (path, bytes, position) =>
      attempt(path, async () => {
        const there = await size(path);
        if ((there ?? 0) !== position) throw otherSize(locate(path), position, there);
        await change(path, true, (writable) => writable.write({ type: 'write', position, data: bytes.slice() }));
      }),
    truncate: (path, length) => attempt(path, () => change(path, true, (writable) => writable.truncate(length))),
    size,
    list: async (directory) => {
      const names: string[] = [];
      await ifThere(directory, async () => {
        for await (const name of (await folder(directory, false)).keys()) names.push(name);
      });
      return names.sort();
    },
    makeDirectory: (directory) =>
      attempt(directory, async () => {
        await folder(directory, true);
      }),
    remove: (path) =>
      ifThere(path, async () => {
        const [directory, name] = split(path);
        await (await folder(directory, false)).removeEntry(name);
      }),
    // The browser keeps its own out of sight, and removes them.
    removeTemporaries: async (directory) => checkPath(directory),
  };
}

/**
 * Files that outlast the page, below the given folder of the origin private file system; in memory where the page has no such
 * system (plain http, older browsers).
 */
export function browserStorage(root = 'cohort'): RunStorage {
  const lasts = typeof navigator.storage?.getDirectory === 'function' && navigator.locks !== undefined;
  return lasts ? originPrivateStorage(root) : memoryStorage();
}

/**
 * Where runs are kept in a page: every run folder below `root` of {@link browserStorage}. Nothing of the page is touched before the first use.
 * `open` throws `CohortError` for a folder with `..` in it.
 */
export function browserHome(root = 'cohort'): RunHome {
  const storages = new Map<string, RunStorage>();
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
      // Kept, since memory is all there is of a storage in memory.
      const storage = storages.get(directory) ?? browserStorage(directory);
      storages.set(directory, storage);
      return storage;
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
