/**
 * Training: a loop around `iterate` that adds evaluation, metrics, checkpoints, events and cancellation.
 */
import type { AlgorithmContext, AlgorithmState, IterationReport } from '../algorithms/algorithm.ts';
import { algorithms } from '../algorithms/index.ts';
import type { Seed, VectorEnv } from '../core/env.ts';
import { CohortError } from '../core/errors.ts';
import type { TrainingNormalization } from '../core/normalization.ts';
import type { Platform } from '../core/platform.ts';
import type { EvaluationResult, RunEvent, RunStatus, RunSummary } from '../run/events.ts';
import type { Checkpoint } from '../run/readRun.ts';
import type { RunWriter } from '../run/runWriter.ts';
import { hashParameters } from '../run/sha256.ts';
import { checkpointMetadata, checkpointTensors, normaliserTensors, parameterTensors, restoreCheckpoint } from './checkpoint.ts';
import type { ResolvedConfig } from './config.ts';
import { evaluate, type Policy } from './evaluation.ts';
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
  /** The policy of a moment as the bytes of a file; the normaliser is the one that the policy has then. Missing: no snapshots. */
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
export class Training implements AsyncIterable<IterationResult> {
  readonly config: ResolvedConfig;
  readonly #iterator: AsyncGenerator<IterationResult, TrainingResult>;
  #result: TrainingResult | undefined;

  constructor(config: ResolvedConfig, dependencies: TrainingDependencies) {
    this.config = config;
    this.#iterator = runTraining(config, dependencies, (result) => {
      this.#result = result;
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<IterationResult> {
    return this.#iterator;
  }

  /** Runs what is left and returns the result. */
  async finish(): Promise<TrainingResult> {
    for await (const _ of this.#iterator);
    return this.#result!;
  }
}

async function* runTraining(
  config: ResolvedConfig,
  dependencies: TrainingDependencies,
  done: (result: TrainingResult) => void,
): AsyncGenerator<IterationResult, TrainingResult> {
  const { platform, signal } = dependencies;
  // The state first: what cannot be built leaves no folder behind.
  const { state, normalization } = await createState(config, dependencies);
  const folder = await dependencies.openFolder?.();
  let session: Session | undefined;
  try {
    session = await Session.begin(config, dependencies, { state, normalization }, folder);
    const end = Math.min(config.iterations, config.stopAfter ?? config.iterations);
    let status: RunStatus = end < config.iterations ? 'stopped' : 'done';
    try {
      while (session.state.iteration < end) {
        // Before an iteration, so that an abort in the meantime costs none.
        if (signal?.aborted) {
          status = 'interrupted';
          break;
        }
        const result = await session.iterate();
        status = 'interrupted';
        yield result;
        status = end < config.iterations ? 'stopped' : 'done';
        if (config.targetReturn !== undefined && (result.evaluation?.sampled.mean ?? Number.NEGATIVE_INFINITY) >= config.targetReturn) {
          if (session.state.iteration < config.iterations) status = 'stopped';
          break;
        }
        await platform.pause();
      }
    } finally {
      // Also when the consumer leaves the loop: the generator is closed at its yield, with the status set before it.
      if (status === 'interrupted') done(await session.end(status));
    }
    if (status !== 'interrupted') done(await session.end(status));
    return undefined as never;
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
class Session {
  readonly state: AlgorithmState;
  readonly #normalization: TrainingNormalization | undefined;
  readonly #config: ResolvedConfig;
  readonly #dependencies: TrainingDependencies;
  readonly #writer: RunWriter | undefined;
  readonly #directory: string | null;
  readonly #evaluators = new Map<number, VectorEnv>();
  readonly #began: number;
  readonly #secondsBefore: number;
  readonly #stepsBefore: number;
  #iterating = 0;
  #lastCheckpoint: number;
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
    this.#secondsBefore = secondsBefore;
    this.#stepsBefore = state.collector.globalStep;
    this.#began = dependencies.platform.now();
    this.#lastCheckpoint = this.#began;
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

  /** One iteration with what belongs to it. */
  async iterate(): Promise<IterationResult> {
    const { state } = this;
    const { iterations, algorithm, evaluationInterval } = this.#config;
    const { now } = this.#dependencies.platform;
    const before = now();
    const report: IterationReport = algorithms[algorithm].iterate(state);
    this.#iterating += now() - before;
    this.#checkFinite(report);
    const { iteration } = state;
    const { globalStep } = state.collector;
    const seconds = this.#seconds();
    const stepsPerSecond = this.#stepsPerSecond();
    const metrics = { ...episodeMetrics(report), 'charts/SPS': Math.round(stepsPerSecond), ...report.metrics };
    const episodes = report.episodes.map((episode) => ({ ...episode, seconds }));
    await this.#writer?.iteration({ iteration, globalStep, seconds, metrics, episodes });
    const timeLeft = ((iterations - iteration) * (now() - this.#began)) / 1000 / Math.max(1, this.#doneHere());
    this.#emit({ event: 'iteration', iteration, iterations, globalStep, seconds, stepsPerSecond, timeLeft, metrics });
    const due = evaluationInterval > 0 && iteration % evaluationInterval === 0;
    const evaluation = due ? await this.#evaluateAndNote() : undefined;
    // Before the checkpoint: a resume never goes back before it, and would not write this snapshot again.
    if (isSnapshotDue(this.#config, iteration)) await this.#snapshot();
    if (this.#isCheckpointDue()) await this.checkpoint();
    return { iteration, iterations, globalStep, metrics, evaluation };
  }

  /** Writes a checkpoint, if the run is kept and there is something new. */
  async checkpoint(): Promise<void> {
    const { state } = this;
    this.#lastCheckpoint = this.#dependencies.platform.now();
    if (!this.#writer || this.#checkpointIteration === state.iteration) return;
    this.#checkpointIteration = state.iteration;
    const { globalStep } = state.collector;
    const { iteration, learner } = state;
    const counters = { iteration, globalStep, optimizerSteps: learner.optimizerSteps, seconds: this.#seconds() };
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
      parametersSha256: hashParameters(parameterTensors(state.learner.policy), normaliserTensors(state.learner.policy)),
      globalStep: state.collector.globalStep,
      iterations: state.iteration,
      seconds: this.#seconds(),
      stepsPerSecond: this.#stepsPerSecond(),
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
    this.state.learner.policy.normaliser = this.#normalization?.normaliser();
  }

  #doneHere(): number {
    return (this.state.collector.globalStep - this.#stepsBefore) / ((this.#config.numEnvs as number) * (this.#config.numSteps as number));
  }

  #seconds(): number {
    return this.#secondsBefore + (this.#dependencies.platform.now() - this.#began) / 1000;
  }

  /** Of this process, evaluation and files excluded. */
  #stepsPerSecond(): number {
    return this.#iterating === 0 ? 0 : ((this.state.collector.globalStep - this.#stepsBefore) / this.#iterating) * 1000;
  }

  #isCheckpointDue(): boolean {
    const { checkpointInterval, checkpointSeconds } = this.#config;
    if (checkpointInterval > 0 && this.state.iteration % checkpointInterval === 0) return true;
    return this.#dependencies.platform.now() - this.#lastCheckpoint >= checkpointSeconds * 1000;
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
    await this.#writer?.evaluation({ iteration, globalStep, seconds: this.#seconds(), ...evaluation });
    this.#emit({ event: 'evaluation', iteration, globalStep, ...evaluation });
    return evaluation;
  }

  /** Throws where a number stopped being one; the last checkpoint is from before. */
  #checkFinite(report: IterationReport): void {
    const wrong = ['losses/policy_loss', 'losses/value_loss', 'losses/gradient_norm'].find((key) => {
      const value = report.metrics[key];
      return value !== undefined && !Number.isFinite(value);
    });
    if (wrong === undefined) return;
    const tensors = this.state.learner.policy.parameters.tensors();
    const tensor = tensors.find(({ get }) => get('values').some((value) => !Number.isFinite(value)));
    throw new CohortError({
      subject: `iteration ${this.state.iteration}`,
      expected: 'finite losses, gradients and parameters',
      got: `${report.metrics[wrong]} in ${wrong}${tensor ? ` and in the tensor ${tensor.name}` : ''}`,
      advice: 'lower the learning rate or look at the rewards; the last checkpoint is from before this iteration',
      kind: 'failure',
    });
  }

  #emit(event: DistributiveOmit<RunEvent, 'runDirectory' | 'seed'>): void {
    this.#dependencies.onEvent?.({ runDirectory: this.#directory, seed: this.#config.seed, ...event } as RunEvent);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Mean return and length of the episodes that ended; nothing where none did. */
function episodeMetrics({ episodes }: IterationReport): Record<string, number> {
  if (episodes.length === 0) return {};
  const sum = episodes.reduce((total, episode) => ({ return: total.return + episode.return, length: total.length + episode.length }), {
    return: 0,
    length: 0,
  });
  return { 'charts/episodic_return': sum.return / episodes.length, 'charts/episodic_length': sum.length / episodes.length };
}
