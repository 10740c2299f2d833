/**
 * A thread that steps environments, in a browser. It is built as one file that imports nothing by its name, so that every bundler takes it as it is,
 * also into a script that is no module.
 */
import { failure } from '../core/errors.ts';
import { serveShard } from '../envs/threads/shard.ts';

/** They would make the thread four times as large. A module that looks at them is refused here, and steps on one thread. */
const algorithms = new Proxy(
  {},
  {
    get: (_, name) => {
      const advice = 'use threads 1, or register environments in a module of their own';
      throw failure('threads of a page', 'a module that does without `algorithms`', `algorithms.${String(name)}`, advice);
    },
  },
);

const hear = serveShard(
  (answer) => postMessage(answer),
  async () => ({ algorithms }),
);
addEventListener('message', ({ data }) => hear(data));
