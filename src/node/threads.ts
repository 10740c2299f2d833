/**
 * Threads for the kernels in Node, and the switch for relaxed SIMD.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

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

/** Node 20 accepts relaxed SIMD only behind a V8 flag; newer versions accept it anyway and may not know the flag. */
export function enableRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
