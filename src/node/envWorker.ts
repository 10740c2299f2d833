/** A thread that steps environments, in Node. */
import { parentPort } from 'node:worker_threads';
import { serveShard } from '../envs/threads/shard.ts';

/** Only modules of users need them. */
const loadAlgorithms = async (): Promise<unknown> => (await import('../algorithms/index.ts')).algorithms;

const port = parentPort!;
port.on(
  'message',
  serveShard((answer) => port.postMessage(answer), loadAlgorithms),
);
