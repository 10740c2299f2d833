/** What recipes of continuous control share where 32 environments learn with statistics of all: the normalization, and CleanRL's update with it. */
import { continuousUpdate } from './cleanRl.ts';

/** Observations and rewards normalized by the statistics of all environments. */
export const sharedStatistics = { normalizeObservation: 'shared', normalizeReward: 'shared' } as const;

/** 32 environments, and a rate that falls to 0. */
export const continuousGroup = { ...continuousUpdate, ...sharedStatistics, numEnvs: 32, annealLearningRate: true } as const;
