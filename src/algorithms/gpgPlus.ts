/**
 * GPG+: Group Policy Gradient (gpg.ts) with one setting of its estimator that needs no tuning to the size of the group.
 *
 *     R_t   = sum_(t <= u < T) gamma^(u - t) r_u + gamma^(T - t) b(x_T)    where the rollout's edge T cuts the trajectory, else as GPG
 *     b(x)  = mean of R in cell x of the observation (width 1), the own return included; in time bins, and then among all, in rollouts where most steps would
 *             be alone in their bin
 *     the loss and the update are GPG's
 *
 * The setting is the one that experiments/gpg-plus-search chose, of 22; experiments/gpg-plus holds it against GPG and PPO on seeds that had no part in that. What
 * deviates from arXiv 2510.03679: bins that follow the state, and tails that are not 0. The entropy bonus and all else are those of GPG's recipes.
 *
 * Reproduce: `npx cohort-rl sweep experiments/gpg-plus/matrix.yaml`.
 */
import type * as z from 'zod/mini';
import { methodOptions } from '../advantage/core.ts';
import { choice, inGroup, withDefaults } from '../core/config.ts';
import type { Algorithm, AlgorithmContext } from './algorithm.ts';
import { createGpg, type GpgConfig, gpg, gpgFields } from './gpg.ts';
import type { GroupState } from './group.ts';

/** Where GPG+ differs from GPG. */
const setting = { bins: 'space', baseline: 'own-or-coarser', tail: 'bootstrap' } as const;

/** Configuration fields of GPG+: GPG's, and its baseline. */
export const gpgPlusFields = withDefaults(
  {
    ...gpgFields,
    ...inGroup('Group baseline', {
      baseline: choice({
        description: 'as for gpg; own-or-coarser: of the finest bins with company',
        default: setting.baseline,
        names: [...methodOptions.baseline, setting.baseline],
      }),
    }),
  },
  setting,
);

type GpgPlusConfig = z.output<z.ZodMiniObject<typeof gpgPlusFields>> & { readonly iterations: number };

async function create(config: GpgPlusConfig, context: AlgorithmContext): Promise<GroupState> {
  // Loaded late: a page that trains something else does without.
  const { baselineOf } = await import('../advantage/methodSettings.ts');
  return createGpg(config as GpgConfig, context, (shape) => baselineOf(config.baseline, shape));
}

/** GPG+ as training sees it. */
export const gpgPlus: Algorithm<GpgPlusConfig, GroupState> = {
  ...(gpg as Algorithm),
  name: 'gpg+',
  title: 'GPG+',
  comparesWith: 'ppo',
  description: 'gpg with bins and tails that need no tuning',
  recipesOf: { algorithm: 'gpg', without: Object.keys(setting) },
  fields: gpgPlusFields,
  create,
};
