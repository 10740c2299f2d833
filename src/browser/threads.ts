/**
 * Threads for the kernels in a browser. Shared memory needs a cross-origin isolated page, and whoever trains must be in a worker itself:
 * a page's main thread may not wait.
 */
import type { EnvWorkerHandle, OptionalEngine } from '../core/platform.ts';

/** Starts a worker that runs `source` with `data` in scope. */
export function spawnThread(source: string, data: unknown): { terminate(): void } {
  const url = URL.createObjectURL(new Blob([`onmessage = ({ data }) => {\n${source}\n};`], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.postMessage(data);
  return {
    terminate(): void {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

// Written out, each of them: bundlers look for this very form.
const programs = {
  '@mujoco/mujoco': () => new Worker(new URL('./mujocoEnvWorkerBrowser.js', import.meta.url), { type: 'module' }),
  none: () => new Worker(new URL('./envWorkerBrowser.js', import.meta.url), { type: 'module' }),
};

/** Starts a worker that steps environments. Its program is a file next to the library's. */
export function spawnEnvWorker(needs?: OptionalEngine): EnvWorkerHandle {
  const worker = programs[needs ?? 'none']();
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message ?? 'a thread could not start'));
  });
  return { answer, post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
}
