/**
 * What is shown of training on an environment: returns, entropy, divergence.
 */

import type { Look } from './pieces.ts';
import type { SeedState } from './state.ts';
import { formatNumber, formatShare, formatSmall } from './text.ts';

function entropyAndKl({ metrics }: SeedState): string[] {
  return [`entropy ${formatNumber(metrics.get('losses/entropy'), 3)}`, `KL ${formatSmall(metrics.get('losses/approx_kl'))}`];
}

/** Of an algorithm with a critic: how well it predicts, and how much of the update is clipped. */
function criticNumbers({ metrics }: SeedState): string[] | undefined {
  const valueLoss = metrics.get('losses/value_loss');
  if (valueLoss === undefined) return undefined;
  return [
    `value loss ${Math.abs(valueLoss) < 1 ? formatSmall(valueLoss) : formatNumber(valueLoss, 2)}`,
    `explained variance ${formatNumber(metrics.get('losses/explained_variance'), 2)}`,
    `clipped ${formatShare(metrics.get('losses/clipfrac'))}`,
  ];
}

/** How training on environments is shown. */
export const environmentLook: Look = {
  sizes: ({ numEnvs, numSteps, bins }) => [
    `${numEnvs} environments x ${numSteps} steps`,
    ...(typeof bins === 'string' ? [`${bins} bins`] : []),
  ],
  unit: 'steps',
  noun: 'return',
  evaluated: 'episodes',
  followed: 'charts/episodic_return',
  timeParts: { environment: 'time/env', forward: 'time/forward', backward: 'time/backward', optimizer: 'time/optimizer' },
  leastTimeShare: 0,
  show: formatNumber,
  numbers: entropyAndKl,
  critic: criticNumbers,
  plainPieces: entropyAndKl,
};
