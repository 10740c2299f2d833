/**
 * What is said between the program and the thread, or the process, that runs a job for it.
 */
import type { PackedError } from '../core/packedError.ts';
import type { EventPictures } from '../run/completionPictures.ts';
import type { RunEvent } from '../run/events.ts';
import type { Job } from '../run/job.ts';
import type { RunSummary } from '../run/summary.ts';

/** What a thread starts with. */
export interface JobStart {
  readonly job: Job;
}

/** What the program of the thread can be for: one job, or a run whose program asks for each iteration (src/api/workerProtocol.ts). */
export type ThreadStart = JobStart | { readonly training: true };

/** Asks a run to stop. */
export interface StopMessage {
  readonly kind: 'stop';
}

/** What a job tells: events, and last how it ended. Between processes they need structured clones: JSON has no NaN. */
export type JobMessage =
  | { readonly kind: 'event'; readonly event: RunEvent; readonly pictures?: EventPictures | undefined }
  | { readonly kind: 'done'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly error: PackedError };
