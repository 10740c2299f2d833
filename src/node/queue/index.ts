/**
 * Queues of runs, with this process's library. Loaded by whoever uses one: most programs do not, and the packages that it takes are optional.
 */
import { resolveRun } from '../../api/experiments.ts';
import { cohort } from '../library.ts';
import { runWorker, type WorkerOptions } from './worker.ts';

export { parseQueueAddress, shownAddress } from './address.ts';
export { type Broker, openBroker, withBroker } from './broker.ts';
export { packageBuild, shownBuild } from './build.ts';
export { cleanQueues, type QueueState, type QueueStatus, queueStates, retryFailed, type ServerStatus, serverStatus } from './manage.ts';
export { checkSharedFolder, type WorkerEvent } from './worker.ts';

/** Takes runs from a queue and trains them with this library; see {@link runWorker}. */
export function work(options: Omit<WorkerOptions, 'resolve' | 'openModel' | 'modules'>): Promise<void> {
  const { context } = cohort;
  return runWorker({
    ...options,
    modules: context.modules.urls,
    resolve: (input, subject) => resolveRun(context, input, subject),
    openModel: cohort.openModel,
  });
}
