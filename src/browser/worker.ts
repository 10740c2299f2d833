/**
 * `import ... from 'cohort-rl/worker'` in a page: training in a worker whose program lies beside the library. Nothing of training is in this file.
 */
import { createWorkerTrainings, type WorkerTrainings } from '../api/trainInWorker.ts';
import type { WorkerPlatform } from '../api/workerDriver.ts';
import type { WorkerMessage } from '../api/workerProtocol.ts';
import { failure } from '../core/errors.ts';
import { createPolicy } from '../play/load.ts';

export type { TrainingResult } from '../api/environments.ts';
export type { WorkerOptions, WorkerResumeOptions, WorkerTrainConfig, WorkerTraining } from '../api/trainInWorker.ts';
export { CohortError } from '../core/errors.ts';
export type { Policy } from '../policy/policy.ts';
export type { RunEvent } from '../run/events.ts';
export type { IterationResult } from '../training/trainee.ts';

const spawn: WorkerPlatform['spawn'] = (hear, died) => {
  // In this form bundlers find the program.
  const worker = new Worker(new URL('./trainWorkerBrowser.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => hear(data);
  worker.onerror = ({ message }) => {
    const advice =
      "copy node_modules/cohort-rl/dist/trainWorkerBrowser.js beside the bundle (esbuild), or set optimizeDeps: { exclude: ['cohort-rl'] } (Vite 7's development server)";
    died(failure('trainInWorker', 'the program of the worker, trainWorkerBrowser.js', message || 'a script that does not load', advice));
  };
  return { post: (request) => worker.postMessage(request), hold: () => {}, terminate: () => worker.terminate() };
};

const trainings: WorkerTrainings = /* @__PURE__ */ createWorkerTrainings({ spawn, createPolicy });

export const trainInWorker: WorkerTrainings['trainInWorker'] = (config, options) => trainings.trainInWorker(config, options);
export const resumeInWorker: WorkerTrainings['resumeInWorker'] = (directory, options) => trainings.resumeInWorker(directory, options);
