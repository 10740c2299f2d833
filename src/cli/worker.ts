/**
 * The thread that trains one seed. The main thread stays free for the display and for Ctrl-C.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { reportFailure } from './failure.ts';
import { loadLibrary } from './library.ts';
import type { WorkerMessage, WorkerStart } from './workerProtocol.ts';

const { task, stop } = workerData as WorkerStart;
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

async function work(): Promise<void> {
  const library = await loadLibrary();
  const controller = new AbortController();
  const stopIfAsked = (): void => {
    if (Atomics.load(stop, 0) === 1 && !controller.signal.aborted) controller.abort();
  };
  const options = {
    signal: controller.signal,
    onEvent: (event: Extract<WorkerMessage, { kind: 'event' }>['event']): void => {
      tell({ kind: 'event', event });
      stopIfAsked();
    },
  };
  stopIfAsked();
  const training =
    task.kind === 'train'
      ? library.train(task.input as unknown as Parameters<typeof library.train>[0], { runDirectory: task.runDirectory, ...options })
      : await library.resumeTraining(task.runDirectory, { stopAfter: task.stopAfter, threads: task.threads, ...options });
  const { summary } = await training.finish();
  tell({ kind: 'done', summary });
}

work().catch((error: unknown) => tell({ kind: 'failed', report: reportFailure(error) }));
