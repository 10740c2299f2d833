/** The task of the first visit: what the registry says of it, without the registry. */
export const firstEnv = { id: 'CartPole-v1', maxEpisodeSteps: 500, rewardThreshold: 475 } as const;
