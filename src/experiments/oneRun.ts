/**
 * One run of a matrix, trained to its end by whatever trains here, as one line of results. The runner does so with many, a task of a cluster with one.
 */
import { CohortError, failure, locked } from '../core/errors.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunHome } from '../run/home.ts';
import { runFiles } from '../run/layout.ts';
import { readSummary } from '../run/storedRun.ts';
import { type RunContext, resultOfRun } from './fromRun.ts';
import type { PlannedRun } from './plan.ts';
import type { RunResult } from './result.ts';

/** What trains a run: a process of its own in Node, the page itself in a browser. */
export interface Executor {
  /**
   * Trains in that folder, from its checkpoint where there is one; fulfilled when the run has ended or was interrupted by the signal. Rejects with a
   * `CohortError` for a run that failed, and with {@link ProcessGone} where only its process died.
   */
  train(run: PlannedRun, runDirectory: string, listener: { readonly signal: AbortSignal; onEvent(event: RunEvent): void }): Promise<void>;
  /** Removes the folder of a run whose result is kept. */
  discard(runDirectory: string): Promise<void>;
  /** Seconds that a run will take, from a short measurement, which the signal ends; missing, or `undefined`, where none can be made. */
  measure?(run: PlannedRun, signal?: AbortSignal): Promise<number | undefined>;
  /** Waits so long; missing where nothing else runs that could be waited for. */
  wait?(milliseconds: number): Promise<void>;
}

/** Thrown by an {@link Executor} whose process died: the run goes on from its checkpoint in another. */
export class ProcessGone extends Error {}

/** Folder of the runs that are not over, and of the lock, inside the folder of results. */
export const runningFolder = 'running';
// A process that is killed again and again is not worth another try.
const maxDeaths = 3;
// The process of a runner that was killed needs a moment to notice: it ends after its iteration, with a checkpoint.
const [lockWaits, lockMilliseconds] = [120, 500];

const isLocked = (error: unknown): boolean => error instanceof CohortError && error.parts.code === locked;

/** The folder of a run that is not over, inside the folder of results. */
export function runDirectoryOf(directory: string, { identity }: Pick<PlannedRun, 'identity'>): string {
  return `${directory}/${runningFolder}/${identity.slice(0, 16)}`;
}

/** How one run is trained. */
export interface OneRunOptions {
  readonly home: RunHome;
  readonly executor: Executor;
  readonly behaviorOf: RunContext['behaviorOf'];
  /** Processor and number of cores, for the results. */
  readonly machine: string;
  readonly runDirectory: string;
  readonly signal?: AbortSignal | undefined;
  onEvent(event: RunEvent): void;
}

/**
 * Trains a run to its end, from its checkpoint where there is one, and gives its result; `undefined` where the signal came first. Throws what the run
 * throws, and `CohortError` for a folder that holds another run.
 */
export async function trainToEnd(run: PlannedRun, options: OneRunOptions): Promise<RunResult | undefined> {
  const { home, executor, behaviorOf, machine, runDirectory, onEvent } = options;
  const storage = home.open(runDirectory);
  const { signal = new AbortController().signal } = options;
  let [deaths, waits] = [0, 0];
  for (;;) {
    const summary = await readSummary(storage);
    if (summary && summary.status !== 'interrupted') break;
    try {
      await executor.train(run, runDirectory, { signal, onEvent });
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ProcessGone && ++deaths < maxDeaths) continue;
      if (!isLocked(error) || !executor.wait || ++waits > lockWaits) throw error;
      await executor.wait(lockMilliseconds);
    }
    if (signal.aborted) return undefined;
  }
  const result = await resultOfRun(storage, { behaviorOf, machine, cell: run.cell.name, progressBudget: run.cell.progressBudget });
  if (result.identity !== run.identity) {
    const got = 'another configuration';
    throw failure(storage.locate(runFiles.config), 'the run that was planned for this folder', got, 'delete the folder and run again');
  }
  return result;
}
