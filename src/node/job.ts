/**
 * Jobs with this process's library: in the main thread, in a thread of their own, or in a process of their own.
 */
import { runJob as runJobWith } from '../api/jobs.ts';
import { packError } from '../core/packedError.ts';
import { picturesOfEvent } from '../run/completionPictures.ts';
import type { Job, JobOptions } from '../run/job.ts';
import type { RunSummary } from '../run/summary.ts';
import type { JobMessage } from './jobProtocol.ts';
import { cohort } from './library.ts';

/** Runs a job in this thread, to its end. Throws what the run throws. */
export function runJob(job: Job, options: JobOptions = {}): Promise<RunSummary> {
  return runJobWith(job, cohort, options);
}

/** Runs a job for another thread or process, which is told everything by messages; never rejects. */
export async function serveJob(job: Job, tell: (message: JobMessage) => void, signal?: AbortSignal): Promise<void> {
  try {
    const summary = await runJob(job, { signal, onEvent: (event) => tell({ kind: 'event', event, pictures: picturesOfEvent(event) }) });
    tell({ kind: 'done', summary });
  } catch (error) {
    tell({ kind: 'failed', error: packError(error) });
  }
}
