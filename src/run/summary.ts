/**
 * What is known of a run at its end: `summary.json`.
 */
import type { Evaluation, EvaluationStatistics } from './evaluation.ts';
import type { RunLabels } from './labels.ts';
import type { RoadName } from './layout.ts';

/** Where something comes from: a run folder and a seed. */
export interface RunOrigin {
  /** The run folder; `null` for a run that is kept nowhere. */
  readonly runDirectory: string | null;
  /** The run's seed; a decimal text above 2^53. */
  readonly seed: number | string;
}

/**
 * How a run may end: `done` with all iterations or nothing left to learn; `stopped` by `stopAfter` or a target return; `interrupted` by Ctrl-C or an
 * abort signal; `failed` by an error.
 */
export const runStatuses = ['done', 'stopped', 'interrupted', 'failed'] as const;
/** One of {@link runStatuses}. */
export type RunStatus = (typeof runStatuses)[number];

/** How far a run is, in what its road counts. */
export interface RunProgress {
  /** `steps` of environments, or `completions` of a language model. */
  readonly unit: 'steps' | 'completions';
  readonly count: number;
}

/** What is known at the end of a run: `summary.json`. */
export interface RunSummary extends RunOrigin, RunLabels {
  readonly road: RoadName;
  /** Id of the environment or of the task. */
  readonly target: string;
  /** Name of the algorithm or of the estimator. */
  readonly method: string;
  readonly status: RunStatus;
  /** SHA-256 of the final parameters, see `hashParameters`. */
  readonly parametersSha256: string;
  readonly progress: RunProgress;
  readonly iterations: number;
  /** Seconds of training, those before a resume included. */
  readonly seconds: number;
  /** Progress per second in the last process, evaluation and files not counted. */
  readonly progressPerSecond: number;
  /** The evaluation before the first iteration; missing if there was none. */
  readonly startEvaluation?: EvaluationStatistics;
  /** The evaluation at the end; `null` for a run that was interrupted, which plays none. */
  readonly evaluation: Evaluation | null;
  /** Language models: tokens sampled for training. */
  readonly tokens?: number;
  /** Versions of this package and of what it runs on, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Runtime, operating system and architecture. */
  readonly platform: string;
  /** `plain` or `fused`: which kernels computed. */
  readonly arithmetic: string;
  /** Why the run failed or stopped, in words; `solved` where it ended early with nothing left to learn. */
  readonly message?: string;
}
