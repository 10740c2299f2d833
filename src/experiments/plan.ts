/**
 * What a matrix still needs: its runs, which of them are there, how long the others will take, and in which order they go.
 */
import type { RoadName } from '../run/layout.ts';
import { type RunIdentity, runIdentity } from './identity.ts';
import type { MatrixCell } from './matrix.ts';

/** One run of a matrix. */
export interface PlannedRun {
  readonly identity: string;
  readonly cell: MatrixCell;
  readonly seed: number;
  readonly road: RoadName;
  /** What it is trained with, as `train` or `trainLanguageModel` takes it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** How long it will take, in seconds; `undefined` if it was not measured. */
  readonly seconds?: number | undefined;
}

/** Fills in and checks a configuration, without running it. Throws `CohortError` for a field that is wrong. */
export type ResolveRun = (input: Readonly<Record<string, unknown>>, subject: string) => RunIdentity;

/** The first `seeds` of every cell (all if left out). Throws `CohortError` for the first cell whose fields are wrong, before anything runs. */
export function runsOf(cells: readonly MatrixCell[], resolve: ResolveRun, seeds = Number.POSITIVE_INFINITY): PlannedRun[] {
  const found = new Map<string, PlannedRun>();
  for (const cell of cells) {
    for (const seed of cell.seeds.slice(0, seeds)) {
      const input = { ...cell.input, seed };
      const run = resolve(input, `cell ${cell.name}`);
      const identity = runIdentity(run);
      // Two cells may be one and the same run; it is run once.
      if (!found.has(identity)) found.set(identity, { identity, cell, seed, road: run.road, input });
    }
  }
  return [...found.values()];
}

/** The longest first, so that no long run is left alone at the end; those of unknown length before all others. */
export function longestFirst(runs: readonly PlannedRun[]): PlannedRun[] {
  const length = ({ seconds = Number.POSITIVE_INFINITY }: PlannedRun): number => seconds;
  return [...runs].sort((a, b) => (length(a) === length(b) ? 0 : length(b) - length(a)));
}

/**
 * What fits into so many seconds of `jobs` processes: first the runs of cells that have the fewest seeds, the cheapest of them first, so that whatever
 * was reached is balanced. A run of unknown length counts as nothing.
 */
export function withinBudget(
  runs: readonly PlannedRun[],
  doneSeeds: (cell: MatrixCell) => number,
  seconds: number,
  jobs: number,
): { readonly chosen: PlannedRun[]; readonly left: PlannedRun[] } {
  const rank = new Map<string, number>();
  const taken = new Map<string, number>();
  for (const { identity, cell } of runs) {
    const seeds = taken.get(cell.name) ?? doneSeeds(cell);
    rank.set(identity, seeds);
    taken.set(cell.name, seeds + 1);
  }
  const length = (run: PlannedRun): number => run.seconds ?? 0;
  const sorted = [...runs].sort((a, b) => rank.get(a.identity)! - rank.get(b.identity)! || length(a) - length(b));
  const chosen: PlannedRun[] = [];
  let budget = seconds * jobs;
  for (const run of sorted) {
    // A run longer than the budget itself would not end within it, however many processes there are.
    if (length(run) > budget || length(run) > seconds) continue;
    chosen.push(run);
    budget -= length(run);
  }
  return { chosen, left: sorted.filter((run) => !chosen.includes(run)) };
}

/** Seconds until the last of these runs ends, started in their order on `jobs` processes; `undefined` where a length is not known. */
export function makespan(runs: readonly Pick<PlannedRun, 'seconds'>[], jobs: number): number | undefined {
  const free = new Array<number>(Math.max(1, jobs)).fill(0);
  for (const { seconds } of runs) {
    if (seconds === undefined) return undefined;
    const lane = free.indexOf(Math.min(...free));
    free[lane] = free[lane]! + seconds;
  }
  return Math.max(...free);
}
