/**
 * Waiting for what happens to jobs: told by the server, and looked at again now and then, because what is told while the server is away is lost.
 */
import type { QueueEvents } from 'bullmq';
import { whenAborted } from '../../core/aborted.ts';

/** One who waits for a job. */
export interface Listener {
  /** Fulfilled when something has happened to the job since the last call, at the latest after the usual time, or when the signal aborts. */
  next(): Promise<void>;
  end(): void;
}

/** Gives listeners to the ends of jobs (completed, failed, removed), who look again after so many milliseconds. */
export function listening(events: QueueEvents, milliseconds: number): (job: string, signal?: AbortSignal) => Listener {
  const listeners = new Map<string, Set<() => void>>();
  const tell = ({ jobId }: { readonly jobId: string }): void => listeners.get(jobId)?.forEach((hear) => void hear());
  events.on('completed', tell);
  events.on('failed', tell);
  events.on('removed', tell);
  return (job, signal) => {
    let hasHeard = false;
    let wake = (): void => {};
    const hear = (): void => {
      hasHeard = true;
      wake();
    };
    listeners.set(job, (listeners.get(job) ?? new Set()).add(hear));
    const forget = whenAborted(signal, hear);
    return {
      async next() {
        if (!hasHeard) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, milliseconds);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        hasHeard = false;
      },
      end() {
        listeners.get(job)?.delete(hear);
        if (listeners.get(job)?.size === 0) listeners.delete(job);
        forget();
      },
    };
  };
}
