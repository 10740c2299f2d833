/**
 * What is shown of training a language model: accuracy, groups that say something, completions with their rewards.
 */
import { formatNumber, formatShare, formatSmall, groupDigits, type Paint } from '../terminal.ts';
import { courseLine, evaluationLine, evaluationPiece, type Look, label, pieceLine, speedLine, timeLine, type View } from './pieces.ts';
import type { SeedState, ShownCompletion, WarmStart } from './state.ts';

/** Numbers after the accuracy. */
function modelPieces({ metrics }: SeedState): string[] {
  const truncated = metrics.get('completions/truncated_frac') ?? 0;
  const reward = metrics.get('completions/reward');
  return [
    // Where it is more than right or wrong.
    reward === undefined || reward === metrics.get('completions/accuracy') ? '' : `reward ${formatNumber(reward, 3)}`,
    `entropy ${formatNumber(metrics.get('losses/entropy'), 3)}`,
    `gradient ${formatSmall(metrics.get('losses/gradient_norm'))}`,
    `length ${formatNumber(metrics.get('completions/length'))}`,
    truncated > 0 ? `cut ${formatShare(truncated)}` : '',
  ];
}

/** What the groups are like. */
function groupPieces({ metrics }: SeedState, paint: Paint): string[] {
  const attempts = metrics.get('group/attempts') ?? 1;
  const failed = metrics.get('reward/failed') ?? 0;
  return [
    `valid ${formatShare(metrics.get('group/valid_frac'))}`,
    `alpha ${formatNumber(metrics.get('group/alpha'), 2)}`,
    // What is out of the ordinary comes first: a narrow terminal cuts the end.
    failed > 0 ? paint('red', `rewards failed ${formatShare(failed)}`) : '',
    attempts > 1 ? `${formatNumber(attempts, 0)} draws` : '',
    `all right ${formatShare(metrics.get('group/all_right_frac'))}`,
    `all wrong ${formatShare(metrics.get('group/all_wrong_frac'))}`,
  ];
}

/** `step 640, accuracy 12.0 % of 20.0 %`. */
export function warmStartPieces({ step, accuracy, target, cached }: WarmStart): string[] {
  return [cached ? 'from the cache' : `step ${groupDigits(step)}`, `accuracy ${formatShare(accuracy)} of ${formatShare(target)}`];
}

/** Text of one line, one column per character. */
export function oneLine(text: string): string {
  return text.replaceAll('\n', '⏎').replaceAll(/\p{C}/gu, ' ');
}

/** A prompt with what the model wrote, and what that was worth. */
function completionPieces({ prompt, completion, total, components, ended }: ShownCompletion, paint: Paint): string[] {
  const parts = Object.entries(components);
  const failed = typeof total !== 'number' || !Number.isFinite(total);
  return [
    `${paint('gray', oneLine(prompt))}${paint('bold', oneLine(completion))}${ended ? '' : '…'}`,
    failed ? paint('red', 'reward failed') : paint(total > 0 ? 'green' : 'yellow', `reward ${formatNumber(total, 2)}`),
    parts.length > 1 ? parts.map(([name, value]) => `${name} ${formatNumber(value, 2)}`).join('  ') : '',
  ];
}

function trainingLines(seed: SeedState, view: View, width: number): string[] {
  const { paint } = view;
  const tokens = seed.metrics.get('charts/tokens_per_second');
  const rates = tokens === undefined ? [] : [`${groupDigits(tokens)} tokens/s`];
  const numbers = [languageLook.headline(seed), ...modelPieces(seed).filter((piece) => piece !== '')];
  return [
    speedLine(seed, 'rollouts', rates, view, width),
    courseLine('accuracy', seed, numbers, view, width),
    seed.metrics.size === 0 ? label('group', paint) + paint('gray', '–') : pieceLine('group', groupPieces(seed, paint), view, width),
    evaluationLine(seed, 'prompts', formatShare, view, width),
    timeLine(seed, languageLook, view, width),
    ...seed.completions.map((completion, index) => pieceLine(index === 0 ? 'wrote' : '', completionPieces(completion, paint), view, width)),
  ];
}

/** How training language models is shown. */
export const languageLook: Look = {
  unit: 'rollouts',
  followed: 'completions/accuracy',
  timeParts: {
    sample: 'time/sample',
    reward: 'time/reward',
    forward: 'time/forward',
    backward: 'time/backward',
    optimizer: 'time/optimizer',
  },
  // Five names would not fit; one or two of the parts take next to nothing.
  leastTimeShare: 0.02,
  lines: (seed, view, width) =>
    seed.phase === 'warming' && seed.warmStart
      ? [pieceLine('warm start', warmStartPieces(seed.warmStart), view, width)]
      : trainingLines(seed, view, width),
  headline: ({ meanReturn }) => formatShare(meanReturn).padStart(7),
  plainHeadline: ({ meanReturn }) => `accuracy ${formatShare(meanReturn)}`,
  evaluation: (seed) => evaluationPiece(seed, formatShare),
  plainPieces(seed) {
    // Before the first iteration there is nothing to say.
    if (seed.metrics.size === 0) return [];
    const valid = `valid ${formatShare(seed.metrics.get('group/valid_frac'))}`;
    return [...modelPieces(seed), valid, `alpha ${formatNumber(seed.metrics.get('group/alpha'), 2)}`];
  },
};
