/**
 * What a run tells while it runs: the events behind the display, the lines of `--json`, and the shape of `summary.json`.
 * Every event is plain JSON; a number that is not finite becomes `null` when it is written.
 */
import { type SampleStatistics, sampleStatistics } from '../statistics/index.ts';

/** What every event says about where it comes from. */
export interface RunEventBase {
  /** The run folder; `null` for a run that is kept nowhere. */
  readonly runDirectory: string | null;
  /** The run's seed; a decimal text above 2^53. */
  readonly seed: number | string;
}

/** First event: what is about to run. */
export interface ConfigEvent extends RunEventBase {
  readonly event: 'config';
  /** The resolved configuration, every default written out, as in `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
}

/** One iteration is done. */
export interface IterationEvent extends RunEventBase {
  readonly event: 'iteration';
  /** 1 for the first. */
  readonly iteration: number;
  /** How many there will be. */
  readonly iterations: number;
  /** Environment steps so far, all environments together; of a language model, completions sampled for training. */
  readonly globalStep: number;
  /** Seconds of training so far, those before a resume included. */
  readonly seconds: number;
  /** Of those, per second of this process, evaluation and files not counted. */
  readonly stepsPerSecond: number;
  /** Seconds to go at this rate. */
  readonly timeLeft: number;
  /** By the keys of `metricTable`. */
  readonly metrics: Readonly<Record<string, number>>;
}

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
 * of the prompt's completions that are right (0 or 1 where there is one), and `lengths` their mean numbers of tokens.
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
}

/** An evaluation is done. */
export interface EvaluationEvent extends RunEventBase, Evaluation {
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
}

/** A few completions of an iteration of a language model. */
export interface CompletionsEvent extends RunEventBase {
  readonly event: 'completions';
  readonly iteration: number;
  readonly completions: readonly CompletionRecord[];
}

/** The warm start of a language model goes on, or is done; before the first iteration. */
export interface WarmStartEvent extends RunEventBase {
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
export interface CheckpointEvent extends RunEventBase {
  readonly event: 'checkpoint';
  readonly iteration: number;
  readonly globalStep: number;
  /** The file, as a person would write it. */
  readonly path: string;
}

/** How a run ended: all iterations, or nothing left to learn; by `--stop-after` or a target return; by Ctrl-C or an abort signal; by an error. */
export type RunStatus = 'done' | 'stopped' | 'interrupted' | 'failed';

/** What is known at the end of a run: `summary.json`. */
export interface RunSummary extends RunEventBase {
  /** `gpg`, `ppo`; of a language model its estimator. */
  readonly algorithm: string;
  /** The environment's id; of a language model its task's. */
  readonly env: string;
  readonly status: RunStatus;
  /** SHA-256 of the final parameters, see `hashParameters`. */
  readonly parametersSha256: string;
  readonly globalStep: number;
  readonly iterations: number;
  /** Seconds of training, those before a resume included. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** The last evaluation; `null` if there was none. */
  readonly evaluation: Evaluation | null;
  /** Language models: `passAtK` of that evaluation. */
  readonly passAtK?: readonly AccuracyAtK[];
  /** Language models: `majAtK` of that evaluation. */
  readonly majAtK?: readonly AccuracyAtK[];
  /** Language models: the evaluation after the warm start, if there was one. */
  readonly startEvaluation?: { readonly sampled: SampleStatistics; readonly greedy: SampleStatistics };
  /** Language models: tokens sampled for training. */
  readonly tokens?: number;
  /** Versions of this package and of what it runs on, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Operating system and architecture. */
  readonly platform: string;
  /** `plain` or `fused`: which kernels computed. */
  readonly arithmetic: string;
  /** Why the run failed or stopped, in words; `solved` where a language model's run ended early with nothing left to learn. */
  readonly message?: string;
}

/** Last event of a run with one seed. */
export interface SummaryEvent extends RunSummary {
  readonly event: 'summary';
}

/** Several seeds of one configuration, together: `summary.json` of the common folder. */
export interface JointSummary {
  /** The common folder; `null` if the runs are kept nowhere. */
  readonly runDirectory: string | null;
  readonly algorithm: string;
  readonly env: string;
  /** In the order given. */
  readonly seeds: readonly (number | string)[];
  /** The worst of the runs: failed, then interrupted, then stopped, then done. */
  readonly status: RunStatus;
  /** By seed, in decimal. */
  readonly parametersSha256: Readonly<Record<string, string>>;
  /** Environment steps of all runs together. */
  readonly globalStep: number;
  /** Iterations of the longest run. */
  readonly iterations: number;
  /** Wall time of all runs: as given, else that of the longest run (they run side by side). */
  readonly seconds: number;
  /** All steps by all seconds. */
  readonly stepsPerSecond: number;
  /** Statistics over the runs' mean returns, one number per run; `null` if no run was evaluated. */
  readonly evaluation: { readonly sampled: SampleStatistics; readonly greedy: SampleStatistics } | null;
  /** One per seed. */
  readonly runs: readonly RunSummary[];
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
  | SummaryEvent
  | JointSummaryEvent;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before its run says where it comes from. */
export type RunEventBody = DistributiveOmit<RunEvent, keyof RunEventBase>;

/** Mean, standard error, IQM, returns and lengths of evaluation episodes. */
export function evaluationResult(returns: readonly number[], lengths: readonly number[]): EvaluationResult {
  return { ...sampleStatistics(returns), returns: [...returns], lengths: [...lengths] };
}

const worstFirst: readonly RunStatus[] = ['failed', 'interrupted', 'stopped', 'done'];

/** The summary of several seeds (at least one). `seconds` is the wall time of all together, if it was measured. */
export function jointSummary(
  summaries: readonly [RunSummary, ...RunSummary[]],
  options: { readonly runDirectory?: string | null; readonly seconds?: number } = {},
): JointSummary {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const most = (values: readonly number[]): number => values.reduce((largest, value) => Math.max(largest, value), 0);
  const globalStep = sum(summaries.map((run) => run.globalStep));
  const seconds = options.seconds ?? most(summaries.map((run) => run.seconds));
  const means = (policy: 'sampled' | 'greedy'): number[] =>
    summaries.map((run) => run.evaluation?.[policy].mean).filter((mean) => typeof mean === 'number');
  const evaluated = summaries.some((run) => run.evaluation !== null);
  return {
    runDirectory: options.runDirectory ?? null,
    algorithm: summaries[0].algorithm,
    env: summaries[0].env,
    seeds: summaries.map((run) => run.seed),
    status: worstFirst.find((status) => summaries.some((run) => run.status === status)) ?? 'done',
    parametersSha256: Object.fromEntries(summaries.map((run) => [String(run.seed), run.parametersSha256])),
    globalStep,
    iterations: most(summaries.map((run) => run.iterations)),
    seconds,
    stepsPerSecond: seconds > 0 ? globalStep / seconds : 0,
    evaluation: evaluated ? { sampled: sampleStatistics(means('sampled')), greedy: sampleStatistics(means('greedy')) } : null,
    runs: summaries,
  };
}
