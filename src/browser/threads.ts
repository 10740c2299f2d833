/**
 * Threads for the kernels in a browser. Shared memory needs a cross-origin isolated page, and whoever trains must be in a worker itself:
 * a page's main thread may not wait.
 */

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
