/**
 * A task of a cluster: trains one run of an exported plan in this process, and keeps its result in a file of its own.
 */
import { rm } from 'node:fs/promises';
import { behaviorOf } from '../api/behavior.ts';
import { resolveRun } from '../api/experiments.ts';
import { localExecutor } from '../api/localExecutor.ts';
import { openNamed } from '../api/models.ts';
import { failure, mistake, show } from '../core/errors.ts';
import { readPlan, runOfPlan } from '../experiments/clusters/plan.ts';
import { forget, takeOver } from '../experiments/clusters/takeOver.ts';
import { resultOfRun } from '../experiments/fromRun.ts';
import type { PlannedRun } from '../experiments/plan.ts';
import type { RunResult } from '../experiments/result.ts';
import { runningFolder } from '../experiments/runner.ts';
import { addPart, openResults } from '../experiments/store.ts';
import type { RunEvent } from '../run/events.ts';
import { runFiles } from '../run/layout.ts';
import { readSummary } from '../run/storedRun.ts';
import { explainFileError, readPlain } from './files.ts';
import { cohort } from './library.ts';
import { machineName } from './processExecutor.ts';
import { nodeHome } from './storage.ts';

/** What a task is told. */
export interface TaskOptions {
  /** The file of the plan. */
  readonly plan: string;
  /** The number of its run, from 0. */
  readonly index: number;
  /** The folder of the results, which all tasks share. */
  readonly results: string;
  /** What the scheduler calls all attempts at this task, of which it lets one live at a time; see src/experiments/clusters/takeOver.ts. */
  readonly job?: string | undefined;
  readonly signal: AbortSignal;
  /** Called when it is known what runs. */
  onStart(run: PlannedRun, runs: number): void;
  onEvent(event: RunEvent): void;
}

/** How a task ended: `there` where the run had its result before. */
export type TaskOutcome =
  | { readonly status: 'done'; readonly result: RunResult }
  | { readonly status: 'there' }
  | { readonly status: 'interrupted' };

/**
 * Trains the run, from its checkpoint where there is one. A signal ends it after its iteration, however long that is, with a checkpoint. Throws `CohortError`
 * for a plan that is none or was changed, a run that another process trains, and what the run throws.
 */
export async function runTask({ plan: path, index, results: directory, job, signal, onStart, onEvent }: TaskOptions): Promise<TaskOutcome> {
  if (job !== undefined && !/^[\w.:-]{1,200}$/.test(job)) {
    throw mistake('--job', 'letters, digits and . : _ -', show(job), 'write what the scheduler calls the job');
  }
  const bytes = await readPlain(path).catch((error: unknown) => {
    throw explainFileError(error, path);
  });
  const plan = readPlan(new TextDecoder().decode(bytes), path);
  const { context } = cohort;
  // What its run is is known only when its model is.
  await openNamed(plan.runs[index]?.input ?? {}, cohort);
  const run = runOfPlan(plan, index, (input, subject) => resolveRun(context, input, subject), path);
  const results = nodeHome.open(directory);
  const { results: there } = await openResults(results);
  onStart(run, plan.runs.length);
  if (there.has(run.identity)) return { status: 'there' };
  const runDirectory = `${directory}/${runningFolder}/${run.identity.slice(0, 16)}`;
  const storage = nodeHome.open(runDirectory);
  await takeOver(results, storage, run.identity, job, nodeHome.host);
  const before = await readSummary(storage);
  // One that died between its end and its result has nothing left to train.
  if (!before || before.status === 'interrupted') {
    await localExecutor(cohort).train(run, runDirectory, { signal, onEvent });
    if (signal.aborted) return { status: 'interrupted' };
  }
  const { name: cell, progressBudget } = run.cell;
  const result = await resultOfRun(storage, {
    behaviorOf: (stored) => behaviorOf(context, stored),
    machine: machineName(),
    cell,
    progressBudget,
  });
  if (result.identity !== run.identity) {
    const got = 'another configuration';
    throw failure(storage.locate(runFiles.config), 'the run that was planned for this folder', got, 'delete the folder and run again');
  }
  await addPart(results, result);
  await rm(runDirectory, { recursive: true, force: true });
  await forget(results, run.identity);
  return { status: 'done', result };
}
