/** The environments of a group. Loaded with the view: a first visit needs none beyond its own. */
import { environmentSeeds, makeVectorEnv } from 'cohort-rl/envs';
import type { GroupEnvironments } from './playing.ts';

/** N environments of an id. Rejects with a `CohortError` for an unknown id. */
export async function openEnvironments(id: string, numEnvs: number): Promise<GroupEnvironments> {
  const env = await makeVectorEnv(id, numEnvs);
  return { env, seedsOf: (seed) => environmentSeeds(seed, numEnvs) };
}
