/** A thread that runs one job. Whoever started it stays free, for a display or for Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveJob } from './job.ts';
import type { JobStart } from './jobProtocol.ts';

const { job } = workerData as JobStart;
const controller = new AbortController();
// The only message there is asks the run to stop. It is read between iterations, and in the pauses of evaluations.
parentPort?.on('message', () => controller.abort());
await serveJob(job, (message) => parentPort?.postMessage(message), controller.signal);
