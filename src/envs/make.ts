/** Environments by id. */
import { type Releasable, releasable } from '../core/disposal.ts';
import type { VectorEnv } from '../core/env.ts';
import type { Platform } from '../core/platform.ts';
import { makeHere } from './makeHere.ts';
import type { EnvOf, EnvOptions, EnvRegistry, EnvSpec, EnvTypes } from './spec.ts';
import { standardRegistry } from './standardRegistry.ts';
import { ThreadedVectorEnv } from './threads/threadedVector.ts';
import { checkNumEnvs } from './vectorBuffers.ts';

/**
 * One environment, time limit included. `options` are the environment's own, and `maxEpisodeSteps`. The types of action and observation are
 * those of {@link EnvTypes}; ids beyond the built-in ones come from `registry`. Throws CohortError for an unknown id or option.
 */
export async function makeEnv<Id extends keyof EnvTypes | (string & {})>(
  id: Id,
  options?: EnvOptions,
  registry: EnvRegistry = standardRegistry(),
): Promise<EnvOf<Id>> {
  return (await registry.get(id).make(options)) as EnvOf<Id>;
}

/** How {@link makeVectorEnv} makes environments. */
export interface VectorEnvSettings extends Pick<Platform, 'spawnEnvWorker'> {
  /** The environment's own options, and `maxEpisodeSteps`. */
  readonly options?: EnvOptions;
  /** Threads, the calling one included. Default 1. More are used if the steps are worth it and the platform has `spawnEnvWorker`. */
  readonly threads?: number;
  /** Where ids are looked up. Default: the built-in environments. */
  readonly registry?: EnvRegistry;
  /** Addresses of the modules that registered custom environments, for the threads to import; see {@link applyModule}. */
  readonly modules?: readonly string[];
}

/**
 * `numEnvs` environments over typed arrays, time limit and autoreset included: the environment's own fast form if it has one, else
 * single environments lifted by `vectorize`. On several threads the numbers are the same:
 * `makeVectorEnv('HalfCheetah-v5', 32, { ...nodePlatform, threads: 2 })`. `close`, or `await using`, ends the threads. Throws CohortError for an unknown
 * id or option, or a bad `numEnvs`.
 */
export async function makeVectorEnv(id: string, numEnvs: number, settings: VectorEnvSettings = {}): Promise<VectorEnv & Releasable> {
  const { options, registry = standardRegistry(), modules = [], spawnEnvWorker: spawn } = settings;
  const spec = registry.get(id);
  checkNumEnvs(numEnvs);
  const threads = Math.min(settings.threads ?? 1, numEnvs);
  if (threads < 2 || !spawn || !spec.worthThreads || !isKnownToThreads(spec, modules))
    return releasable(await makeHere(spec, numEnvs, options));
  const own = await makeHere(spec, Math.floor(numEnvs / threads), options);
  try {
    return await ThreadedVectorEnv.start(own, { id, options, modules, numEnvs, threads, spawn });
  } catch {
    // A thread that cannot start (a bundle without the worker's file, a package that workers do not find) costs speed, nothing else.
    own.close();
    return releasable(await makeHere(spec, numEnvs, options));
  }
}

/** Whether a thread that looks up the id finds this very environment: a built-in one, or one of a module that it imports. */
function isKnownToThreads(spec: EnvSpec, modules: readonly string[]): boolean {
  const builtIn = standardRegistry().find(spec.id);
  return builtIn ? builtIn === spec : modules.length > 0;
}
