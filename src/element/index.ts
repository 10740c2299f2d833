/**
 * `import ... from 'cohort-rl/element'` in a page: `<cohort-run link="#run=...">`, a shared run that whoever reads the page trains again.
 */
import type { PageWorkerOptions } from '../browser/share.ts';
import { nameMujocoAddresses } from '../envs/mujoco/addresses.ts';
import { createRunElement } from './runElement.ts';

export type { PageWorkerOptions, Verification } from '../browser/share.ts';

/**
 * Defines `<cohort-run>`, or the element of another name. Its attributes: `link`, a link of `runLink` (default: the address of the page), `autostart` to
 * begin by itself, `threads`, and `max-steps`, the most environment steps that are accepted. It shows what would run and what that takes; its button, and
 * `run()`, train it in a worker, with the newest policy playing and the learning curve, and say whether the bits are the same. The event
 * `cohort-verified` has the `Verification` as its `detail`. `worker` and `mujoco` are those of `trainInWorker`; the picture needs `mujoco`, too. Where the name is taken nothing happens.
 */
export function defineRunElement(name = 'cohort-run', options: PageWorkerOptions = {}): void {
  if (options.mujoco) nameMujocoAddresses(options.mujoco);
  if (!customElements.get(name)) customElements.define(name, createRunElement(options));
}
