/**
 * Where a language model is: what samples its completions, and what learns from them. Everything else of a run (tasks, rewards, groups, advantages, evaluation,
 * files, display) is the same wherever that is. In this process they are the kernels (src/lm/algorithm/inProcess.ts), elsewhere a server
 * (src/lm/backends/tinker).
 */
import type { Sequences, SequencesRange } from '../../kernels/transformer/spec.ts';
import type { EncodedPrompt, SampledTokens, Sampling } from '../model/rollouts.ts';

/** Which completions to draw. */
export interface SamplingRequest extends Sampling {
  /** Completions of every prompt. */
  readonly numSamples: number;
}

/** What follows sampling while it goes on. */
export interface Following {
  /** Cuts it off. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of completions that are there, by their number. */
  readonly onPiece?: ((given: number) => void) | undefined;
}

/** Samples completions: ids in, ids with their log-probabilities out. */
export interface SamplingBackend {
  /**
   * `numSamples` completions of every prompt, by prompt, then by sample, under the policy of now. The same request to the same policy gives the same completions.
   * `undefined` where the signal cut it off. Throws `CohortError` where the model cannot be reached, or says no.
   */
  sample(
    prompts: readonly EncodedPrompt[],
    request: SamplingRequest,
    following?: Following,
  ): Promise<readonly (readonly SampledTokens[])[] | undefined>;
}

/** A batch to learn from. */
export interface ScoredUpdate {
  /**
   * Prompts and completions; `advantageWeights`, the advantage of every token times its share in the loss, whose sum over all tokens is what is learned from; `oldLogProbs`, what
   * the sampler said.
   */
  readonly batch: Sequences;
  /** The part of the batch that holds groups. */
  readonly range: SequencesRange;
  /** (N) rows of the completions that were scored. */
  readonly rows: Int32Array;
  /** (N) tokens of theirs that were sampled. */
  readonly lengths: Int32Array;
  /** (N) the places of these in the row, where something else stands between: of it the model learns nothing, its `advantageWeights` are 0. */
  readonly places?: readonly (Int32Array | undefined)[] | undefined;
  readonly learningRate: number;
  /** Steps of the optimizer before this update. */
  readonly stepsBefore: number;
  /** What the divergence from the reference counts in the loss. */
  readonly referenceCoefficient: number;
}

/** What an update did. */
export interface UpdateReport {
  /** Steps of the optimizer. */
  readonly steps: number;
  /** The gradient's norm before every step, where the backend says it. */
  readonly norms: readonly number[];
  /** How far the policy is from the one that sampled, before the last step; missing where it is the same by construction. */
  readonly ratios?: { readonly approxKl: number; readonly clipFraction?: number | undefined } | undefined;
}

/** Milliseconds since the beginning, by what they were spent on. */
export interface BackendTimes {
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
}

/** Learns from scored completions. */
export interface TrainingBackend {
  /** One update. Throws `CohortError` where the model cannot be reached, or says no. */
  update(scored: ScoredUpdate): Promise<UpdateReport>;
  /** What computing took; missing where nobody here knows. */
  times?(): BackendTimes;
  /** Keeps weights and moments as they are now where the model is, and gives the place; missing where the run's own checkpoint holds them. */
  save?(name: string): Promise<string>;
  /** Goes on from such a place, with a model of its own. Throws `CohortError` where there is none. */
  load?(place: string): Promise<void>;
}
