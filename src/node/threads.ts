/**
 * Threads for the kernels in Node.
 */
import { Worker } from 'node:worker_threads';
import type { EnvWorkerHandle } from '../core/platform.ts';

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
    worker.on('error', reject);
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
