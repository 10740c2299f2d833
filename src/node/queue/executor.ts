/**
 * Runs on whatever workers listen at a queue. What is submitted stays there: a submitter may end and come back.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job as QueueJob } from 'bullmq';
import { failure } from '../../core/errors.ts';
import { runIdentity } from '../../experiments/identity.ts';
import type { ResolveRun } from '../../experiments/plan.ts';
import type { Executor, ExecutorListener } from '../../experiments/runner.ts';
import type { RunEvent } from '../../run/events.ts';
import { type JobThreads, RunCutOff } from '../../run/job.ts';
import { readSummary } from '../../run/storedRun.ts';
import { nodeHome } from '../storage.ts';
import { type Broker, explainReply, keyPrefix, openEvents, openQueue } from './broker.ts';
import { packageBuild, shownBuild } from './build.ts';
import { attempts, checkQueueable, jobIdOf, type QueuedRun, queuedRun, queueName } from './jobs.ts';
import { listening } from './listening.ts';
import { copyRun, keptSeconds, type Manifest, pull, readError, readManifest, removeFiles } from './pieces.ts';
import { presentWorkers } from './presence.ts';

/** How runs are submitted. */
export interface SubmitOptions {
  readonly broker: Broker;
  /** A folder that submitters and workers share; see `WorkerOptions`. */
  readonly sharedFolder?: string | undefined;
  /** Told what the user should know: that nobody listens. */
  onNote(message: string): void;
}

/** What gives runs to a queue and waits for them. */
export interface Submitter {
  /**
   * Submits a run, unless it is there, waits for its end and brings its files into that folder. Gives the machine that it ran on. Throws what it failed with,
   * and the signal's reason where that comes first: the run then stays in the queue.
   */
  run(run: QueuedRun, runDirectory: string, listener: ExecutorListener): Promise<{ readonly machine: string | undefined }>;
  /** Brings what there is of a run that has not ended, its last checkpoint, into that folder. */
  bring(run: QueuedRun, runDirectory: string): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds between two looks at a job of which nothing was heard: events may be lost while the server is away. */
const lookMilliseconds = 5000;
/** Milliseconds before a run whose worker failed is tried again, the first time. */
const backoffMilliseconds = 1000;
/** Milliseconds after which a submitter says that nobody listens. */
export const silenceMilliseconds = 3000;

interface Waiting {
  onProgress(data: unknown): void;
  onActive(): void;
}

/** Opens a submitter. Throws `CohortError` where the packages are missing, and for what the server answers. */
export async function openSubmitter({ broker, sharedFolder, onNote }: SubmitOptions): Promise<Submitter> {
  const build = packageBuild();
  const name = queueName(build);
  // First: a server that takes nothing refuses here, before anything is open.
  await broker.client.hset(`${keyPrefix}:builds`, name, JSON.stringify(build));
  const queue = await openQueue(broker, name);
  const events = await openEvents(broker, name);
  const waiting = new Map<string, Set<Waiting>>();
  const tell = (id: string, what: (waiter: Waiting) => void): void => waiting.get(id)?.forEach(what);
  const listen = listening(events, lookMilliseconds);
  events.on('active', ({ jobId }) => tell(jobId, (waiter) => waiter.onActive()));
  events.on('progress', ({ jobId, data }) => tell(jobId, (waiter) => waiter.onProgress(data)));
  const silence = setTimeout(() => void sayWhoListens(broker, onNote).catch(() => undefined), silenceMilliseconds);

  const submit = (id: string, run: QueuedRun): Promise<QueueJob> =>
    queue.add('run', run, {
      ...{ jobId: id, attempts, backoff: { type: 'exponential', delay: backoffMilliseconds } },
      ...{ removeOnComplete: { age: keptSeconds }, removeOnFail: { age: keptSeconds } },
    });

  /** Waits for the end of a job, which is submitted again where the server has lost it. */
  const waitFor = async (id: string, run: QueuedRun, waiter: Waiting, signal: AbortSignal): Promise<void> => {
    const listener = listen(id, signal);
    waiting.set(id, (waiting.get(id) ?? new Set()).add(waiter));
    try {
      for (;;) {
        const job = await queue.getJob(id);
        if (!job) {
          await submit(id, run);
        } else if (job.finishedOn !== undefined) {
          const state = await job.getState();
          if (state === 'completed') return;
          if (state === 'failed') {
            const advice = 'see the output of the workers, then cohort-rl queue retry';
            const kept = await readError(broker.client, id);
            throw kept ?? failure(run.name, 'a worker that trains it to its end', job.failedReason || 'none', advice);
          }
        }
        signal.throwIfAborted();
        await listener.next();
        signal.throwIfAborted();
      }
    } finally {
      listener.end();
      waiting.get(id)?.delete(waiter);
    }
  };

  /** Brings the files of a run; whether there were any. */
  const fetchFiles = async (id: string, manifest: Manifest | undefined, runDirectory: string): Promise<void> => {
    if (!manifest) return;
    const to = nodeHome.open(runDirectory);
    const folder = sharedFolder === undefined ? undefined : join(sharedFolder, id.slice(0, 16));
    if (folder === undefined) await pull(broker.client, id, manifest, to);
    else if (manifest.folder !== undefined) {
      await copyRun(nodeHome.open(join(folder, manifest.folder)), to);
      if (manifest.done) await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    async run(run, runDirectory, { signal, onEvent, onStarted }) {
      const id = jobIdOf(run);
      const waiter = {
        onActive: () => onStarted?.(),
        onProgress: (data: unknown) => {
          const event = eventOf(data);
          if (!event) return;
          onStarted?.();
          onEvent(event);
        },
      };
      try {
        const before = await queue.getJob(id);
        // Asked for again: what failed then is tried again, from the checkpoint that it left.
        if (before && (await before.isFailed())) await before.remove().catch(() => undefined);
        for (let tries = 0; tries < 2; tries++) {
          await waitFor(id, run, waiter, signal);
          const manifest = await readManifest(broker.client, id);
          if (manifest?.done) await fetchFiles(id, manifest, runDirectory);
          if (await readSummary(nodeHome.open(runDirectory))) return { machine: manifest?.machine };
          // It had ended, and its files are gone: collected from a shared folder, cleaned, expired.
          await (await queue.getJob(id))?.remove();
          await removeFiles(broker.client, id);
        }
        throw failure(run.name, 'the files of the run', 'none: somebody removes them', 'see who cleans the queue, and run it again');
      } catch (error) {
        if (signal.aborted) throw error;
        throw explainReply(error, broker);
      }
    },
    async bring(run, runDirectory) {
      const id = jobIdOf(run);
      await fetchFiles(id, await readManifest(broker.client, id), runDirectory);
    },
    async close() {
      clearTimeout(silence);
      await events.close();
      await queue.close();
    },
  };
}

/** Submits runs of a matrix. */
export function queueExecutor(submitter: Submitter): Executor {
  return {
    isRemote: true,
    train: (planned, runDirectory, listener) =>
      submitter.run(queuedRun(planned, `${planned.cell.name}, seed ${planned.seed}`, false), runDirectory, listener),
    discard: (runDirectory) => rm(runDirectory, { recursive: true, force: true }),
  };
}

/** Submits jobs of `train`, each kept whole. `resolve` says what a run is; only new runs of plain settings can be submitted. */
export function queueThreads(submitter: Submitter, resolve: ResolveRun): JobThreads {
  return {
    count: mostSeeds,
    async run(job, { signal = new AbortController().signal, onEvent = () => {} }) {
      checkQueueable(job);
      const { road, input, runDirectory = '', labels } = job;
      const identity = runIdentity(resolve(input, 'train'));
      const run = queuedRun({ identity, road, input }, `${input.env ?? input.task}, seed ${input.seed}`, true, labels);
      try {
        await submitter.run(run, runDirectory, { signal, onEvent });
      } catch (error) {
        if (!signal.aborted) throw error;
        // What there is of it can be looked at, or gone on with here.
        await submitter.bring(run, runDirectory).catch(() => undefined);
        throw new RunCutOff();
      }
      const summary = await readSummary(nodeHome.open(runDirectory));
      if (summary) return summary;
      throw failure(runDirectory, 'the summary of the run', 'none', 'run it again');
    },
  };
}

/** As many seeds wait at once. */
const mostSeeds = 10_000;

/** What a worker tells of a run that goes on; `undefined` for anything else. */
function eventOf(data: unknown): RunEvent | undefined {
  const { event, iteration, iterations } = (data ?? {}) as { event?: unknown; iteration?: unknown; iterations?: unknown };
  const isKnown = event === 'evaluation' || (event === 'iteration' && Number.isSafeInteger(iterations));
  return isKnown && Number.isSafeInteger(iteration) ? (data as RunEvent) : undefined;
}

/** Says so where no worker of this build listens. */
export async function sayWhoListens({ client, shown }: Broker, onNote: (message: string) => void): Promise<void> {
  const own = packageBuild();
  const workers = await presentWorkers(client);
  if (workers.some(({ digest, version }) => digest === own.digest && version === own.version)) return;
  const others = [...new Set(workers.map((worker) => shownBuild(worker)))];
  const start = `start one on any machine: cohort-rl worker --queue ${shown}`;
  if (others.length === 0) return onNote(`no worker listens yet; ${start}`);
  const listening = `no worker of this build, ${shownBuild(own)}, listens, but ${workers.length} of ${others.join(', ')}`;
  onNote(`${listening}: install the same package there, or ${start}`);
}
