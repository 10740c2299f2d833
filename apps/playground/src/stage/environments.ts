/** Environments that play on the page: CartPole at once, the others when they are asked for. */
import { cartPole, DynamicsEnv, type EnvSpec } from 'cohort-rl/envs';
import type { Env } from 'cohort-rl/play';
import { firstEnv, type TaskFacts } from './firstEnv.ts';

/** Loads what the environment needs besides the page. Rejects in words where that is missing; an unknown id is left to whoever makes it. */
export async function prepareTask(id: string): Promise<TaskFacts> {
  if (id === firstEnv.id) return firstEnv;
  const { standardRegistry } = await import('cohort-rl/envs?late');
  const spec = standardRegistry().find(id);
  if (spec?.needs) await (await import('../engines/loadMujoco.ts')).loadMujocoHere();
  return spec ?? {};
}

/** Makes an environment to play in. Rejects with a `CohortError` for an unknown id, and in words where what it needs is missing. */
export async function openEnv(id: string): Promise<Env> {
  if (id === firstEnv.id) return new DynamicsEnv(cartPole(), firstEnv.maxEpisodeSteps);
  await prepareTask(id);
  const { makeEnv } = await import('cohort-rl/envs?late');
  return makeEnv(id);
}

/** Every environment, by what it needs besides the page: the ones that need nothing first. */
export async function listEnvs(): Promise<readonly { readonly title: string; readonly envs: readonly EnvSpec[] }[]> {
  const { standardRegistry } = await import('cohort-rl/envs?late');
  const all = standardRegistry().list();
  return [
    { title: 'at once', envs: all.filter(({ needs }) => needs === undefined) },
    { title: 'MuJoCo: loads 9 MB, once', envs: all.filter(({ needs }) => needs !== undefined) },
  ];
}
