/** The environments of a group. Loaded with the view: a first visit needs none beyond its own. */
import { environmentSeeds, makeVectorEnv } from 'cohort-rl/envs';
import type { GroupEnvironments } from './playing.ts';

/** The last that were asked for, which the next group plays in. */
let last: { readonly id: string; readonly numEnvs: number; readonly made: Promise<GroupEnvironments> } | undefined;

async function make(id: string, numEnvs: number): Promise<GroupEnvironments> {
  const env = await makeVectorEnv(id, numEnvs);
  return { env, seedsOf: (seed) => environmentSeeds(seed, numEnvs) };
}

/**
 * N environments of an id, the same as long as nobody asks for others, which frees them. What they need besides is loaded by then: the page trains on
 * them. Rejects with a `CohortError` for an unknown id.
 */
export function openEnvironments(id: string, numEnvs: number): Promise<GroupEnvironments> {
  if (last?.id === id && last.numEnvs === numEnvs) return last.made;
  last?.made.then(
    ({ env }) => env.close(),
    () => undefined,
  );
  const made = make(id, numEnvs);
  last = { id, numEnvs, made };
  // What failed is tried again.
  made.catch(() => {
    if (last?.made === made) last = undefined;
  });
  return made;
}
