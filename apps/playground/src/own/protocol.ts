/** What is said between the page and the worker without a network in which an own environment runs. Plain data. */
import type { Scene } from 'cohort-rl';
import type { Finding } from './lines.ts';

/** What the worker is asked for. */
export interface OwnRequest {
  readonly kind: 'check' | 'train';
  /** The body of a function that gives a class, or a function that makes an environment. */
  readonly code: string;
  readonly iterations: number;
}

/** Moments of an episode that are shown, at most. */
export const maxFrames = 301;

/** One episode of the policy of a moment, to be shown. */
export interface OwnEpisode {
  /** Iterations that the policy was trained for. */
  readonly iteration: number;
  /** Undiscounted return of the episode. */
  readonly return: number;
  /** Every moment, that after the reset first: what `scene()` gave, or the numbers of the observation. */
  readonly frames: readonly Scene[];
}

/** What comes back. The page reads it with `readAnswer` (answers.ts): the code can send anything. */
export type OwnAnswer =
  | { readonly kind: 'checked'; readonly ok: boolean; readonly findings: readonly Finding[]; readonly notes: readonly string[] }
  | { readonly kind: 'point'; readonly steps: number; readonly iteration: number; readonly sampled: number; readonly greedy: number }
  | ({ readonly kind: 'episode' } & OwnEpisode)
  | { readonly kind: 'done'; readonly hash: string };
