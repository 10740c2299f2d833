/**
 * `import ... from 'cohort-rl/share'` in a page: links of runs, and training them again in a worker.
 */

import type { RunLink } from '../share/runLink.ts';
import type { ShareConfig, VerifyOptions } from '../share/sharing.ts';
import { createSharing, type Sharing } from '../share/sharing.ts';
import type { FollowOptions, Verification } from '../share/verify.ts';
import { browserHome } from './storage.ts';
import { type PageWorkerOptions, trainInWorker } from './worker.ts';

export * from '../share/index.ts';
export type { PageWorkerOptions } from './worker.ts';

const sharingBy = (own: PageWorkerOptions): Sharing =>
  createSharing({
    train: (config, { start, ...options }) => trainInWorker(config, { ...options, ...own, ...(start && { from: start }) }),
    home: browserHome,
  });

/** {@link Sharing.verifyRun}; `worker` and `mujoco` are those of `trainInWorker`. */
export const verifyRun = (
  run: string | RunLink,
  { worker, mujoco, ...options }: VerifyOptions & PageWorkerOptions = {},
): Promise<Verification> => sharingBy({ worker, mujoco }).verifyRun(run, options);

/** {@link Sharing.shareRun}; `worker` and `mujoco` are those of `trainInWorker`. */
export const shareRun = (
  run: string | ShareConfig,
  { worker, mujoco, ...options }: FollowOptions & PageWorkerOptions = {},
): Promise<string | undefined> => sharingBy({ worker, mujoco }).shareRun(run, options);
