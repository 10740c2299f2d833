/**
 * What a run tells while it runs: the events behind the display and the lines of `--json`.
 * Every event is plain JSON; a number that is not finite becomes `null` when it is written.
 */
import type { Evaluation } from './evaluation.ts';
import type { RunLabels } from './labels.ts';
import type { RoadName } from './layout.ts';
import type { Metrics } from './metrics.ts';
import type { JointSummary } from './seeds.ts';
import type { RunOrigin, RunSummary } from './summary.ts';

/** First event: what is about to run. */
export interface ConfigEvent extends RunOrigin, RunLabels {
  readonly event: 'config';
  readonly road: RoadName;
  /** The resolved configuration, every default written out, as in `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
  /** Bytes of kernel memory that it takes from beginning to end: parameters, batches, activations. */
  readonly memoryBytes: number;
}

/** One iteration is done. */
export interface IterationEvent extends RunOrigin {
  readonly event: 'iteration';
  /** 1 for the first. */
  readonly iteration: number;
  /** How many there will be. */
  readonly iterations: number;
  /** The run's progress: environment steps of all environments together, or completions sampled for training. */
  readonly globalStep: number;
  /** Seconds of training so far, those before a resume included. */
  readonly seconds: number;
  /** `globalStep` per second in this process, evaluation and files not counted. */
  readonly progressPerSecond: number;
  /** Seconds to go at this rate. */
  readonly timeLeft: number;
  /** By the keys of `metricTable`. */
  readonly metrics: Metrics;
}

/** An evaluation is done. */
export interface EvaluationEvent extends RunOrigin, Evaluation {
  readonly event: 'evaluation';
  readonly iteration: number;
  readonly globalStep: number;
}

/** A completion with its reward. */
export interface CompletionRecord {
  readonly prompt: string;
  /** Up to, and without, the end token. */
  readonly completion: string;
  /** The total reward; NaN (null in files) where the reward failed. */
  readonly total: number;
  readonly components: Readonly<Record<string, number>>;
  /** Whether it ended by itself, and not at the most tokens. */
  readonly ended: boolean;
  /** The pictures of the prompt, in its order; left out where it has none. Not enumerable: what is written or copied is without them. */
  readonly pictures?: readonly CompletionPicture[];
}

/** A picture of a prompt. */
export interface CompletionPicture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** (3 * width * height) red, green and blue of every pixel, row by row from the top. */
  readonly pixels: Uint8Array;
}

/** A few completions of an iteration of a language model. */
export interface CompletionsEvent extends RunOrigin {
  readonly event: 'completions';
  readonly iteration: number;
  readonly completions: readonly CompletionRecord[];
}

/** The warm start of a language model goes on, or is done; before the first iteration. */
export interface WarmStartEvent extends RunOrigin {
  readonly event: 'warmStart';
  /** Steps of imitation so far. */
  readonly step: number;
  /** Sampled accuracy at the last measurement, 0 .. 1. */
  readonly accuracy: number;
  /** Where it ends. */
  readonly target: number;
  readonly seconds: number;
  readonly done: boolean;
  /** Whether it was read instead of trained. */
  readonly cached: boolean;
  /** Why what the cache held was not used. */
  readonly discarded?: string;
}

/** A checkpoint was written. */
export interface CheckpointEvent extends RunOrigin {
  readonly event: 'checkpoint';
  readonly iteration: number;
  readonly globalStep: number;
  /** The file, as a person would write it. */
  readonly path: string;
}

/** Something is not as it should be, or will probably disappoint, though the run goes on, or has ended well; told once. */
export interface WarningEvent extends RunOrigin {
  readonly event: 'warning';
  /** The iteration that showed it; missing where none did. */
  readonly iteration?: number;
  /** A sentence without a full stop, with what to do about it. */
  readonly message: string;
}

/** Last event of a run with one seed, unless a {@link WarningEvent} tells that something went wrong in closing. */
export interface SummaryEvent extends RunSummary {
  readonly event: 'summary';
}

/** Last event of a run with several seeds; it follows one {@link SummaryEvent} per seed. */
export interface JointSummaryEvent extends JointSummary {
  readonly event: 'summary';
}

/** Everything that a run tells. */
export type RunEvent =
  | ConfigEvent
  | WarmStartEvent
  | IterationEvent
  | CompletionsEvent
  | EvaluationEvent
  | CheckpointEvent
  | WarningEvent
  | SummaryEvent
  | JointSummaryEvent;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before its run says where it comes from. */
export type RunEventBody = DistributiveOmit<RunEvent, keyof RunOrigin>;
