/**
 * What the main thread and the thread that trains say to each other.
 */
import type { RunEvent, RunSummary } from '../node/index.ts';
import type { FailureReport } from './failure.ts';
import type { Road } from './road.ts';

/** What a worker does: one seed, from the start or from its checkpoint. */
export type WorkerTask =
  | { readonly kind: 'train'; readonly road: Road; readonly input: Readonly<Record<string, unknown>>; readonly runDirectory: string }
  | {
      readonly kind: 'resume';
      readonly road: Road;
      readonly runDirectory: string;
      readonly stopAfter?: number;
      readonly threads?: number;
    };

/** What a worker starts with. */
export interface WorkerStart {
  readonly task: WorkerTask;
  /** One word; 1 asks the training to stop. Shared memory, because a loop that computes does not read messages. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** What a worker tells. */
export type WorkerMessage =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'done'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly report: FailureReport };
