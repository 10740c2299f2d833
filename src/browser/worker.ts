/**
 * `import ... from 'cohort-rl/worker'` in a page: training in a worker whose program lies beside the library. Nothing of training is in this file.
 */
import { createWorkerTrainings, type WorkerOptions, type WorkerResumeOptions, type WorkerTrainings } from '../api/trainInWorker.ts';
import type { WorkerPlatform } from '../api/workerDriver.ts';
import type { WorkerMessage, WorkerRequest } from '../api/workerProtocol.ts';
import { failure } from '../core/errors.ts';
import type { MujocoAddresses } from '../envs/mujoco/addresses.ts';
import { createPolicy } from '../play/load.ts';

export type { TrainingResult } from '../api/environments.ts';
export type { WorkerOptions, WorkerResumeOptions, WorkerTrainConfig, WorkerTraining } from '../api/trainInWorker.ts';
export { CohortError } from '../core/errors.ts';
export type { MujocoAddresses } from '../envs/mujoco/addresses.ts';
export type { Policy } from '../policy/policy.ts';
export type { RunEvent } from '../run/events.ts';
export type { IterationResult } from '../training/trainee.ts';

/** What a page may say besides. */
export interface PageWorkerOptions {
  /**
   * Makes the worker: a module worker whose program calls {@link serveTraining}. Default: one with the package's own program, a single file. A bundler
   * splits the program of a page's own worker, which then loads at first only what its runs need.
   */
  readonly worker?: (() => Worker) | undefined;
  /** Where the worker and its threads find MuJoCo, which the page itself need not load. Default: what `loadMujoco` was told. */
  readonly mujoco?: MujocoAddresses | undefined;
}

const ownWorker = (): Worker =>
  // In this form bundlers find the program.
  new Worker(new URL('./trainWorkerBrowser.js', import.meta.url), { type: 'module' });

const spawnBy =
  (make: () => Worker): WorkerPlatform['spawn'] =>
  (hear, died) => {
    const worker = make();
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => hear(data);
    worker.onerror = ({ message }) => {
      const advice =
        make === ownWorker
          ? "copy node_modules/cohort-rl/dist/trainWorkerBrowser.js beside the bundle (esbuild), or set optimizeDeps: { exclude: ['cohort-rl'] } (Vite 7's development server)"
          : 'see whether its address answers, and that it calls serveTraining()';
      died(failure('trainInWorker', 'the program of the worker', message || 'a script that does not load', advice));
    };
    return { post: (request) => worker.postMessage(request), hold: () => {}, terminate: () => worker.terminate() };
  };

const trainingsBy = ({ worker = ownWorker, mujoco }: PageWorkerOptions): WorkerTrainings =>
  createWorkerTrainings({ spawn: spawnBy(worker), createPolicy, mujoco });

/** As `train`, off the page's thread, with the same bits; see {@link WorkerTrainings.trainInWorker}. */
export const trainInWorker = (
  config: Parameters<WorkerTrainings['trainInWorker']>[0],
  { worker, mujoco, ...options }: WorkerOptions & PageWorkerOptions = {},
): ReturnType<WorkerTrainings['trainInWorker']> => trainingsBy({ worker, mujoco }).trainInWorker(config, options);

/** Goes on with a run of the origin's files, off the page's thread; see {@link WorkerTrainings.resumeInWorker}. */
export const resumeInWorker = (
  directory: string,
  { worker, mujoco, ...options }: WorkerResumeOptions & PageWorkerOptions = {},
): ReturnType<WorkerTrainings['resumeInWorker']> => trainingsBy({ worker, mujoco }).resumeInWorker(directory, options);

/**
 * The whole program of a page's own worker, for `trainInWorker(config, { worker })`: it trains what the page asks for, and loads what that needs. Call it
 * once, at once.
 */
export function serveTraining(): void {
  const waiting: WorkerRequest[] = [];
  let hear = (request: WorkerRequest): void => {
    waiting.push(request);
  };
  addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => hear(data));
  void import('./serveHere.ts').then(
    (program) => {
      hear = program.serveHere();
      for (const request of waiting) hear(request);
    },
    // Heard by the page as an error of its worker.
    (error) => reportError(error),
  );
}
