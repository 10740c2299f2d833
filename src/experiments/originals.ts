/**
 * Runs of other packages beside ours: cells that nothing here runs, read from the same files of results.
 */
import { withEqualProgress } from './equalProgress.ts';
import type { Matrix } from './matrix.ts';
import type { ResolveRun } from './plan.ts';
import type { Cell, RunResult } from './result.ts';
import { cellsToRun, resultsOf } from './runner.ts';

const bySeed = (a: RunResult, b: RunResult): number => Number(a.seed) - Number(b.seed);

/**
 * The cells of a matrix with the runs that are there, in the order of the matrix, each cell with a progress budget followed by the one at equal progress;
 * those of other packages (`originals`) come last, by rising seed, however many seeds there are. A cell without runs is kept, empty. An original takes the
 * runs of its source whose target and method are its own, or, where it names none, any that the matrix has. Throws `CohortError` for fields of the
 * matrix that are wrong.
 */
export function cellsWithOriginals(matrix: Matrix, results: readonly RunResult[], resolve: ResolveRun): Cell[] {
  const cells = cellsToRun(matrix);
  const byIdentity = new Map(results.map((result) => [result.identity, result]));
  const own = withEqualProgress(cells, resultsOf(cells, resolve, byIdentity), resolve, byIdentity);
  const configs = cells.map(({ name, input, seeds }) => resolve({ ...input, seed: seeds[0] ?? 1 }, `cell ${name}`).config);
  const targets = new Set(configs.map((config) => config.env ?? config.task));
  const methods = new Set(configs.map((config) => config.algorithm ?? config.estimator));
  const originals = Object.entries(matrix.originals).map(([name, { source, target, method }]): Cell => {
    const fits = (run: RunResult): boolean =>
      run.source === source &&
      (target === undefined ? targets.has(run.target) : run.target === target) &&
      (method === undefined ? methods.has(run.method) : run.method === method);
    const runs = results.filter(fits).sort(bySeed);
    return { name, runs: runs.map((run) => ({ ...run, cell: name })) };
  });
  return [...own, ...originals];
}
