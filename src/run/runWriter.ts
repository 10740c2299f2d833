/**
 * Writing a run: metric lines, checkpoints, summary. Made by `createRun` and `openRun`.
 */
import { mistake, show } from '../core/errors.ts';
import { AppendFile } from './appendFile.ts';
import type { Evaluation } from './evaluation.ts';
import { checkpointFormat, checkpointKeys, runFiles, snapshotFolder, snapshotPath } from './layout.ts';
import type { RunHost, RunLock } from './lock.ts';
import { evaluationMetrics } from './metrics.ts';
import { encodeSafetensors, type Tensor } from './safetensors.ts';
import type { RunStorage } from './storage.ts';
import { configIdentity, type StoredConfig } from './storedRun.ts';
import type { RunSummary } from './summary.ts';
import { encodeFileVersion, encodeScalars, encodeSettings } from './tensorboard.ts';
import { isKept } from './thinning.ts';

/** A table that a run keeps besides its metrics, one line per row: `episodes.csv`, `completions.jsonl`. */
export interface RunTable {
  /** The file's name. */
  readonly file: string;
  /** Its first line with the line end, or nothing. */
  readonly header: string;
}

/** What every line of metrics.jsonl begins with. */
interface RowStart {
  /** 1 for the first. */
  readonly iteration: number;
  /** Environment steps or completions so far. */
  readonly globalStep: number;
  /** Seconds of training so far. */
  readonly seconds: number;
}

/** One iteration: one line of metrics.jsonl. */
export interface IterationRow extends RowStart {
  /** By the keys of `metricTable`, or further ones. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines of the run's own table, without line ends. */
  readonly lines?: readonly string[];
}

/** One evaluation: a line of its own in metrics.jsonl, and a row of evaluations.csv per episode or prompt. */
export interface EvaluationRow extends RowStart, Evaluation {}

/** What a run folder needs to know. */
export interface RunFolderOptions {
  /** Time and processes of the platform. */
  readonly host: RunHost;
  /** The run's own table. */
  readonly table: RunTable;
  /** Milliseconds after which metric lines are written; default 1000: a display that follows the files is a second late at most. */
  readonly flushMilliseconds?: number;
}

/** What a writer is made of; see `createRun` and `openRun`. */
export interface RunWriterParts extends RunFolderOptions {
  /** Its root is the run folder. */
  readonly storage: RunStorage;
  readonly lock: RunLock;
  readonly stored: StoredConfig;
  /** Sizes of the metric files to go on with; `undefined` for new files. */
  readonly sizes: ReadonlyMap<string, number> | undefined;
}

/** First line of evaluations.csv. */
const evaluationsHeader = 'globalStep,iteration,policy,episode,return,length\n';

/** Names that a metric must not take: they stand in every line. */
const lineFields: readonly string[] = ['iteration', 'globalStep', 'seconds'];

/**
 * Writes one run folder. Calls are carried out one after the other; what a call writes is taken when it is called, so that the
 * caller may go on computing without awaiting it. Every promise rejects with the storage's `CohortError`.
 */
export class RunWriter {
  readonly #parts: RunWriterParts;
  readonly #metrics: AppendFile;
  readonly #table: AppendFile;
  readonly #evaluations: AppendFile;
  readonly #events: AppendFile | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #lastFlush: number;
  #hasOldSummary: boolean;

  constructor(parts: RunWriterParts) {
    const { storage, host, table, stored, sizes } = parts;
    const now = host.now();
    const file = (name: string, header: string | Uint8Array): AppendFile => {
      const size = sizes?.get(name);
      const made = new AppendFile(storage, name, size ?? 0);
      if (size === undefined) made.add(header);
      return made;
    };
    const seconds = String(Math.floor(now / 1000)).padStart(10, '0');
    const oldEvents = [...(sizes?.keys() ?? [])].find((name) => name.startsWith(runFiles.events));
    this.#parts = parts;
    this.#metrics = file(runFiles.metrics, '');
    this.#table = file(table.file, table.header);
    this.#evaluations = file(runFiles.evaluations, evaluationsHeader);
    const eventsName = oldEvents ?? `${runFiles.events}${seconds}.cohort`;
    const eventsHeader = Uint8Array.of(
      ...encodeFileVersion(now / 1000),
      ...encodeSettings(now / 1000, { name: stored.name, tags: stored.tags, from: stored.start?.from, ...stored.config }),
    );
    this.#events = stored.config.tensorboard === false ? undefined : file(eventsName, eventsHeader);
    this.#lastFlush = now;
    this.#hasOldSummary = sizes !== undefined;
  }

  /** The checkpoint's file, as a person would write it. */
  get checkpointPath(): string {
    return this.#parts.storage.locate(runFiles.checkpoint);
  }

  /** Notes an iteration, unless thinning leaves it out; writes when enough time has passed since the last writing. */
  async iteration(row: IterationRow): Promise<void> {
    if (isKept(row.iteration, Number(this.#parts.stored.config.iterations))) {
      this.#addMetrics(row, row.metrics);
      for (const line of row.lines ?? []) this.#table.add(`${line}\n`);
    }
    await this.#flushIfDue();
  }

  /** Notes an evaluation. */
  async evaluation(row: EvaluationRow): Promise<void> {
    this.#addMetrics(row, evaluationMetrics(row));
    for (const policy of ['sampled', 'greedy'] as const) {
      const { returns, lengths } = row[policy];
      for (const [episode, value] of returns.entries()) {
        this.#evaluations.add(`${row.globalStep},${row.iteration},${policy},${episode},${value},${lengths[episode]}\n`);
      }
    }
    await this.#flushIfDue();
  }

  /**
   * Writes everything noted so far and then, at once, the checkpoint. The tensors are copied before this returns to its caller.
   * A failure leaves the last checkpoint as it was. Metadata keys that begin with `cohort.` are reserved.
   */
  async checkpoint(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>> = {}): Promise<void> {
    const { storage, lock, stored } = this.#parts;
    const reserved = Object.keys(metadata).find((key) => key.startsWith('cohort.'));
    if (reserved !== undefined) {
      throw mistake('checkpoint metadata', 'keys that do not begin with "cohort."', show(reserved), 'rename the key');
    }
    const sizes = Object.fromEntries(this.#files().map((file) => [file.path, file.size]));
    const bytes = encodeSafetensors(tensors, {
      ...metadata,
      [checkpointKeys.format]: checkpointFormat,
      [checkpointKeys.config]: configIdentity(stored),
      [checkpointKeys.files]: JSON.stringify(sizes),
    });
    await this.#inOrder(async () => {
      await this.#write(true);
      await lock.verify();
      await storage.write(runFiles.checkpoint, bytes);
    });
  }

  /** Writes a policy file of an iteration, at once; one that is there is replaced. The bytes must not change before this is done. */
  async snapshot(iteration: number, bytes: Uint8Array): Promise<void> {
    const { storage, lock } = this.#parts;
    await this.#inOrder(async () => {
      await lock.verify();
      await storage.makeDirectory(snapshotFolder);
      await storage.write(snapshotPath(iteration), bytes);
    });
  }

  /** Writes everything noted so far, then summary.json. */
  async summary(summary: RunSummary): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(summary, null, 2)}\n`);
    await this.#inOrder(async () => {
      await this.#write(true);
      await this.#parts.lock.verify();
      await this.#parts.storage.write(runFiles.summary, bytes);
    });
  }

  /** Writes everything noted so far. */
  async flush(): Promise<void> {
    await this.#inOrder(() => this.#write(false));
  }

  /** Writes everything noted so far and gives the folder free, which happens even if the writing fails. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#inOrder(() => this.#parts.lock.release());
    }
  }

  #files(): AppendFile[] {
    const files = [this.#metrics, this.#table, this.#evaluations, this.#events];
    return files.filter((file) => file !== undefined);
  }

  #addMetrics({ iteration, globalStep, seconds }: RowStart, metrics: Readonly<Record<string, number>>): void {
    const taken = lineFields.find((name) => name in metrics);
    if (taken !== undefined) {
      const expected = `a key other than ${lineFields.join(', ')}`;
      throw mistake('metric', expected, show(taken), 'name it group/what, like losses/entropy');
    }
    this.#events?.add(encodeScalars(this.#parts.host.now() / 1000, globalStep, metrics));
    // JSON has no NaN: JSON.stringify writes null, which readers of JSON lines take for a missing value.
    this.#metrics.add(`${JSON.stringify({ iteration, globalStep, seconds, ...metrics })}\n`);
  }

  async #flushIfDue(): Promise<void> {
    const { host, flushMilliseconds = 1000 } = this.#parts;
    if (host.now() - this.#lastFlush >= flushMilliseconds || this.#files().some((file) => file.isFull)) await this.flush();
  }

  async #write(sync: boolean): Promise<void> {
    this.#lastFlush = this.#parts.host.now();
    if (!sync && this.#files().every((file) => file.isEmpty)) return;
    await this.#parts.lock.verify();
    if (this.#hasOldSummary) {
      // A resumed run goes past what its old summary describes.
      await this.#parts.storage.remove(runFiles.summary);
      this.#hasOldSummary = false;
    }
    for (const file of this.#files()) await file.flush(sync);
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
