/**
 * Runs of a tiny model on a reference server in the same process.
 */

import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { resolveLanguageConfig } from '../../../src/lm/config/config.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { createServed } from '../../../src/lm/training/served.ts';
import type { ServerAccess } from '../../../src/lm/training/serverAccess.ts';
import { openPolicy } from '../../../src/lm/training/warmStart.ts';
import { learnerKey } from '../../../src/random/index.ts';
import { testPlatform } from '../../training/cohort.ts';
import { lastLetter, small, smallState } from '../smallState.ts';
import { fetchOf, type ReferenceOptions, ReferenceServer } from './referenceServer.ts';

/** Where the server is said to be. */
export const url = 'http://127.0.0.1:8000';

/** Settings of a run on the server, without the sizes, which are the server's. */
export const served = {
  numGroups: small.numGroups,
  groupSize: small.groupSize,
  iterations: small.iterations,
  learningRate: small.learningRate,
  schedule: 'constant',
  warmupIterations: 0,
  minValidFraction: 0,
  task: lastLetter,
  backend: 'tinker',
  model: 'tiny',
  tokenizer: 'task',
  url,
} as const;

/** A state with the weights that both begin with. */
export async function beginning(fields: object = {}, task: LanguageTask = lastLetter): Promise<LanguageState> {
  const { state, context } = await smallState({ ...fields }, { task });
  await openPolicy(state, context);
  return state;
}

/** A server of its own; `fields` are those of its state. */
export async function referenceServer(
  options: Omit<ReferenceOptions, 'state'> = {},
  task?: LanguageTask,
  fields: object = {},
): Promise<ReferenceServer> {
  return new ReferenceServer({ ...options, state: await beginning(fields, task) });
}

/** How a client reaches a server in the same process: it waits no longer than it must. */
export function accessTo(server: ReferenceServer, more: Partial<ServerAccess> = {}): ServerAccess {
  const web = { fetch: fetchOf(server), now: () => performance.now(), wait: patient };
  return { web, backoffMilliseconds: 1, ...more };
}

/** Waits of at most a few milliseconds; longer ones, those of heartbeats, end with the signal. */
export function patient(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else if (milliseconds < 1000) setTimeout(resolve, milliseconds);
    else signal.addEventListener('abort', () => resolve());
  });
}

/** A run on a server, begun. */
export async function servedRun(
  server: ReferenceServer,
  fields: { readonly task?: LanguageTask; readonly [field: string]: unknown } = {},
  more: Partial<ServerAccess> = {},
) {
  const config = resolveLanguageConfig({ ...served, ...fields });
  const made = await createServed(config, {
    task: fields.task ?? lastLetter,
    platform: testPlatform,
    key: learnerKey(config.seed),
    server: accessTo(server, more),
  });
  await made.weights.prepare(() => {});
  return made;
}
