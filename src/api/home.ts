/**
 * What both roads of the library ask of a platform: a place for runs, and kernels.
 */
import { CohortError } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { createKernelsAsync } from '../kernels/index.ts';
import type { RunHost } from '../run/lock.ts';
import type { RunStorage } from '../run/storage.ts';

/** Where runs are kept on a platform: a storage for one run folder, and what is known of processes. */
export interface RunHome {
  readonly host: RunHost;
  /** The storage whose root is that folder. */
  open(runDirectory: string): RunStorage;
}

/** The home, or what is wrong where nothing can be kept. */
export function requireHome(home: RunHome | undefined, platform: Platform): RunHome {
  if (home) return home;
  throw new CohortError({
    subject: 'runDirectory',
    expected: 'a platform that keeps files',
    got: platform.name,
    advice: 'train without a run folder here',
  });
}

/** `createKernelsAsync` with the threads, the clock and the switch of a platform. */
export function kernelsOn({ spawnThread, enableRelaxedSimd, now }: Platform): typeof createKernelsAsync {
  return (options) => createKernelsAsync({ ...options, spawnThread, enableRelaxedSimd, now });
}
