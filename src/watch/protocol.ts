/**
 * What `cohort-rl watch` tells its page, as JSON: which policies there are, and what they play. The server (`node/watch/server.ts`) and
 * the page agree on it here.
 */

/** Something that changes: where it is, and which one. */
export interface WatchFile {
  /** Where the page gets it, relative to the page. */
  readonly url: string;
  /** Changes when the file does: only the newest checkpoint of a running training, and its curve, are ever written again. */
  readonly version: string;
}

/** A policy that can be chosen. */
export interface WatchCheckpoint extends WatchFile {
  /** How people know it: `iteration 120`. */
  readonly name: string;
  /** Missing where nobody said. */
  readonly iteration?: number | undefined;
}

/** A place on a learning curve. */
export interface WatchPoint {
  readonly iteration: number;
  /** Environment steps. */
  readonly step: number;
  /** A return. */
  readonly value: number;
}

/** Returns over training: of evaluations with greedy or sampled actions, or of the episodes of training. */
export interface WatchLine {
  readonly name: 'greedy' | 'sampled' | 'training';
  /** In rising order of iterations; at least one. */
  readonly points: readonly WatchPoint[];
}

/** What a run has learned so far. */
export interface WatchCurve {
  /** The most telling one first; none where no episode has ended. */
  readonly lines: readonly WatchLine[];
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
  /** A {@link WatchCurve}; missing for a policy without its run. */
  readonly curve?: WatchFile;
}

/** The view in space, which an optional package draws. */
export interface WatchSpace {
  /** Whether it was asked for on the command line. */
  readonly chosen: boolean;
  /** The command that installs what it needs, where that is not installed. */
  readonly install?: string | undefined;
}

/** The answer to `run.json`. */
export interface WatchState {
  /** The folder as the user wrote it. */
  readonly title: string;
  /** Modules that the page loads before anything else, relative to the page. */
  readonly modules?: readonly string[];
  /** Missing where pictures are flat. */
  readonly space?: WatchSpace;
  readonly sources: readonly WatchSource[];
}
