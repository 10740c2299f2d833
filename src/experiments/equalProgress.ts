/**
 * Runs at equal progress. Some methods make more progress per iteration than others: they draw prompts again, or want greedy completions. Beside the cell
 * where everybody has the same iterations, a matrix with a `progressBudget` has one where everybody has the same environment steps or completions. A run
 * within the budget counts for both. A run beyond it is run once more with only as many iterations as fit, so that its schedules end within the budget as
 * everybody's do; where that run spends more per iteration than the first did, it is run again and stopped at its last iteration within the budget.
 */
import type { MatrixCell } from './matrix.ts';
import { type PlannedRun, type ResolveRun, runsOf } from './plan.ts';
import type { Cell, RunResult } from './result.ts';

type Results = ReadonlyMap<string, RunResult>;

/** `dapo, at equal progress`: the name of the cell whose runs are all within the budget. */
export function equalProgressName(name: string): string {
  return `${name}, at equal progress`;
}

/**
 * The last iteration of a run within so many steps or completions; 0 where none is. Kept with the run if its matrix had this budget; otherwise from its
 * progress per iteration if that is the same all the way, or else from its last evaluation within the budget, which may be some iterations before it.
 */
export function iterationsWithin({ iterations, progress, withinBudget, evaluations }: RunResult, budget: number): number {
  if (progress.count <= budget) return iterations;
  if (withinBudget?.progress === budget) return withinBudget.iterations;
  const each = progress.count / iterations;
  const isEven = evaluations.iteration.every((iteration, index) => evaluations.progress[index] === iteration * each);
  if (isEven) return Math.floor(budget / each);
  return Math.max(0, ...evaluations.iteration.filter((_, index) => evaluations.progress[index]! <= budget));
}

/** The run of a cell and seed with some fields changed, under the name of the cell at equal progress. */
function changed(cell: MatrixCell, seed: number, fields: Readonly<Record<string, unknown>>, resolve: ResolveRun): PlannedRun {
  const named = { ...cell, name: equalProgressName(cell.name) };
  const [run] = runsOf([{ ...named, seeds: [seed], input: { ...cell.input, ...fields } }], resolve);
  return { ...run!, cell: named };
}

/** The run at equal progress of one cell and seed: what has to be run for it, as far as is known, and the run itself if it is there. */
function ofSeed(
  cell: MatrixCell,
  seed: number,
  resolve: ResolveRun,
  results: Results,
): { runs: PlannedRun[]; result?: RunResult | undefined } {
  const budget = cell.progressBudget!;
  const [own] = runsOf([{ ...cell, seeds: [seed] }], resolve);
  const first = results.get(own!.identity);
  if (!first) return { runs: [] };
  if (first.progress.count <= budget) return { runs: [], result: first };
  const iterations = iterationsWithin(first, budget);
  if (iterations === 0) return { runs: [] };
  const second = changed(cell, seed, { iterations }, resolve);
  const found = results.get(second.identity);
  if (found && found.progress.count <= budget) return { runs: [second], result: found };
  if (found) {
    const stopAfter = iterationsWithin(found, budget);
    if (stopAfter === 0) return { runs: [second] };
    const third = changed(cell, seed, { iterations, stopAfter }, resolve);
    return { runs: [second, third], result: results.get(third.identity) };
  }
  // Where only the run that was stopped is kept, nothing is missing.
  for (const { identity, settings, progress } of results.values()) {
    if (settings.iterations !== iterations || typeof settings.stopAfter !== 'number' || progress.count > budget) continue;
    const stopped = changed(cell, seed, { iterations, stopAfter: settings.stopAfter }, resolve);
    if (stopped.identity === identity) return { runs: [stopped], result: results.get(identity) };
  }
  return { runs: [second] };
}

/** All runs besides their own that cells with a budget need, as far as the results say which these are. */
export function equalProgressRuns(cells: readonly MatrixCell[], resolve: ResolveRun, results: Results): PlannedRun[] {
  const budgeted = cells.filter(({ progressBudget }) => progressBudget !== undefined);
  const runs = budgeted.flatMap((cell) => cell.seeds.flatMap((seed) => ofSeed(cell, seed, resolve, results).runs));
  return [...new Map(runs.map((run) => [run.identity, run])).values()];
}

/** Puts behind every cell with a budget the one at equal progress. `found` are the cells of the matrix with their runs, in the same order. */
export function withEqualProgress(cells: readonly MatrixCell[], found: readonly Cell[], resolve: ResolveRun, results: Results): Cell[] {
  return cells.flatMap((cell, index) => {
    const own = found[index] ?? { name: cell.name, runs: [] };
    if (cell.progressBudget === undefined) return [own];
    const name = equalProgressName(cell.name);
    const runs = cell.seeds.flatMap((seed) => ofSeed(cell, seed, resolve, results).result ?? []);
    return [own, { name, runs: runs.map((run) => ({ ...run, cell: name })) }];
  });
}

/** What {@link runAtEqualProgress} works with. */
export interface EqualProgressOptions {
  readonly cells: readonly MatrixCell[];
  readonly resolve: ResolveRun;
  /** The results as they grow. */
  readonly results: Results;
  /** Whether only to run what is known to be needed at the beginning. */
  readonly once: boolean;
  /** Runs what is missing of these. */
  run(wanted: readonly PlannedRun[]): Promise<unknown>;
}

/** Runs the runs of the cells, then what equal progress needs beside them; gives what is still missing. */
export async function runAtEqualProgress(own: readonly PlannedRun[], options: EqualProgressOptions): Promise<PlannedRun[]> {
  const { cells, resolve, results, once, run } = options;
  const wanted = (): PlannedRun[] => [...own, ...equalProgressRuns(cells, resolve, results)];
  let next = wanted();
  const asked = new Set<string>();
  do {
    await run(next);
    for (const { identity } of next) asked.add(identity);
    next = wanted().filter(({ identity }) => !results.has(identity) && !asked.has(identity));
  } while (next.length > 0 && !once);
  return wanted().filter(({ identity }) => !results.has(identity));
}
