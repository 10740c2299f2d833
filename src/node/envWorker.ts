/** A thread that steps environments, in Node. */
import { parentPort } from 'node:worker_threads';
import { serveShard } from '../envs/threads/shard.ts';

const port = parentPort!;
port.on(
  'message',
  serveShard((answer) => port.postMessage(answer)),
);
