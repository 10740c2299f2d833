/**
 * A browser as a platform.
 */
import type { Platform } from '../core/platform.ts';
import { spawnEnvWorker, spawnThread } from './threads.ts';

/** Whether this is a worker of a cross-origin isolated page: only there may a thread wait for others on shared memory. */
const mayWait = globalThis.crossOriginIsolated === true && typeof document === 'undefined';

/** The page or worker: its clock, and threads where they are allowed. */
export const browserPlatform: Platform = {
  name: `browser ${globalThis.navigator?.userAgent ?? ''}`,
  now: () => performance.now(),
  wallTime: () => Date.now() / 1000,
  // A message, because timers are held back to 4 ms and more.
  pause: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    }),
  spawnThread: mayWait ? spawnThread : undefined,
  spawnEnvWorker: mayWait ? spawnEnvWorker : undefined,
};
