/** A thread that steps environments, in a browser. */
import { serveShard } from '../envs/threads/shard.ts';

const hear = serveShard((answer) => postMessage(answer));
addEventListener('message', ({ data }) => hear(data));
