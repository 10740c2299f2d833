/**
 * Reading a run folder without touching it: for evaluation, for loading a policy, for reports. Its files are those of src/run/layout.ts.
 */

import { isRecord } from '../core/arguments.ts';
import { failure, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { isVisible } from '../core/text.ts';
import type { RecordedData } from './data.ts';
import { checkStoredLabels, type RunLabels } from './labels.ts';
import {
  checkpointFormat,
  checkpointKeys,
  eventsName,
  type RoadName,
  roadNames,
  runFiles,
  runFormat,
  runFormatVersion,
  tableFiles,
} from './layout.ts';
import { decodeSafetensors, type Tensor } from './safetensors.ts';
import { sha256 } from './sha256.ts';
import { checkRecordedStart, type RecordedStart } from './start.ts';
import { maxJsonBytes, type RunStorage } from './storage.ts';
import type { RunSummary } from './summary.ts';

/** A module of the user that registered what a run needs: its file name and the SHA-256 of its text. Nothing loads it from here. */
export interface RecordedModule {
  readonly name: string;
  readonly sha256: string;
}

/** What config.json holds besides its format: plain JSON. */
export interface RunDescription extends RunLabels {
  readonly road: RoadName;
  /** Versions of this package and of what it runs on, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Runtime, operating system and architecture. */
  readonly platform: string;
  /** Only where the run needs modules of the user. */
  readonly modules?: readonly RecordedModule[];
  /** Only where the run began from a policy. */
  readonly start?: RecordedStart;
  /** Only where the run trains on questions and answers of the user's; checked where it is read. */
  readonly data?: RecordedData;
  /** The resolved configuration, every default written out. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** {@link RunDescription} as it was read, with its format. */
export type StoredConfig = RunDescription & { readonly format: string; readonly formatVersion: number };

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

/**
 * What binds a checkpoint to its configuration: SHA-256 of the stored JSON, however it is laid out. How many iterations there are to be is left out: a
 * run may be prolonged. So is what people call the run.
 */
export function configIdentity({ name: _name, tags: _tags, ...stored }: StoredConfig): string {
  return sha256(JSON.stringify({ ...stored, config: { ...stored.config, iterations: 0 } }));
}

/** config.json. Throws `CohortError` if the folder holds no run, or one of another format. */
export async function readStoredConfig(storage: RunStorage): Promise<StoredConfig> {
  const where = storage.locate(runFiles.config);
  const bytes = await storage.read(runFiles.config, maxJsonBytes);
  if (!bytes) throw failure(storage.locate(''), 'a run folder', 'a folder without config.json, or none', 'give the folder of a run');
  const stored = parseJsonObject(bytes);
  if (!stored) throw failure(where, 'a JSON object', 'something else', 'restore the file from a copy, or begin a new run');
  if (stored.format !== runFormat) {
    throw failure(where, `"format": "${runFormat}"`, show(stored.format), 'give the folder of a run (this config.json is not ours)');
  }
  if (stored.formatVersion !== runFormatVersion) {
    const advice =
      typeof stored.formatVersion === 'number' && stored.formatVersion < runFormatVersion
        ? 'train it again: runs of that format are no longer read'
        : 'use the version of cohort-rl that wrote the run';
    throw failure(where, `"formatVersion": ${runFormatVersion}`, show(stored.formatVersion), advice);
  }
  const { road, versions, platform, modules, config } = stored;
  const advice = 'restore the file from a copy, or begin a new run';
  if (!roadNames.includes(road as RoadName)) throw failure(`${where}: road`, `one of ${roadNames.join(', ')}`, show(road), advice);
  if (!isRecord(config)) throw failure(`${where}: config`, 'the configuration of the run', show(config), advice);
  const hidden = ['env', 'algorithm', 'task', 'estimator'].find((key) => typeof config[key] === 'string' && !isVisible(config[key]));
  if (hidden !== undefined) throw failure(`${where}: ${hidden}`, 'text without control characters', show(config[hidden]), advice);
  if (!isTexts(versions) || typeof platform !== 'string')
    throw failure(where, 'versions and platform as text', show(versions ?? platform), advice);
  if (modules !== undefined && !(Array.isArray(modules) && modules.every(isModule))) {
    throw failure(`${where}: modules`, 'a list of name and sha256', show(modules), advice);
  }
  checkStoredLabels(stored, where, advice);
  if (stored.start !== undefined) checkRecordedStart(stored.start, { subject: where, path: ['start'], advice });
  return stored as unknown as StoredConfig;
}

function isTexts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isModule(value: unknown): boolean {
  return isRecord(value) && typeof value.name === 'string' && typeof value.sha256 === 'string';
}

/** The sizes of a run's metric files, of each of them and of no other: what is named there is cut to its size. */
function readSizes(text: string | undefined, { road, config }: StoredConfig): Map<string, number> | undefined {
  const sizes = new Map(Object.entries((text === undefined ? undefined : parseJsonObject(text)) ?? {}));
  const events = [...sizes.keys()].filter((name) => eventsName.test(name));
  const needed = [runFiles.metrics, tableFiles[road], runFiles.evaluations, ...events];
  const isRight =
    sizes.size === needed.length && needed.every((name) => Number.isSafeInteger(sizes.get(name)) && Number(sizes.get(name)) >= 0);
  return isRight && events.length === (config.tensorboard === false ? 0 : 1) ? (sizes as Map<string, number>) : undefined;
}

/**
 * The checkpoint, or `undefined` if none was written yet. Throws `CohortError` if it is damaged, was not written by Cohort,
 * or belongs to another configuration.
 */
export async function readCheckpoint(storage: RunStorage, stored: StoredConfig): Promise<StoredCheckpoint | undefined> {
  const bytes = await storage.read(runFiles.checkpoint);
  if (!bytes) return undefined;
  const where = storage.locate(runFiles.checkpoint);
  const advice = 'restore the file from a copy, or begin a new run (nothing was changed)';
  const { tensors, metadata } = decodeSafetensors(bytes, where, { verifyDigest: true, advice });
  const format = metadata[checkpointKeys.format];
  if (format !== checkpointFormat) throw failure(where, `a checkpoint of format ${checkpointFormat}`, show(format), advice);
  if (metadata[checkpointKeys.config] !== configIdentity(stored)) {
    const got = 'one of another configuration (the checkpoint is foreign, or config.json was changed)';
    throw failure(where, 'a checkpoint of this run', got, 'put the right file back (nothing was changed)');
  }
  const files = readSizes(metadata[checkpointKeys.files], stored);
  if (!files) throw failure(where, 'the sizes of the metric files', show(metadata[checkpointKeys.files]), advice);
  const own = { ...metadata };
  for (const key of Object.values(checkpointKeys)) delete own[key];
  return { tensors, metadata: own, files };
}

/** The sizes that the files which grow had at the checkpoint, or `undefined` before the first. Throws as {@link readCheckpoint} does. */
export async function sizesAtCheckpoint(storage: RunStorage): Promise<ReadonlyMap<string, number> | undefined> {
  return (await readCheckpoint(storage, await readStoredConfig(storage)))?.files;
}

/** A run as it lies in its folder. */
export interface StoredRun {
  readonly description: RunDescription;
  /** `undefined` before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  /** `undefined` before the end of the run. */
  readonly summary: RunSummary | undefined;
}

/** Reads a run without a lock and without changing anything; another process may be writing it. Throws as its parts do. */
export async function readRun(storage: RunStorage): Promise<StoredRun> {
  const stored = await readStoredConfig(storage);
  const checkpoint = await readCheckpoint(storage, stored);
  // Nothing that goes on from here needs the summary: one that is damaged counts as none, and is written again at the next end.
  return { description: stored, checkpoint, summary: await readSummary(storage).catch(() => undefined) };
}

/** Throws `CohortError` for a run of another road. */
export function checkRoad({ road }: RunDescription, directory: string, expected: RoadName): void {
  const nouns = { environments: 'a run on an environment', 'language-models': 'a run of a language model' };
  const advice = 'use load, evaluate or resume, which take both, or name another folder';
  if (road !== expected) throw failure(directory, nouns[expected], nouns[road], advice);
}

/** summary.json, or `undefined` if the run has not ended. */
export async function readSummary(storage: RunStorage): Promise<RunSummary | undefined> {
  const bytes = await storage.read(runFiles.summary, maxJsonBytes);
  if (!bytes) return undefined;
  const summary = parseJsonObject(bytes);
  if (typeof summary?.parametersSha256 !== 'string' || typeof summary.status !== 'string' || !isRecord(summary.progress)) {
    throw failure(
      storage.locate(runFiles.summary),
      'the summary of a run',
      'something else',
      'delete the file and resume the run, which writes it again',
    );
  }
  return summary as unknown as RunSummary;
}

/** One line of metrics.jsonl: `iteration`, `globalStep`, `seconds` and metrics by their keys. */
export type MetricRow = Readonly<Record<string, number | null>>;

/** The lines of metrics.jsonl; a last line that is still being written is left out. Throws `CohortError` for broken lines. */
export async function readMetrics(storage: RunStorage): Promise<MetricRow[]> {
  const bytes = (await storage.read(runFiles.metrics)) ?? new Uint8Array(0);
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  const lines = new TextDecoder().decode(whole).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const row = parseJsonObject(line);
    if (!row)
      throw failure(`${storage.locate(runFiles.metrics)}, line ${index + 1}`, 'a JSON object', show(line), 'restore the file from a copy');
    return row as MetricRow;
  });
}
