/**
 * What is shown of training on an environment: returns, entropy, divergence.
 */
import { formatNumber, formatSmall } from '../terminal.ts';
import type { Look } from './pieces.ts';
import type { SeedState } from './state.ts';

function entropyAndKl({ metrics }: SeedState): string[] {
  return [`entropy ${formatNumber(metrics.get('losses/entropy'), 3)}`, `KL ${formatSmall(metrics.get('losses/approx_kl'))}`];
}

/** How training on environments is shown. */
export const environmentLook: Look = {
  unit: 'steps',
  noun: 'return',
  evaluated: 'episodes',
  followed: 'charts/episodic_return',
  timeParts: { environment: 'time/env', forward: 'time/forward', backward: 'time/backward', optimizer: 'time/optimizer' },
  leastTimeShare: 0,
  show: formatNumber,
  numbers: entropyAndKl,
  plainPieces: entropyAndKl,
};
