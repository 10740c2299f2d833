/**
 * Advantage actor-critic (V. Mnih et al. 2016, arXiv 1602.01783), synchronous: PPO with one pass over the whole rollout and no normalization, which then has
 * nothing to clip (S. Huang et al. 2022, arXiv 2205.09123).
 *
 *     A_t = sum over k < n of gamma^k r_(t+k) + gamma^n V(s_(t+n)) - V(s_t)       to the end of a short rollout, lambda = 1
 *     minimise  -E[A log pi] - c_ent E[entropy] + c_vf E[(V - R)^2] / 2
 *
 * Deviations: Adam instead of RMSProp, as everywhere here. The defaults are those of Stable-Baselines3's A2C.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm a2c`.
 */
import type { Algorithm } from './algorithm.ts';
import { type PpoConfig, type PpoState, ppo, ppoFields } from './ppo.ts';

/** Configuration fields of A2C: those of PPO with Stable-Baselines3's defaults of A2C, and the steps of 200 iterations of PPO at four environments. */
export const a2cFields: typeof ppoFields = {
  ...ppoFields,
  numEnvs: ppoFields.numEnvs.default(16),
  numSteps: ppoFields.numSteps.default(5),
  updateEpochs: ppoFields.updateEpochs.default(1),
  numMinibatches: ppoFields.numMinibatches.default(1),
  learningRate: ppoFields.learningRate.default(7e-4),
  annealLearningRate: ppoFields.annealLearningRate.default(false),
  normalizeAdvantage: ppoFields.normalizeAdvantage.default(false),
  gaeLambda: ppoFields.gaeLambda.default(1),
  clipValueLoss: ppoFields.clipValueLoss.default(false),
  entropyCoef: ppoFields.entropyCoef.default(0),
};

/** A2C as training sees it. */
export const a2c: Algorithm<PpoConfig, PpoState> = {
  ...ppo,
  name: 'a2c',
  title: 'A2C',
  comparesWith: 'ppo',
  family: 'methods with a critic',
  description: 'advantage actor-critic: PPO with one pass over a short rollout, nothing normalized and nothing clipped',
  fields: a2cFields,
};
