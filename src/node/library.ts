/** The library bound to Node: files below run folders, threads, modules of the user. */
import type { Cohort } from '../api/cohort.ts';
import { createCohort } from '../api/createCohort.ts';
import { findJobThreads } from './jobThread.ts';
import { nodePlatform } from './platform.ts';
import { nodeHome } from './storage.ts';

/** The one library of this process. */
export const cohort: Cohort = createCohort(nodePlatform, nodeHome, {}, findJobThreads());
