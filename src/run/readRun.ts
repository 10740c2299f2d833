/**
 * What a run folder holds, and reading it without touching it: for evaluation, for loading a policy, for reports.
 *
 *     config.json             the resolved configuration; never changed once written
 *     metrics.jsonl           one line per iteration, one per evaluation; a number that is not finite is null
 *     episodes.csv            one row per training episode that ended; not in runs of language models
 *     evaluations.csv         one row per evaluation episode, or per prompt
 *     completions.jsonl       language models: a few completions per iteration with their rewards, one per line
 *     events.out.tfevents.*   the numbers of metrics.jsonl for TensorBoard, by global step
 *     checkpoint.safetensors  tensors to go on from; its metadata holds the sizes of the files above at that moment
 *     summary.json            once the run has ended
 *     policies/<n>.safetensors  the policy after iteration n, without what only training needs; see src/policies/policyFile.ts
 *     run.lock                while a process writes the run
 */
import { CohortError, show } from '../core/errors.ts';
import type { RunSummary } from './events.ts';
import type { Tensor } from './safetensors.ts';
import { decodeSafetensors } from './safetensors.ts';
import { sha256 } from './sha256.ts';
import type { RunStorage } from './storage.ts';
import { joinPath } from './storage.ts';

/** The names in a run folder; the event file's begins with `events` and goes on with the time. */
export const runFiles = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  episodes: 'episodes.csv',
  evaluations: 'evaluations.csv',
  completions: 'completions.jsonl',
  events: 'events.out.tfevents.',
  checkpoint: 'checkpoint.safetensors',
  summary: 'summary.json',
  lock: 'run.lock',
} as const;

/** Folder of the snapshots inside a run folder. */
export const snapshotFolder = 'policies';

/** `000120.safetensors`: sorted by name is sorted by iteration, up to a million of them. */
export function snapshotName(iteration: number): string {
  return `${String(iteration).padStart(6, '0')}.safetensors`;
}

/** `format` in config.json: tells a run folder from any other folder with a config.json. */
export const runFormat = 'cohort-run';
/** `formatVersion` in config.json; goes up when a reader of today could not read the folder. */
export const runFormatVersion = 1;

/** Keys of a checkpoint's metadata that the run folder keeps for itself. */
export const checkpointKeys = { format: 'cohort.format', config: 'cohort.config', files: 'cohort.files' } as const;
/** Value of the format key. */
export const checkpointFormat = 'checkpoint/1';

/**
 * A configuration as it is stored: plain JSON. The run folder looks at two fields: `tensorboard` (`false` writes no event file), and `road` (`lm`
 * for a language model, which has completions instead of episodes; missing for environments).
 */
export type StoredConfig = Readonly<Record<string, unknown>>;

/** What a run trains on: an environment (`mdp`), or a task of a language model (`lm`). */
export type RunRoad = 'mdp' | 'lm';

/** The road of a stored configuration. */
export function roadOf(config: StoredConfig): RunRoad {
  return config.road === 'lm' ? 'lm' : 'mdp';
}

const roads: Readonly<Record<RunRoad, readonly [name: string, calls: string]>> = {
  mdp: ['a run on an environment', 'train, resumeTraining, evaluateRun and loadPolicy'],
  lm: ['a run of a language model', 'trainLanguageModel, resumeLanguageTraining, evaluateLanguageRun and sampleLanguageRun'],
};

/** Throws {@link CohortError} for a run of the other road. */
export function checkRoad(config: StoredConfig, directory: string, expected: RunRoad): void {
  const road = roadOf(config);
  if (road !== expected) refuse(directory, roads[expected][0], roads[road][0], `use ${roads[road][1]} for it`);
}

/** A checkpoint as it was written. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The writer's own texts. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A checkpoint with the sizes to which the metric files belong to it. */
export interface StoredCheckpoint extends Checkpoint {
  /** Bytes, by file name. */
  readonly files: ReadonlyMap<string, number>;
}

function refuse(subject: string, expected: string, got: string, advice: string): never {
  throw new CohortError({ subject, expected, got, advice, kind: 'failure' });
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What binds a checkpoint to its configuration: SHA-256 of the stored JSON, however it is laid out. */
export function configIdentity(stored: StoredConfig): string {
  return sha256(JSON.stringify(stored));
}

/** config.json as it is stored, `format` included. Throws {@link CohortError} if the folder holds no run. */
export async function readStoredConfig(storage: RunStorage, directory: string): Promise<StoredConfig> {
  const path = joinPath(directory, runFiles.config);
  const where = storage.locate(path);
  const bytes = await storage.read(path);
  if (!bytes) refuse(storage.locate(directory), 'a run folder', 'a folder without config.json, or none', 'give the folder of a run');
  const stored = parseObject(bytes);
  if (!stored) refuse(where, 'a JSON object', 'something else', 'restore the file from a copy, or begin a new run');
  if (stored.format !== runFormat) {
    refuse(where, `"format": "${runFormat}"`, show(stored.format), 'give the folder of a run (this config.json is not ours)');
  }
  if (stored.formatVersion !== runFormatVersion) {
    const advice = 'use the version of cohort-rl that wrote the run';
    refuse(where, `"formatVersion": ${runFormatVersion}`, show(stored.formatVersion), advice);
  }
  return stored;
}

/** The configuration without the two format fields. */
export function withoutFormat(stored: StoredConfig): StoredConfig {
  const { format: _format, formatVersion: _formatVersion, ...config } = stored;
  return config;
}

function readSizes(text: string | undefined): Map<string, number> | undefined {
  const parsed = text === undefined ? undefined : parseObject(new TextEncoder().encode(text));
  if (!parsed) return undefined;
  const sizes = new Map<string, number>();
  for (const [name, size] of Object.entries(parsed)) {
    if (name.includes('/') || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    sizes.set(name, size);
  }
  return sizes;
}

/**
 * The checkpoint, or `undefined` if none was written yet. Throws {@link CohortError} if it is damaged, was not written by Cohort,
 * or belongs to another configuration.
 */
export async function readCheckpoint(storage: RunStorage, directory: string, stored: StoredConfig): Promise<StoredCheckpoint | undefined> {
  const path = joinPath(directory, runFiles.checkpoint);
  const bytes = await storage.read(path);
  if (!bytes) return undefined;
  const where = storage.locate(path);
  const advice = 'restore the file from a copy, or begin a new run (nothing was changed)';
  const { tensors, metadata } = decodeSafetensors(bytes, where, { verifyDigest: true, advice });
  const format = metadata[checkpointKeys.format];
  if (format !== checkpointFormat) refuse(where, `a checkpoint of format ${checkpointFormat}`, show(format), advice);
  if (metadata[checkpointKeys.config] !== configIdentity(stored)) {
    const got = 'one of another configuration (the checkpoint is foreign, or config.json was changed)';
    refuse(where, 'a checkpoint of this run', got, 'put the right file back (nothing was changed)');
  }
  const files = readSizes(metadata[checkpointKeys.files]);
  if (!files) refuse(where, 'the sizes of the metric files', show(metadata[checkpointKeys.files]), advice);
  const own = { ...metadata };
  for (const key of Object.values(checkpointKeys)) delete own[key];
  return { tensors, metadata: own, files };
}

/** A run as it lies in its folder. */
export interface StoredRun {
  readonly config: StoredConfig;
  /** `undefined` before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  /** `undefined` before the end of the run. */
  readonly summary: RunSummary | undefined;
}

/** Reads a run without a lock and without changing anything; another process may be writing it. Throws as its parts do. */
export async function readRun(storage: RunStorage, directory: string): Promise<StoredRun> {
  const stored = await readStoredConfig(storage, directory);
  const checkpoint = await readCheckpoint(storage, directory, stored);
  return { config: withoutFormat(stored), checkpoint, summary: await readSummary(storage, directory) };
}

/** summary.json, or `undefined` if the run has not ended. */
export async function readSummary(storage: RunStorage, directory: string): Promise<RunSummary | undefined> {
  const path = joinPath(directory, runFiles.summary);
  const bytes = await storage.read(path);
  if (!bytes) return undefined;
  const summary = parseObject(bytes);
  if (typeof summary?.parametersSha256 !== 'string' || typeof summary.status !== 'string') {
    refuse(storage.locate(path), 'the summary of a run', 'something else', 'delete the file and resume the run, which writes it again');
  }
  return summary as unknown as RunSummary;
}

/** One line of metrics.jsonl: `iteration`, `globalStep`, `seconds` and metrics by their keys. */
export type MetricRow = Readonly<Record<string, number | null>>;

/** The lines of metrics.jsonl; a last line that is still being written is left out. Throws {@link CohortError} for broken lines. */
export async function readMetrics(storage: RunStorage, directory: string): Promise<MetricRow[]> {
  const path = joinPath(directory, runFiles.metrics);
  const bytes = (await storage.read(path)) ?? new Uint8Array(0);
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  const lines = new TextDecoder().decode(whole).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const row = parseObject(new TextEncoder().encode(line));
    if (!row) refuse(`${storage.locate(path)}, line ${index + 1}`, 'a JSON object', show(line), 'restore the file from a copy');
    return row as MetricRow;
  });
}
