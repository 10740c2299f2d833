/**
 * A run of either road before it goes on.
 */
import { mistake, show } from '../core/errors.ts';
import { readCounters } from '../run/checkpoint.ts';
import { type RunDescription, readRun } from '../run/storedRun.ts';
import type { ResumeOptions } from './cohort.ts';
import type { LibraryContext } from './context.ts';

/** What a run that goes on was, and what its configuration is to change. Throws `CohortError` for a damaged folder, a missing module, too few iterations. */
export async function readForResume(
  { homeOf, modules }: Pick<LibraryContext, 'homeOf' | 'modules'>,
  directory: string,
  { iterations, stopAfter, threads }: Pick<ResumeOptions, 'iterations' | 'stopAfter' | 'threads'>,
): Promise<{
  readonly description: RunDescription;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly hasCheckpoint: boolean;
}> {
  // All of it, so that what is damaged is told before anything begins.
  const { description, checkpoint } = await readRun(homeOf().open(directory));
  modules.check(description, directory);
  const { iteration: done } = checkpoint ? readCounters(checkpoint, ['iteration']) : { iteration: 0 };
  if (iterations !== undefined && iterations < done) {
    const expected = `at least the ${done} that the run has behind it`;
    throw mistake('resume: iterations', expected, show(iterations), 'give more, or leave it out');
  }
  return {
    description,
    hasCheckpoint: checkpoint !== undefined,
    changes: { stopAfter, ...(iterations !== undefined && { iterations }), ...(threads !== undefined && { threads }) },
  };
}
