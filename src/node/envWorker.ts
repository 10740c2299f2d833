/** A thread that steps environments, in Node. */
import { parentPort } from 'node:worker_threads';
import { serveShard } from '../envs/threads/shard.ts';
import { threadedSpecs } from '../envs/threads/specs.ts';

/** Only modules of users need them. */
const loadForModules = async () => ({ ...(await import('../algorithms/standard.ts')), ...(await import('../envs/moduleHelpers.ts')) });

const port = parentPort!;
port.on(
  'message',
  serveShard((answer) => port.postMessage(answer), { specs: threadedSpecs, loadForModules }),
);
