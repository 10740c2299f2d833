/** A thread that steps environments, in a browser. */
import { serveShard } from '../envs/threads/shard.ts';

/** Only modules of users need them. */
const loadAlgorithms = async (): Promise<unknown> => (await import('../algorithms/index.ts')).algorithms;

const hear = serveShard((answer) => postMessage(answer), loadAlgorithms);
addEventListener('message', ({ data }) => hear(data));
