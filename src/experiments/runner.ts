/**
 * Runs what a matrix still needs, whole runs side by side, and keeps one line of results per run. It can end at any moment: what was begun goes on from
 * its checkpoint the next time, what is there is not run again.
 */
import { CohortError, failure, locked } from '../core/errors.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunHome } from '../run/home.ts';
import { runFiles } from '../run/layout.ts';
import { acquireLock } from '../run/lock.ts';
import { readSummary } from '../run/storedRun.ts';
import { mean } from '../statistics/index.ts';
import { runAtEqualProgress, withEqualProgress } from './equalProgress.ts';
import { type RunContext, resultOfRun } from './fromRun.ts';
import { decidingSettings, runIdentity } from './identity.ts';
import { cellsOfMatrix, type Matrix, type MatrixCell } from './matrix.ts';
import { longestFirst, makespan, type PlannedRun, type ResolveRun, runsOf, withinBudget } from './plan.ts';
import { type Cell, finalScores, type RunResult } from './result.ts';
import { bestOf, drawTrials, halvingRounds } from './search.ts';
import { openResults, type ResultStore } from './store.ts';

/** What an executor tells of a run. */
export interface ExecutorListener {
  readonly signal: AbortSignal;
  onEvent(event: RunEvent): void;
  /** The run begins somewhere; only of an executor that is remote. */
  onStarted?(): void;
}

/** What trains a run: a process of its own in Node, the page itself in a browser, a worker elsewhere. */
export interface Executor {
  /**
   * Trains in that folder, from its checkpoint where there is one; fulfilled when the run has ended or was interrupted by the signal. Rejects with a
   * `CohortError` for a run that failed, and with {@link ProcessGone} where only its process died. Gives the machine that it ran on, if it was another.
   */
  train(run: PlannedRun, runDirectory: string, listener: ExecutorListener): Promise<{ readonly machine?: string | undefined } | undefined>;
  /** Whether runs go to other machines: all of them at once, and each tells when it begins. */
  readonly isRemote?: boolean;
  /** Removes the folder of a run whose result is kept. */
  discard(runDirectory: string): Promise<void>;
  /** Seconds that a run will take, from a short measurement, which the signal ends; missing, or `undefined`, where none can be made. */
  measure?(run: PlannedRun, signal?: AbortSignal): Promise<number | undefined>;
  /** Waits so long; missing where nothing else runs that could be waited for. */
  wait?(milliseconds: number): Promise<void>;
}

/** Thrown by an {@link Executor} whose process died: the run goes on from its checkpoint in another. */
export class ProcessGone extends Error {}

/** What a matrix tells while it runs. */
export type MatrixEvent =
  /** Something to know that stops nothing. */
  | { readonly event: 'note'; readonly message: string }
  /** How long each kind of run takes is being measured. */
  | { readonly event: 'measuring'; readonly done: number; readonly total: number }
  /** What is there and what will run; `seconds` is the predicted wall time of all, `left` what the budget leaves out. */
  | { readonly event: 'plan'; readonly there: number; readonly runs: number; readonly left: number; readonly seconds: number | undefined }
  | { readonly event: 'started'; readonly run: PlannedRun }
  | { readonly event: 'progress'; readonly run: PlannedRun; readonly iteration: number; readonly iterations: number }
  /** `timeLeft`: predicted seconds until all have ended, corrected by what was seen so far. */
  | {
      readonly event: 'ended';
      readonly run: PlannedRun;
      readonly result: RunResult;
      readonly done: number;
      readonly runs: number;
      readonly timeLeft: number | undefined;
    }
  | { readonly event: 'failed'; readonly run: PlannedRun; readonly error: unknown };

/** How to run a matrix. */
export interface MatrixOptions {
  /** Folder of the results; runs that are not over are kept in it, too. */
  readonly directory: string;
  readonly home: RunHome;
  readonly executor: Executor;
  readonly resolve: ResolveRun;
  readonly behaviorOf: RunContext['behaviorOf'];
  /** Processor and number of cores, for the results. */
  readonly machine: string;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** Runs side by side. Default 1. */
  readonly jobs?: number | undefined;
  /** Seconds of wall time: the most informative runs that fit are run. */
  readonly budget?: number | undefined;
  /** Plans only. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: MatrixEvent) => void) | undefined;
}

/** What came out. */
export interface MatrixOutcome {
  /** The cells of the matrix with the runs that are there, also from earlier; of a search the best first. */
  readonly cells: readonly Cell[];
  /** Runs that are still missing: left out by the budget, interrupted, or failed. */
  readonly missing: readonly PlannedRun[];
  readonly failed: readonly { readonly run: PlannedRun; readonly error: unknown }[];
  readonly interrupted: boolean;
  /** Predicted and real wall time in seconds of what was run, measurements not counted. */
  readonly predicted: number | undefined;
  readonly seconds: number;
}

/** Folder of the runs that are not over, and of the lock, inside the folder of results. */
export const runningFolder = 'running';
// As many runs of a matrix wait elsewhere at once.
const maxRemote = 10_000;
// A process that is killed again and again is not worth another try.
const maxDeaths = 3;
// The process of a runner that was killed needs a moment to notice: it ends after its iteration, with a checkpoint.
const [lockWaits, lockMilliseconds] = [120, 500];

const isLocked = (error: unknown): boolean => error instanceof CohortError && error.parts.code === locked;

/**
 * The runs of cells as results, under the present names of the cells, in the order of their seeds; with `anySeed` also runs of seeds that the matrix does
 * not name, by rising seed.
 */
export function resultsOf(
  cells: readonly MatrixCell[],
  resolve: ResolveRun,
  results: ReadonlyMap<string, RunResult>,
  options: { readonly anySeed?: boolean } = {},
): Cell[] {
  const bySettings = new Map<string, RunResult[]>();
  for (const result of results.values()) {
    const settings = JSON.stringify(result.settings);
    bySettings.set(settings, [...(bySettings.get(settings) ?? []), result]);
  }
  return cells.map((cell) => {
    const { config } = resolve({ ...cell.input, seed: cell.seeds[0] ?? 1 }, `cell ${cell.name}`);
    const alike = bySettings.get(JSON.stringify(decidingSettings(config))) ?? [];
    const identityOf = (seed: number): string => runIdentity(resolve({ ...cell.input, seed }, `cell ${cell.name}`));
    // Equal settings with another behavior number are another run.
    const own = alike.filter(
      ({ seed, identity }) => (options.anySeed || cell.seeds.includes(Number(seed))) && identity === identityOf(Number(seed)),
    );
    const place = ({ seed }: RunResult): number => (options.anySeed ? Number(seed) : cell.seeds.indexOf(Number(seed)));
    return { name: cell.name, runs: own.sort((a, b) => place(a) - place(b)).map((result) => ({ ...result, cell: cell.name })) };
  });
}

/** The cells of a matrix, those that a search draws included. Throws `CohortError`. */
export function cellsToRun(matrix: Matrix, subject?: string): MatrixCell[] {
  if (!matrix.search?.space) return cellsOfMatrix(matrix, subject);
  return cellsOfMatrix({ ...matrix, cells: { ...matrix.cells, ...drawTrials(matrix.search) } }, subject);
}

/** A queue of runs that `jobs` lanes work through. */
class Runner {
  readonly #options: MatrixOptions;
  readonly #store: ResultStore;
  readonly failed: { run: PlannedRun; error: unknown }[] = [];
  predicted: number | undefined = 0;
  /** Seconds of running, without the measurements before. */
  seconds = 0;

  constructor(options: MatrixOptions, store: ResultStore) {
    this.#options = options;
    this.#store = store;
  }

  get #jobs(): number {
    return this.#options.executor.isRemote ? maxRemote : Math.max(1, this.#options.jobs ?? 1);
  }

  /** Runs with the length of their kind: one short measurement for all runs that differ in the seed only. */
  async #measured(runs: readonly PlannedRun[]): Promise<PlannedRun[]> {
    const { executor, signal, onEvent } = this.#options;
    if (!executor.measure) return [...runs];
    const kinds = new Map<string, PlannedRun>();
    for (const run of runs) if (!kinds.has(run.cell.name)) kinds.set(run.cell.name, run);
    const lengths = new Map<string, number | undefined>();
    const queue = [...kinds];
    const total = queue.length;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next && !signal?.aborted; next = queue.shift()) {
        const [kind, run] = next;
        lengths.set(kind, await executor.measure?.(run, signal).catch(() => undefined));
        onEvent?.({ event: 'measuring', done: lengths.size, total });
      }
    };
    // Side by side, as the runs themselves: two processes slow each other down.
    await Promise.all(Array.from({ length: this.#jobs }, lane));
    return runs.map((run) => ({ ...run, seconds: lengths.get(run.cell.name) }));
  }

  /** Predicted seconds until all have ended: from the lengths that were measured, corrected by what was seen, or by the pace of machines elsewhere. */
  #timeLeft(
    queue: readonly PlannedRun[],
    seen: Readonly<Record<'expected' | 'spent' | 'done' | 'total' | 'seconds', number>>,
  ): number | undefined {
    const { expected, spent, done, total, seconds } = seen;
    if (this.#options.executor.isRemote) return (seconds / done) * (total - done);
    const ahead = makespan(queue, this.#jobs);
    return ahead === undefined ? undefined : ahead * (expected > 0 ? spent / expected : 1);
  }

  /** Runs what is missing of these; gives what still is. */
  async run(wanted: readonly PlannedRun[]): Promise<PlannedRun[]> {
    const { signal, onEvent, budget, dryRun } = this.#options;
    const missing = wanted.filter(({ identity }) => !this.#store.results.has(identity));
    const runs = missing.length > 0 ? await this.#measured(missing) : [];
    const doneSeeds = ({ seeds, name }: MatrixCell): number => seeds.length - runs.filter(({ cell }) => cell.name === name).length;
    const { chosen, left } = budget === undefined ? { chosen: runs, left: [] } : withinBudget(runs, doneSeeds, budget, this.#jobs);
    const queue = budget === undefined ? longestFirst(chosen) : [...chosen];
    const seconds = makespan(queue, this.#jobs);
    this.predicted = seconds === undefined || this.predicted === undefined ? undefined : this.predicted + seconds;
    onEvent?.({ event: 'plan', there: wanted.length - missing.length, runs: queue.length, left: left.length, seconds });
    if (dryRun) return missing;
    const total = queue.length;
    const began = this.#options.now();
    let done = 0;
    let [expected, spent] = [0, 0];
    const lane = async (): Promise<void> => {
      for (let run = queue.shift(); run && !signal?.aborted; run = queue.shift()) {
        const before = this.#options.now();
        const result = await this.#one(run);
        if (!result) continue;
        done++;
        expected += run.seconds ?? 0;
        spent += (this.#options.now() - before) / 1000;
        const timeLeft = this.#timeLeft(queue, { expected, spent, done, total, seconds: (this.#options.now() - began) / 1000 });
        onEvent?.({ event: 'ended', run, result, done, runs: total, timeLeft });
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#jobs, queue.length) }, lane));
    this.seconds += (this.#options.now() - began) / 1000;
    return missing.filter(({ identity }) => !this.#store.results.has(identity));
  }

  /** One run to its end; its result, if it came to one. */
  async #one(run: PlannedRun): Promise<RunResult | undefined> {
    const { directory, home, executor, signal, onEvent, behaviorOf, machine } = this.#options;
    const runDirectory = `${directory}/${runningFolder}/${run.identity.slice(0, 16)}`;
    const storage = home.open(runDirectory);
    let isStarted = false;
    const started = (): void => {
      if (!isStarted) onEvent?.({ event: 'started', run });
      isStarted = true;
    };
    let ranOn = machine;
    const listener: ExecutorListener = {
      signal: signal ?? new AbortController().signal,
      onStarted: started,
      onEvent: (event: RunEvent): void => {
        if (event.event === 'iteration') {
          onEvent?.({ event: 'progress', run, iteration: event.iteration, iterations: event.iterations });
        }
      },
    };
    if (!executor.isRemote) started();
    try {
      let [deaths, waits] = [0, 0];
      for (;;) {
        const summary = await readSummary(storage);
        if (summary && summary.status !== 'interrupted') break;
        try {
          ranOn = (await executor.train(run, runDirectory, listener))?.machine ?? machine;
        } catch (error) {
          if (signal?.aborted) throw error;
          if (error instanceof ProcessGone && ++deaths < maxDeaths) continue;
          if (!isLocked(error) || !executor.wait || ++waits > lockWaits) throw error;
          await executor.wait(lockMilliseconds);
        }
        if (signal?.aborted) return undefined;
      }
      const result = await resultOfRun(storage, {
        behaviorOf,
        machine: ranOn,
        cell: run.cell.name,
        progressBudget: run.cell.progressBudget,
      });
      if (result.identity !== run.identity) {
        const got = 'another configuration';
        throw failure(storage.locate(runFiles.config), 'the run that was planned for this folder', got, 'delete the folder and run again');
      }
      await this.#store.add(result);
      await executor.discard(runDirectory);
      return result;
    } catch (error) {
      if (signal?.aborted && !(error instanceof CohortError)) return undefined;
      this.failed.push({ run, error });
      onEvent?.({ event: 'failed', run, error });
      return undefined;
    }
  }
}

/** The mean over the runs that are there of the last evaluation. */
function scoreOf(cell: Cell, policy: 'sampled' | 'greedy'): number | undefined {
  const scores = finalScores(cell.runs, policy);
  return scores.length > 0 ? mean(scores) : undefined;
}

/**
 * Runs what a matrix still needs. Every cell is checked before anything starts. Throws `CohortError` for a field that is wrong, for results that cannot be
 * read, and where another process works on the same folder; a run that fails does not stop the others.
 */
export async function runMatrix(matrix: Matrix, options: MatrixOptions): Promise<MatrixOutcome> {
  const { directory, home, resolve } = options;
  const storage = home.open(directory);
  const cells = cellsToRun(matrix);
  const all = runsOf(cells, resolve);
  if (!options.dryRun) await storage.makeDirectory(runningFolder);
  const lock = options.dryRun ? undefined : await acquireLock(storage, `${runningFolder}/${runFiles.lock}`, home.host);
  try {
    const store = await openResults(storage);
    const runner = new Runner(options, store);
    let kept: readonly MatrixCell[] = cells;
    let missing: PlannedRun[] = [];
    const { search } = matrix;
    if (search?.keep === undefined) {
      const run = (wanted: readonly PlannedRun[]): Promise<unknown> => runner.run(wanted);
      missing = await runAtEqualProgress(all, { cells, resolve, results: store.results, once: options.budget !== undefined, run });
    } else {
      const most = Math.max(...cells.map(({ seeds }) => seeds.length));
      for (const round of halvingRounds(cells.length, search.keep, search.firstSeeds, most)) {
        kept = bestOf(kept, (cell) => scoreOf(resultsOf([cell], resolve, store.results)[0]!, search.policy), round.settings, search.lowest);
        missing = await runner.run(runsOf(kept, resolve, round.seeds));
        if (options.signal?.aborted || (options.dryRun && missing.length > 0)) break;
      }
    }
    if (!options.dryRun) await store.sort();
    const found = withEqualProgress(cells, resultsOf(cells, resolve, store.results), resolve, store.results);
    const ranked = search
      ? bestOf(found, (cell) => (cell.runs.length > 0 ? scoreOf(cell, search.policy) : undefined), found.length, search.lowest)
      : found;
    return {
      cells: ranked.filter(({ runs }) => runs.length > 0),
      missing,
      failed: runner.failed,
      interrupted: options.signal?.aborted ?? false,
      predicted: runner.predicted,
      seconds: runner.seconds,
    };
  } finally {
    await lock?.release();
  }
}
