/**
 * Runs a job in a worker thread of its own.
 */
import { Worker } from 'node:worker_threads';
import { unpackError } from '../core/packedError.ts';
import type { Job, JobOptions } from '../run/job.ts';
import type { RunSummary } from '../run/summary.ts';
import type { JobMessage, JobStart } from './jobProtocol.ts';

/**
 * Runs a job, of plain data, in a thread of its own, to its end; what the thread writes on standard output comes out on standard error. Rejects with
 * what the run throws, and where the thread dies.
 */
export async function runJobInThread(job: Job, { signal, onEvent }: JobOptions = {}): Promise<RunSummary> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const interrupt = (): void => void Atomics.store(stop, 0, 1);
  if (signal?.aborted) interrupt();
  signal?.addEventListener('abort', interrupt);
  const start: JobStart = { job, stop };
  // Run from the sources (tests), the bundle of the last build is taken.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/jobWorker.js' : './jobWorker.js';
  // Its output is caught: standard output may be a stream of JSON lines, which nothing may interrupt.
  const worker = new Worker(new URL(file, import.meta.url), { workerData: start, stdout: true });
  worker.stdout.pipe(process.stderr, { end: false });
  try {
    return await new Promise<RunSummary>((resolve, reject) => {
      const hear = (message: JobMessage): void => {
        if (message.kind === 'event') onEvent?.(message.event);
        else if (message.kind === 'done') resolve(message.summary);
        else reject(unpackError(message.error));
      };
      worker.on('message', (message: JobMessage) => {
        try {
          hear(message);
        } catch (error) {
          // The caller's own listener failed: as in a run without threads, that ends it.
          reject(error);
        }
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the training thread ended by itself (exit code ${code})`)));
    });
  } finally {
    signal?.removeEventListener('abort', interrupt);
    // A pool of kernel threads may still be parked inside.
    void worker.terminate();
  }
}
