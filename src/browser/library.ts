/**
 * The library bound to a page or to a worker: files of the origin, threads where they are allowed. Room by room, each marked as free of side effects:
 * a bundler leaves out the rooms that a program does not enter.
 */
import type { Cohort } from '../api/cohort.ts';
import { createContext, type LibraryContext } from '../api/context.ts';
import { cohortOf } from '../api/createCohort.ts';
import { createEnvironmentRoad, type EnvironmentRoad } from '../api/environments.ts';
import { createLanguageRoad, type LanguageRoad } from '../api/languageModels.ts';
import { createPolicies, type Policies } from '../api/policies.ts';
import { createRoads, createSeedsOf, type Roads } from '../api/roads.ts';
import type { Seeds } from '../api/seeds.ts';
import { browserPlatform } from './platform.ts';
import { browserHome } from './storage.ts';

/** Registries, kernels and files of this page or worker. */
export const context: LibraryContext = /* @__PURE__ */ createContext(browserPlatform, /* @__PURE__ */ browserHome(), {});
/** Policies as files and folders. */
export const policies: Policies = /* @__PURE__ */ createPolicies(context);
/** Runs on environments. */
export const environments: EnvironmentRoad = /* @__PURE__ */ createEnvironmentRoad(context, policies);
/** Runs of language models. */
export const languageModels: LanguageRoad = /* @__PURE__ */ createLanguageRoad(context);
/** Runs of either road. */
export const roads: Roads = /* @__PURE__ */ createRoads(context, policies, environments, languageModels);
/** Several seeds. */
export const seeds: Seeds = /* @__PURE__ */ createSeedsOf(context, environments, languageModels, roads);
/** All of it, as one object. */
export const cohort: Cohort = /* @__PURE__ */ cohortOf({ context, policies, environments, languageModels, roads, seeds });
