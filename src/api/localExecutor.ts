/**
 * Runs of a matrix where the caller itself runs, one after the other: what a page has.
 */
import type { PlannedRun } from '../experiments/plan.ts';
import type { Executor } from '../experiments/runner.ts';
import type { Job } from '../run/job.ts';
import { runFiles } from '../run/layout.ts';
import type { Cohort } from './cohort.ts';
import { runJob } from './jobs.ts';
import { measureRun } from './measure.ts';

/** The job of a run of a matrix: from its checkpoint where it has begun. It keeps no more than its result needs. */
export function jobOf(
  { road, input }: Pick<PlannedRun, 'road' | 'input'>,
  runDirectory: string,
  begun: boolean,
  modules: readonly string[],
): Job {
  const kept = { ...(road === 'environments' && { policySnapshots: 0 }), tensorboard: false };
  // Beside the runs, which share them.
  const warmStartDirectory = `${runDirectory.slice(0, runDirectory.lastIndexOf('/'))}/warm-starts`;
  return { kind: begun ? 'resume' : 'train', road, input: begun ? {} : { ...kept, ...input }, runDirectory, warmStartDirectory, modules };
}

/** Removes the files of a run; an empty folder may stay. */
async function removeRun(cohort: Cohort, runDirectory: string): Promise<void> {
  const storage = cohort.context.homeOf().open(runDirectory);
  for (const name of await storage.list('')) await storage.remove(name);
}

/** Trains with this library, in the thread that calls it. */
export function localExecutor(cohort: Cohort): Executor {
  return {
    async train(run, runDirectory, options) {
      const begun = (await cohort.context.homeOf().open(runDirectory).size(runFiles.config)) !== undefined;
      await runJob(jobOf(run, runDirectory, begun, []), cohort, options);
      return undefined;
    },
    discard: (runDirectory) => removeRun(cohort, runDirectory),
    measure: ({ input }) => measureRun(cohort, input),
  };
}
