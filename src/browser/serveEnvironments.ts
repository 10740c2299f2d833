/** What a thread of a page does that steps environments. */
import { failure } from '../core/errors.ts';
import type { EnvSpec } from '../envs/spec.ts';
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

/** Serves the environments of these specs, and those of modules. */
export function serveEnvironments(specs: () => readonly EnvSpec[]): void {
  const hear = serveShard((answer) => postMessage(answer), { specs, loadForModules: async () => ({ algorithms }) });
  addEventListener('message', ({ data }) => hear(data));
}
