/**
 * The library behind checks of its arguments.
 */
import { checkOptions, checkRecord } from '../core/arguments.ts';
import type { Platform } from '../core/platform.ts';
import type { RunHome } from '../run/home.ts';
import type { JobThreads } from '../run/job.ts';
import { checkedFirst, checkedLater, checks } from './checks.ts';
import type { Cohort } from './cohort.ts';
import type { LibraryOptions } from './context.ts';
import { createCohort } from './createCohort.ts';

/** The same library; every call is checked first. */
function checked(cohort: Cohort): Cohort {
  return {
    context: cohort.context,
    train: checkedFirst(checks.train, cohort.train),
    trainLanguageModel: checkedFirst(checks.trainLanguageModel, cohort.trainLanguageModel),
    resume: checkedLater(checks.resume, cohort.resume),
    trainSeeds: checkedLater(checks.trainSeeds, cohort.trainSeeds),
    resumeSeeds: checkedLater(checks.resumeSeeds, cohort.resumeSeeds),
    evaluate: checkedLater(checks.evaluate, cohort.evaluate),
    load: checkedLater(checks.load, cohort.load),
    loadLanguageModel: checkedLater(checks.loadLanguageModel, cohort.loadLanguageModel),
    loadPolicy: checkedLater(checks.loadPolicy, cohort.loadPolicy),
    readPolicy: checkedLater(checks.readPolicy, cohort.readPolicy),
    savePolicy: checkedLater(checks.savePolicy, cohort.savePolicy),
    environmentOf: checkedLater(checks.environmentOf, cohort.environmentOf),
    createPolicy: checkedLater(checks.createPolicy, cohort.createPolicy),
    loadPlayer: checkedLater(checks.loadPlayer, cohort.loadPlayer),
    makeEnv: checkedLater(checks.makeEnv, cohort.makeEnv) as Cohort['makeEnv'],
    makeVectorEnv: checkedLater(checks.makeVectorEnv, cohort.makeVectorEnv),
    registerEnv: checkedFirst(checks.registerEnv, cohort.registerEnv),
    registerAlgorithm: checkedFirst(checks.registerAlgorithm, cohort.registerAlgorithm),
    useModule: checkedLater(checks.useModule, cohort.useModule),
  };
}

/**
 * Binds the library to a platform. `home` is missing where nothing can be kept; `jobThreads` where whole runs have no threads of their own, which must
 * see the same home and the standard registries.
 */
export function createCheckedCohort(platform: Platform, home?: RunHome, options: LibraryOptions = {}, jobThreads?: JobThreads): Cohort {
  checkRecord(platform, 'createCohort', 'a platform', 'pass nodePlatform, or what your platform brings');
  checkOptions(options, 'createCohort');
  return checked(createCohort(platform, home, options, jobThreads));
}
