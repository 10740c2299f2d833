/**
 * What the main thread and the thread that trains say to each other.
 */
import type { RoadName, RunEvent, RunSummary } from '../node/toolkit.ts';
import type { FailureReport } from './failure.ts';

/** What a worker does: one seed, from the start or from its checkpoint. */
export type WorkerTask = { readonly seed: number | string; readonly runDirectory: string } & (
  | { readonly kind: 'train'; readonly road: RoadName; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'resume'; readonly stopAfter?: number; readonly threads?: number }
);

/** What a worker starts with. */
export interface WorkerStart {
  readonly task: WorkerTask;
  /** Addresses of modules to load before anything else. */
  readonly modules: readonly string[];
  /** One word; 1 asks the training to stop. Shared memory, because a loop that computes does not read messages. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** How a training ended: with its summary, or with a failure. */
export type TrainingOutcome =
  | { readonly kind: 'done'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly report: FailureReport };

/** What a worker tells. */
export type WorkerMessage = { readonly kind: 'event'; readonly event: RunEvent } | TrainingOutcome;
