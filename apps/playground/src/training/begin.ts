/** Begins runs in workers whose program loads only what a run needs. */
import { type RunEvent, trainInWorker, type WorkerTrainConfig, type WorkerTraining } from 'cohort-rl/worker';

/** A worker that trains, whose program loads what a run needs. */
export const makeWorker = (): Worker => new Worker(new URL('./trainWorker.ts', import.meta.url), { type: 'module' });

/** A run in a worker of its own, on one thread: the lanes share the machine. */
export function beginTraining(config: WorkerTrainConfig, onEvent: (event: RunEvent) => void): WorkerTraining {
  return trainInWorker({ ...config, threads: 1 }, { worker: makeWorker, onEvent });
}
