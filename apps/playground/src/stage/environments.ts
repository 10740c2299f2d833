/** Environments that play on the page: CartPole at once, the others when they are asked for. */
import { cartPole, DynamicsEnv } from 'cohort-rl/envs';
import type { Env } from 'cohort-rl/play';
import { firstEnv } from './firstEnv.ts';

/** Makes an environment to play in. Rejects with a `CohortError` for an unknown id. */
export async function openEnv(id: string): Promise<Env> {
  if (id === firstEnv.id) return new DynamicsEnv(cartPole(), firstEnv.maxEpisodeSteps);
  const { makeEnv } = await import('cohort-rl/envs?late');
  return makeEnv(id);
}

/** Mean return from which an environment counts as solved; `undefined` where nobody says. */
export async function thresholdOf(id: string): Promise<number | undefined> {
  if (id === firstEnv.id) return firstEnv.rewardThreshold;
  const { standardRegistry } = await import('cohort-rl/envs?late');
  return standardRegistry().find(id)?.rewardThreshold;
}

/** Ids and sentences of the environments that a page trains without a further package. */
export async function listEnvs(): Promise<readonly { readonly id: string; readonly description: string }[]> {
  const { standardRegistry } = await import('cohort-rl/envs?late');
  return standardRegistry()
    .list()
    .filter(({ needs }) => needs === undefined);
}
