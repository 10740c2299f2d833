/**
 * What `cohort-rl watch` finds in folders: the snapshots of a run and its checkpoint where that is newer, or the policy of a policy folder.
 */
import type { AlgorithmRegistry } from '../../algorithms/standard.ts';
import { failure } from '../../core/errors.ts';
import type { WatchSource, WatchState } from '../../watch/protocol.ts';
import type { Content } from './contents.ts';
import { FolderReader, type Found } from './folderReader.ts';

/** A run folder or a policy folder, with the name it has among several. */
export interface WatchFolder {
  readonly name: string;
  readonly directory: string;
}

function nameOf(iteration: number | undefined): string {
  if (iteration === undefined) return 'exported';
  return iteration === 0 ? 'untrained' : `iteration ${iteration}`;
}

/** Folders that training may write meanwhile. */
export class WatchFolders {
  readonly #title: string;
  readonly #readers: readonly { readonly name: string; readonly reader: FolderReader }[];
  /** How to get what is at each address of the last state. */
  #files: ReadonlyMap<string, () => Promise<Content | undefined>> = new Map();
  #reading: Promise<WatchState> | undefined;

  /** `title` is the folder as the user wrote it; `algorithms` those that runs may be of (default: the package's). */
  constructor(title: string, folders: readonly WatchFolder[], algorithms?: AlgorithmRegistry) {
    this.#title = title;
    this.#readers = folders.map(({ name, directory }) => ({ name, reader: new FolderReader(directory, algorithms) }));
  }

  /**
   * What there is at this moment; folders without any policy are left out. Throws `CohortError` if none has one, or for broken ones. Who asks while
   * the folders are read for somebody else gets the same answer.
   */
  state(): Promise<WatchState> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<WatchState> {
    const files = new Map<string, () => Promise<Content | undefined>>();
    const sources: WatchSource[] = [];
    for (const [index, { name, reader }] of this.#readers.entries()) {
      const source = this.#sourceOf(name, index, await reader.read(), files);
      if (source.checkpoints.length > 0) sources.push(source);
    }
    if (sources.length === 0) {
      throw failure(this.#title, 'a run with a checkpoint', 'none yet', 'let it train for a moment, or resume it');
    }
    this.#files = files;
    return { title: this.#title, sources };
  }

  /** A folder as the page hears of it; adds what is at its addresses to `files`. */
  #sourceOf(
    name: string,
    index: number,
    { task, policies, curve }: Found,
    files: Map<string, () => Promise<Content | undefined>>,
  ): WatchSource {
    const checkpoints = policies.map(({ iteration, version, read }) => {
      const url = `policies/${index}/${iteration ?? 'policy'}.safetensors`;
      files.set(url, async () => {
        const body = await read();
        return body && { kind: 'safetensors', body };
      });
      return { name: nameOf(iteration), iteration, version, url };
    });
    if (!curve) return { name, ...task, checkpoints };
    const url = `curves/${index}.json`;
    files.set(url, async () => ({ kind: 'json', body: Buffer.from(JSON.stringify(await curve.read())) }));
    return { name, ...task, checkpoints, curve: { url, version: curve.version } };
  }

  /** What is at an address; `undefined` for one that the last state does not hold. Throws `CohortError` for a file that is not what it should be. */
  async file(address: string): Promise<Content | undefined> {
    return this.#files.get(address)?.();
  }
}
