/**
 * Matrices of runs in Node: results in a folder, every run in a process of its own.
 */
import { availableParallelism } from 'node:os';
import { behaviorOf } from '../api/behavior.ts';
import { type RunMatrixOptions, resolveRun, runMatrix as runMatrixWith } from '../api/experiments.ts';
import { resultOfRun } from '../experiments/fromRun.ts';
import type { Matrix, MatrixInput } from '../experiments/matrix.ts';
import { cellsWithOriginals } from '../experiments/originals.ts';
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
 * core). Throws `CohortError` for a matrix that is wrong, before anything runs; a run that fails is in the outcome.
 *
 *     await runMatrix({ settings: { env: 'CartPole-v1' }, axes: { learningRate: [1e-4, 1e-3] }, seeds: 3 }, { directory: 'results/rates' })
 */
export function runMatrix(matrix: MatrixInput | Matrix, options: RunMatrixOptions): Promise<MatrixOutcome> {
  const { context } = cohort;
  const platform = {
    home: nodeHome,
    executor: processExecutor(context.modules.urls),
    machine: machineName(),
    openModel: cohort.openModel,
    openTokenizer: cohort.openTokenizer,
  };
  return runMatrixWith(context, platform, matrix, { jobs: availableParallelism(), ...options });
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
