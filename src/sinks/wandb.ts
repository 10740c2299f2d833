/**
 * Weights & Biases: a run as the folder of an offline run, which `wandb sync <folder>` uploads. Nothing is sent from here.
 */
import { whenAborted } from '../core/aborted.ts';
import { checkText } from '../core/arguments.ts';
import { version } from '../core/version.ts';
import type { ConfigEvent, RunEvent, SummaryEvent } from '../run/events.ts';
import type { RunHome } from '../run/home.ts';
import type { RunStorage } from '../run/storage.ts';
import type { RunStatus } from '../run/summary.ts';
import { methodOf, targetOf } from '../run/target.ts';
import type { WebPlatform } from '../run/web.ts';
import { frameRecord, joinBytes, logHeader } from './levelLog.ts';
import { type CloseOptions, filledOptions, originKey, type Row, rowOf, type Sink, type SinkOptions } from './sink.ts';
import { exitRecord, finalRecord, headerRecord, historyRecord, runRecord, summaryRecord } from './wandbRecords.ts';

/** What {@link wandbSink} is given. */
export interface WandbOptions extends SinkOptions {
  /** Where files are: `nodeHome`, or `browserHome()` in a page. */
  readonly home: Pick<RunHome, 'open'>;
  /** The folder that offline runs are put into. Default `wandb`, where `wandb sync` looks for them. */
  readonly directory?: string | undefined;
  /** Default `cohort-rl`. */
  readonly project?: string | undefined;
  /** The user or the team; without it W&B takes the one who is logged in. */
  readonly entity?: string | undefined;
  /** Told the folder of each run. */
  readonly onFolder?: ((folder: string) => void) | undefined;
  /** Milliseconds after which what has come is written. Default 1000. */
  readonly flushMilliseconds?: number | undefined;
}

/** How each end looks to W&B, by the exit code of a program. */
const exitCodes: Readonly<Record<RunStatus, number>> = { done: 0, stopped: 0, failed: 1, interrupted: 255 };
/** The most bytes that wait for the disk. */
const mostBytes = 2 ** 24;

/** The file of one run: numbers that come are kept until the disk has them. */
class WandbFile {
  readonly folder: string;
  readonly #path: string;
  readonly #storage: RunStorage;
  readonly #platform: WebPlatform;
  readonly #warn: (message: string) => void;
  readonly #flushMilliseconds: number;
  readonly #hurry = new AbortController();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Bytes in the file, and in it or waiting. */
  #written = 0;
  #size = 0;
  #records = 0;
  #row: { readonly step: number; values: Record<string, number> } | undefined;
  #summary: Record<string, unknown> = {};
  #seconds = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #isBroken = false;
  isEnded = false;

  constructor(event: ConfigEvent, options: WandbOptions, { warn, nameOf, platform }: ReturnType<typeof filledOptions>) {
    this.#platform = platform;
    this.#warn = warn;
    this.#flushMilliseconds = options.flushMilliseconds ?? 1000;
    this.#storage = options.home.open(options.directory ?? 'wandb');
    const startTime = platform.now();
    const id = runId(platform.randomBytes(8));
    this.folder = `offline-run-${platform.timeStamp(startTime)}-${id}`;
    this.#path = `${this.folder}/run-${id}.wandb`;
    this.#keep(logHeader);
    this.#add(headerRecord(this.#next(), `cohort-rl ${version}`));
    const { project = 'cohort-rl', entity, group } = options;
    const tags = ['cohort-rl', targetOf(event), methodOf(event), ...(event.tags ?? [])];
    const config = { ...event.config, resumed: event.resumed };
    this.#add(runRecord(this.#next(), { id, project, entity, group, name: nameOf(event), tags, config, startTime }));
  }

  /** The folder, as a person would write it. */
  get location(): string {
    return this.#storage.locate(this.folder);
  }

  /** Numbers of one step are one row, whatever events they come with: W&B takes one row for each step. */
  row({ step, iteration, seconds, metrics }: Row): void {
    if (this.isEnded) return;
    if (this.#row?.step !== step) this.#endRow();
    this.#seconds = seconds ?? this.#seconds;
    const time = { _step: step, _runtime: this.#seconds, _timestamp: this.#platform.now() / 1000 };
    this.#row ??= { step, values: {} };
    Object.assign(this.#row.values, time, { global_step: step }, iteration === undefined ? {} : { iteration }, metrics);
  }

  end(status: RunStatus, summary?: SummaryEvent): void {
    if (this.isEnded) return;
    this.#endRow();
    this.isEnded = true;
    this.#seconds = summary?.seconds ?? this.#seconds;
    const known = summary ? { iterations: summary.iterations, parametersSha256: summary.parametersSha256 } : {};
    this.#summary = { ...this.#summary, status, ...known };
    this.#addSummary();
    this.#add(exitRecord(this.#next(), exitCodes[status], this.#seconds));
    this.#add(finalRecord(this.#next()));
  }

  /** Writes what is left. */
  async close({ aborted }: { readonly aborted: Promise<void> }): Promise<void> {
    this.#hurry.abort();
    await Promise.race([this.#writing, aborted]);
    if (this.#waitingBytes > 0 && !this.#isBroken)
      this.#warn(`${this.location}: not everything was written in time; the end of the run is missing there`);
    if (this.#dropped > 0) this.#warn(`${this.location}: ${this.#dropped} rows are missing there, because the disk was too slow`);
    this.#isBroken = true;
  }

  #next(): number {
    return ++this.#records;
  }

  #endRow(): void {
    const row = this.#row;
    this.#row = undefined;
    if (!row) return;
    // The numbers of the records have no holes: what is dropped is dropped before it has one.
    if (this.#waitingBytes > mostBytes) this.#dropped++;
    else this.#add(historyRecord(this.#next(), row.step, row.values));
    Object.assign(this.#summary, row.values);
  }

  #addSummary(): void {
    this.#add(summaryRecord(this.#next(), this.#summary));
  }

  #add(record: Uint8Array): void {
    this.#keep(frameRecord(record, this.#size));
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isBroken) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#size += bytes.length;
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    try {
      // `wandb sync` puts the configuration and the summary there, and makes no folder for them.
      await this.#storage.makeDirectory(`${this.folder}/files`);
      while (this.#waitingBytes > 0) {
        await this.#platform.wait(this.#flushMilliseconds, this.#hurry.signal);
        // A run that is killed ends without a summary; W&B shows the last one that is there.
        if (!this.isEnded && '_step' in this.#summary) this.#addSummary();
        const bytes = joinBytes(this.#waiting);
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#storage.append(this.#path, bytes, this.#written);
        this.#written += bytes.length;
      }
    } catch (error) {
      this.#isBroken = true;
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#warn(`the run goes on, and is no longer written for W&B: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Eight letters and digits of as many random bytes, as wandb makes ids. */
function runId(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}

/**
 * Writes runs as offline runs of Weights & Biases: `train(config, { onEvent: sink.onEvent }).finish()`, `await sink.close()`, then `wandb sync wandb/offline-run-...`
 * in a shell. A run that is resumed is a run of its own there, in the same group. Throws `CohortError` for options that are none.
 */
export function wandbSink(options: WandbOptions): Sink {
  const { project = 'cohort-rl', directory = 'wandb' } = options;
  checkText(project, 'wandbSink: project', 'the name of a project', "write for example 'cohort-rl', or leave it out");
  checkText(directory, 'wandbSink: directory', 'the name of a folder', "write for example 'wandb', or leave it out");
  const filled = filledOptions(options);
  const files = new Map<string, WandbFile>();
  const closing: WandbFile[] = [];
  let isClosed = false;
  const hear = (event: RunEvent): void => {
    if (isClosed || 'runs' in event) return;
    const key = originKey(event);
    if (event.event === 'config') {
      files.get(key)?.end('interrupted');
      const file = new WandbFile(event, options, filled);
      files.set(key, file);
      closing.push(file);
      options.onFolder?.(file.location);
    }
    const file = files.get(key);
    const row = rowOf(event);
    if (row) file?.row(row);
    if (event.event === 'summary') file?.end(event.status, event);
  };
  return {
    onEvent(event) {
      try {
        hear(event);
      } catch (error) {
        filled.warn(`W&B: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    async close({ milliseconds = 10_000, interrupted = false, signal }: CloseOptions = {}) {
      isClosed = true;
      const done = new AbortController();
      const stop = (): void => done.abort();
      const forget = whenAborted(signal, stop);
      const aborted = filled.platform.wait(milliseconds, done.signal);
      for (const file of files.values()) file.end(interrupted ? 'interrupted' : 'failed');
      await Promise.all(closing.map((file) => file.close({ aborted })));
      forget();
      stop();
    },
  };
}
