/**
 * Queues of runs, with this process's library. Loaded by whoever uses one: most programs do not, and the packages that it takes are optional.
 */
import { resolveRun } from '../../api/experiments.ts';
import { runJob } from '../../api/jobs.ts';
import type { JobThreads } from '../../run/job.ts';
import type { ShardedRun } from '../../training/shards/open.ts';
import type { ShardExecutor } from '../../training/shards/tasks.ts';
import { cohort } from '../library.ts';
import type { Broker } from './broker.ts';
import { openSubmitter, queueThreads, type SubmitOptions, sayWhoListens, silenceMilliseconds } from './executor.ts';
import { openShardQueue } from './shardExecutor.ts';
import { runWorker, type WorkerOptions } from './worker.ts';

export { parseQueueAddress, shownAddress } from './address.ts';
export { type Broker, openBroker, withBroker } from './broker.ts';
export { packageBuild, shownBuild } from './build.ts';
export { checkQueueable } from './jobs.ts';
export { cleanQueues, type QueueState, type QueueStatus, queueStates, retryFailed, type ServerStatus, serverStatus } from './manage.ts';
export { checkSharedFolder, type WorkerEvent } from './worker.ts';

/** What runs the jobs of `train` with a queue, until it is closed. */
export interface TrainQueue {
  readonly threads: JobThreads;
  close(): Promise<void>;
}

/**
 * Whole runs on workers; or runs here whose shards workers compute, if they have any. `onNote` is told what the user should know. Throws `CohortError` for
 * what the server answers.
 */
export async function openTrainQueue(
  broker: Broker,
  { shards, sharedFolder, onNote }: Pick<SubmitOptions, 'sharedFolder' | 'onNote'> & { readonly shards: boolean },
): Promise<TrainQueue> {
  if (shards) {
    const openShards = (run: ShardedRun): Promise<ShardExecutor> => openShardQueue(broker, run);
    const silence = setTimeout(() => void sayWhoListens(broker, onNote).catch(() => undefined), silenceMilliseconds);
    // One after the other: a run waits for its workers, and two would share them.
    const threads: JobThreads = { count: 1, run: (job, options) => runJob(job, cohort, { ...options, openShards }) };
    return { threads, close: async () => clearTimeout(silence) };
  }
  const submitter = await openSubmitter({ broker, sharedFolder, onNote });
  const { context } = cohort;
  const threads = queueThreads(submitter, (input, subject) => resolveRun(context, input, subject));
  return { threads, close: () => submitter.close() };
}

/** Takes runs from a queue and trains them with this library; see {@link runWorker}. */
export function work(options: Omit<WorkerOptions, 'resolve' | 'openModel' | 'openTokenizer' | 'modules'>): Promise<void> {
  const { context } = cohort;
  return runWorker({
    ...options,
    modules: context.modules.urls,
    resolve: (input, subject) => resolveRun(context, input, subject),
    openModel: cohort.openModel,
    openTokenizer: cohort.openTokenizer,
  });
}
