/**
 * The thread that trains one seed. The main thread stays free for the display and for Ctrl-C.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { TrainOptions } from '../node/index.ts';
import { reportFailure } from './failure.ts';
import { type Library, loadLibrary } from './library.ts';
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
  const { summary } = await (await begin(library, options)).finish();
  tell({ kind: 'done', summary });
}

/** What both roads' trainings end with. */
interface Finishing {
  finish(): Promise<{ readonly summary: Extract<WorkerMessage, { kind: 'done' }>['summary'] }>;
}

/** The training of the task: new, or from its checkpoint. */
async function begin(library: Library, options: TrainOptions): Promise<Finishing> {
  const { runDirectory } = task;
  if (task.kind === 'resume') {
    const changes = { stopAfter: task.stopAfter, threads: task.threads, ...options };
    return task.road === 'lm' ? library.resumeLanguageTraining(runDirectory, changes) : library.resumeTraining(runDirectory, changes);
  }
  // Checked by the library: the main thread's check was a courtesy.
  const input = task.input as never;
  return task.road === 'lm'
    ? library.trainLanguageModel(input, { runDirectory, ...options })
    : library.train(input, { runDirectory, ...options });
}

work().catch((error: unknown) => tell({ kind: 'failed', report: reportFailure(error) }));
