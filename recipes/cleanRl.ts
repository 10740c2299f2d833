/** What recipes share with CleanRL's `ppo.py` (commit fe8d8a0): the update and the network. */
export const cleanRlUpdate = { updateEpochs: 4, numMinibatches: 4, clipCoef: 0.2, maxGradNorm: 0.5, hiddenSizes: [64, 64] } as const;

/** The same of CleanRL's `ppo_continuous_action.py`, which Tianshou's PPO of MuJoCo's tasks has too. */
export const continuousUpdate = {
  ...cleanRlUpdate,
  updateEpochs: 10,
  numMinibatches: 32,
  entropyCoef: 0,
} as const;
