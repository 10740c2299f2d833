/**
 * A worker: takes runs from a queue, trains each in a process of its own, and sends its files back at every checkpoint. The thread that talks to the server
 * never trains: a lock that is not renewed would give the run to another.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job as QueueJob } from 'bullmq';
import { jobOf } from '../../api/localExecutor.ts';
import { whenAborted } from '../../core/aborted.ts';
import { CohortError, mistake } from '../../core/errors.ts';
import { ProcessGone } from '../../experiments/runner.ts';
import type { RunEvent } from '../../run/events.ts';
import type { Job } from '../../run/job.ts';
import type { RunLabels } from '../../run/labels.ts';
import { runFiles } from '../../run/layout.ts';
import { memoryStorage, type RunStorage } from '../../run/storage.ts';
import { readSummary, sizesAtCheckpoint } from '../../run/storedRun.ts';
import { isBegun, machineName, trainInProcess } from '../processExecutor.ts';
import { nodeHome } from '../storage.ts';
import { type Broker, explainBroker, keyPrefix, loadBullmq, openQueue } from './broker.ts';
import { packageBuild } from './build.ts';
import { checkQueuedRun, type QueuedRun, queueName, type RunLibrary } from './jobs.ts';
import { type Attempt, claim, copyRun, keepError, type Manifest, type ManifestFacts, NoLongerOwner, pull } from './pieces.ts';
import { announce } from './presence.ts';
import { shardQueueName } from './shardData.ts';
import { ShardWorker } from './shardWorker.ts';

/** What a worker tells. */
export type WorkerEvent =
  | { readonly event: 'listening'; readonly jobs: number }
  /** `iteration`: where it goes on; 0 for one that begins. */
  | { readonly event: 'started'; readonly run: string; readonly name: string; readonly iteration: number }
  | { readonly event: 'ended'; readonly run: string; readonly name: string; readonly seconds: number }
  /** Given back: another worker goes on from `iteration`. */
  | { readonly event: 'returned'; readonly run: string; readonly name: string; readonly iteration: number }
  | { readonly event: 'failed'; readonly run: string; readonly name: string; readonly error: unknown }
  | { readonly event: 'warning'; readonly message: string };

/** How a worker works. */
export interface WorkerOptions extends RunLibrary {
  readonly broker: Broker;
  /** Addresses of modules of the user. */
  readonly modules: readonly string[];
  /** Runs side by side. */
  readonly jobs: number;
  /** Seconds without a sign of life after which another worker takes over a run. */
  readonly lockSeconds: number;
  /** A folder that submitters and workers share: runs are kept there, and their files do not travel. */
  readonly sharedFolder?: string | undefined;
  /** Ends as soon as nothing waits. */
  readonly drain?: boolean | undefined;
  /** Ends the worker: what runs writes a checkpoint and is given back. */
  readonly signal: AbortSignal;
  onEvent(event: WorkerEvent): void;
}

/** Milliseconds between two reports of how far a run is. */
const progressMilliseconds = 1000;
/** Milliseconds between tries to send the files of a run that has ended to a server that does not take them. */
const retryMilliseconds: readonly number[] = [1, 2, 5, 10, 30, 60, 60, 60].map((seconds) => seconds * 1000);
/** How often a run may lose its worker: machines that come and go must not cost a run. */
const maxLost = 100;

/** One run in the hands of a worker. */
class Hands {
  readonly #options: WorkerOptions;
  readonly #job: QueueJob;
  readonly #id: string;
  readonly #run: QueuedRun;
  readonly #directory: string;
  readonly #storage: RunStorage;
  readonly #end = new AbortController();
  #lost: NoLongerOwner | undefined;
  #attempt: Attempt | undefined;
  #sending: Promise<void> = Promise.resolve();
  #isDue = false;
  #reported = Number.NEGATIVE_INFINITY;
  iteration = 0;

  constructor(job: QueueJob, run: QueuedRun, directory: string, options: WorkerOptions) {
    this.#options = options;
    this.#job = job;
    this.#id = job.id!;
    this.#run = run;
    this.#directory = directory;
    this.#storage = nodeHome.open(directory);
  }

  /** What a manifest says besides the files: where they are, if they do not travel. */
  #facts(done: boolean): ManifestFacts {
    const folder = this.#options.sharedFolder === undefined ? undefined : basename(this.#directory);
    return { iteration: this.iteration, done, machine: machineName(), folder };
  }

  /** The files that travel: none where all machines share a folder; the owner is asked all the same. */
  get #toSend(): RunStorage {
    return this.#options.sharedFolder === undefined ? this.#storage : memoryStorage();
  }

  /** Brings what an earlier attempt left into the folder of this one. */
  async #bring(before: Manifest): Promise<void> {
    const { broker, sharedFolder } = this.#options;
    if (sharedFolder === undefined) await pull(broker.client, this.#id, before, this.#storage);
    else if (before.folder !== undefined) await copyRun(nodeHome.open(join(dirname(this.#directory), before.folder)), this.#storage);
  }

  /** Sends what the checkpoint stands for; of several that wait the newest. */
  #send(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#sending = this.#sending.then(async () => {
      this.#isDue = false;
      try {
        await this.#sendCheckpoint();
      } catch (error) {
        if (error instanceof NoLongerOwner) {
          this.#lost = error;
          this.#end.abort();
        } else
          this.#options.onEvent({
            event: 'warning',
            message: `${this.#run.name}: ${explainBroker(error, this.#options.broker.shown).message}`,
          });
      }
    });
  }

  async #sendCheckpoint(): Promise<void> {
    // Read once: the next checkpoint may be written while the files are sent, and its sizes are others.
    const source = this.#toSend;
    const checkpoint = await source.read(runFiles.checkpoint);
    const read: RunStorage['read'] = async (path, most) => (path === runFiles.checkpoint ? checkpoint : await source.read(path, most));
    const storage = { ...source, read };
    const sizes = checkpoint && (await sizesAtCheckpoint(storage));
    await this.#attempt?.push(storage, this.#facts(false), { ...(sizes && { sizes }), without: [runFiles.summary] });
  }

  /** Sends the files of a run that has ended; tries for some minutes where the server does not take them. */
  async #sendAll(): Promise<void> {
    const without = this.#run.keepAll ? [] : [runFiles.checkpoint];
    for (const wait of [...retryMilliseconds, undefined]) {
      try {
        await this.#attempt?.push(this.#toSend, this.#facts(true), { without });
        return;
      } catch (error) {
        if (error instanceof NoLongerOwner || wait === undefined || this.#options.signal.aborted) throw error;
        this.#options.onEvent({
          event: 'warning',
          message: `${this.#run.name}: ${explainBroker(error, this.#options.broker.shown).message}`,
        });
        await delay(wait);
      }
    }
  }

  #onEvent(event: RunEvent): void {
    if (event.event === 'checkpoint') {
      this.iteration = event.iteration;
      this.#send();
    }
    if (event.event !== 'iteration' && event.event !== 'evaluation') return;
    if (event.event === 'evaluation' && !this.#run.keepAll) return;
    const now = performance.now();
    if (event.event === 'iteration') {
      if (now - this.#reported < progressMilliseconds && event.iteration < event.iterations) return;
      this.#reported = now;
    }
    // Of a sweep only how far it is.
    const told =
      this.#run.keepAll || event.event !== 'iteration'
        ? event
        : { event: event.event, iteration: event.iteration, iterations: event.iterations };
    this.#job.updateProgress(JSON.parse(JSON.stringify(told))).catch(() => undefined);
  }

  #jobOf(): Job {
    const { input, keepAll } = this.#run;
    const job = jobOf(this.#run, this.#directory, isBegun(this.#directory), this.#options.modules);
    // A run that keeps everything has its own defaults.
    return keepAll && job.kind === 'train' ? { ...job, input, labels: this.#run.labels as RunLabels | undefined } : job;
  }

  /** Trains to the end. Gives whether it came to one: where the worker is ended, the run is not. */
  async train(): Promise<boolean> {
    const { broker, signal } = this.#options;
    this.#attempt = await claim(broker.client, this.#id, basename(this.#directory));
    const { before } = this.#attempt;
    if (before && !before.done) await this.#bring(before);
    this.iteration = before?.iteration ?? 0;
    // Sent by a worker that died before it could say so.
    if (before?.done) return true;
    this.#options.onEvent({ event: 'started', run: this.#id, name: this.#run.name, iteration: this.iteration });
    const summary = await readSummary(this.#storage);
    if (!summary || summary.status === 'interrupted') {
      await mkdir(this.#directory, { recursive: true });
      const forget = whenAborted(signal, () => this.#end.abort());
      try {
        await trainInProcess(this.#jobOf(), this.#directory, { signal: this.#end.signal, onEvent: (event) => this.#onEvent(event) });
      } finally {
        forget();
      }
      await this.#sending;
      if (this.#lost) throw this.#lost;
    }
    const ended = await readSummary(this.#storage);
    if (!ended || ended.status === 'interrupted') return false;
    await this.#sendAll();
    return true;
  }

  /** What is left to be sent of a run that was cut off. */
  async giveBack(): Promise<void> {
    if (existsSync(join(this.#directory, runFiles.checkpoint))) this.#send();
    await this.#sending;
  }
}

/** Works until the signal, or with `drain` until nothing waits. Throws `CohortError` where the packages are missing. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { broker, jobs, lockSeconds, sharedFolder, signal, drain, onEvent } = options;
  const { Worker, UnrecoverableError, WaitingError } = await loadBullmq();
  const build = packageBuild();
  const name = queueName(build);
  await broker.client.hset(`${keyPrefix}:builds`, name, JSON.stringify(build));
  const own = sharedFolder === undefined ? await mkdtemp(join(tmpdir(), 'cohort-worker-')) : undefined;
  const running = new Map<string, string>();

  const train = async (job: QueueJob, token: string | undefined): Promise<{ readonly done: true }> => {
    const id = job.id ?? '';
    const began = performance.now();
    let label = id.slice(0, 12);
    let hands: Hands | undefined;
    let directory: string | undefined;
    try {
      const run = await checkQueuedRun(job.data, job.id, options);
      label = run.name;
      // Of an attempt alone: one that was thought dead may still write.
      const attempt = randomUUID();
      directory = own === undefined ? join(sharedFolder!, id.slice(0, 16), attempt) : join(own, attempt);
      running.set(id, label);
      hands = new Hands(job, run, directory, options);
      if (!(await hands.train())) throw new WaitingError();
      onEvent({ event: 'ended', run: id, name: label, seconds: (performance.now() - began) / 1000 });
      return { done: true };
    } catch (error) {
      if (error instanceof WaitingError || signal.aborted) {
        await hands?.giveBack();
        onEvent({ event: 'returned', run: id, name: label, iteration: hands?.iteration ?? 0 });
        await job.moveToWait(token);
        throw new WaitingError();
      }
      onEvent({ event: 'failed', run: id, name: label, error });
      if (error instanceof ProcessGone || error instanceof NoLongerOwner) throw error;
      await keepError(broker.client, id, error).catch(() => undefined);
      // A run that fails would fail again: only what died is tried again.
      throw error instanceof CohortError ? new UnrecoverableError(error.message) : error;
    } finally {
      running.delete(id);
      if (own !== undefined && directory !== undefined) await rm(directory, { recursive: true, force: true });
    }
  };

  const room = {
    ...{ connection: broker.connection, prefix: keyPrefix, concurrency: jobs, autorun: false, maxStalledCount: maxLost },
    ...{ lockDuration: lockSeconds * 1000, stalledInterval: lockSeconds * 1000 },
  };
  const worker = new Worker(name, train, room);
  worker.on('error', () => {});
  const shards = new ShardWorker(broker.client, options.modules, jobs);
  const shardQueue = new Worker(shardQueueName(build), ({ data }) => shards.compute(data), room);
  shardQueue.on('error', () => {});
  shardQueue.on('failed', (job, error) => onEvent({ event: 'warning', message: `shard ${job?.data?.shard ?? ''}: ${error.message}` }));
  const queue = await openQueue(broker, name);
  const presence = announce(broker.client, jobs, () => [...running.values()]);
  try {
    await worker.waitUntilReady();
    onEvent({ event: 'listening', jobs });
    void worker.run();
    void shardQueue.run();
    while (!signal.aborted) {
      await delay(drain ? 200 : 3_600_000, undefined, { signal }).catch(() => undefined);
      if (drain && running.size === 0 && (await isDrained(queue))) break;
    }
    await Promise.all([worker.close(), shardQueue.close()]);
  } finally {
    await shards.close();
    await presence.end();
    await queue.close();
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  }
}

async function isDrained(queue: { getJobCounts(...states: 'waiting'[]): Promise<Record<string, number>> }): Promise<boolean> {
  const counts = await queue.getJobCounts(...(['waiting', 'active', 'delayed', 'prioritized'] as 'waiting'[]));
  return Object.values(counts).every((number) => number === 0);
}

/** Throws `CohortError` unless that folder is there. */
export function checkSharedFolder(folder: string): string {
  if (existsSync(folder)) return folder;
  throw mistake('--shared-folder', 'a folder that is there, on every machine', JSON.stringify(folder), 'make it, or mount it');
}
