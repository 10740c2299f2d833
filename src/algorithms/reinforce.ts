/**
 * REINFORCE with clipped updates: GPG without its baseline. A toy that shows what a new algorithm takes: this file and one row.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm reinforce`.
 */
import type { Algorithm } from './algorithm.ts';
import { type GpgConfig, type GpgState, gpg } from './gpg.ts';

/** GPG whose advantages are the returns themselves. */
export const reinforce: Algorithm<GpgConfig, GpgState> = {
  ...gpg,
  name: 'reinforce',
  title: 'REINFORCE',
  comparesWith: 'gpg',
  description: 'returns without a baseline',
  create: (config, context) => gpg.create({ ...config, baseline: 'none' }, context),
};
