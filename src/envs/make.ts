/** Environments by id: the built-in ones, or those of a registry. */
import type { Releasable } from '../core/disposal.ts';
import type { VectorEnv } from '../core/env.ts';
import { makeEnvOf, makeVectorEnvOf, type VectorEnvSettings } from './makeOf.ts';
import type { EnvOf, EnvOptions, EnvRegistry, EnvTypes } from './spec.ts';
import { standardRegistry } from './standardRegistry.ts';

/**
 * One environment, time limit included. `options` are the environment's own, and `maxEpisodeSteps`. The types of action and observation are
 * those of {@link EnvTypes}; ids beyond the built-in ones come from `registry`. Throws CohortError for an unknown id or option.
 */
export async function makeEnv<Id extends keyof EnvTypes | (string & {})>(
  id: Id,
  options?: EnvOptions,
  registry: EnvRegistry = standardRegistry(),
): Promise<EnvOf<Id>> {
  return makeEnvOf(registry, id, options);
}

/** How {@link makeVectorEnv} makes environments. */
export interface MakeVectorEnvSettings extends VectorEnvSettings {
  /** Where ids are looked up. Default: the built-in environments. */
  readonly registry?: EnvRegistry;
}

/**
 * `numEnvs` environments over typed arrays, time limit and autoreset included: the environment's own fast form if it has one, else
 * single environments lifted by `vectorize`. On several threads the numbers are the same:
 * `makeVectorEnv('HalfCheetah-v5', 32, { ...nodePlatform, threads: 2 })`. `close`, or `await using`, ends the threads. Throws CohortError for an unknown
 * id or option, or a bad `numEnvs`.
 */
export async function makeVectorEnv(
  id: string,
  numEnvs: number,
  { registry = standardRegistry(), ...settings }: MakeVectorEnvSettings = {},
): Promise<VectorEnv & Releasable> {
  return makeVectorEnvOf(registry, id, numEnvs, settings);
}
