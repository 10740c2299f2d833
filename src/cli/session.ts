/**
 * Trains several seeds side by side, each in a worker thread, as many at once as the machine has cores for.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunEvent } from '../node/toolkit.ts';
import { reportFailure } from './failure.ts';
import type { TrainingOutcome, WorkerMessage, WorkerStart, WorkerTask } from './workerProtocol.ts';

/** How one seed ended, or that it was never begun: Ctrl-C came first. */
export type SeedOutcome = TrainingOutcome | { readonly kind: 'notStarted' };

/** What a session tells while it runs; `index` is the place in the list of tasks. */
export interface SessionListener {
  started(index: number): void;
  event(index: number, event: RunEvent): void;
  ended(index: number, outcome: SeedOutcome): void;
}

/** A session that runs. */
export interface Session {
  /** One outcome per task, in order; never rejects. */
  readonly outcomes: Promise<SeedOutcome[]>;
  /** Asks every training to write a checkpoint and end; what has not begun will not. */
  interrupt(): void;
}

function runWorker(start: WorkerStart, tell: (event: RunEvent) => void): Promise<SeedOutcome> {
  return new Promise((resolve) => {
    // Its output is caught: standard output may be a stream of JSON lines, which nothing may interrupt.
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start, stdout: true });
    worker.stdout.pipe(process.stderr, { end: false });
    const end = (outcome: SeedOutcome): void => {
      resolve(outcome);
      // A pool of kernel threads may still be parked inside.
      void worker.terminate();
    };
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'event') tell(message.event);
      else end(message);
    });
    worker.on('error', (error) => end({ kind: 'failed', report: reportFailure(error) }));
    worker.on('exit', (code) =>
      end({ kind: 'failed', report: { message: `the training thread ended by itself (exit code ${code})`, kind: 'unexpected' } }),
    );
  });
}

/** Starts the tasks, `threads` threads each; every worker loads the modules first. */
export function startSession(
  tasks: readonly WorkerTask[],
  threads: number,
  modules: readonly string[],
  listener: SessionListener,
): Session {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const outcomes: SeedOutcome[] = tasks.map(() => ({ kind: 'notStarted' }));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && Atomics.load(stop, 0) === 0) {
      const index = next++;
      listener.started(index);
      const outcome = await runWorker({ task: tasks[index]!, modules, stop }, (event) => listener.event(index, event));
      outcomes[index] = outcome;
      listener.ended(index, outcome);
    }
  };
  const simultaneous = Math.max(1, Math.floor(availableParallelism() / Math.max(1, threads)));
  const lanes = Array.from({ length: Math.min(tasks.length, simultaneous) }, lane);
  return {
    outcomes: Promise.all(lanes).then(() => outcomes),
    interrupt: () => {
      Atomics.store(stop, 0, 1);
    },
  };
}
