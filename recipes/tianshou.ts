/**
 * What recipes share with Tianshou's PPO of MuJoCo's tasks (`examples/mujoco/mujoco_ppo.py`), but that rewards are scaled instead of returns, and
 * advantages are not computed anew in every epoch: 8 x 256 steps an iteration.
 */
export const tianshou = {
  numEnvs: 8,
  numSteps: 256,
  gamma: 0.99,
  gaeLambda: 0.95,
  updateEpochs: 10,
  numMinibatches: 32,
  learningRate: 3e-4,
  annealLearningRate: true,
  clipCoef: 0.2,
  valueCoef: 0.5,
  clipValueLoss: false,
  entropyCoef: 0,
  maxGradNorm: 0.5,
  normalizeAdvantage: false,
  bootstrapTruncated: true,
  normalizeObservation: 'shared',
  normalizeReward: 'shared',
  clipObservation: 10,
  clipReward: 10,
  hiddenSizes: [64, 64],
} as const;
