/**
 * Threads for the kernels in Node.
 */
import { Worker } from 'node:worker_threads';
import { failure } from '../core/errors.ts';
import type { EnvWorkerHandle } from '../core/platform.ts';

/** What to throw for an error that ended a thread, or kept it from beginning: a limit of the machine in words, or the error itself. */
export function explainThreadError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const advice = 'use fewer environments or steps, or raise the limit (NODE_OPTIONS=--max-old-space-size=8192)';
    return failure('the training thread', 'room for its JavaScript objects', `none left (${message})`, advice, error);
  }
  if (code === 'ERR_WORKER_INIT_FAILED' || code === 'EMFILE' || code === 'EAGAIN') {
    const advice = 'raise the limits on handles and processes (ulimit -n, ulimit -u), or run fewer seeds and threads at once';
    return failure('the training thread', 'a machine that starts another thread', `a refusal (${message})`, advice, error);
  }
  return error;
}

/** Starts a thread that runs `source` with `data` in scope. It does not keep the process alive. */
export function spawnThread(source: string, data: unknown): { terminate(): void } {
  const program = `const { workerData: data } = require('node:worker_threads');\n${source}`;
  // Without the process's own options: --input-type=module among them would turn the program into a module without `require`.
  const worker = new Worker(program, { eval: true, workerData: data, execArgv: [] });
  worker.unref();
  return {
    terminate(): void {
      void worker.terminate();
    },
  };
}

/** Starts a thread that steps environments; once it has answered it does not keep the process alive. */
export function spawnEnvWorker(): EnvWorkerHandle {
  // Run from the sources (tests), the bundle of the last build is taken.
  const file = import.meta.url.endsWith('.ts') ? '../../dist/envWorker.js' : './envWorker.js';
  const worker = new Worker(new URL(file, import.meta.url), { execArgv: [] });
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.once('message', (message) => {
      worker.unref();
      resolve(message);
    });
    worker.on('error', (error) => reject(explainThreadError(error)));
    worker.once('exit', (code) => reject(new Error(`a thread ended with code ${code}`)));
  });
  return {
    answer,
    post: (message) => worker.postMessage(message),
    terminate(): void {
      void worker.terminate();
    },
  };
}
