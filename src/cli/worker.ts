/**
 * The thread that trains one seed. The main thread stays free for the display and for Ctrl-C.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunEvent, RunOptions } from '../node/toolkit.ts';
import { reportFailure } from './failure.ts';
import { type Library, loadLibrary } from './library.ts';
import { roadOf } from './roads/index.ts';
import type { WorkerMessage, WorkerStart } from './workerProtocol.ts';

const { task, modules, stop } = workerData as WorkerStart;
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

async function work(): Promise<void> {
  const library = await loadLibrary();
  for (const url of modules) await library.useModule(url);
  const controller = new AbortController();
  const stopIfAsked = (): void => {
    if (Atomics.load(stop, 0) === 1 && !controller.signal.aborted) controller.abort();
  };
  const options = {
    signal: controller.signal,
    onEvent: (event: RunEvent): void => {
      tell({ kind: 'event', event });
      stopIfAsked();
    },
  };
  stopIfAsked();
  const { summary } = await (await begin(library, options)).finish();
  tell({ kind: 'done', summary });
}

/** The training of the task: new, or from its checkpoint. */
async function begin(library: Library, options: RunOptions): ReturnType<Library['resume']> {
  const { runDirectory } = task;
  // Checked by the library: the main thread's check was a courtesy.
  if (task.kind === 'train') return roadOf(task).training.start(task.input, { runDirectory, ...options }, library);
  return library.resume(runDirectory, { stopAfter: task.stopAfter, threads: task.threads, ...options });
}

work().catch((error: unknown) => tell({ kind: 'failed', report: reportFailure(error) }));
