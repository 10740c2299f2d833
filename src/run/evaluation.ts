/**
 * What an evaluation gives, on both roads.
 */
import { type SampleStatistics, sampleStatistics } from '../statistics/index.ts';

/** Episodes of one policy, sampled or greedy. */
export interface EvaluationResult extends SampleStatistics {
  /** Undiscounted raw return of every episode. */
  readonly returns: readonly number[];
  /** Steps of every episode. */
  readonly lengths: readonly number[];
}

/** Pass@k or maj@k of a language model: a mean over prompts, with its 95 % interval. */
export interface AccuracyAtK {
  /** Completions that are looked at per prompt. */
  readonly k: number;
  /** 0 .. 1. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

/**
 * An evaluation: the policy's draws, and its likeliest choices. Of a language model `returns` are accuracies, one per held-out prompt: the share
 * of the prompt's completions that are right (0 or 1 for a single completion), and `lengths` their mean numbers of tokens.
 */
export interface Evaluation {
  /** Actions drawn from the policy. */
  readonly sampled: EvaluationResult;
  /** The most probable action. */
  readonly greedy: EvaluationResult;
  /** Language models, where there are several completions per prompt: at least one of k is right. By rising k. */
  readonly passAtK?: readonly AccuracyAtK[];
  /** The same: the answer that most of k give is right. By rising k. */
  readonly majAtK?: readonly AccuracyAtK[];
  /** Language models: completions whose reward failed; they are not counted above. Missing where there were none. */
  readonly failedRewards?: number;
  /**
   * Language models on questions and answers of a file: completions of which the verifier could not tell whether they are right; they count as not right.
   */
  readonly unclear?: { readonly sampled: number; readonly greedy: number };
  /** Prompts of a benchmark file that the model cannot read, because of their length or characters; they are not counted above. Missing where there were none. */
  readonly notAsked?: number;
}

/** Mean, standard error and interquartile mean of both policies, without the single episodes. */
export interface EvaluationStatistics {
  readonly sampled: SampleStatistics;
  readonly greedy: SampleStatistics;
}

/** Mean, standard error, IQM, returns and lengths of evaluation episodes. */
export function evaluationResult(returns: readonly number[], lengths: readonly number[]): EvaluationResult {
  return { ...sampleStatistics(returns), returns: [...returns], lengths: [...lengths] };
}

/** The statistics of an evaluation alone. */
export function statisticsOf({ sampled, greedy }: Evaluation): EvaluationStatistics {
  const of = ({ mean, standardError, iqm }: SampleStatistics): SampleStatistics => ({ mean, standardError, iqm });
  return { sampled: of(sampled), greedy: of(greedy) };
}
