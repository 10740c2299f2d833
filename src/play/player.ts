/**
 * A policy together with its task, ready to play episodes that can be seen.
 */
import type { Policy } from '../policy/policy.ts';
import type { EpisodeMoment } from './playEpisode.ts';

/** Which episode to play, and how. */
export interface PlayerOptions {
  /** Seed of the episodes. Default: the run's own, as in evaluation. */
  readonly seed?: number;
  /** Which of the episodes of that seed, from 0. */
  readonly episode?: number;
  /** The most probable action (or the mean) instead of a sample. Default true. */
  readonly greedy?: boolean;
  /** Episodes are cut here. Default: as in evaluation. */
  readonly maxSteps?: number;
}

/** A policy and its environment; `close` it when done. */
export interface Player {
  /** The environment's id. */
  readonly env: string;
  readonly policy: Policy;
  /** Seed of the run. */
  readonly seed: number;
  /** Plays an evaluation episode moment by moment. One at a time. */
  play(options?: PlayerOptions): Generator<EpisodeMoment, void, void>;
  close(): void;
}
