/**
 * The words at the end of language-model runs: what was gained since the warm start, with an interval, and what it cost.
 */
import type { RunSummary } from '../../node/toolkit.ts';
import {
  type Interval,
  mean,
  meanInterval,
  type Proportion,
  proportionDifference,
  proportionOf,
  type SampleStatistics,
} from '../../statistics/index.ts';
import { formatSeconds, formatShare, groupDigits, type Paint } from '../terminal.ts';

const kinds = ['sampled', 'greedy'] as const;
type Kind = (typeof kinds)[number];

/** Right answers before and after reinforcement learning; left out where there was no evaluation. */
export type Gain = Readonly<Record<Kind, { readonly from: Proportion | undefined; readonly to: Proportion | undefined }>>;

/** What is needed of a run's summary. */
export type LanguageOutcome = Pick<
  RunSummary,
  'status' | 'message' | 'evaluation' | 'startEvaluation' | 'progress' | 'tokens' | 'seconds' | 'progressPerSecond'
>;

/** What a run gained; `evaluationPrompts` of its configuration are the prompts of the evaluation after the warm start. */
export function gainOf({ evaluation, startEvaluation }: LanguageOutcome, evaluationPrompts: number): Gain {
  const shareOf = (result: SampleStatistics | undefined, prompts: number): Proportion | undefined =>
    typeof result?.mean === 'number' ? proportionOf(result.mean, result.standardError, prompts) : undefined;
  const changeIn = (kind: Kind): Gain[Kind] => ({
    from: shareOf(startEvaluation?.[kind], evaluationPrompts),
    to: shareOf(evaluation?.[kind], evaluation?.[kind].returns.length ?? 0),
  });
  return { sampled: changeIn('sampled'), greedy: changeIn('greedy') };
}

/** `+29.2 points`. */
function points(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
}

function showInterval({ low, high }: Interval, of = ''): string {
  return `95 % interval ${of}${points(low)} to ${points(high)}`;
}

interface Change {
  readonly words: string;
  /** Where the interval lies: above 0, around it, below. */
  readonly direction: 1 | 0 | -1;
}

function directionOf(interval: Interval | null): Change['direction'] {
  if (!interval) return 0;
  return interval.low > 0 ? 1 : interval.high < 0 ? -1 : 0;
}

function changeOf(gain: Gain, kind: Kind): Change | undefined {
  const { from, to } = gain[kind];
  if (!to) return undefined;
  const now = formatShare(to.share);
  if (!from) return { words: `${kind} accuracy ${now}`, direction: 0 };
  const interval = proportionDifference(from, to);
  const words = `${kind} accuracy ${formatShare(from.share)} before, ${now} after: ${points(interval.estimate)} points (${showInterval(interval)})`;
  return { words, direction: directionOf(interval) };
}

/** Whether there was a gain, in one word. */
function judge(direction: Change['direction'], compared: boolean, paint: Paint): string {
  if (!compared) return paint('bold', 'Ended');
  if (direction > 0) return paint('green', 'Improved');
  return direction < 0 ? paint('red', 'Worse than before') : paint('yellow', 'No difference to be seen');
}

/** Sampled, greedy, pass@k: better or not, with the numbers. */
export function languageVerdict(outcome: LanguageOutcome, gain: Gain, paint: Paint): string[] {
  const { status, message, evaluation } = outcome;
  if (status === 'failed') return [`${paint('red', 'Failed')}: ${message ?? 'no reason was given'}`];
  const sampled = changeOf(gain, 'sampled');
  const greedy = changeOf(gain, 'greedy');
  if (!sampled) return [`${paint('bold', 'Ended')} without an evaluation.`];
  const solved = status === 'done' && message === 'solved';
  const most = [
    ['pass', evaluation?.passAtK?.at(-1)],
    ['maj', evaluation?.majAtK?.at(-1)],
  ] as const;
  const atK = most.flatMap(([name, value]) => (value ? [`${name}@${value.k} ${formatShare(value.accuracy)}`] : []));
  return [
    ...(solved ? [`${paint('green', 'Solved')}: everything that was drawn is right, nothing is left to learn from.`] : []),
    `${judge(sampled.direction, gain.sampled.from !== undefined, paint)}: ${sampled.words}.`,
    ...(greedy ? [`  ${greedy.words}.`] : []),
    ...(atK.length > 0 ? [`  ${atK.join(', ')} after.`] : []),
  ];
}

/** What it cost: rollouts, tokens, time. */
export function languageEffort({ progress, tokens, seconds, progressPerSecond }: LanguageOutcome): string {
  const said = tokens === undefined ? '' : `, ${groupDigits(tokens)} tokens`;
  return `${groupDigits(progress.count)} rollouts${said} in ${formatSeconds(seconds)} (${groupDigits(progressPerSecond)} rollouts/s).`;
}

/** One sentence for several seeds: means over the seeds, and the interval of their differences. */
export function languageJointVerdict(gains: readonly Gain[], paint: Paint): string {
  const words: string[] = [];
  let direction: Change['direction'] = 0;
  for (const kind of kinds) {
    const known = gains.flatMap(({ [kind]: { from, to } }) => (from && to ? [{ from: from.share, to: to.share }] : []));
    if (known.length === 0) continue;
    const average = (values: readonly number[]): string => formatShare(mean(values));
    const differences = known.map(({ from, to }) => to - from);
    const found = meanInterval(differences);
    // Seeds that all gained the same say nothing of how much others would.
    const interval = found && found.low < found.high ? found : null;
    if (kind === 'sampled') direction = directionOf(interval);
    const uncertain = interval ? ` (${showInterval(interval, 'over seeds ')})` : '';
    words.push(
      `${kind} accuracy ${average(known.map(({ from }) => from))} before, ${average(known.map(({ to }) => to))} after: ${points(mean(differences))} points${uncertain}`,
    );
  }
  if (words.length === 0) return `${paint('bold', 'Ended')} without an evaluation.`;
  const measured = gains.filter(({ sampled }) => sampled.from && sampled.to).length;
  return `${judge(direction, true, paint)}, ${measured} of ${gains.length} seeds: ${words.join('; ')}.`;
}
