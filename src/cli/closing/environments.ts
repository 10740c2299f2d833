/**
 * The words at the end of runs on environments: solved or not, and what it cost.
 */
import type { EvaluationResult, RunSummary } from '../../node/toolkit.ts';
import { sampleStatistics } from '../../statistics/index.ts';
import { formatNumber, formatSeconds, groupDigits, type Paint } from '../terminal.ts';

/** What the verdict needs of a finished run. */
export type Outcome = Pick<RunSummary, 'status' | 'evaluation' | 'progress' | 'seconds' | 'progressPerSecond' | 'message'>;

function reaches(result: EvaluationResult | undefined, threshold: number): boolean {
  return typeof result?.mean === 'number' && result.mean >= threshold;
}

/** One sentence: solved or not, with the numbers. `threshold` is the mean return from which the task counts as solved. */
export function verdict(outcome: Outcome, threshold: number | undefined, paint: Paint): string {
  const { sampled, greedy } = outcome.evaluation ?? {};
  if (outcome.status === 'failed') return `${paint('red', 'Failed')}: ${outcome.message ?? 'no reason was given'}`;
  if (typeof sampled?.mean !== 'number') return `${paint('bold', 'Ended')} without an evaluation.`;
  const episodes = sampled.returns.length;
  const [ofSampled, ofGreedy] = [formatNumber(sampled.mean), formatNumber(greedy?.mean)];
  const limit = threshold === undefined ? '' : ` (threshold ${threshold})`;
  const words = `mean return ${ofSampled} over ${episodes} sampled episodes${limit}, greedy ${ofGreedy}`;
  if (threshold === undefined) return `${paint('bold', 'Trained')}: ${words}.`;
  if (reaches(sampled, threshold)) return `${paint('green', 'Solved')}: ${words}.`;
  if (!reaches(greedy, threshold)) return `${paint('yellow', 'Not solved yet')}: ${words}.`;
  return `${paint('green', 'Solved')} by the greedy policy: mean return ${ofGreedy} over ${episodes} greedy episodes${limit}, sampled ${ofSampled}.`;
}

/** What it cost: steps, time, speed. */
export function effort(outcome: Pick<Outcome, 'progress' | 'seconds' | 'progressPerSecond'>): string {
  return `${groupDigits(outcome.progress.count)} steps in ${formatSeconds(outcome.seconds)} (${groupDigits(outcome.progressPerSecond)} steps/s).`;
}

/** One sentence for several seeds. */
export function jointVerdict(outcomes: readonly Outcome[], threshold: number | undefined, paint: Paint): string {
  const meanOf = (policy: 'sampled' | 'greedy'): string =>
    formatNumber(sampleStatistics(outcomes.flatMap(({ evaluation }) => evaluation?.[policy].mean ?? [])).mean);
  const known = outcomes.filter(({ evaluation }) => typeof evaluation?.sampled.mean === 'number').length;
  const limit = threshold === undefined ? '' : ` (threshold ${threshold})`;
  const words = `mean return ${meanOf('sampled')} over ${known} of ${outcomes.length} seeds, sampled${limit}, greedy ${meanOf('greedy')}`;
  if (threshold === undefined) return `${paint('bold', 'Trained')}: ${words}.`;
  const missed = outcomes.filter(({ evaluation }) => !reaches(evaluation?.sampled, threshold));
  const byGreedy = missed.filter(({ evaluation }) => reaches(evaluation?.greedy, threshold)).length;
  const solved = outcomes.length - missed.length + byGreedy;
  const style = solved === outcomes.length ? 'green' : 'yellow';
  const how = byGreedy === 0 ? '' : `, ${byGreedy === solved ? '' : `${byGreedy} of them `}by the greedy policy alone`;
  return `${paint(style, `Solved by ${solved} of ${outcomes.length} seeds`)}${how}: ${words}.`;
}
