/**
 * The rooms put together for one platform. This folder knows every room; no room knows it.
 */
import { allAlgorithms } from '../algorithms/index.ts';
import type { Platform } from '../core/platform.ts';
import type { RunHome } from '../run/home.ts';
import type { JobThreads } from '../run/job.ts';
import type { Cohort } from './cohort.ts';
import { createContext, type LibraryContext, type LibraryOptions } from './context.ts';
import { createEnvironmentRoad, type EnvironmentRoad } from './environments.ts';
import { createLanguageRoad, type LanguageRoad } from './languageModels.ts';
import { createPolicies, type Policies } from './policies.ts';
import { createRoads, createSeedsOf, type Roads } from './roads.ts';
import type { Seeds } from './seeds.ts';

/** The rooms of the library on one platform. Each is a value of its own, so that a bundler leaves out those that a program does not enter. */
export interface CohortRooms {
  readonly context: LibraryContext;
  readonly policies: Policies;
  readonly environments: EnvironmentRoad;
  readonly languageModels: LanguageRoad;
  readonly roads: Roads;
  readonly seeds: Seeds;
}

/** The rooms as one object. */
export function cohortOf({ context, policies, environments, languageModels, roads, seeds }: CohortRooms): Cohort {
  return {
    context,
    ...roads,
    train: environments.train,
    openShardRunner: environments.openShardRunner,
    trainLanguageModel: languageModels.train,
    trainSeeds: (config, list, given = {}) => seeds.train(config, list, given),
    resumeSeeds: (directory, given = {}) => seeds.resume(directory, { ...given }),
    openModel: languageModels.openModel,
    openTokenizer: languageModels.openTokenizer,
    openServedModel: languageModels.openServedModel,
    loadLanguageModel: languageModels.load,
    loadPolicy: policies.loadPolicy,
    readPolicy: policies.readPolicy,
    savePolicy: policies.save,
    environmentOf: policies.environmentOf,
    createPolicy: policies.create,
    makeEnv: context.makeEnv,
    makeVectorEnv: context.makeVectorEnv,
    registerEnv: (spec) => void context.registry.register(spec),
    registerAlgorithm: (algorithm) => void context.algorithms.register(algorithm),
    useModule: (url) => context.modules.use(url),
  };
}

/**
 * Binds the library to a platform. `home` is missing where nothing can be kept; `jobThreads` where whole runs have no threads of their own, which must
 * see the same home and the standard registries.
 */
export function createCohort(platform: Platform, home?: RunHome, options: LibraryOptions = {}, jobThreads?: JobThreads): Cohort {
  const context = createContext(platform, home, { algorithms: allAlgorithms(), ...options }, jobThreads);
  const policies = createPolicies(context);
  const environments = createEnvironmentRoad(context, policies);
  const languageModels = createLanguageRoad(context);
  const roads = createRoads(context, policies, environments, languageModels);
  const seeds = createSeedsOf(context, environments, languageModels, roads);
  return cohortOf({ context, policies, environments, languageModels, roads, seeds });
}
