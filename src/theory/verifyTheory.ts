/**
 * `verifyTheory`: every statement, one after another.
 */
import { estimateAdvantages } from '../advantage/estimate.ts';
import { gae } from '../advantage/gae.ts';
import { mistake, show, suggest } from '../core/errors.ts';
import { type Bench, type Outcome, outcomeHolds, type Row, type Subjects, whatFails } from './row.ts';
import { theoryRows } from './rows/index.ts';

/** The statement of a row, without what computes it. */
export type Statement = Omit<Row, 'run'>;

/** A row that was computed. */
export interface VerifiedRow extends Statement, Outcome {
  readonly verdict: 'holds' | 'fails';
  /** What fails, and by how much; empty where the row holds. */
  readonly failures: readonly string[];
}

/** What {@link verifyTheory} found. */
export interface TheoryReport {
  readonly seed: number;
  readonly rows: readonly VerifiedRow[];
  /** Whether every row holds, and none was left out by the signal. */
  readonly holds: boolean;
  /** Whether the signal ended it early. */
  readonly interrupted: boolean;
}

/** Options of {@link verifyTheory}. */
export interface VerifyOptions {
  /** Names of rows; default all. */
  readonly only?: readonly string[] | undefined;
  /** Draws the decision processes and the samples: a whole number from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number | undefined;
  /** Leaves out the groups of three: the exact rows then take a tenth of the time. Default false. */
  readonly pairsOnly?: boolean | undefined;
  /** What is tested; default the package's own. A wrong one makes rows fail. */
  readonly subjects?: Partial<Subjects> | undefined;
  /** Called with every row when it is done. */
  readonly onRow?: ((row: VerifiedRow) => void) | undefined;
  /** Called while a row computes; `share` from 0 to 1. */
  readonly onProgress?: ((row: Statement, share: number) => void) | undefined;
  /** Ends it between two steps of a row, a few hundredths of a second apart. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Waits between two steps, so that a page is drawn and signals are heard: `() => new Promise((resolve) => setTimeout(resolve))`. Default: no wait.
   */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** The package's own estimators, and the clipped surrogate of PPO (arXiv 1707.06347, equation 7). */
export const theorySubjects: Subjects = {
  estimate: estimateAdvantages,
  gae: (input) => {
    const size = input.numSteps * input.numEnvs;
    return gae(input, { advantages: new Float64Array(size), returns: new Float64Array(size) }).advantages;
  },
  surrogate: (ratio, advantage, clip) => Math.min(ratio * advantage, Math.min(Math.max(ratio, 1 - clip), 1 + clip) * advantage),
};

/** All statements that {@link verifyTheory} checks, in its order. */
export const theoryStatements: readonly Statement[] = theoryRows.map(({ run: _run, ...statement }) => statement);

/** The rows of these names, in the order of the table. Throws {@link CohortError} for a name that is none. */
function rowsNamed(only: readonly string[] | undefined): readonly Row[] {
  if (only === undefined) return theoryRows;
  const names = theoryRows.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw mistake('verifyTheory: only', 'names of rows', show(unknown), suggest(unknown, names));
  return theoryRows.filter(({ name }) => only.includes(name));
}

/** The verdict on what a row computed. */
export function judge({ run: _run, ...statement }: Row, outcome: Outcome): VerifiedRow {
  const failures = outcome.checks.map(whatFails).filter((text) => text !== undefined);
  return { ...statement, ...outcome, verdict: outcomeHolds(outcome) ? 'holds' : 'fails', failures };
}

/**
 * Checks the propositions of arXiv 2510.03679 on the estimators of this package, row by row: exactly, by enumerating small decision processes, or by
 * drawing many groups. The same seed gives the same numbers, in Node and in pages, whichever rows are asked for. All rows take about half a minute.
 *
 * Example: `(await verifyTheory({ only: ['shrinkage'] })).holds` is true.
 *
 * Throws {@link CohortError} for a row that does not exist and for a seed that is none.
 */
export async function verifyTheory(options: VerifyOptions = {}): Promise<TheoryReport> {
  const { only, seed = 1, pairsOnly = false, onRow, onProgress, signal, pause } = options;
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw mistake('verifyTheory: seed', 'a whole number from 0 to 2^32 - 1', show(seed), 'leave it out for 1');
  }
  const bench: Bench = { seed, pairsOnly, subjects: { ...theorySubjects, ...options.subjects } };
  const rows: VerifiedRow[] = [];
  const chosen = rowsNamed(only);
  for (const row of chosen) {
    const { run: _run, ...statement } = row;
    onProgress?.(statement, 0);
    const steps = row.run(bench);
    for (;;) {
      await pause?.();
      if (signal?.aborted) return { seed, rows, holds: false, interrupted: true };
      const { done, value } = steps.next();
      if (done) {
        const verified = judge(row, value);
        rows.push(verified);
        onRow?.(verified);
        break;
      }
      onProgress?.(statement, value);
    }
  }
  return { seed, rows, holds: rows.every(({ verdict }) => verdict === 'holds'), interrupted: false };
}
