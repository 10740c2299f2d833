/**
 * Runs of a matrix on whatever workers listen at a queue. What is submitted stays there: a submitter may end and come back.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job as QueueJob } from 'bullmq';
import { failure } from '../../core/errors.ts';
import type { Executor } from '../../experiments/runner.ts';
import { isBegun } from '../processExecutor.ts';
import { nodeHome } from '../storage.ts';
import { type Broker, explainReply, keyPrefix, loadBullmq } from './broker.ts';
import { packageBuild, shownBuild } from './build.ts';
import { attempts, jobIdOf, type QueuedRun, queuedRun, queueName } from './jobs.ts';
import { copyRun, keptSeconds, pull, readError, readManifest } from './pieces.ts';
import { presentWorkers } from './presence.ts';

/** How runs are submitted. */
export interface SubmitOptions {
  readonly broker: Broker;
  /** A folder that submitters and workers share; see `WorkerOptions`. */
  readonly sharedFolder?: string | undefined;
  /** Told what the user should know: that nobody listens, that a worker was lost. */
  onNote(message: string): void;
}

/** An executor that is closed when the matrix has ended. */
export interface QueueExecutor extends Executor {
  close(): Promise<void>;
}

/** Milliseconds between two looks at a job of which nothing was heard: events may be lost while the server is away. */
const lookMilliseconds = 5000;
/** Milliseconds before a run whose worker failed is tried again, the first time. */
const backoffMilliseconds = 1000;
/** Milliseconds after which a submitter says that nobody listens. */
const silenceMilliseconds = 3000;

interface Waiting {
  /** Something happened to the job: look at it. */
  look(): void;
  onProgress(data: unknown): void;
  onActive(): void;
}

/** Submits runs to a queue and waits for them. Throws `CohortError` where the packages are missing. */
export async function queueExecutor({ broker, sharedFolder, onNote }: SubmitOptions): Promise<QueueExecutor> {
  const { Queue, QueueEvents } = await loadBullmq();
  const build = packageBuild();
  const name = queueName(build);
  // First: a server that takes nothing refuses here, before anything is open.
  await broker.client.hset(`${keyPrefix}:builds`, name, JSON.stringify(build));
  const options = { connection: broker.connection, prefix: keyPrefix };
  const queue = new Queue(name, options);
  const events = new QueueEvents(name, options);
  // Both connect again by themselves.
  queue.on('error', () => {});
  events.on('error', () => {});
  const waiting = new Map<string, Set<Waiting>>();
  const tell = (id: string, what: (waiter: Waiting) => void): void => waiting.get(id)?.forEach(what);
  events.on('completed', ({ jobId }) => tell(jobId, (waiter) => waiter.look()));
  events.on('failed', ({ jobId }) => tell(jobId, (waiter) => waiter.look()));
  events.on('removed', ({ jobId }) => tell(jobId, (waiter) => waiter.look()));
  events.on('active', ({ jobId }) => tell(jobId, (waiter) => waiter.onActive()));
  events.on('progress', ({ jobId, data }) => tell(jobId, (waiter) => waiter.onProgress(data)));
  const silence = setTimeout(() => void sayWhoListens(broker, onNote).catch(() => undefined), silenceMilliseconds);

  const submit = (id: string, run: QueuedRun): Promise<QueueJob> =>
    queue.add('run', run, {
      ...{ jobId: id, attempts, backoff: { type: 'exponential', delay: backoffMilliseconds } },
      ...{ removeOnComplete: { age: keptSeconds }, removeOnFail: { age: keptSeconds } },
    });

  /** Waits for the end of a job, which is submitted again where the server has lost it. */
  const waitFor = async (id: string, run: QueuedRun, waiter: Omit<Waiting, 'look'>, signal: AbortSignal): Promise<void> => {
    let wake = new AbortController();
    const own: Waiting = { ...waiter, look: () => wake.abort() };
    waiting.set(id, (waiting.get(id) ?? new Set()).add(own));
    try {
      for (;;) {
        const job = await queue.getJob(id);
        if (!job) {
          await submit(id, run);
        } else if (job.finishedOn !== undefined) {
          const state = await job.getState();
          if (state === 'completed') return;
          if (state === 'failed') {
            const kept = await readError(broker.client, id);
            throw (
              kept ??
              failure(
                run.name,
                'a worker that trains it to its end',
                job.failedReason || 'none',
                'see the output of the workers, then cohort-rl queue retry',
              )
            );
          }
        }
        signal.throwIfAborted();
        await delay(lookMilliseconds, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined);
        signal.throwIfAborted();
        wake = new AbortController();
      }
    } finally {
      waiting.get(id)?.delete(own);
    }
  };

  return {
    isRemote: true,
    async train(planned, runDirectory, { signal, onEvent, onStarted }) {
      const run = queuedRun(planned, `${planned.cell.name}, seed ${planned.seed}`, false);
      const id = jobIdOf(run);
      let iterations = 0;
      const waiter = {
        onActive: () => onStarted?.(),
        onProgress: (data: unknown) => {
          const { iteration, iterations: all } = (data ?? {}) as { iteration?: unknown; iterations?: unknown };
          if (typeof iteration !== 'number' || typeof all !== 'number') return;
          onStarted?.();
          iterations = all;
          onEvent({ event: 'iteration', iteration, iterations } as Parameters<typeof onEvent>[0]);
        },
      };
      try {
        const before = await queue.getJob(id);
        // Asked for again: what failed then is tried again, from the checkpoint that it left.
        if (before && (await before.isFailed())) await before.remove().catch(() => undefined);
        await waitFor(id, run, waiter, signal);
        const manifest = await readManifest(broker.client, id);
        const folder = sharedFolder === undefined ? undefined : join(sharedFolder, id.slice(0, 16));
        if (folder !== undefined && manifest?.folder !== undefined) {
          await copyRun(nodeHome.open(join(folder, manifest.folder)), nodeHome.open(runDirectory));
          await rm(folder, { recursive: true, force: true });
        } else if (folder === undefined && manifest?.done) await pull(broker.client, id, manifest, nodeHome.open(runDirectory));
        if (!isBegun(runDirectory)) {
          const job = await queue.getJob(id);
          await job?.remove();
          throw failure(run.name, 'the files of the run', 'none: they were removed', 'run it again');
        }
        return { machine: manifest?.machine };
      } catch (error) {
        if (signal.aborted) throw error;
        throw explainReply(error, broker);
      }
    },
    async discard(runDirectory) {
      await rm(runDirectory, { recursive: true, force: true });
    },
    async close() {
      clearTimeout(silence);
      await events.close();
      await queue.close();
    },
  };
}

/** Says so where no worker of this build listens. */
async function sayWhoListens({ client, shown }: Broker, onNote: (message: string) => void): Promise<void> {
  const own = packageBuild();
  const workers = await presentWorkers(client);
  if (workers.some(({ digest, version }) => digest === own.digest && version === own.version)) return;
  const others = [...new Set(workers.map((worker) => shownBuild(worker)))];
  const start = `start one on any machine: cohort-rl worker --queue ${shown}`;
  if (others.length === 0) onNote(`no worker listens yet; ${start}`);
  else
    onNote(
      `no worker of this build, ${shownBuild(own)}, listens, but ${workers.length} of ${others.join(', ')}: install the same package there, or ${start}`,
    );
}
