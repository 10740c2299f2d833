/**
 * MLflow: runs go to a tracking server by its REST API, in Node and in pages, in batches and beside the training.
 */
import { whenAborted } from '../core/aborted.ts';
import { checkText } from '../core/arguments.ts';
import { hexOf } from '../core/text.ts';
import type { ConfigEvent, RunEvent } from '../run/events.ts';
import { RequestError } from '../run/request.ts';
import { sha256 } from '../run/sha256.ts';
import { MlflowRun } from './mlflowRun.ts';
import { checkTrackingUri, MlflowServer } from './mlflowServer.ts';
import { type CloseOptions, filledOptions, originKey, rowOf, type Sink, type SinkOptions } from './sink.ts';

/** What {@link mlflowSink} is given. */
export interface MlflowOptions extends SinkOptions {
  /** The address of the server: `http://127.0.0.1:5000`. */
  readonly trackingUri: string;
  /** The experiment that the runs belong to; made where there is none. Default `cohort-rl`. */
  readonly experiment?: string | undefined;
  /** Sent with every request: `{ Authorization: ... }`. Kept and shown nowhere. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Text that tells a run from every other, also in a later process: the machine and the full path of its folder. With it a run that is resumed goes
   * on in the same run of MLflow; without it, in a new one. The server is given its SHA-256.
   */
  readonly identityOf?: ((event: ConfigEvent) => string | undefined) | undefined;
  /** Milliseconds in which numbers are gathered before they are sent. Default 2000. */
  readonly flushMilliseconds?: number | undefined;
  /** The most milliseconds that one request may take. Default 10,000. */
  readonly requestMilliseconds?: number | undefined;
  /** Milliseconds until the first try after one that failed; each further wait is twice as long, up to a minute. Default 1000. */
  readonly retryMilliseconds?: number | undefined;
}

/** Tries of one request: at the longest waits this is about half an hour. */
const mostTries = 34;
/** Once the sink is closed. */
const lastTries = 3;
/** What goes wrong again and again, in other words of the server's, is said so often. */
const mostWarnings = 10;
const longestWait = 60_000;
const lastWait = 250;

/** What delivers, in one loop for all runs: one request at a time. */
class Delivery {
  readonly #options: Required<Pick<MlflowOptions, 'flushMilliseconds' | 'retryMilliseconds'>>;
  readonly #address: string;
  readonly #experimentName: string;
  readonly #filled: ReturnType<typeof filledOptions>;
  readonly #server: MlflowServer;
  readonly #stop = new AbortController();
  readonly runs: MlflowRun[] = [];
  #experiment: string | undefined;
  #hurry = new AbortController();
  #isClosing = false;
  #tries = 0;
  #warnings = 0;
  #working: Promise<void> | undefined;

  constructor(address: string, options: MlflowOptions, filled: ReturnType<typeof filledOptions>) {
    const {
      experiment = 'cohort-rl',
      headers = {},
      flushMilliseconds = 2000,
      retryMilliseconds = 1000,
      requestMilliseconds = 10_000,
    } = options;
    this.#options = { flushMilliseconds, retryMilliseconds };
    this.#address = address;
    this.#experimentName = experiment;
    this.#filled = filled;
    const { platform } = filled;
    this.#server = new MlflowServer(address, headers, { platform, signal: this.#stop.signal, milliseconds: requestMilliseconds });
  }

  /** Begins to work, unless it does. */
  kick(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    if (this.runs.some((run) => run.isWaiting && run.isUrgent) && this.#tries === 0) this.#hurry.abort();
  }

  async close({ milliseconds = 10_000, signal }: CloseOptions): Promise<void> {
    this.#isClosing = true;
    this.#tries = Math.min(this.#tries, 1);
    this.#hurry.abort();
    const over = new AbortController();
    const stop = (): void => this.#stop.abort();
    const forget = whenAborted(signal, stop);
    void this.#filled.platform.wait(milliseconds, over.signal).then(stop);
    this.kick();
    await this.#working;
    over.abort();
    forget();
    const left = this.runs.reduce((total, run) => total + run.left, 0);
    const dropped = this.runs.reduce((total, run) => total + run.dropped, 0);
    const isUnfinished = this.runs.some((run) => run.isWaiting);
    if (left + dropped > 0)
      this.#filled.warn(`MLflow at ${this.#address} is missing ${left + dropped} rows of numbers; the run folder has them`);
    else if (isUnfinished) this.#filled.warn(`MLflow at ${this.#address} was not told of the end of the run`);
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const run = this.runs.find((one) => one.isWaiting && one.isUrgent) ?? this.runs.find((one) => one.isWaiting);
      if (!run) return;
      if (!run.isUrgent && !this.#isClosing) await this.#wait(this.#options.flushMilliseconds);
      try {
        await run.deliver(this.#server, () => this.#experimentId(), this.#filled.warn);
        this.#tries = 0;
      } catch (error) {
        if (!(await this.#goesOn(error, run))) return;
      }
    }
  }

  /** Whether to try again, after a wait. */
  async #goesOn(error: unknown, run: MlflowRun): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof RequestError) || !error.isTemporary) {
      // What it knows it has refused in part: the rest may pass. Who may not write, or has no run there, may write nothing.
      const isHopeless = !(error instanceof RequestError) || error.status !== 400 || run.isUnknown;
      if (isHopeless) run.giveUp();
      this.#warn(`MLflow at ${this.#address} refuses ${isHopeless ? 'the run, which goes on without it' : 'some numbers'}: ${message}`);
      return true;
    }
    this.#tries++;
    if (this.#tries >= (this.#isClosing ? lastTries : mostTries)) {
      if (!this.#isClosing) this.#filled.warn(`MLflow at ${this.#address} has not answered for so long that the run goes on without it`);
      for (const one of this.runs) one.giveUp();
      return false;
    }
    if (this.#tries === 1) this.#warn(`MLflow at ${this.#address} does not answer (${message}); the run goes on, and its numbers wait`);
    await this.#wait(
      this.#isClosing ? lastWait * this.#tries : Math.min(longestWait, this.#options.retryMilliseconds * 2 ** (this.#tries - 1)),
    );
    return true;
  }

  #warn(message: string): void {
    if (this.#warnings++ < mostWarnings) this.#filled.warn(message);
  }

  async #wait(milliseconds: number): Promise<void> {
    this.#hurry = new AbortController();
    await this.#filled.platform.wait(milliseconds, this.#hurry.signal);
  }

  async #experimentId(): Promise<string> {
    this.#experiment ??= await this.#server.experiment(this.#experimentName);
    return this.#experiment;
  }
}

/**
 * Sends runs to an MLflow server: `train(config, { onEvent: sink.onEvent }).finish()`, `await sink.close()`. Numbers wait where the server does not answer, at most
 * 10,000 rows of each run, and the run goes on in any case. Throws `CohortError` for options that are none.
 */
export function mlflowSink(options: MlflowOptions): Sink {
  const address = checkTrackingUri(options.trackingUri, 'mlflowSink: trackingUri');
  checkText(options.experiment ?? 'cohort-rl', 'mlflowSink: experiment', 'the name of an experiment', 'write a text, or leave it out');
  const filled = filledOptions(options);
  const { platform } = filled;
  const delivery = new Delivery(address, options, filled);
  const runs = new Map<string, MlflowRun>();
  let isClosed = false;
  const begin = (event: ConfigEvent): MlflowRun => {
    const token = hexOf(platform.randomBytes(16));
    const known = options.identityOf?.(event);
    const identity = known === undefined ? undefined : sha256(known);
    const about = { name: filled.nameOf(event), group: options.group, identity, token, startTime: Math.floor(platform.now()) };
    const run = new MlflowRun(event, about);
    delivery.runs.push(run);
    return run;
  };
  const hear = (event: RunEvent): void => {
    if (isClosed || 'runs' in event) return;
    const time = Math.floor(platform.now());
    const key = originKey(event);
    if (event.event === 'config') {
      runs.get(key)?.end('interrupted', time);
      runs.set(key, begin(event));
    }
    const run = runs.get(key);
    const row = rowOf(event);
    if (row) run?.row(row, time);
    if (event.event === 'summary') run?.end(event.status, time, event);
    delivery.kick();
  };
  return {
    onEvent(event) {
      try {
        hear(event);
      } catch (error) {
        filled.warn(`MLflow: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    async close(close: CloseOptions = {}) {
      isClosed = true;
      const time = Math.floor(platform.now());
      for (const run of runs.values()) run.end(close.interrupted ? 'interrupted' : 'failed', time);
      await delivery.close(close);
    },
  };
}
