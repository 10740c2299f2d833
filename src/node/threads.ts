/**
 * Threads for the kernels in Node, and the switch for relaxed SIMD.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

/** Starts a thread that runs `source` with `data` in scope. It does not keep the process alive. */
export function spawnThread(source: string, data: unknown): { terminate(): void } {
  const worker = new Worker(`const { workerData: data } = require('node:worker_threads');\n${source}`, { eval: true, workerData: data });
  worker.unref();
  return {
    terminate(): void {
      void worker.terminate();
    },
  };
}

/** Node 20 accepts relaxed SIMD only behind a V8 flag; newer versions accept it anyway and may not know the flag. */
export function enableRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
