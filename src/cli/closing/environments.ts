/**
 * The words at the end of runs on environments: solved or not, and what it cost.
 */
import type { RunSummary } from '../../node/toolkit.ts';
import { sampleStatistics } from '../../statistics/index.ts';
import { formatNumber, formatSeconds, groupDigits, type Paint } from '../terminal.ts';

/** What the verdict needs of a finished run. */
export type Outcome = Pick<RunSummary, 'status' | 'evaluation' | 'progress' | 'seconds' | 'progressPerSecond' | 'message'>;

function mean(statistics: { readonly mean: number | null } | undefined): number | undefined {
  return statistics?.mean ?? undefined;
}

/** Whether a mean return reaches the task's threshold; `undefined` where either is not known. */
export function reaches(value: number | undefined, threshold: number | undefined): boolean | undefined {
  return value === undefined || threshold === undefined ? undefined : value >= threshold;
}

/** One sentence: solved or not, with the numbers. `threshold` is the mean return from which the task counts as solved. */
export function verdict(outcome: Outcome, threshold: number | undefined, paint: Paint): string {
  const sampled = mean(outcome.evaluation?.sampled);
  const greedy = mean(outcome.evaluation?.greedy);
  const episodes = outcome.evaluation?.sampled.returns.length ?? 0;
  if (outcome.status === 'failed') return `${paint('red', 'Failed')}: ${outcome.message ?? 'no reason was given'}`;
  if (sampled === undefined) return `${paint('bold', 'Ended')} without an evaluation.`;
  const over = `over ${episodes} sampled episodes`;
  const limit = threshold === undefined ? '' : ` (threshold ${threshold})`;
  const other = `greedy ${formatNumber(greedy)}`;
  if (threshold === undefined) return `${paint('bold', 'Trained')}: mean return ${formatNumber(sampled)} ${over}, ${other}.`;
  if (reaches(sampled, threshold)) {
    return `${paint('green', 'Solved')}: mean return ${formatNumber(sampled)} ${over}${limit}, ${other}.`;
  }
  if (reaches(greedy, threshold)) {
    return `${paint('green', 'Solved')} by the greedy policy: mean return ${formatNumber(greedy)} over ${episodes} greedy episodes${limit}, sampled ${formatNumber(sampled)}.`;
  }
  return `${paint('yellow', 'Not solved yet')}: mean return ${formatNumber(sampled)} ${over}${limit}, ${other}.`;
}

/** What it cost: steps, time, speed. */
export function effort(outcome: Pick<Outcome, 'progress' | 'seconds' | 'progressPerSecond'>): string {
  return `${groupDigits(outcome.progress.count)} steps in ${formatSeconds(outcome.seconds)} (${groupDigits(outcome.progressPerSecond)} steps/s).`;
}

/** One sentence for several seeds. */
export function jointVerdict(outcomes: readonly Outcome[], threshold: number | undefined, paint: Paint): string {
  const sampled = outcomes.map((outcome) => mean(outcome.evaluation?.sampled));
  const greedy = outcomes.map((outcome) => mean(outcome.evaluation?.greedy));
  const known = sampled.filter((value) => value !== undefined);
  const words = `mean return ${formatNumber(sampleStatistics(known).mean)} over ${known.length} of ${outcomes.length} seeds`;
  if (threshold === undefined) return `${paint('bold', 'Trained')}: ${words}.`;
  const solved = outcomes.filter((_, i) => reaches(sampled[i], threshold) || reaches(greedy[i], threshold)).length;
  const style = solved === outcomes.length ? 'green' : 'yellow';
  return `${paint(style, `Solved by ${solved} of ${outcomes.length} seeds`)}: ${words}, sampled (threshold ${threshold}).`;
}
