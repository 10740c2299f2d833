/**
 * `import ... from 'cohort-rl/worker'` in Node: training in a thread of its own.
 */
import { createWorkerTrainings, type WorkerTrainings } from '../api/trainInWorker.ts';
import type { WorkerMessage } from '../api/workerProtocol.ts';
import { layOutKernels } from '../kernels/room.ts';
import { createPolicyOf } from '../policies/create.ts';
import { giveBackLock } from './heldLock.ts';
import { startThread } from './jobThread.ts';
import { nodePlatform } from './platform.ts';
import { explainThreadError } from './threads.ts';

export type { TrainingResult } from '../api/environments.ts';
export type { WorkerOptions, WorkerResumeOptions, WorkerTrainConfig, WorkerTraining } from '../api/trainInWorker.ts';
export { CohortError } from '../core/errors.ts';
export type { Policy } from '../policy/policy.ts';
export type { RunEvent } from '../run/events.ts';
export type { IterationResult } from '../training/trainee.ts';

const { enableRelaxedSimd } = nodePlatform;

const trainings: WorkerTrainings = createWorkerTrainings({
  spawn(hear, died) {
    const worker = startThread({ training: true });
    worker.on('message', (message: WorkerMessage) => hear(message));
    worker.on('error', (error) => died(explainThreadError(error)));
    worker.on('exit', (code) => died(new Error(`the training thread ended by itself (exit code ${code})`)));
    return {
      post: (request) => worker.postMessage(request),
      hold: (isWaiting) => (isWaiting ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  },
  createPolicy: (file, options) =>
    createPolicyOf(file, (layout, settings) => layOutKernels(layout, { ...settings, enableRelaxedSimd }), options),
  giveBackLock,
});

export const trainInWorker: WorkerTrainings['trainInWorker'] = trainings.trainInWorker;
export const resumeInWorker: WorkerTrainings['resumeInWorker'] = trainings.resumeInWorker;
