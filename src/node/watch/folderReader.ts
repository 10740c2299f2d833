/**
 * One folder that is watched, read again and again while a training may write it. Everything goes through the storage of runs, which opens regular
 * files only, and no byte of a policy leaves that `decodePolicy` did not accept.
 */
import { createHash } from 'node:crypto';
import type { AlgorithmRegistry } from '../../algorithms/standard.ts';
import { decodePolicy, encodePolicy } from '../../policies/encode.ts';
import { isPolicyFolder, readPolicyFolder } from '../../policies/folder.ts';
import { listSnapshots, policyOfCheckpoint } from '../../policies/fromCheckpoint.ts';
import { withoutCritic } from '../../policies/policyFile.ts';
import { runFiles, snapshotFolder, snapshotPath } from '../../run/layout.ts';
import type { RunStorage } from '../../run/storage.ts';
import { configIdentity, readCheckpoint, readStoredConfig, type StoredConfig } from '../../run/storedRun.ts';
import { resolveConfig } from '../../training/config.ts';
import type { WatchCurve, WatchSource } from '../../watch/protocol.ts';
import { nodeHome } from '../storage.ts';
import { readCurve } from './curve.ts';

/** A policy in a folder. */
export interface FoundPolicy {
  /** `undefined` where nobody said. */
  readonly iteration: number | undefined;
  /** Changes when the policy does. */
  readonly version: string;
  /** Its bytes, checked; `undefined` where the file has gone. */
  readonly read: () => Promise<Uint8Array | undefined>;
}

/** What one folder holds. */
export interface Found {
  readonly task: Omit<WatchSource, 'name' | 'checkpoints' | 'curve'>;
  /** Oldest first. */
  readonly policies: readonly FoundPolicy[];
  /** Of a run with metrics. */
  readonly curve?: { readonly version: string; readonly read: () => Promise<WatchCurve> };
}

/** The policy of a checkpoint, and what says whether it is the newest. */
interface KnownCheckpoint {
  readonly policy: FoundPolicy;
  readonly config: string;
  /** Bytes of metrics.jsonl that belong to it. */
  readonly metrics: number | undefined;
}

/** Reading checkpoints takes at most this part of the time, however large they are. */
const readingShare = 0.05;
/** A curve is drawn again when the metrics have grown by this part: a long file is then not read over and over. */
const curveGrowth = 0.01;

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** Reads one folder. */
export class FolderReader {
  readonly #storage: RunStorage;
  readonly #directory: string;
  readonly #algorithms: AlgorithmRegistry | undefined;
  #checkpoint: KnownCheckpoint | undefined;
  #nextReading = 0;
  #drawn = 0;

  /** `algorithms` are those that a run may be of (default: the package's). */
  constructor(directory: string, algorithms: AlgorithmRegistry | undefined) {
    this.#directory = directory;
    this.#algorithms = algorithms;
    this.#storage = nodeHome.open(directory);
  }

  /** What is in the folder at this moment. Throws `CohortError` for a broken one. */
  async read(): Promise<Found> {
    return (await isPolicyFolder(this.#storage)) ? this.#readPolicy() : this.#readRun();
  }

  async #readPolicy(): Promise<Found> {
    const file = await readPolicyFolder(this.#storage);
    // Seed 1 where nobody said, as `eval` has it.
    const { seed = 1, iteration, evaluationMaxSteps } = file.source;
    const bytes = encodePolicy(file);
    return {
      task: { env: file.env, envOptions: file.envOptions, seed, arithmetic: 'plain', training: false, maxSteps: evaluationMaxSteps },
      policies: [{ iteration, version: digestOf(bytes), read: async () => bytes }],
    };
  }

  async #readRun(): Promise<Found> {
    const storage = this.#storage;
    const stored = await readStoredConfig(storage);
    const config = resolveConfig(stored.config, storage.locate(runFiles.config), undefined, this.#algorithms);
    // A snapshot is written once: what a configuration and an iteration give is always the same.
    const version = configIdentity(stored).slice(0, 16);
    const names = new Set(await storage.list(snapshotFolder));
    const isThere = (iteration: number): boolean => names.has(snapshotPath(iteration).slice(snapshotFolder.length + 1));
    // Under the very name that training gives it: `7.safetensors` is no file of ours.
    const iterations = [...new Set(await listSnapshots(storage))].filter(isThere);
    const policies: FoundPolicy[] = iterations.map((iteration) => ({ iteration, version, read: () => this.#readSnapshot(iteration) }));
    const metrics = await storage.size(runFiles.metrics);
    const checkpoint = await this.#readCheckpoint(stored, config, metrics);
    const newest = policies.at(-1)?.iteration ?? -1;
    if (checkpoint && (checkpoint.iteration ?? 0) > newest) policies.push(checkpoint);
    const { env, envOptions, seed, arithmetic, evaluationMaxSteps } = config;
    const training = (await storage.size(runFiles.summary)) === undefined;
    const curve = this.#curveOf(metrics, training);
    return { task: { env, envOptions, seed, arithmetic, training, maxSteps: evaluationMaxSteps }, policies, ...(curve && { curve }) };
  }

  async #readSnapshot(iteration: number): Promise<Uint8Array | undefined> {
    const path = snapshotPath(iteration);
    const bytes = await this.#storage.read(path);
    if (bytes) decodePolicy(bytes, this.#storage.locate(path));
    return bytes;
  }

  async #readCheckpoint(
    stored: StoredConfig,
    config: ReturnType<typeof resolveConfig>,
    metrics: number | undefined,
  ): Promise<FoundPolicy | undefined> {
    const known = this.#checkpoint;
    const identity = configIdentity(stored);
    const isSame = known?.config === identity;
    // Metrics are written before the checkpoint that they belong to: no more of them, no newer checkpoint.
    if (isSame && (known.metrics === metrics || performance.now() < this.#nextReading)) return known.policy;
    const before = performance.now();
    const checkpoint = await readCheckpoint(this.#storage, stored);
    if (!checkpoint) {
      this.#checkpoint = undefined;
      return undefined;
    }
    const file = policyOfCheckpoint(config, checkpoint, stored.versions, this.#directory);
    const bytes = encodePolicy(withoutCritic(file));
    const policy = { iteration: file.source.iteration, version: digestOf(bytes), read: async () => bytes };
    this.#checkpoint = { policy, config: identity, metrics: checkpoint.files.get(runFiles.metrics) };
    const now = performance.now();
    this.#nextReading = now + (now - before) / readingShare;
    return policy;
  }

  #curveOf(metrics: number | undefined, training: boolean): Found['curve'] {
    if (!metrics) return undefined;
    const isNear = training && metrics >= this.#drawn && metrics < this.#drawn * (1 + curveGrowth);
    if (!isNear) this.#drawn = metrics;
    return { version: String(this.#drawn), read: () => readCurve(this.#storage) };
  }
}
