/**
 * Where the weights of a policy come from before reinforcement learning begins.
 */
import type { WarmStartEvent } from '../../run/events.ts';
import type { LanguageContext, LanguageState } from '../algorithm/state.ts';
import type { WarmStartCache } from './warmStartCache.ts';

/** A source of weights, for example random weights with a warm start (src/lm/training/warmStart.ts), or a checkpoint. */
export interface ModelSource {
  /** 64 hexadecimal digits that stand for everything that decides the weights; empty if the weights are not worth keeping. */
  fingerprint(state: LanguageState): Promise<string>;
  /** Overwrites the parameters of the state's policy. Throws {@link CohortError} if there are no weights to be had that fit. */
  open(state: LanguageState, context: OpenContext): Promise<WarmStartReport>;
}

/** What a source is given from outside. */
export interface OpenContext extends LanguageContext {
  /** Default: random weights with a warm start. */
  readonly source?: ModelSource | undefined;
  readonly cache?: WarmStartCache | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarmStart?: ((progress: WarmStartProgress) => void) | undefined;
}

/** How far a warm start is. */
export type WarmStartProgress = Pick<WarmStartEvent, 'step' | 'accuracy' | 'target' | 'seconds' | 'cached'>;

/** How the weights were come by. */
export interface WarmStartReport {
  /** Steps of imitation; 0 without a warm start. */
  readonly steps: number;
  /** On training prompts set aside for it, at temperature 1; the measurement that ended the warm start, hence a little above the truth. */
  readonly sampledAccuracy: number;
  readonly greedyAccuracy: number;
  /** Read from the cache. */
  readonly cached: boolean;
  /** The fingerprint, under which the weights are kept. */
  readonly hash: string;
  /** Why the cached weights were thrown away and the warm start was repeated. */
  readonly discarded?: string;
  /** The signal ended it before its time. */
  readonly interrupted?: boolean;
}
