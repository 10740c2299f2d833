/**
 * What is in a server: queues of runs by build, who works on them, and cleaning up.
 */
import type { Queue } from 'bullmq';
import { parseJsonObject } from '../../core/json.ts';
import { type Broker, keyPrefix, openQueue } from './broker.ts';
import { packageBuild, shownBuild } from './build.ts';
import { queueName } from './jobs.ts';
import { bytesInServer, jobsWithFiles, removeFiles } from './pieces.ts';
import { presentWorkers, type WorkerPresence } from './presence.ts';

/** States of a run in a queue, as `queue status` counts them. */
export const queueStates = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
/** One of {@link queueStates}. */
export type QueueState = (typeof queueStates)[number];

/** The runs of one build. */
export interface QueueStatus {
  /** The build, for people. */
  readonly build: string;
  /** Whether it is that of this package. */
  readonly isOwn: boolean;
  readonly counts: Readonly<Record<QueueState, number>>;
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

/** What is in a server. */
export interface ServerStatus {
  readonly server: string;
  readonly queues: readonly QueueStatus[];
  readonly workers: readonly WorkerPresence[];
  /** Bytes of files of runs. */
  readonly fileBytes: number;
}

/** At most so many failed runs are named. */
const mostNamed = 20;

/** Opens each queue in turn. */
async function eachQueue<T>(broker: Broker, work: (queue: Queue, name: string, build: string) => Promise<T>): Promise<T[]> {
  const builds = await broker.client.hgetall(`${keyPrefix}:builds`);
  const found: T[] = [];
  for (const [name, text] of Object.entries(builds).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { version, digest } = parseJsonObject(text) ?? {};
    if (typeof version !== 'string' || typeof digest !== 'string' || queueName({ version, digest }) !== name) continue;
    const queue = await openQueue(broker, name);
    try {
      found.push(await work(queue, name, shownBuild({ version, digest })));
    } finally {
      await queue.close();
    }
  }
  return found;
}

/** What is in the server. */
export async function serverStatus(broker: Broker): Promise<ServerStatus> {
  const own = queueName(packageBuild());
  const queues = await eachQueue(broker, async (queue, name, build): Promise<QueueStatus> => {
    const counts = (await queue.getJobCounts(...queueStates)) as Record<QueueState, number>;
    const failed = await queue.getJobs('failed', 0, mostNamed - 1);
    const named = failed.map(({ data, failedReason }) => ({
      name: String(data?.name ?? 'a job that is no run'),
      reason: failedReason ?? '',
    }));
    return { build, isOwn: name === own, counts, failed: named };
  });
  const jobs = await jobsWithFiles(broker.client);
  let fileBytes = 0;
  for (const job of jobs) fileBytes += await bytesInServer(broker.client, job);
  return { server: broker.server, queues, workers: await presentWorkers(broker.client), fileBytes };
}

/** Tries failed runs of this build again; gives how many. */
export async function retryFailed(broker: Broker): Promise<number> {
  const own = queueName(packageBuild());
  const counts = await eachQueue(broker, async (queue, name) => {
    if (name !== own) return 0;
    const failed = await queue.getJobs('failed');
    for (const job of failed) await job.retry('failed');
    return failed.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Removes runs of these states, of all builds, with their files; what a worker trains at the moment stays. Gives how many were removed. A queue that has
 * become empty is forgotten.
 */
export async function cleanQueues(broker: Broker, states: readonly QueueState[]): Promise<number> {
  const counts = await eachQueue(broker, async (queue, name) => {
    const jobs = states.length > 0 ? await queue.getJobs([...states]) : [];
    let removed = 0;
    for (const job of jobs) {
      // A job that a worker has just taken cannot be removed.
      const isGone = await job.remove().then(
        () => true,
        () => false,
      );
      if (!isGone) continue;
      removed++;
      await removeFiles(broker.client, job.id!);
    }
    const left = await queue.getJobCounts(...queueStates);
    if (Object.values(left).every((count) => count === 0)) {
      await queue.obliterate();
      await broker.client.hdel(`${keyPrefix}:builds`, name);
    }
    return removed;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
