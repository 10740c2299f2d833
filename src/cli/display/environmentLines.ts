/**
 * What is shown of training on an environment: returns, entropy, divergence.
 */
import { formatNumber, formatSmall } from '../terminal.ts';
import { courseLine, evaluationLine, evaluationPiece, type Look, speedLine, timeLine } from './pieces.ts';
import type { SeedState } from './state.ts';

function entropyAndKl({ metrics }: SeedState): string[] {
  return [`entropy ${formatNumber(metrics.get('losses/entropy'), 3)}`, `KL ${formatSmall(metrics.get('losses/approx_kl'))}`];
}

/** How training on environments is shown. */
export const environmentLook: Look = {
  unit: 'steps',
  followed: 'charts/episodic_return',
  timeParts: { environment: 'time/env', forward: 'time/forward', backward: 'time/backward', optimizer: 'time/optimizer' },
  leastTimeShare: 0,
  lines: (seed, view, width) => [
    speedLine(seed, 'steps', [], view, width),
    courseLine('return', seed, [environmentLook.headline(seed), ...entropyAndKl(seed)], view, width),
    evaluationLine(seed, 'episodes', formatNumber, view, width),
    timeLine(seed, environmentLook, view, width),
  ],
  headline: ({ meanReturn }) => formatNumber(meanReturn).padStart(7),
  plainHeadline: ({ meanReturn }) => `return ${formatNumber(meanReturn)}`,
  evaluation: (seed) => evaluationPiece(seed, formatNumber),
  plainPieces: entropyAndKl,
};
