/**
 * Training: a loop around `iterate` that adds evaluation, metrics, checkpoints, events and cancellation.
 */
import type { AlgorithmContext, AlgorithmState, IterationReport } from '../algorithms/algorithm.ts';
import { algorithms } from '../algorithms/index.ts';
import type { Seed, VectorEnv } from '../core/env.ts';
import { CohortError } from '../core/errors.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import type { Platform } from '../core/platform.ts';
import { evaluate } from '../play/evaluate.ts';
import type { Policy } from '../policy/policy.ts';
import { RunClock } from '../run/clock.ts';
import type { EvaluationResult, RunEvent, RunEventBody, RunStatus, RunSummary } from '../run/events.ts';
import { checkFinite } from '../run/finite.ts';
import { RunInProgress, type RunSession, runLoop } from '../run/loop.ts';
import type { Checkpoint } from '../run/readRun.ts';
import type { RunWriter } from '../run/runWriter.ts';
import { hashParameters } from '../run/sha256.ts';
import { checkpointMetadata, checkpointTensors, normalizerTensors, parameterTensors, restoreCheckpoint } from './checkpoint.ts';
import type { ResolvedConfig } from './config.ts';
import { isSnapshotDue } from './snapshots.ts';

/** What is trained on: an environment by id or the user's own. */
export interface Task {
  readonly id: string;
  /** Evaluation episodes are cut here unless the configuration says otherwise. */
  readonly evaluationMaxSteps?: number;
  makeVector(numEnvs: number, options: Readonly<Record<string, unknown>>): Promise<VectorEnv>;
  /** The same in the wrappers that the configuration asks for; only training sees it, evaluation takes the bare one. */
  makeTrainingVector(config: ResolvedConfig): Promise<{ env: VectorEnv; normalization?: TrainingNormalization }>;
  /** Seeds of `numEnvs` environments; those of evaluation share none with those of training. */
  seeds(seed: number, numEnvs: number, mode: 'cohort' | 'gymnasium', purpose: 'training' | 'evaluation'): Seed[];
}

/** What a run is given from outside. */
export interface TrainingDependencies {
  readonly task: Task;
  readonly platform: Platform;
  readonly createKernels: (options: {
    bytes: number;
    threads: number;
    arithmetic: 'plain' | 'fused';
  }) => ReturnType<AlgorithmContext['createKernels']>;
  /** Random key of the learner from the run's seed. */
  readonly learnerKey: (seed: number) => Uint32Array;
  /** Opens the run folder, new or to go on with; missing for a run that is kept nowhere. */
  readonly openFolder?: () => Promise<{ writer: RunWriter; checkpoint?: Checkpoint; directory: string }>;
  readonly versions: Readonly<Record<string, string>>;
  /** The policy of a moment as the bytes of a file; the normalizer is the one that the policy has then. Missing: no snapshots. */
  readonly encodeSnapshot?: (policy: Policy, moment: { readonly iteration: number; readonly globalStep: number }) => Uint8Array;
  readonly binning?: AlgorithmContext['binning'];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** One iteration, as the iterator gives it. */
export interface IterationResult {
  /** 1 for the first. */
  readonly iteration: number;
  readonly iterations: number;
  /** Environment steps so far. */
  readonly globalStep: number;
  /** By the keys of `metricTable`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Where this iteration was evaluated. */
  readonly evaluation?: { readonly sampled: EvaluationResult; readonly greedy: EvaluationResult };
}

/** What a run comes to. */
export interface TrainingResult {
  readonly summary: RunSummary;
  /** The trained policy; it lives as long as the program keeps it. */
  readonly policy: Policy;
}

/** A run in progress: iterate over it, or `finish()` it; leaving the loop early ends the run as if it had been aborted. */
export class Training extends RunInProgress<ResolvedConfig, IterationResult, TrainingResult> {
  constructor(config: ResolvedConfig, dependencies: TrainingDependencies) {
    super(config, (done) => runTraining(config, dependencies, done));
  }
}

async function* runTraining(
  config: ResolvedConfig,
  dependencies: TrainingDependencies,
  done: (result: TrainingResult) => void,
): AsyncGenerator<IterationResult, void> {
  const { platform, signal } = dependencies;
  const { iterations, stopAfter, targetReturn = Number.POSITIVE_INFINITY } = config;
  // The state first: what cannot be built leaves no folder behind.
  const { state, normalization } = await createState(config, dependencies);
  const folder = await dependencies.openFolder?.();
  let session: Session | undefined;
  try {
    session = await Session.begin(config, dependencies, { state, normalization }, folder);
    const isEnough = ({ iteration, evaluation }: IterationResult): { status: RunStatus } | undefined =>
      (evaluation?.sampled.mean ?? Number.NEGATIVE_INFINITY) >= targetReturn
        ? { status: iteration < iterations ? 'stopped' : 'done' }
        : undefined;
    yield* runLoop(session, { iterations, stopAfter, signal, pause: () => platform.pause(), isEnough }, done);
  } finally {
    await folder?.writer.close();
    session?.close();
  }
}

/** What a run is at any moment. */
interface RunState {
  readonly state: AlgorithmState;
  readonly normalization: TrainingNormalization | undefined;
}

/** Environments, just reset, and the algorithm's state on them. */
async function createState(config: ResolvedConfig, dependencies: TrainingDependencies): Promise<RunState> {
  const { task, platform, binning } = dependencies;
  const { seed, envSeeding, threads, arithmetic } = config;
  const numEnvs = config.numEnvs as number;
  try {
    const { env, normalization } = await task.makeTrainingVector(config);
    env.reset(task.seeds(seed, numEnvs, envSeeding, 'training'));
    const state = await algorithms[config.algorithm].create(config, {
      env,
      platform,
      key: dependencies.learnerKey(seed),
      createKernels: (bytes) => dependencies.createKernels({ bytes, threads, arithmetic }),
      binning,
    });
    return { state, normalization };
  } catch (cause) {
    const full = cause instanceof CohortError ? cause.parts.subject === 'kernels.bytes' : cause instanceof RangeError;
    if (!full) throw cause;
    throw new CohortError({
      subject: 'numEnvs, numSteps, hiddenSizes',
      expected: 'a rollout and networks that fit into memory (4 GiB at most)',
      got: `${numEnvs} environments x ${config.numSteps} steps`,
      advice: 'use fewer environments, fewer steps or narrower layers',
      cause,
    });
  }
}

/** A run between its beginning and its end. */
class Session implements RunSession<IterationResult, TrainingResult> {
  readonly state: AlgorithmState;
  readonly #normalization: TrainingNormalization | undefined;
  readonly #config: ResolvedConfig;
  readonly #dependencies: TrainingDependencies;
  readonly #writer: RunWriter | undefined;
  readonly #directory: string | null;
  readonly #evaluators = new Map<number, VectorEnv>();
  readonly #clock: RunClock;
  #checkpointIteration = -1;

  private constructor(
    config: ResolvedConfig,
    dependencies: TrainingDependencies,
    { state, normalization }: RunState,
    folder: { writer: RunWriter; directory: string } | undefined,
    secondsBefore: number,
  ) {
    this.#config = config;
    this.#dependencies = dependencies;
    this.state = state;
    this.#normalization = normalization;
    this.#writer = folder?.writer;
    this.#directory = folder?.directory ?? null;
    const stepsBefore = state.collector.globalStep;
    this.#clock = new RunClock({ ...config, now: dependencies.platform.now, secondsBefore, stepsBefore });
  }

  static async begin(
    config: ResolvedConfig,
    dependencies: TrainingDependencies,
    run: RunState,
    folder: { writer: RunWriter; checkpoint?: Checkpoint; directory: string } | undefined,
  ): Promise<Session> {
    const counters = folder?.checkpoint && restoreCheckpoint(run.state, folder.checkpoint, run.normalization);
    const session = new Session(config, dependencies, run, folder, counters?.seconds ?? 0);
    session.#emit({ event: 'config', config, resumed: counters !== undefined });
    if (counters) session.#checkpointIteration = counters.iteration;
    else {
      if (config.evaluationInterval > 0) await session.#evaluateAndNote();
      await session.#snapshot();
      // A run killed in its first seconds goes on from here, and a folder that cannot be written is known before the work.
      await session.checkpoint();
    }
    return session;
  }

  get iteration(): number {
    return this.state.iteration;
  }

  /** One iteration with what belongs to it. */
  async iterate(): Promise<IterationResult> {
    const { state } = this;
    const { iterations, algorithm, evaluationInterval } = this.#config;
    const report = await this.#clock.iterating(() => algorithms[algorithm].iterate(state));
    this.#checkFinite(report);
    const { iteration } = state;
    const { globalStep } = state.collector;
    const { seconds } = this.#clock;
    const stepsPerSecond = this.#clock.stepsPerSecond(globalStep);
    const metrics = { ...episodeMetrics(report), 'charts/SPS': Math.round(stepsPerSecond), ...report.metrics };
    const episodes = report.episodes.map((episode) => ({ ...episode, seconds }));
    await this.#writer?.iteration({ iteration, globalStep, seconds, metrics, episodes });
    const timeLeft = this.#clock.timeLeft(iterations - iteration);
    this.#emit({ event: 'iteration', iteration, iterations, globalStep, seconds, stepsPerSecond, timeLeft, metrics });
    const due = evaluationInterval > 0 && iteration % evaluationInterval === 0;
    const evaluation = due ? await this.#evaluateAndNote() : undefined;
    // Before the checkpoint: a resume never goes back before it, and would not write this snapshot again.
    if (isSnapshotDue(this.#config, iteration)) await this.#snapshot();
    if (this.#clock.isCheckpointDue(iteration)) await this.checkpoint();
    return { iteration, iterations, globalStep, metrics, evaluation };
  }

  /** Writes a checkpoint, if the run is kept and there is something new. */
  async checkpoint(): Promise<void> {
    const { state } = this;
    this.#clock.noteCheckpoint();
    if (!this.#writer || this.#checkpointIteration === state.iteration) return;
    this.#checkpointIteration = state.iteration;
    const { globalStep } = state.collector;
    const { iteration, learner } = state;
    const counters = { iteration, globalStep, optimizerSteps: learner.optimizerSteps, seconds: this.#clock.seconds };
    this.#freezeStatistics();
    await this.#writer.checkpoint(checkpointTensors(state, this.#normalization), checkpointMetadata(state, counters));
    this.#emit({ event: 'checkpoint', iteration, globalStep, path: this.#writer.checkpointPath });
  }

  /** Keeps the policy as it is now in the run folder. */
  async #snapshot(): Promise<void> {
    const { encodeSnapshot } = this.#dependencies;
    if (!this.#writer || !encodeSnapshot || this.#config.policySnapshots === 0) return;
    const { iteration, learner, collector } = this.state;
    this.#freezeStatistics();
    await this.#writer.snapshot(iteration, encodeSnapshot(learner.policy, { iteration, globalStep: collector.globalStep }));
  }

  /** Last checkpoint, last evaluation, summary. */
  async end(status: RunStatus): Promise<TrainingResult> {
    await this.checkpoint();
    const { state } = this;
    const { platform, versions, task } = this.#dependencies;
    const { seed, algorithm, arithmetic, finalEvaluationEpisodes } = this.#config;
    const evaluation = await this.#evaluate(finalEvaluationEpisodes);
    const summary: RunSummary = {
      runDirectory: this.#directory,
      seed,
      algorithm,
      env: task.id,
      status,
      parametersSha256: hashParameters(parameterTensors(state.learner.policy), normalizerTensors(state.learner.policy)),
      globalStep: state.collector.globalStep,
      iterations: state.iteration,
      seconds: this.#clock.seconds,
      stepsPerSecond: this.#clock.stepsPerSecond(state.collector.globalStep),
      evaluation,
      versions,
      platform: platform.name,
      arithmetic,
    };
    await this.#writer?.summary(summary);
    this.#emit({ event: 'summary', ...summary });
    return { summary, policy: state.learner.policy };
  }

  close(): void {
    this.state.env.close();
    for (const env of this.#evaluators.values()) env.close();
    this.state.learner.policy.kernels.close();
  }

  /** The policy sees raw observations outside of training: it gets the statistics as they are now. */
  #freezeStatistics(): void {
    this.state.learner.policy.normalizer = this.#normalization?.normalizer();
  }

  async #evaluate(episodes: number): Promise<{ sampled: EvaluationResult; greedy: EvaluationResult }> {
    const { task } = this.#dependencies;
    const { seed, envSeeding, envOptions, evaluationMaxSteps = task.evaluationMaxSteps } = this.#config;
    let env = this.#evaluators.get(episodes);
    if (!env) {
      env = await task.makeVector(episodes, envOptions);
      this.#evaluators.set(episodes, env);
    }
    const seeds = task.seeds(seed, episodes, envSeeding, 'evaluation');
    const shared = { seeds, maxSteps: evaluationMaxSteps, iteration: this.state.iteration };
    const { policy } = this.state.learner;
    this.#freezeStatistics();
    return { sampled: evaluate(policy, env, { ...shared, greedy: false }), greedy: evaluate(policy, env, { ...shared, greedy: true }) };
  }

  async #evaluateAndNote(): Promise<{ sampled: EvaluationResult; greedy: EvaluationResult }> {
    const evaluation = await this.#evaluate(this.#config.evaluationEpisodes);
    const { iteration } = this.state;
    const { globalStep } = this.state.collector;
    await this.#writer?.evaluation({ iteration, globalStep, seconds: this.#clock.seconds, ...evaluation });
    this.#emit({ event: 'evaluation', iteration, globalStep, ...evaluation });
    return evaluation;
  }

  /** Throws where a number stopped being one; the last checkpoint is from before. */
  #checkFinite(report: IterationReport): void {
    const keys = ['losses/policy_loss', 'losses/value_loss', 'losses/gradient_norm'];
    const tensors = this.state.learner.policy.parameters.tensors().map(({ name, get }) => ({ name, values: () => get('values') }));
    checkFinite(this.state.iteration, report.metrics, keys, tensors);
  }

  #emit(event: RunEventBody): void {
    this.#dependencies.onEvent?.({ runDirectory: this.#directory, seed: this.#config.seed, ...event } as RunEvent);
  }
}

/** Mean return and length of the episodes that ended; nothing where none did. */
function episodeMetrics({ episodes }: IterationReport): Record<string, number> {
  if (episodes.length === 0) return {};
  const sum = episodes.reduce((total, episode) => ({ return: total.return + episode.return, length: total.length + episode.length }), {
    return: 0,
    length: 0,
  });
  return { 'charts/episodic_return': sum.return / episodes.length, 'charts/episodic_length': sum.length / episodes.length };
}
