/**
 * The words at the end of runs on environments: solved or not, and what it cost.
 */
import type { EvaluationResult, RunSummary } from '../../node/toolkit.ts';
import { sampleStatistics } from '../../statistics/index.ts';
import { formatNumber, formatSeconds, groupDigits, type Paint } from '../terminal.ts';
import { hasEnough } from './nextSteps.ts';

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

/** `1 and 3`, `1, 2 and 3`. */
function listed(values: readonly number[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;
}

/** What is said of a target return that was reached: by one run in the words of its summary, by seeds with their iterations. Nothing where it was not. */
export function targetLines(
  outcomes: readonly Pick<RunSummary, 'status' | 'message' | 'iterations'>[],
  targetReturn: unknown,
  paint: Paint,
): string[] {
  const reached = outcomes.filter(hasEnough);
  if (reached.length === 0) return [];
  const [only, second] = outcomes;
  if (only && !second) return [`${paint('green', 'Target reached')}: ${only.message}.`];
  const iterations = [...new Set(reached.map((outcome) => outcome.iterations))].sort((a, b) => a - b);
  const where = `at ${iterations.length === 1 ? 'iteration' : 'iterations'} ${listed(iterations)}`;
  const style = reached.length === outcomes.length ? 'green' : 'yellow';
  return [
    `${paint(style, 'Target reached')} by ${reached.length} of ${outcomes.length} seeds: mean return of at least ${targetReturn}, ${where}.`,
  ];
}

/**
 * One sentence for several seeds, in the words of the one for a single run. The mean that is said first is that of the policy that solves; it stands
 * beside the threshold only where every seed reaches it, or none does.
 */
export function jointVerdict(outcomes: readonly Outcome[], threshold: number | undefined, paint: Paint): string {
  const seeds = outcomes.length;
  const meanOf = (policy: 'sampled' | 'greedy'): string =>
    formatNumber(sampleStatistics(outcomes.flatMap(({ evaluation }) => evaluation?.[policy].mean ?? [])).mean);
  const known = outcomes.filter(({ evaluation }) => typeof evaluation?.sampled.mean === 'number').length;
  const missed = outcomes.filter(({ evaluation }) => threshold === undefined || !reaches(evaluation?.sampled, threshold));
  const byGreedy = missed.filter(({ evaluation }) => threshold !== undefined && reaches(evaluation?.greedy, threshold)).length;
  const solved = seeds - missed.length + byGreedy;
  const [first, other] = byGreedy > 0 ? (['greedy', 'sampled'] as const) : (['sampled', 'greedy'] as const);
  const words = (limit: string): string =>
    `mean return ${meanOf(first)} over ${known} of ${seeds} seeds, ${first}${limit}, ${other} ${meanOf(other)}`;
  if (threshold === undefined) return `${paint('bold', 'Trained')}: ${words('')}.`;
  const limit = ` (threshold ${threshold})`;
  if (solved === 0) return `${paint('yellow', 'Not solved yet')} (0 of ${seeds} seeds): ${words(limit)}.`;
  const style = solved === seeds ? 'green' : 'yellow';
  const part = byGreedy > 0 && byGreedy < solved ? `, ${byGreedy} of them by the greedy policy alone` : '';
  const head = byGreedy === solved ? 'Solved by the greedy policy' : 'Solved';
  const count = byGreedy === solved ? `of ${solved} of ${seeds} seeds` : `by ${solved} of ${seeds} seeds`;
  const isOfSolved = outcomes.every(({ evaluation }) => reaches(evaluation?.[first], threshold));
  if (isOfSolved) return `${paint(style, head)} ${count}${part}: ${words(limit)}.`;
  return `${paint(style, head)} ${count}${part}${limit}: ${words('')}.`;
}
