/**
 * What `cohort-rl watch` finds in folders: the snapshots of a run and its checkpoint where that is newer, or the policy of a policy folder.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlgorithmRegistry } from '../../algorithms/index.ts';
import { failure } from '../../core/errors.ts';
import { encodePolicy } from '../../policies/encode.ts';
import { isPolicyFolder, readPolicyFolder } from '../../policies/folder.ts';
import { listSnapshots, policyOfCheckpoint } from '../../policies/fromCheckpoint.ts';
import { policyFiles, withoutCritic } from '../../policies/policyFile.ts';
import { runFiles, snapshotPath } from '../../run/layout.ts';
import type { RunStorage } from '../../run/storage.ts';
import { readRun, readStoredConfig, readSummary } from '../../run/storedRun.ts';
import { resolveConfig } from '../../training/config.ts';
import type { WatchSource, WatchState } from '../../watch/protocol.ts';
import { nodeStorage } from '../storage.ts';

/** A run folder or a policy folder, with the name it has among several. */
export interface WatchFolder {
  readonly name: string;
  readonly directory: string;
}

interface FoundPolicy {
  /** `undefined` where nobody said. */
  readonly iteration: number | undefined;
  readonly version: string;
  readonly read: () => Promise<Uint8Array | undefined>;
}

/** What one folder holds. */
interface Found {
  readonly task: Omit<WatchSource, 'name' | 'checkpoints'>;
  /** Oldest first. */
  readonly policies: readonly FoundPolicy[];
}

/** Changes when the file does; `undefined` where there is none. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs}-${size}`;
  } catch {
    return undefined;
  }
}

function nameOf(iteration: number | undefined): string {
  if (iteration === undefined) return 'exported';
  return iteration === 0 ? 'untrained' : `iteration ${iteration}`;
}

/** Reads one folder again and again; what did not change is not read twice. */
class FolderReader {
  readonly #directory: string;
  readonly #storage: RunStorage;
  readonly #algorithms: AlgorithmRegistry | undefined;
  #checkpoint: FoundPolicy | undefined;

  constructor(directory: string, algorithms: AlgorithmRegistry | undefined) {
    this.#directory = directory;
    this.#algorithms = algorithms;
    this.#storage = nodeStorage(directory);
  }

  async read(): Promise<Found> {
    return (await isPolicyFolder(this.#storage)) ? this.#readPolicy() : this.#readRun();
  }

  async #readPolicy(): Promise<Found> {
    const file = await readPolicyFolder(this.#storage);
    // Seed 1 where nobody said, as `eval` has it.
    const { seed = 1, iteration, evaluationMaxSteps } = file.source;
    const bytes = encodePolicy(file);
    const time = await versionOf(join(this.#directory, policyFiles.tensors));
    return {
      task: { env: file.env, envOptions: file.envOptions, seed, arithmetic: 'plain', training: false, maxSteps: evaluationMaxSteps },
      policies: [{ iteration, version: time ?? '', read: async () => bytes }],
    };
  }

  async #readRun(): Promise<Found> {
    const storage = this.#storage;
    const { config: stored, versions } = await readStoredConfig(storage);
    const config = resolveConfig(stored, storage.locate(runFiles.config), undefined, this.#algorithms);
    const policies: FoundPolicy[] = [];
    for (const iteration of await listSnapshots(storage)) {
      const path = snapshotPath(iteration);
      const time = await versionOf(join(this.#directory, path));
      if (time !== undefined) policies.push({ iteration, version: time, read: () => storage.read(path) });
    }
    const time = await versionOf(join(this.#directory, runFiles.checkpoint));
    if (time !== undefined && time !== this.#checkpoint?.version) {
      const { checkpoint } = await readRun(storage);
      const file = checkpoint && policyOfCheckpoint(config, checkpoint, versions, this.#directory);
      const bytes = file && encodePolicy(withoutCritic(file));
      this.#checkpoint = file && { iteration: file.source.iteration, version: time, read: async () => bytes };
    }
    const newest = policies.at(-1)?.iteration ?? -1;
    if (this.#checkpoint && (this.#checkpoint.iteration ?? 0) > newest) policies.push(this.#checkpoint);
    const { env, envOptions, seed, arithmetic, evaluationMaxSteps } = config;
    const training = (await readSummary(storage)) === undefined;
    return { task: { env, envOptions, seed, arithmetic, training, maxSteps: evaluationMaxSteps }, policies };
  }
}

/** Folders that training may write meanwhile. */
export class WatchFolders {
  readonly #title: string;
  readonly #readers: readonly { readonly name: string; readonly reader: FolderReader }[];
  /** How to get the bytes at each address of the last state. */
  #policies: ReadonlyMap<string, FoundPolicy['read']> = new Map();

  /** `title` is the folder as the user wrote it; `algorithms` those that runs may be of (default: the package's). */
  constructor(title: string, folders: readonly WatchFolder[], algorithms?: AlgorithmRegistry) {
    this.#title = title;
    this.#readers = folders.map(({ name, directory }) => ({ name, reader: new FolderReader(directory, algorithms) }));
  }

  /** What there is at this moment; folders without any policy are left out. Throws `CohortError` if none has one, or for broken ones. */
  async state(): Promise<WatchState> {
    const addresses = new Map<string, FoundPolicy['read']>();
    const sources: WatchSource[] = [];
    for (const [index, { name, reader }] of this.#readers.entries()) {
      const { task, policies } = await reader.read();
      const checkpoints = policies.map(({ iteration, version: time, read }) => {
        const url = `policies/${index}/${iteration ?? 'policy'}.safetensors`;
        addresses.set(url, read);
        return { name: nameOf(iteration), version: time, url };
      });
      if (checkpoints.length > 0) sources.push({ name, ...task, checkpoints });
    }
    if (sources.length === 0) {
      throw failure(this.#title, 'a run with a checkpoint', 'none yet', 'let it train for a moment, or resume it');
    }
    this.#policies = addresses;
    return { title: this.#title, sources };
  }

  /** Bytes of a policy file; `undefined` for an address that the last state does not hold. */
  async policy(url: string): Promise<Uint8Array | undefined> {
    return this.#policies.get(url)?.();
  }
}
