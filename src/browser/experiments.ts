/**
 * Matrices of runs in a page: one run after the other, results in the files of the origin.
 */
import { type RunMatrixOptions, runMatrix as runMatrixWith } from '../api/experiments.ts';
import { localExecutor } from '../api/localExecutor.ts';
import type { Matrix, MatrixInput } from '../experiments/matrix.ts';
import type { MatrixOutcome } from '../experiments/runner.ts';
import { cohort } from './library.ts';

/**
 * Runs what a matrix still needs, one run after the other, and keeps one line of results per run in `directory`, a folder of the origin's files. Runs that
 * are there are not run again; what was interrupted goes on from its checkpoint the next time. Throws `CohortError` for a matrix that is wrong, before
 * anything runs; a run that fails is in the outcome.
 */
export function runMatrix(matrix: MatrixInput | Matrix, options: RunMatrixOptions): Promise<MatrixOutcome> {
  const machine = `${navigator.userAgent}, ${navigator.hardwareConcurrency} cores`;
  const platform = {
    home: cohort.context.homeOf(),
    executor: localExecutor(cohort),
    machine,
    openModel: cohort.openModel,
    openTokenizer: cohort.openTokenizer,
  };
  return runMatrixWith(cohort.context, platform, matrix, options);
}
