/**
 * Matrices of runs in Node: results in a folder, every run in a process of its own.
 */
import { availableParallelism } from 'node:os';
import { behaviorOf } from '../api/behavior.ts';
import { type RunMatrixOptions, resolveRun, runMatrix as runMatrixWith } from '../api/experiments.ts';
import { checkText } from '../core/arguments.ts';
import { resultOfRun } from '../experiments/fromRun.ts';
import type { Matrix, MatrixInput } from '../experiments/matrix.ts';
import { cellsWithOriginals } from '../experiments/originals.ts';
import type { PlannedRun } from '../experiments/plan.ts';
import type { Cell, RunResult } from '../experiments/result.ts';
import type { MatrixOutcome } from '../experiments/runner.ts';
import { openResults } from '../experiments/store.ts';
import { type ReproductionResults, sortResults } from '../reproduction/results.ts';
import { cohort } from './library.ts';
import { machineName, processExecutor } from './processExecutor.ts';
import { nodeHome } from './storage.ts';

/**
 * Runs what a matrix still needs, whole runs side by side in processes of their own, and keeps one line of results per run in `directory`. Runs that are
 * there are not run again; what was interrupted or killed goes on from its checkpoint the next time. `jobs` is the number of processes (default: one per
 * core). With a `queue` they run on whatever workers listen there. Throws `CohortError` for a matrix that is wrong, before anything runs, and for a server
 * that cannot be used; a run that fails is in the outcome.
 *
 *     await runMatrix({ settings: { env: 'CartPole-v1' }, axes: { learningRate: [1e-4, 1e-3] }, seeds: 3 }, { directory: 'results/rates' })
 */
export async function runMatrix(matrix: MatrixInput | Matrix, options: RunMatrixOptions & QueueOptions): Promise<MatrixOutcome> {
  const { context } = cohort;
  // Whatever a caller passes: it is checked with the rest.
  const { queue, sharedFolder, ...rest } = { ...options };
  const platform = { home: nodeHome, machine: machineName(), openModel: cohort.openModel, openTokenizer: cohort.openTokenizer };
  const { urls } = context.modules;
  const address = 'the address of a Redis or Valkey server';
  if (queue !== undefined) checkText(queue, 'runMatrix: queue', address, 'write for example redis://localhost:6379');
  if (sharedFolder !== undefined)
    checkText(sharedFolder, 'runMatrix: sharedFolder', 'the name of a folder', 'leave it out if there is none');
  if (queue === undefined || rest.dryRun) {
    return runMatrixWith(context, { ...platform, executor: processExecutor(urls) }, matrix, { jobs: availableParallelism(), ...rest });
  }
  // Loaded late: most programs have no queue.
  const { openBroker, withBroker } = await import('./queue/broker.ts');
  const { parseQueueAddress } = await import('./queue/address.ts');
  const { openSubmitter, queueExecutor } = await import('./queue/executor.ts');
  const { checkSharedFolder } = await import('./queue/worker.ts');
  if (sharedFolder !== undefined) checkSharedFolder(sharedFolder);
  const broker = await openBroker(parseQueueAddress(queue));
  const onNote = (message: string): void => rest.onEvent?.({ event: 'note', message });
  for (const warning of broker.warnings) onNote(warning);
  return withBroker(broker, async () => {
    const submitter = await openSubmitter({ broker, sharedFolder, onNote });
    try {
      return await runMatrixWith(context, { ...platform, executor: queueExecutor(submitter) }, matrix, rest);
    } finally {
      await submitter.close();
    }
  });
}

/** Runs of a matrix on other machines. */
export interface QueueOptions {
  /** Address of a Redis or Valkey server, `redis://host:6379`: runs go to the workers that listen there (`cohort-rl worker`), however many there are. */
  readonly queue?: string | undefined;
  /** With `queue`: a folder that this machine and all workers share; without it the files of runs travel through the server. */
  readonly sharedFolder?: string | undefined;
}

/**
 * The runs that a matrix still needs and that can be known now: of a search that halves its settings, those of the round that is not done. Trains and
 * measures nothing. Throws `CohortError` for a matrix that is wrong.
 */
export async function missingRuns(matrix: Matrix, directory: string): Promise<readonly PlannedRun[]> {
  const { context } = cohort;
  const { train, discard } = processExecutor();
  const platform = {
    home: nodeHome,
    executor: { train, discard },
    machine: machineName(),
    openModel: cohort.openModel,
    openTokenizer: cohort.openTokenizer,
  };
  return (await runMatrixWith(context, platform, matrix, { directory, dryRun: true })).missing;
}

/** The result of a run folder. Throws `CohortError` for a folder that holds no run, or one that has not ended. */
export function readResult(runDirectory: string): Promise<RunResult> {
  const { context } = cohort;
  return resultOfRun(nodeHome.open(runDirectory), { behaviorOf: (stored) => behaviorOf(context, stored), machine: machineName() });
}

/** The results of a folder, sorted into the cells of the paper's table and figures. Throws `CohortError` for files that hold anything else. */
export async function readReproduction(directory: string): Promise<ReproductionResults> {
  const { context } = cohort;
  const { results } = await openResults(nodeHome.open(directory));
  return sortResults(results, (input, subject) => resolveRun(context, input, subject));
}

/** The cells of a matrix that have results in a folder, originals of other packages last. Throws `CohortError` for files that hold anything else. */
export async function readMatrixCells(matrix: Matrix, directory: string): Promise<Cell[]> {
  const { context } = cohort;
  const { results } = await openResults(nodeHome.open(directory));
  const cells = cellsWithOriginals(matrix, [...results.values()], (input, subject) => resolveRun(context, input, subject));
  return cells.filter(({ runs }) => runs.length > 0);
}
