/** Environments by id, from a registry. */
import { type Releasable, releasable } from '../core/disposal.ts';
import type { VectorEnv } from '../core/env.ts';
import type { Platform } from '../core/platform.ts';
import { isIdOfThePackage, isOfThePackage } from './family.ts';
import { makeHere } from './makeHere.ts';
import type { EnvOf, EnvOptions, EnvRegistry, EnvSpec, EnvTypes } from './spec.ts';
import { ThreadedVectorEnv } from './threads/threadedVector.ts';
import { checkNumEnvs } from './vectorBuffers.ts';

/** One environment of the registry, time limit included. Rejects with CohortError for an unknown id or option. */
export async function makeEnvOf<Id extends keyof EnvTypes | (string & {})>(
  registry: EnvRegistry,
  id: Id,
  options?: EnvOptions,
): Promise<EnvOf<Id>> {
  return (await (await registry.load(id)).make(options)) as EnvOf<Id>;
}

/** How `makeVectorEnv` makes environments. */
export interface VectorEnvSettings extends Pick<Platform, 'spawnEnvWorker'> {
  /** The environment's own options, and `maxEpisodeSteps`. */
  readonly options?: EnvOptions;
  /** Threads, the calling one included. Default 1. More are used if the steps are worth it and the platform has `spawnEnvWorker`. */
  readonly threads?: number;
  /** Addresses of the modules that registered custom environments, for the threads to import; see {@link applyModule}. */
  readonly modules?: readonly string[];
}

/** `numEnvs` environments of the registry over typed arrays; see `makeVectorEnv`. */
export async function makeVectorEnvOf(
  registry: EnvRegistry,
  id: string,
  numEnvs: number,
  settings: VectorEnvSettings = {},
): Promise<VectorEnv & Releasable> {
  const { options, modules = [], spawnEnvWorker: spawn } = settings;
  const spec = await registry.load(id);
  checkNumEnvs(numEnvs);
  const threads = Math.min(settings.threads ?? 1, numEnvs);
  if (threads < 2 || !spawn || !spec.worthThreads || !isKnownToThreads(spec, modules))
    return releasable(await makeHere(spec, numEnvs, options));
  const own = await makeHere(spec, Math.floor(numEnvs / threads), options);
  try {
    return await ThreadedVectorEnv.start(own, { id, options, modules, numEnvs, threads, spawn: () => spawn(spec.needs) });
  } catch {
    // A thread that cannot start (a bundle without the worker's file, a package that workers do not find) costs speed, nothing else.
    own.close();
    return releasable(await makeHere(spec, numEnvs, options));
  }
}

/** Whether a thread that looks up the id finds this very environment: a built-in one, or one of a module that it imports. */
function isKnownToThreads(spec: EnvSpec, modules: readonly string[]): boolean {
  return isIdOfThePackage(spec.id) ? isOfThePackage(spec) : modules.length > 0;
}
