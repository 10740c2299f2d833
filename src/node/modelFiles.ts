/**
 * The files of a model on this machine.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CohortError, failure, mistake, show } from '../core/errors.ts';
import type { FoundModel, Hasher, ModelFiles } from '../core/platform.ts';
import { isHubName } from '../lm/checkpoints/place.ts';
import { codeOf } from './files.ts';

// Windows has no such flag. Opening a pipe would wait for a writer.
const { O_RDONLY, O_NONBLOCK = 0 } = constants;

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

function unreadable(path: string, error: unknown): CohortError {
  const code = codeOf(error);
  const got = code === 'ELOOP' ? 'links that lead in a circle (ELOOP)' : `none (${code ?? 'unreadable'})`;
  return failure(path, 'a file or folder that can be read', got, 'check its permissions, and where links point', error);
}

/** A name that cannot leave the folder. */
const isName = (file: string): boolean => file !== '' && file !== '.' && file !== '..' && basename(file) === file && !/[\\\0]/.test(file);

/** Bytes of a plain file, or of one that a link points to; `undefined` for what is missing or something else. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const information = await stat(path);
    return information.isFile() ? information.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(path, error);
  }
}

async function readRange(path: string, start: number, end: number): Promise<Uint8Array> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    handle = await open(path, O_RDONLY | O_NONBLOCK);
    const information = await handle.stat();
    if (!information.isFile()) throw failure(path, 'a plain file', 'something else', 'put the file in its place');
    // Before memory is taken: the file may have changed since its size was asked.
    if (!(start >= 0 && start <= end && end <= information.size)) {
      throw failure(path, `${end} bytes`, `${information.size} (it changed while it was read)`, 'leave the file alone, then start again');
    }
    const bytes = new Uint8Array(end - start);
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, filled, Math.min(bytes.length - filled, 2 ** 30), start + filled);
      if (bytesRead === 0) throw failure(path, `${end} bytes`, `${start + filled} (it was cut while it was read)`, 'start again');
      filled += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw error instanceof CohortError ? error : unreadable(path, error);
  } finally {
    await handle?.close();
  }
}

/** Many times as fast as ours in JavaScript. */
function hasher(): Hasher {
  const hash = createHash('sha256');
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
}

/** The plain files of a folder; links to plain files count, because the cache of the Hugging Face Hub is made of them. */
function folderFiles(folder: string, place: string): ModelFiles {
  return {
    place,
    async list() {
      const all = await readdir(folder).catch((error: unknown) => Promise.reject(unreadable(folder, error)));
      const names: string[] = [];
      // What cannot be read is no reason to refuse the rest.
      for (const name of all.sort()) if ((await sizeOf(join(folder, name)).catch(() => undefined)) !== undefined) names.push(name);
      return names;
    },
    size: async (file) => (isName(file) ? sizeOf(join(folder, file)) : undefined),
    async read(file, start, end) {
      if (!isName(file)) throw failure(place, 'the name of a file in it', show(file), 'name a file without its folder');
      return readRange(join(folder, file), start, end);
    },
    hasher,
  };
}

/**
 * The files at a path, or of a model of the hub (`hf:owner/name`): a folder, or a .gguf file, of which `gguf` is the name and `files` its folder. Read by ranges; of files larger than
 * memory only what is asked for. Links are followed, and count where they lead to a plain file; pipes, devices and folders do not count as
 * files. Throws `CohortError` for a path where there is neither, and for what cannot be read.
 */
export async function openModelFiles(path: string, options: { readonly withoutWeights?: boolean } = {}): Promise<FoundModel> {
  if (isHubName(path)) {
    const { downloadModel } = await import('./hub.ts');
    return filesAt(await downloadModel(path, options), path);
  }
  return filesAt(path, path);
}

/** The files at a path that users call `place`. */
async function filesAt(path: string, place: string): Promise<FoundModel> {
  const expected = 'a folder of a model, or a .gguf file';
  let information: Awaited<ReturnType<typeof stat>>;
  try {
    information = await stat(path);
  } catch (error) {
    if (!isMissing(error)) throw unreadable(path, error);
    throw mistake(
      show(path),
      expected,
      'nothing of that name',
      'check the path, or write hf:owner/name for a model of the Hugging Face Hub',
      error,
    );
  }
  if (information.isDirectory()) return { files: folderFiles(path, place) };
  if (!information.isFile()) throw mistake(show(path), expected, 'neither a folder nor a plain file', 'name the folder of a model');
  if (path.toLowerCase().endsWith('.gguf')) return { files: folderFiles(dirname(path), place), gguf: basename(path) };
  throw mistake(show(path), expected, 'another file', `name its folder, ${show(dirname(path))}, if that has a config.json`);
}
