/** The library bound to Node: files below run folders, threads, modules of the user. */
import { createCheckedCohort } from '../api/checked.ts';
import type { Cohort } from '../api/cohort.ts';
import { standardRegistry } from '../envs/standardRegistry.ts';
import { findJobThreads } from './jobThread.ts';
import { nodePlatform } from './platform.ts';
import { nodeHome } from './storage.ts';

/** The one library of this process. */
export const cohort: Cohort = createCheckedCohort(nodePlatform, nodeHome, { registry: standardRegistry() }, findJobThreads());
