/**
 * `import ... from 'cohort-rl/share'` in a page: links of runs, and training them again in a worker.
 */
import { createSharing, type Sharing } from '../share/sharing.ts';
import { browserHome } from './storage.ts';
import { trainInWorker } from './worker.ts';

export * from '../share/index.ts';

const sharing: Sharing = /* @__PURE__ */ createSharing({
  train: (config, { start, ...options }) => trainInWorker(config, { ...options, ...(start && { from: start }) }),
  home: browserHome,
});

export const verifyRun: Sharing['verifyRun'] = (run, options) => sharing.verifyRun(run, options);
export const shareRun: Sharing['shareRun'] = (run, options) => sharing.shareRun(run, options);
