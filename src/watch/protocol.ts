/**
 * What `cohort-rl watch` tells its page, as JSON: which policies there are, and what they play. The server (`node/watch/server.ts`) and
 * the page agree on it here.
 */

/** A policy that can be chosen. */
export interface WatchCheckpoint {
  /** How people know it: `iteration 120`. */
  readonly name: string;
  /** Where the page gets the policy file, relative to the page. */
  readonly url: string;
  /** Changes when the file does: only the newest checkpoint of a running training is ever written again. */
  readonly version: string;
}

/** One run folder, or one policy folder. */
export interface WatchSource {
  /** `seed 3` in a folder of several seeds, else empty. */
  readonly name: string;
  /** Id of the environment. */
  readonly env: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  /** Seed of the episodes, unless another is typed in: the run's own. */
  readonly seed: number;
  /** How the kernels count: `plain`, or `fused` as the run was trained. */
  readonly arithmetic: 'plain' | 'fused';
  /** Episodes are cut here where the task has no limit of its own. */
  readonly maxSteps?: number;
  /** Whether more checkpoints may come. */
  readonly training: boolean;
  /** Oldest first; at least one. */
  readonly checkpoints: readonly WatchCheckpoint[];
}

/** The answer to `run.json`. */
export interface WatchState {
  /** The folder as the user wrote it. */
  readonly title: string;
  /** Modules that the page loads before anything else, relative to the page. */
  readonly modules?: readonly string[];
  readonly sources: readonly WatchSource[];
}
