/** A thread that runs one job. Whoever started it stays free, for a display or for Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveJob } from './job.ts';
import type { JobStart } from './jobProtocol.ts';

const { job, stop } = workerData as JobStart;
const controller = new AbortController();
const stopIfAsked = (): void => {
  if (Atomics.load(stop, 0) === 1) controller.abort();
};

stopIfAsked();
await serveJob(
  job,
  (message) => {
    parentPort?.postMessage(message);
    stopIfAsked();
  },
  controller.signal,
);
