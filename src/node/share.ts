/**
 * `import ... from 'cohort-rl/share'` in Node: links of runs, and training them again in a thread.
 */
import { createSharing, type Sharing } from '../share/sharing.ts';
import { nodeHome } from './storage.ts';
import { trainInWorker } from './worker.ts';

export * from '../share/index.ts';

const sharing: Sharing = createSharing({
  train: (config, { start, ...options }) => trainInWorker(config, { ...options, ...(start && { from: start }) }),
  home: () => nodeHome,
});

export const verifyRun: Sharing['verifyRun'] = sharing.verifyRun;
export const shareRun: Sharing['shareRun'] = sharing.shareRun;
