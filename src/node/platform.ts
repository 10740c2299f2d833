/**
 * Node as a platform.
 */
import { arch, platform as system } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { Platform } from '../core/platform.ts';
import { loadModule } from './loadModule.ts';
import { openModelFiles } from './modelFiles.ts';
import { openRewards } from './rewardThread.ts';
import { streamScreen } from './screen.ts';
import { spawnEnvWorker, spawnThread } from './threads.ts';
import { loadTokenizerPackages } from './tokenizerPackages.ts';

/** Node: its clock, its threads, and the flag that Node 20 needs for relaxed SIMD. */
export const nodePlatform: Platform = {
  name: `node ${process.versions.node} ${system()} ${arch()}`,
  now: () => performance.now(),
  wallTime: () => Date.now() / 1000,
  secret: (name) => process.env[name],
  pause: () => setImmediate(),
  spawnThread,
  spawnEnvWorker,
  loadModule,
  openRewards,
  openModelFiles,
  loadTokenizers: loadTokenizerPackages,
  // Standard output is the program's own.
  get screen() {
    return streamScreen(process.stderr);
  },
  enableRelaxedSimd: () => {
    // Node 20 has it only behind a V8 flag; newer versions have it without, and refuse a flag that they do not know.
    if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
  },
};
