/**
 * The library behind checks of its arguments.
 */
import { checkOptions, checkRecord } from '../core/arguments.ts';
import type { Platform } from '../core/platform.ts';
import type { RunHome } from '../run/home.ts';
import type { JobThreads } from '../run/job.ts';
import { checkedFirst, checkedLater } from './checks.ts';
import type { Cohort } from './cohort.ts';
import type { LibraryOptions } from './context.ts';
import { createCohort } from './createCohort.ts';

/** The same library; every call is checked first. */
function checked(cohort: Cohort): Cohort {
  return {
    context: cohort.context,
    train: checkedFirst('train', cohort.train),
    openShardRunner: checkedLater('openShardRunner', cohort.openShardRunner),
    trainLanguageModel: checkedFirst('trainLanguageModel', cohort.trainLanguageModel),
    resume: checkedLater('resume', cohort.resume),
    trainSeeds: checkedLater('trainSeeds', cohort.trainSeeds),
    resumeSeeds: checkedLater('resumeSeeds', cohort.resumeSeeds),
    evaluate: checkedLater('evaluate', cohort.evaluate),
    load: checkedLater('load', cohort.load),
    openModel: checkedLater('openModel', cohort.openModel),
    openTokenizer: checkedLater('openTokenizer', cohort.openTokenizer),
    openServedModel: checkedLater('openServedModel', cohort.openServedModel),
    loadLanguageModel: checkedLater('loadLanguageModel', cohort.loadLanguageModel),
    loadPolicy: checkedLater('loadPolicy', cohort.loadPolicy),
    readPolicy: checkedLater('readPolicy', cohort.readPolicy),
    savePolicy: checkedLater('savePolicy', cohort.savePolicy),
    environmentOf: checkedLater('environmentOf', cohort.environmentOf),
    createPolicy: checkedLater('createPolicy', cohort.createPolicy),
    loadPlayer: checkedLater('loadPlayer', cohort.loadPlayer),
    makeEnv: checkedLater('makeEnv', cohort.makeEnv),
    makeVectorEnv: checkedLater('makeVectorEnv', cohort.makeVectorEnv),
    registerEnv: checkedFirst('registerEnv', cohort.registerEnv),
    registerAlgorithm: checkedFirst('registerAlgorithm', cohort.registerAlgorithm),
    useModule: checkedLater('useModule', cohort.useModule),
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
