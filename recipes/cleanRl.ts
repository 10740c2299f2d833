/** What recipes share with CleanRL's `ppo.py` (commit fe8d8a0): the update and the network. */
export const cleanRlUpdate = { updateEpochs: 4, numMinibatches: 4, clipCoef: 0.2, maxGradNorm: 0.5, hiddenSizes: [64, 64] } as const;
