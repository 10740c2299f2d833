/**
 * A language model in training, as a session sees it: the warm start, iterations with their completions, and the model to evaluate and keep.
 */
import { explainMemory } from '../../core/errors.ts';
import { parameterTensors, restoreParameters } from '../../run/checkpoint.ts';
import type { Evaluation } from '../../run/evaluation.ts';
import type { CompletionRecord, RunEventBody } from '../../run/events.ts';
import { runFiles } from '../../run/layout.ts';
import type { RunTable } from '../../run/runWriter.ts';
import type { SessionContext, SessionIteration } from '../../run/session.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import type { Trainee, TraineeReport } from '../../run/trainee.ts';
import { iterate } from '../algorithm/iterate.ts';
import { closeState, createLanguageState, type LanguageContext, type LanguageState } from '../algorithm/state.ts';
import type { LanguageConfig } from '../config/config.ts';
import { countersOf, restoreState, stateTensors } from './checkpoint.ts';
import { Evaluator } from './evaluation.ts';
import { LanguageModel } from './languageModel.ts';
import type { OpenContext, WarmStartProgress } from './source.ts';
import { openPolicy } from './warmStart.ts';

/** What a run of a language model is given from outside. */
export interface LanguageTrainingContext extends SessionContext, Omit<OpenContext, 'onWarmStart'> {}

/** What an iteration of a language model gives to a program besides. */
export interface LanguageExtra {
  /** Tokens sampled for training so far. */
  readonly tokens: number;
  /** A few completions of this iteration. */
  readonly completions: readonly CompletionRecord[];
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

/** The state of a run and the trainee that it makes. */
export async function createLanguageTrainee(
  config: LanguageConfig,
  context: LanguageTrainingContext,
): Promise<Trainee<LanguageExtra, TrainedModel>> {
  return new LanguageTrainee(await createState(config, context), context);
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
  readonly #state: LanguageState;
  readonly #context: LanguageTrainingContext;
  readonly #evaluator: Evaluator;
  #solved = false;

  constructor(state: LanguageState, context: LanguageTrainingContext) {
    const { policy, critic } = state;
    this.target = state.task.id;
    this.method = state.config.estimator;
    this.config = state.config;
    this.memoryBytes = state.kernels.bytesUsed;
    this.learned = [
      { prefix: '', parameters: policy.parameters },
      ...(critic ? [{ prefix: 'critic/', parameters: critic.model.parameters }] : []),
    ];
    this.#state = state;
    this.#context = context;
    this.#evaluator = new Evaluator(state);
  }

  counters(): ReturnType<typeof countersOf> {
    return countersOf(this.#state);
  }

  /** The warm start; an abort in it leaves nothing to go on from, and a resume begins again. */
  async prepare(tell: (event: RunEventBody) => void): Promise<boolean> {
    const { warmStartAccuracy: target } = this.config;
    const { now } = this.#state;
    const onWarmStart = ({ step, accuracy, seconds, cached }: WarmStartProgress): void =>
      tell({ event: 'warmStart', step, accuracy, target, seconds, done: false, cached });
    const before = now();
    const report = await openPolicy(this.#state, { ...this.#context, onWarmStart });
    if (report.interrupted) return false;
    const { steps: step, sampledAccuracy: accuracy, cached, discarded } = report;
    const seconds = (now() - before) / 1000;
    const why = discarded === undefined ? {} : { discarded };
    if (target > 0) tell({ event: 'warmStart', step, accuracy, target, seconds, done: true, cached, ...why });
    return true;
  }

  async iterate(): Promise<TraineeReport<LanguageExtra>> {
    const { metrics, samples: completions, kept = () => completions, solved } = await iterate(this.#state);
    const { iteration, tokens } = this.#state;
    this.#solved = solved;
    return {
      metrics,
      lines: () => kept().map((completion) => JSON.stringify({ iteration, ...completion })),
      event: { event: 'completions', iteration, completions },
      extra: { tokens, completions, solved },
    };
  }

  evaluate(final: boolean): Promise<Evaluation | undefined> {
    const { signal } = this.#context;
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

  tensors(): ReturnType<typeof stateTensors> {
    return stateTensors(this.#state);
  }

  restore(checkpoint: Checkpoint): void {
    restoreState(this.#state, checkpoint);
  }

  hashed(): ReturnType<typeof parameterTensors> {
    return parameterTensors(this.#state.policy.parameters);
  }

  summary(): { tokens: number } {
    return { tokens: this.#state.tokens };
  }

  trained(): TrainedModel {
    return { model: new LanguageModel(this.#state) };
  }

  async copy(): Promise<TrainedModel> {
    const tensors = new Map(this.hashed().map((tensor) => [tensor.name, tensor]));
    const state = await createState({ ...this.config, klCoef: 0, threads: 1 }, this.#context);
    restoreParameters(state.policy.parameters, { tensors });
    return { model: new LanguageModel(state) };
  }

  close(): void {
    closeState(this.#state);
  }
}
