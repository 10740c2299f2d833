/** Begins runs in workers whose program loads only what a run needs. */
import { type PageWorkerOptions, type RunEvent, trainInWorker, type WorkerTrainConfig, type WorkerTraining } from 'cohort-rl/worker';
import { mujocoAddresses } from '../engines/addresses.ts';

/** Workers that train, whose program loads what a run needs, and where they find MuJoCo. */
export const pageWorkers: PageWorkerOptions = {
  worker: () => new Worker(new URL('./trainWorker.ts', import.meta.url), { type: 'module' }),
  mujoco: mujocoAddresses,
};

/** A run in a worker of its own. */
export function beginTraining(config: WorkerTrainConfig, onEvent: (event: RunEvent) => void): WorkerTraining {
  return trainInWorker(config, { ...pageWorkers, onEvent });
}
