/**
 * Runs a job in a worker thread of its own.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { whenAborted } from '../core/aborted.ts';
import { unpackError } from '../core/packedError.ts';
import { restorePictures } from '../run/completionPictures.ts';
import { type Job, type JobOptions, type JobThreads, RunCutOff } from '../run/job.ts';
import type { RunSummary } from '../run/summary.ts';
import { giveBackLock } from './heldLock.ts';
import type { JobMessage, StopMessage, ThreadStart } from './jobProtocol.ts';
import { explainThreadError } from './threads.ts';

// A program typed after `node --input-type=module -e`: a thread that inherits this option refuses to begin with a file.
const isTyped = process.execArgv.some((option) => option.startsWith('--input-type'));

/** The program of the thread. Run from the sources (tests), the bundle of the last build is taken. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../dist/jobWorker.js' : './jobWorker.js', import.meta.url);
}

/** Starts the thread. `caught`: what it writes on standard output is left to the caller. */
export function startThread(start: ThreadStart, caught = false): Worker {
  return new Worker(workerFile(), { workerData: start, stdout: caught, ...(isTyped && { execArgv: [] }) });
}

/** Threads for jobs; missing in a bundle of the user's that left the program of the thread out. */
export function findJobThreads(): JobThreads | undefined {
  try {
    return existsSync(workerFile()) ? { count: availableParallelism(), run: runJobInThread } : undefined;
  } catch {
    // A bundle that has no address.
    return undefined;
  }
}

/**
 * Runs a job, of plain data, in a thread of its own, to its end; what the thread writes on standard output comes out on standard error. Rejects with
 * what the run throws, where the thread dies, and with {@link RunCutOff} where it outlasts the patience.
 */
export async function runJobInThread(job: Job, { signal, onEvent, patience }: JobOptions = {}): Promise<RunSummary> {
  // Its output is caught: standard output may be a stream of JSON lines, which nothing may interrupt.
  const worker = startThread({ job }, true);
  // Not a pipe: a dozen of them is a dozen listeners, of which Node warns.
  worker.stdout.on('data', (chunk: Uint8Array) => void process.stderr.write(chunk));
  let forget = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  let hasFailed = false;
  try {
    return await new Promise<RunSummary>((resolve, reject) => {
      const hear = (message: JobMessage): void => {
        if (message.kind === 'event') {
          restorePictures(message.event, message.pictures);
          onEvent?.(message.event);
        } else if (message.kind === 'done') resolve(message.summary);
        else {
          hasFailed = true;
          reject(unpackError(message.error));
        }
      };
      worker.on('message', (message: JobMessage) => {
        try {
          hear(message);
        } catch (error) {
          // The caller's own listener failed: as in a run without threads, that ends it.
          reject(error);
        }
      });
      worker.on('error', (error) => reject(explainThreadError(error)));
      worker.on('exit', (code) => reject(new Error(`the training thread ended by itself (exit code ${code})`)));
      forget = whenAborted(signal, () => {
        worker.postMessage({ kind: 'stop' } satisfies StopMessage);
        if (patience !== undefined) timer = setTimeout(() => reject(new RunCutOff()), patience);
      });
    });
  } catch (error) {
    // What the thread has handed to the file system is done before it has ended.
    await worker.terminate();
    // A run that failed by itself has given back its lock, if it got it; one whose thread was ended or died has not.
    if (!hasFailed && job.runDirectory !== undefined) giveBackLock(job.runDirectory);
    throw error;
  } finally {
    clearTimeout(timer);
    forget();
    // A pool of kernel threads may still be parked inside.
    void worker.terminate();
  }
}
