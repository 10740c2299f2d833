/**
 * A browser as a platform.
 */
import type { Platform } from '../core/platform.ts';
import { spawnEnvWorker, spawnThread } from './threads.ts';

/** Whether this is a worker of a cross-origin isolated page: only there may a thread wait for others on shared memory. */
const mayWait = globalThis.crossOriginIsolated === true && typeof document === 'undefined';

/** Imports a module by its address. Throws what fetching or importing it throws. */
const loadModule: NonNullable<Platform['loadModule']> = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // The address is known at run time only: bundlers must leave this import as it is.
  return { exports: await import(/* @vite-ignore */ /* webpackIgnore: true */ url), bytes };
};

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
  loadModule,
  screen: { writeLine: (line) => console.log(line) },
  spawnThread: mayWait ? spawnThread : undefined,
  spawnEnvWorker: mayWait ? spawnEnvWorker : undefined,
};
