/** Environments in the thread that asks for them. */
import type { Env, VectorEnv } from '../core/env.ts';
import type { EnvOptions, EnvSpec } from './spec.ts';
import { vectorize } from './vectorize.ts';

/** `numEnvs` environments over typed arrays: the environment's own fast form if it has one, else single environments lifted by `vectorize`. */
export async function makeHere(spec: EnvSpec, numEnvs: number, options: EnvOptions | undefined): Promise<VectorEnv> {
  if (spec.makeVector) return await spec.makeVector(numEnvs, options);
  const envs: Env[] = [];
  for (let i = 0; i < numEnvs; i++) envs.push(await spec.make(options));
  return vectorize(envs);
}
