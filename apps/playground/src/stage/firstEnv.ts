/** The task of the first visit: what the registry says of it, without the registry. */
import type { EnvSpec } from 'cohort-rl/envs';

/** What the page has to know of a task before it trains on it. */
export type TaskFacts = Pick<EnvSpec, 'rewardThreshold' | 'worthThreads'>;

/** CartPole. */
export const firstEnv = { id: 'CartPole-v1', maxEpisodeSteps: 500, rewardThreshold: 475 } as const;
