/** Environments by id. */
import type { Env, VectorEnv } from '../core/env.ts';
import type { EnvRegistry } from './spec.ts';
import { createStandardRegistry } from './standardRegistry.ts';
import { checkNumEnvs } from './vectorBuffers.ts';
import { vectorize } from './vectorize.ts';

/**
 * One environment, time limit included; `options` are the environment's own, and `maxEpisodeSteps`.
 * Throws CohortError for an unknown id or option.
 */
export async function make(
  id: string,
  options?: Readonly<Record<string, unknown>>,
  registry: EnvRegistry = createStandardRegistry(),
): Promise<Env> {
  return await registry.get(id).make(options);
}

/**
 * `numEnvs` environments over typed arrays, time limit and autoreset included: the environment's own fast form if it has one, else
 * single environments lifted by `vectorize`. Throws CohortError for an unknown id or option, or a bad `numEnvs`.
 */
export async function makeVector(
  id: string,
  numEnvs: number,
  options?: Readonly<Record<string, unknown>>,
  registry: EnvRegistry = createStandardRegistry(),
): Promise<VectorEnv> {
  const spec = registry.get(id);
  checkNumEnvs(numEnvs);
  if (spec.makeVector) return await spec.makeVector(numEnvs, options);
  const envs: Env[] = [];
  for (let i = 0; i < numEnvs; i++) envs.push(await spec.make(options));
  return vectorize(envs);
}
