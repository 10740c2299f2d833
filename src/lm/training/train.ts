/**
 * Training a language model: a loop around `iterate` that adds the warm start, evaluation, metrics, checkpoints, events and cancellation.
 */
import { CohortError } from '../../core/errors.ts';
import { RunClock } from '../../run/clock.ts';
import type { CompletionRecord, Evaluation, RunEvent, RunEventBody, RunStatus, RunSummary } from '../../run/events.ts';
import { allFinite, checkFinite } from '../../run/finite.ts';
import { RunInProgress, type RunSession, runLoop } from '../../run/loop.ts';
import type { Checkpoint } from '../../run/readRun.ts';
import type { RunWriter } from '../../run/runWriter.ts';
import { hashParameters } from '../../run/sha256.ts';
import { iterate } from '../algorithm/iterate.ts';
import { createLanguageState, type LanguageContext, type LanguageState } from '../algorithm/state.ts';
import type { LanguageConfig } from '../config/config.ts';
import { checkpointMetadata, type RunProgress, readProgress, type StartEvaluation } from './checkpoint.ts';
import { Evaluator } from './evaluation.ts';
import { LanguageModel } from './languageModel.ts';
import type { OpenContext } from './source.ts';
import { parameterTensors, restoreState, stateTensors } from './stateTensors.ts';
import { openPolicy } from './warmStart.ts';

/** What a run is given from outside. */
export interface LanguageDependencies extends Omit<OpenContext, 'onWarmStart'> {
  /** Opens the run folder, new or to go on with; missing for a run that is kept nowhere. */
  readonly openFolder?: (() => Promise<RunFolder>) | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** An open run folder. */
export interface RunFolder {
  readonly writer: RunWriter;
  /** Missing for a new run, and for one that was ended before its first. */
  readonly checkpoint?: Checkpoint | undefined;
  readonly directory: string;
}

/** One iteration, as the iterator gives it. */
export interface LanguageIterationResult {
  /** 1 for the first. */
  readonly iteration: number;
  readonly iterations: number;
  /** Completions sampled for training so far. */
  readonly globalStep: number;
  /** Their tokens. */
  readonly tokens: number;
  /** By the keys of `metricTable`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** A few completions of this iteration. */
  readonly completions: readonly CompletionRecord[];
  /** Everything that was drawn is right: the run ends here. */
  readonly solved: boolean;
  /** Where this iteration was evaluated. */
  readonly evaluation?: Evaluation | undefined;
}

/** What a run comes to. */
export interface LanguageTrainingResult {
  readonly summary: RunSummary;
  /** The trained model; it lives as long as the program keeps it. */
  readonly model: LanguageModel;
}

/** A run in progress: iterate over it, or `finish()` it; leaving the loop early ends the run as if it had been aborted. */
export class LanguageTraining extends RunInProgress<LanguageConfig, LanguageIterationResult, LanguageTrainingResult> {
  constructor(config: LanguageConfig, dependencies: LanguageDependencies) {
    super(config, (done) => runTraining(config, dependencies, done));
  }
}

async function* runTraining(
  config: LanguageConfig,
  dependencies: LanguageDependencies,
  done: (result: LanguageTrainingResult) => void,
): AsyncGenerator<LanguageIterationResult, void> {
  const { platform, signal } = dependencies;
  const { iterations, stopAfter } = config;
  // The state first: what cannot be built leaves no folder behind.
  const state = await createState(config, dependencies);
  let folder: RunFolder | undefined;
  try {
    folder = await dependencies.openFolder?.();
    const session = await Session.begin(state, dependencies, folder);
    const isEnough = ({ solved }: LanguageIterationResult): { status: RunStatus; message: string } | undefined =>
      solved ? { status: 'done', message: 'solved' } : undefined;
    yield* runLoop(session, { iterations, stopAfter, signal, pause: () => platform.pause(), isEnough }, done);
  } finally {
    await folder?.writer.close();
    state.kernels.close();
  }
}

/** The state, or what to change where there is not enough memory for it. */
export async function createState(config: LanguageConfig, context: LanguageContext): Promise<LanguageState> {
  try {
    return await createLanguageState(config, context);
  } catch (cause) {
    const full = cause instanceof CohortError ? cause.parts.subject === 'kernels.bytes' : cause instanceof RangeError;
    if (!full) throw cause;
    const { numGroups, groupSize, hiddenSize, numHiddenLayers } = config;
    throw new CohortError({
      subject: 'numGroups, groupSize, hiddenSize, numHiddenLayers',
      expected: 'a batch and models that fit into memory (4 GiB at most)',
      got: `${numGroups} x ${groupSize} completions, ${numHiddenLayers} layers of width ${hiddenSize}`,
      advice: 'use fewer groups or completions, or a smaller model',
      cause,
    });
  }
}

/** A run between its beginning and its end. */
class Session implements RunSession<LanguageIterationResult, LanguageTrainingResult> {
  readonly #state: LanguageState;
  readonly #dependencies: LanguageDependencies;
  readonly #folder: RunFolder | undefined;
  readonly #evaluator: Evaluator;
  readonly #clock: RunClock;
  #startEvaluation: StartEvaluation | undefined;
  /** False until the warm start is over: there is nothing to go on from before. */
  #begun = false;
  #checkpointIteration = -1;

  private constructor(
    state: LanguageState,
    dependencies: LanguageDependencies,
    folder: RunFolder | undefined,
    progress: RunProgress | undefined,
  ) {
    const { config, rollouts } = state;
    this.#state = state;
    this.#dependencies = dependencies;
    this.#folder = folder;
    this.#evaluator = new Evaluator(state);
    this.#startEvaluation = progress?.startEvaluation;
    const { now } = dependencies.platform;
    this.#clock = new RunClock({ ...config, now, secondsBefore: progress?.seconds ?? 0, stepsBefore: rollouts });
  }

  static async begin(state: LanguageState, dependencies: LanguageDependencies, folder: RunFolder | undefined): Promise<Session> {
    const { config } = state;
    const checkpoint = folder?.checkpoint;
    if (checkpoint) restoreState(state, checkpoint);
    const session = new Session(state, dependencies, folder, checkpoint && readProgress(checkpoint.metadata));
    session.#emit({ event: 'config', config: { ...config, road: 'lm' }, resumed: checkpoint !== undefined });
    if (checkpoint) {
      session.#begun = true;
      session.#checkpointIteration = state.iteration;
    } else if (await session.#warmStart()) {
      session.#begun = true;
      if (config.evaluationInterval > 0) {
        const { sampled, greedy } = await session.#evaluateAndNote();
        const statistics = ({ mean, standardError, iqm }: typeof sampled) => ({ mean, standardError, iqm });
        session.#startEvaluation = { sampled: statistics(sampled), greedy: statistics(greedy) };
      }
      // A run killed in its first seconds goes on from here, and the warm start is not done twice.
      await session.#checkpoint();
    }
    return session;
  }

  get iteration(): number {
    return this.#state.iteration;
  }

  /** One iteration with what belongs to it. */
  async iterate(): Promise<LanguageIterationResult> {
    const state = this.#state;
    const { iterations, evaluationInterval } = state.config;
    const { metrics, samples: completions, solved } = await this.#clock.iterating(() => iterate(state));
    this.#checkFinite(metrics);
    const { iteration, rollouts: globalStep, tokens } = state;
    const { seconds } = this.#clock;
    await this.#folder?.writer.iteration({ iteration, globalStep, seconds, metrics, completions });
    const stepsPerSecond = this.#clock.stepsPerSecond(globalStep);
    const timeLeft = this.#clock.timeLeft(iterations - iteration);
    this.#emit({ event: 'iteration', iteration, iterations, globalStep, seconds, stepsPerSecond, timeLeft, metrics });
    this.#emit({ event: 'completions', iteration, completions });
    const due = evaluationInterval > 0 && iteration % evaluationInterval === 0;
    const evaluation = due ? await this.#evaluateAndNote() : undefined;
    if (this.#clock.isCheckpointDue(iteration)) await this.#checkpoint();
    return { iteration, iterations, globalStep, tokens, metrics, completions, solved, evaluation };
  }

  /** Last checkpoint, last evaluation, summary. */
  async end(status: RunStatus, message?: string): Promise<LanguageTrainingResult> {
    const state = this.#state;
    const { config, task, iteration, rollouts, tokens } = state;
    if (this.#begun) await this.#checkpoint();
    const { finalEvaluationPrompts: numPrompts, evaluationSamples: numSamples } = config;
    const evaluation = this.#begun ? await this.#evaluator.evaluate({ numPrompts, numSamples }) : null;
    const { passAtK, majAtK } = evaluation ?? {};
    const summary: RunSummary = {
      runDirectory: this.#folder?.directory ?? null,
      seed: config.seed,
      algorithm: config.estimator,
      env: task.id,
      status,
      parametersSha256: hashParameters(parameterTensors(state.policy)),
      globalStep: rollouts,
      tokens,
      iterations: iteration,
      seconds: this.#clock.seconds,
      stepsPerSecond: this.#clock.stepsPerSecond(rollouts),
      ...(this.#startEvaluation ? { startEvaluation: this.#startEvaluation } : {}),
      evaluation,
      ...(passAtK ? { passAtK } : {}),
      ...(majAtK ? { majAtK } : {}),
      versions: this.#dependencies.versions,
      platform: this.#dependencies.platform.name,
      arithmetic: config.arithmetic,
      ...(message === undefined ? {} : { message }),
    };
    await this.#folder?.writer.summary(summary);
    this.#emit({ event: 'summary', ...summary });
    return { summary, model: new LanguageModel(state) };
  }

  /** Whether it came to its end; an abort leaves nothing to go on from, and a resume begins again. */
  async #warmStart(): Promise<boolean> {
    const { warmStartAccuracy: target } = this.#state.config;
    const context = {
      ...this.#dependencies,
      onWarmStart: ({ step, accuracy, seconds, cached }: { step: number; accuracy: number; seconds: number; cached: boolean }) =>
        this.#emit({ event: 'warmStart', step, accuracy, target, seconds, done: false, cached }),
    };
    const { seconds: before } = this.#clock;
    const { steps: step, sampledAccuracy: accuracy, cached, interrupted, discarded } = await openPolicy(this.#state, context);
    if (interrupted) return false;
    const seconds = this.#clock.seconds - before;
    const why = discarded === undefined ? {} : { discarded };
    if (target > 0) this.#emit({ event: 'warmStart', step, accuracy, target, seconds, done: true, cached, ...why });
    return true;
  }

  /** Writes a checkpoint, if the run is kept and there is something new. */
  async #checkpoint(): Promise<void> {
    const state = this.#state;
    const { iteration, rollouts: globalStep } = state;
    this.#clock.noteCheckpoint();
    if (!this.#folder || this.#checkpointIteration === iteration) return;
    const { writer } = this.#folder;
    this.#checkpointIteration = iteration;
    const progress = { seconds: this.#clock.seconds, startEvaluation: this.#startEvaluation };
    await writer.checkpoint(stateTensors(state), checkpointMetadata(progress, state));
    this.#emit({ event: 'checkpoint', iteration, globalStep, path: writer.checkpointPath });
  }

  async #evaluateAndNote(): Promise<Evaluation> {
    const { config, iteration, rollouts: globalStep } = this.#state;
    const evaluation = await this.#evaluator.evaluate({ numPrompts: config.evaluationPrompts, numSamples: 1 });
    await this.#folder?.writer.evaluation({ iteration, globalStep, seconds: this.#clock.seconds, ...evaluation });
    this.#emit({ event: 'evaluation', iteration, globalStep, ...evaluation });
    return evaluation;
  }

  /** Throws where a number stopped being one; the last checkpoint is from before. */
  #checkFinite(metrics: Readonly<Record<string, number>>): void {
    const { iteration, policy, critic } = this.#state;
    const models = [{ prefix: '', parameters: policy.parameters }, ...(critic ? [{ prefix: 'critic/', ...critic.model }] : [])];
    const tensors = models.flatMap(({ prefix, parameters }) =>
      parameters.tensors().map(({ name, get }) => ({ name: `${prefix}${name}`, values: () => get() })),
    );
    // The parameters every time: a step may overflow where its gradient did not.
    const suspect = !models.every(({ parameters }) => allFinite(parameters.values));
    checkFinite(iteration, metrics, ['losses/gradient_norm', 'losses/value_loss', 'losses/entropy'], tensors, suspect);
  }

  #emit(event: RunEventBody): void {
    const { config } = this.#state;
    this.#dependencies.onEvent?.({ runDirectory: this.#folder?.directory ?? null, seed: config.seed, ...event } as RunEvent);
  }
}
