/** Puts the normalizing wrappers around a training environment, in CleanRL's order: observations, then rewards. */
import type { EnvState, VectorEnv } from '../../core/env.ts';
import type { TrainingNormalization } from '../../core/observationStatistics.ts';
import { NormalizeObservationVectorEnv } from './normalizeObservation.ts';
import { NormalizeRewardVectorEnv } from './normalizeReward.ts';
import type { StatisticsOwner } from './statisticsBlock.ts';

/** What to normalize, and how. */
export interface NormalizeOptions {
  readonly normalizeObservation: 'none' | StatisticsOwner;
  readonly normalizeReward: 'none' | StatisticsOwner;
  readonly clipObservation: number;
  readonly clipReward: number;
  /** Discount of the return whose spread scales the rewards: the task's own. */
  readonly gamma: number;
}

/**
 * The environment in its wrappers and their statistics, or the environment itself if nothing is to be normalized. Throws CohortError if
 * observations are to be normalized and are no box.
 */
export function normalized(env: VectorEnv, options: NormalizeOptions): { env: VectorEnv; normalization?: TrainingNormalization } {
  const { normalizeObservation, normalizeReward, clipObservation, clipReward, gamma } = options;
  const observations =
    normalizeObservation === 'none'
      ? undefined
      : new NormalizeObservationVectorEnv(env, { statistics: normalizeObservation, clip: clipObservation });
  const rewards =
    normalizeReward === 'none'
      ? undefined
      : new NormalizeRewardVectorEnv(observations ?? env, { statistics: normalizeReward, gamma, clip: clipReward });
  const outer = rewards ?? observations;
  if (!outer) return { env };
  return {
    env: outer,
    normalization: {
      arrays: { ...named('observation', observations?.statisticsArrays), ...named('reward', rewards?.statisticsArrays) },
      restored: () => observations?.refresh(),
      normalizer() {
        if (!observations) return undefined;
        const { mean, variance } = observations.statistics;
        return { mean, variance, clip: observations.clip };
      },
    },
  };
}

function named(prefix: string, arrays: EnvState = {}): EnvState {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}/${name}`, array]));
}
