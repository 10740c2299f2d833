import { continuousUpdate } from './cleanRl.ts';
import { sharedStatistics } from './continuousGroup.ts';

/**
 * What recipes share with Tianshou's PPO of MuJoCo's tasks (`examples/mujoco/mujoco_ppo.py`), but that rewards are scaled instead of returns, and
 * advantages are not computed anew in every epoch: 8 x 256 steps an iteration.
 */
export const tianshou = {
  ...continuousUpdate,
  ...sharedStatistics,
  numEnvs: 8,
  numSteps: 256,
  gamma: 0.99,
  gaeLambda: 0.95,
  learningRate: 3e-4,
  annealLearningRate: true,
  valueCoef: 0.5,
  clipValueLoss: false,
  normalizeAdvantage: false,
  bootstrapTruncated: true,
  clipObservation: 10,
  clipReward: 10,
} as const;
