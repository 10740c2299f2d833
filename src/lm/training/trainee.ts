/**
 * A language model in training, as a session sees it: the warm start, iterations with their completions, and the model to evaluate and keep.
 */
import { explainMemory } from '../../core/errors.ts';
import type { Evaluation } from '../../run/evaluation.ts';
import type { CompletionRecord, RunEventBody } from '../../run/events.ts';
import { runFiles } from '../../run/layout.ts';
import type { RunTable } from '../../run/runWriter.ts';
import type { Tensor } from '../../run/safetensors.ts';
import type { SessionContext, SessionIteration } from '../../run/session.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import type { Trainee, TraineeReport } from '../../run/trainee.ts';
import { iterate } from '../algorithm/iterate.ts';
import type { KeptCompletion } from '../algorithm/metrics.ts';
import { createLanguageState, type LanguageContext, type LanguageState, type LearningState } from '../algorithm/state.ts';
import type { LanguageConfig } from '../config/config.ts';
import { countersOf } from './checkpoint.ts';
import { Evaluator } from './evaluation.ts';
import { LanguageModel } from './languageModel.ts';
import { createServed } from './served.ts';
import type { ServerAccess } from './serverAccess.ts';
import type { OpenContext } from './source.ts';
import { localWeights, type Weights } from './weights.ts';

/** What a run of a language model is given from outside. */
export interface LanguageTrainingContext extends SessionContext, Omit<OpenContext, 'onWarmStart'> {
  /** How to reach the server of a model that is on one. */
  readonly server?: ServerAccess | undefined;
}

/** What an iteration of a language model gives to a program besides. */
export interface LanguageExtra {
  /** Tokens sampled for training so far. */
  readonly tokens: number;
  /** A few completions of this iteration. */
  readonly completions: readonly CompletionRecord[];
  /**
   * With `completions: 'all'`: every completion of this iteration, by prompt, with its advantage and how its reward came out. Ask before the next iteration
   * begins.
   */
  readonly groups?: (() => readonly (readonly KeptCompletion[])[]) | undefined;
  /** Everything that was drawn is right: the run ends here. */
  readonly solved: boolean;
}

/** One iteration of a language model, as the iterator gives it; `globalStep` are completions. */
export interface LanguageIterationResult extends SessionIteration, LanguageExtra {}

/** What a run of a language model gives at its end, besides the summary. */
export interface TrainedModel {
  /** The trained model; it lives as long as the program keeps it. */
  readonly model: LanguageModel;
}

/** `completions.jsonl`: a few completions per iteration, or all, with their rewards, one per line. */
export const completionsTable: RunTable = { file: runFiles.completions, header: '' };

/** The state of a run and the trainee that it makes, wherever its model is. */
export async function createLanguageTrainee(
  config: LanguageConfig,
  context: LanguageTrainingContext,
): Promise<Trainee<LanguageExtra, TrainedModel>> {
  if (config.backend !== 'kernels') {
    const { state, weights } = await createServed(config, context);
    return new LanguageTrainee(state, weights, context.signal);
  }
  const state = await createState(config, context);
  const weights = localWeights(state, context, (changes) => createState({ ...config, ...changes }, context));
  return new LanguageTrainee(state, weights, context.signal);
}

/** The state, or what to change where there is not enough memory for it. */
export async function createState(config: LanguageConfig, context: LanguageContext): Promise<LanguageState> {
  try {
    return await createLanguageState(config, context);
  } catch (cause) {
    const { numGroups, groupSize, hiddenSize, numHiddenLayers } = config;
    throw explainMemory(cause, {
      subject: 'numGroups, groupSize, hiddenSize, numHiddenLayers',
      expected: 'a batch and models that fit into memory (4.3 GB at most)',
      got: `${numGroups} x ${groupSize} completions, ${numHiddenLayers} layers of width ${hiddenSize}`,
      advice: 'use fewer groups or completions, or a smaller model',
    });
  }
}

class LanguageTrainee implements Trainee<LanguageExtra, TrainedModel> {
  readonly road = 'language-models';
  readonly unit = 'completions';
  readonly finiteMetrics = ['losses/gradient_norm', 'losses/value_loss', 'losses/entropy'];
  readonly target: string;
  readonly method: string;
  readonly config: LanguageConfig;
  readonly memoryBytes: number;
  readonly learned: Trainee<LanguageExtra, TrainedModel>['learned'];
  readonly #state: LearningState;
  readonly #weights: Weights;
  readonly #signal: AbortSignal | undefined;
  readonly #evaluator: Evaluator;
  #solved = false;

  constructor(state: LearningState, weights: Weights, signal: AbortSignal | undefined) {
    this.target = state.task.id;
    this.method = state.config.estimator;
    this.config = state.config;
    this.memoryBytes = weights.memoryBytes;
    this.learned = weights.learned;
    this.#state = state;
    this.#weights = weights;
    this.#signal = signal;
    this.#evaluator = new Evaluator(state);
  }

  counters(): ReturnType<typeof countersOf> {
    return countersOf(this.#state);
  }

  prepare(tell: (event: RunEventBody) => void): Promise<boolean> {
    return this.#weights.prepare(tell);
  }

  async iterate(): Promise<TraineeReport<LanguageExtra>> {
    const { metrics, samples: completions, groups, solved } = await iterate(this.#state);
    const kept = (): readonly CompletionRecord[] => groups?.().flat() ?? completions;
    const { iteration, tokens } = this.#state;
    this.#solved = solved;
    return {
      metrics,
      lines: () => kept().map((completion) => JSON.stringify({ iteration, ...completion })),
      event: { event: 'completions', iteration, completions },
      extra: { tokens, completions, groups, solved },
    };
  }

  evaluate(final: boolean): Promise<Evaluation | undefined> {
    const signal = this.#signal;
    const { evaluationPrompts, finalEvaluationPrompts, evaluationSamples } = this.config;
    return this.#evaluator.evaluate(
      final
        ? { numPrompts: finalEvaluationPrompts, numSamples: evaluationSamples, signal }
        : { numPrompts: evaluationPrompts, numSamples: 1, signal },
    );
  }

  isEnough(): ReturnType<Trainee<LanguageExtra, TrainedModel>['isEnough']> {
    return this.#solved ? { status: 'done', message: 'solved' } : undefined;
  }

  async keep(): Promise<void> {
    await this.#weights.keep?.();
  }

  tensors(): Tensor[] {
    return this.#weights.tensors();
  }

  metadata(): Readonly<Record<string, string>> {
    return this.#weights.metadata?.() ?? {};
  }

  restore(checkpoint: Checkpoint): void | Promise<void> {
    return this.#weights.restore(checkpoint);
  }

  hashed(): ReturnType<Weights['hashed']> {
    return this.#weights.hashed();
  }

  summary(): { tokens: number } {
    return { tokens: this.#state.tokens };
  }

  trained(): TrainedModel {
    return { model: new LanguageModel(this.#state) };
  }

  async copy(): Promise<TrainedModel> {
    const { state, release } = await this.#weights.copy();
    return { model: new LanguageModel(state, release) };
  }

  close(): void {
    this.#weights.close();
  }
}
