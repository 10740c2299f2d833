/** A thread that runs one job, or trains for a program that asks for each iteration. Whoever started it stays free, for a display or for Ctrl-C. */
import { parentPort, workerData } from 'node:worker_threads';
import { allAlgorithms } from '../algorithms/index.ts';
import { createContext } from '../api/context.ts';
import { serveTraining } from '../api/serveTraining.ts';
import { standardRegistry } from '../envs/standardRegistry.ts';
import { serveJob } from './job.ts';
import type { ThreadStart } from './jobProtocol.ts';
import { nodePlatform } from './platform.ts';
import { nodeHome } from './storage.ts';

const start = workerData as ThreadStart;
const port = parentPort!;
if ('job' in start) {
  const controller = new AbortController();
  // The only message there is asks the run to stop. It is read between iterations, and in the pauses of evaluations.
  port.on('message', () => controller.abort());
  await serveJob(start.job, (message) => port.postMessage(message), controller.signal);
} else {
  port.on(
    'message',
    serveTraining(createContext(nodePlatform, nodeHome, { registry: standardRegistry(), algorithms: allAlgorithms() }), (message) =>
      port.postMessage(message),
    ),
  );
}
