/** The library bound to a page or to a worker: files of the origin, threads where they are allowed. */
import { createCheckedCohort } from '../api/checked.ts';
import type { Cohort } from '../api/cohort.ts';
import { browserPlatform } from './platform.ts';
import { browserHome } from './storage.ts';

/** The one library of this page or worker. */
export const cohort: Cohort = createCheckedCohort(browserPlatform, browserHome());
