/**
 * A run from its beginning to its end, on every road: evaluation, metrics, checkpoints, snapshots, events and cancellation around the iterations of
 * a trainee. What is a road's own stands in its trainee (trainee.ts).
 */
import type { Platform } from '../core/platform.ts';
import { readRecord } from './checkpoint.ts';
import { RunClock } from './clock.ts';
import { type Evaluation, type EvaluationStatistics, statisticsOf } from './evaluation.ts';
import type { RunEvent, RunEventBody } from './events.ts';
import { checkFinite } from './finite.ts';
import { labelsOf, type RunLabels } from './labels.ts';
import type { Metrics } from './metrics.ts';
import type { RunTable, RunWriter } from './runWriter.ts';
import { hashParameters } from './sha256.ts';
import type { Checkpoint } from './storedRun.ts';
import type { RunStatus, RunSummary } from './summary.ts';
import type { Ending, Trainee, TraineeReport } from './trainee.ts';

/** An open run folder. */
export interface RunFolder {
  readonly writer: RunWriter;
  /** Missing for a new run, and for one that was ended before its first. */
  readonly checkpoint?: Checkpoint | undefined;
  readonly directory: string;
}

/** What a run is given from outside. */
export interface SessionContext {
  readonly platform: Platform;
  readonly versions: Readonly<Record<string, string>>;
  /** Opens the run folder, new or to go on with; missing for a run that is kept nowhere. */
  readonly openFolder?: ((table: RunTable) => Promise<RunFolder>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** What people call the run. */
  readonly labels?: RunLabels | undefined;
}

/** One iteration, as the iterator gives it; each road adds its own. */
export interface SessionIteration {
  /** 1 for the first. */
  readonly iteration: number;
  readonly iterations: number;
  /** The run's progress so far: environment steps, or completions. */
  readonly globalStep: number;
  /** By the keys of `metricTable`. */
  readonly metrics: Metrics;
  /** Where this iteration was evaluated. */
  readonly evaluation?: Evaluation | undefined;
}

/** Who a session tells what the iterations do not hold. */
export interface SessionListener<Trained> {
  /** Called once, before the first iteration: `copy` gives what is trained as it is after the last whole iteration, also after the end. */
  begun(copy: () => Promise<Trained>): void;
  /** Called with the result, also where the consumer leaves the loop early. */
  done(result: { readonly summary: RunSummary } & Trained): void;
}

/** Runs a trainee to its end. The first value is `undefined`: the run has begun, and no iteration has. */
export async function* runSession<Extra, Trained>(
  create: () => Promise<Trainee<Extra, Trained>>,
  table: RunTable,
  context: SessionContext,
  { begun, done }: SessionListener<Trained>,
): AsyncGenerator<(SessionIteration & Extra) | undefined, void> {
  // The trainee first: what cannot be built leaves no folder behind.
  const trainee = await create();
  let folder: RunFolder | undefined;
  try {
    folder = await context.openFolder?.(table);
    const session = await Session.begin(trainee, context, folder);
    begun(() => session.copy());
    yield* session.run(done);
  } finally {
    try {
      await folder?.writer.close();
    } finally {
      closeTrainee(trainee, context, folder);
    }
  }
}

/** Closes a trainee. A fault in that is told; it takes no result away, and hides no other error. */
function closeTrainee<Extra, Trained>(trainee: Trainee<Extra, Trained>, context: SessionContext, folder: RunFolder | undefined): void {
  try {
    trainee.close();
  } catch (error) {
    const message = `closing after the run failed: ${error instanceof Error ? error.message : String(error)}`;
    tellEvent(trainee, context, folder, { event: 'warning', message });
  }
}

/** Tells an event with where it comes from. */
function tellEvent<Extra, Trained>(
  { config: { seed } }: Trainee<Extra, Trained>,
  { onEvent }: SessionContext,
  folder: RunFolder | undefined,
  event: RunEventBody,
): void {
  if (onEvent) onEvent({ runDirectory: folder?.directory ?? null, seed, ...event } as RunEvent);
  // biome-ignore lint/suspicious/noConsole: where nobody listens, a warning must be seen all the same
  else if (event.event === 'warning') console.warn(`cohort-rl: ${event.message}`);
}

/** What a checkpoint says of the run itself. */
interface StoredProgress {
  readonly seconds: number;
  readonly startEvaluation?: EvaluationStatistics;
  /** An abort cut off the evaluation that belongs to this iteration: it comes first when the run goes on. */
  readonly evaluationDue?: true;
  /** An abort came when the run had reason to end: it ends so when it goes on. */
  readonly ending?: Ending;
}

const isProgress = (value: unknown): value is StoredProgress => {
  const seconds = (value as Partial<StoredProgress> | null)?.seconds;
  return typeof seconds === 'number' && seconds >= 0;
};

/** A run between its beginning and its end. */
class Session<Extra, Trained> {
  readonly #trainee: Trainee<Extra, Trained>;
  readonly #context: SessionContext;
  readonly #folder: RunFolder | undefined;
  readonly #clock: RunClock;
  #startEvaluation: EvaluationStatistics | undefined;
  #evaluationDue: boolean;
  /** A reason to end, and the one that the checkpoint holds. */
  #ending: Ending | undefined;
  #keptEnding: Ending | undefined;
  /** False until the preparation is over: there is nothing to go on from before. */
  #begun = false;
  #checkpointIteration = -1;
  /** An iteration that has not ended well: one that goes on, or that failed. */
  #advancing: Promise<unknown> | undefined;

  private constructor(trainee: Trainee<Extra, Trained>, context: SessionContext, folder: RunFolder | undefined, before?: StoredProgress) {
    this.#trainee = trainee;
    this.#context = context;
    this.#folder = folder;
    this.#startEvaluation = before?.startEvaluation;
    this.#evaluationDue = before?.evaluationDue ?? false;
    this.#ending = before?.ending;
    this.#keptEnding = before?.ending;
    const { now } = context.platform;
    const { globalStep } = trainee.counters();
    this.#clock = new RunClock({ ...trainee.config, now, secondsBefore: before?.seconds ?? 0, stepsBefore: globalStep });
  }

  static async begin<Extra, Trained>(
    trainee: Trainee<Extra, Trained>,
    context: SessionContext,
    folder: RunFolder | undefined,
  ): Promise<Session<Extra, Trained>> {
    const checkpoint = folder?.checkpoint;
    if (checkpoint) await trainee.restore(checkpoint);
    const before = checkpoint && readRecord(checkpoint.metadata, 'session', 'the seconds of training so far', isProgress);
    const session = new Session(trainee, context, folder, before);
    const { road, config } = trainee;
    session.#tell({
      event: 'config',
      road,
      ...labelsOf(context.labels),
      config: { ...config },
      resumed: checkpoint !== undefined,
      memoryBytes: trainee.memoryBytes,
    });
    if (checkpoint) {
      session.#begun = true;
      session.#checkpointIteration = session.#iteration;
    } else if (!trainee.prepare || (await trainee.prepare(session.#tell))) {
      session.#begun = true;
      if (config.evaluationInterval > 0) await session.#evaluateAndNote();
      await session.#snapshot();
      // A run killed in its first seconds goes on from here, and a folder that cannot be written is known before the work.
      await session.#checkpoint();
    }
    return session;
  }

  /** Iterates to the end, an abort, or a reason to stop; `done` is given the result also where the consumer leaves the loop early. */
  async *run(done: SessionListener<Trained>['done']): AsyncGenerator<(SessionIteration & Extra) | undefined, void> {
    const { iterations, stopAfter = iterations } = this.#trainee.config;
    const end = Math.min(iterations, stopAfter);
    let interrupted = true;
    try {
      yield undefined;
      interrupted = false;
    } finally {
      if (interrupted) done(await this.#end('interrupted'));
    }
    if (this.#evaluationDue) {
      const evaluation = await this.#evaluateAndNote();
      // The one before the first iteration ends nothing.
      if (this.#iteration > 0) this.#ending ??= this.#trainee.isEnough(evaluation);
    }
    try {
      while (!this.#ending && this.#iteration < end) {
        // Before an iteration, so that an abort in the meantime costs none.
        interrupted = this.#context.signal?.aborted ?? false;
        if (interrupted) break;
        const result = await this.#iterate();
        this.#ending = this.#trainee.isEnough(result.evaluation);
        interrupted = true;
        yield result;
        interrupted = false;
        await this.#context.platform.pause();
      }
    } finally {
      // Also when the consumer leaves the loop: the generator is closed at its yield, with `interrupted` set before it.
      if (interrupted) done(await this.#end('interrupted'));
    }
    if (!interrupted) done(await this.#end(this.#ending?.status ?? (end < iterations ? 'stopped' : 'done')));
  }

  /** What is trained, as it is after the last whole iteration. Rejects with what made an iteration fail. */
  async copy(): Promise<Trained> {
    while (this.#advancing) await this.#advancing;
    return this.#trainee.copy();
  }

  get #iteration(): number {
    return this.#trainee.counters().iteration;
  }

  /** One iteration with what belongs to it. */
  async #iterate(): Promise<SessionIteration & Extra> {
    const { speedMetric, config } = this.#trainee;
    const { iterations, evaluationInterval } = config;
    const advancing = this.#advance();
    this.#advancing = advancing;
    const report = await advancing;
    this.#advancing = undefined;
    const { iteration, globalStep } = this.#trainee.counters();
    const { seconds } = this.#clock;
    const progressPerSecond = this.#clock.progressPerSecond(globalStep);
    const metrics = { ...(speedMetric && { [speedMetric]: Math.round(progressPerSecond) }), ...report.metrics };
    await this.#folder?.writer.iteration({ iteration, globalStep, seconds, metrics, lines: report.lines(seconds) });
    const timeLeft = this.#clock.timeLeft(iterations - iteration);
    this.#tell({ event: 'iteration', iteration, iterations, globalStep, seconds, progressPerSecond, timeLeft, metrics });
    if (report.event) this.#tell(report.event);
    const due = evaluationInterval > 0 && iteration % evaluationInterval === 0;
    const evaluation = due ? await this.#evaluateAndNote() : undefined;
    // Before the checkpoint: a resume never goes back before it, and would not write this snapshot again.
    await this.#snapshot();
    if (this.#clock.isCheckpointDue(iteration)) await this.#checkpoint();
    return { iteration, iterations, globalStep, metrics, ...report.extra, evaluation };
  }

  /** The iteration itself. Throws where it leaves numbers that are not finite. */
  async #advance(): Promise<TraineeReport<Extra>> {
    const { finiteMetrics, learned } = this.#trainee;
    const report = await this.#clock.iterating(() => this.#trainee.iterate());
    checkFinite(this.#iteration, report.metrics, finiteMetrics, learned);
    return report;
  }

  /** Last checkpoint, last evaluation, summary. An abort leaves the evaluation out, or cuts it off: the run is interrupted then. */
  async #end(intended: RunStatus): Promise<{ readonly summary: RunSummary } & Trained> {
    const trainee = this.#trainee;
    const { platform, versions } = this.#context;
    if (this.#begun) await this.#checkpoint();
    const isPlayed = this.#begun && intended !== 'interrupted';
    const evaluation = (isPlayed && (await trainee.evaluate(true, this.#tell))) || null;
    const status = isPlayed && !evaluation ? 'interrupted' : intended;
    const message = status === 'interrupted' ? undefined : this.#ending?.message;
    await this.#keepEnding(status);
    const { iteration, globalStep } = trainee.counters();
    const summary: RunSummary = {
      runDirectory: this.#folder?.directory ?? null,
      seed: trainee.config.seed,
      ...labelsOf(this.#context.labels),
      road: trainee.road,
      target: trainee.target,
      method: trainee.method,
      status,
      parametersSha256: hashParameters(trainee.hashed()),
      progress: { unit: trainee.unit, count: globalStep },
      ...trainee.summary?.(),
      iterations: iteration,
      seconds: this.#clock.seconds,
      progressPerSecond: this.#clock.progressPerSecond(globalStep),
      ...(this.#startEvaluation && { startEvaluation: this.#startEvaluation }),
      evaluation,
      versions,
      platform: platform.name,
      arithmetic: trainee.config.arithmetic,
      ...(message === undefined ? {} : { message }),
    };
    await this.#folder?.writer.summary(summary);
    this.#tell({ event: 'summary', ...summary });
    return { summary, ...trainee.trained() };
  }

  /** Puts a reason to end into the checkpoint where an abort came between, and takes it out once the run has ended so. */
  async #keepEnding(status: RunStatus): Promise<void> {
    const kept = status === 'interrupted' ? this.#ending : undefined;
    if (!this.#begun || kept?.status === this.#keptEnding?.status) return;
    this.#keptEnding = kept;
    this.#checkpointIteration = -1;
    await this.#checkpoint();
  }

  /** Writes a checkpoint, if the run is kept and there is something new. */
  async #checkpoint(): Promise<void> {
    const trainee = this.#trainee;
    const counters = trainee.counters();
    const { iteration, globalStep } = counters;
    this.#clock.noteCheckpoint();
    if (!this.#folder || this.#checkpointIteration === iteration) return;
    const { writer } = this.#folder;
    this.#checkpointIteration = iteration;
    const progress: StoredProgress = {
      seconds: this.#clock.seconds,
      ...(this.#startEvaluation && { startEvaluation: this.#startEvaluation }),
      ...(this.#evaluationDue && { evaluationDue: true }),
      ...(this.#keptEnding && { ending: this.#keptEnding }),
    };
    await trainee.keep?.();
    const metadata = { ...trainee.metadata?.(), counters: JSON.stringify(counters), session: JSON.stringify(progress) };
    await writer.checkpoint(trainee.tensors(), metadata);
    this.#tell({ event: 'checkpoint', iteration, globalStep, path: writer.checkpointPath });
  }

  /** Keeps the policy as it is now in the run folder, if it is due. */
  async #snapshot(): Promise<void> {
    if (!this.#folder) return;
    const bytes = this.#trainee.snapshot?.(this.#iteration);
    if (bytes) await this.#folder.writer.snapshot(this.#iteration, bytes);
  }

  /** Evaluates; where an abort cuts it off, the checkpoint says that it is due. */
  async #evaluateAndNote(): Promise<Evaluation | undefined> {
    const evaluation = await this.#trainee.evaluate(false, this.#tell);
    const { iteration, globalStep } = this.#trainee.counters();
    // What a checkpoint of this iteration says of the evaluation is no longer so.
    if (this.#evaluationDue) this.#checkpointIteration = -1;
    this.#evaluationDue = evaluation === undefined;
    if (!evaluation) return undefined;
    if (iteration === 0) this.#startEvaluation = statisticsOf(evaluation);
    await this.#folder?.writer.evaluation({ iteration, globalStep, seconds: this.#clock.seconds, ...evaluation });
    this.#tell({ event: 'evaluation', iteration, globalStep, ...evaluation });
    return evaluation;
  }

  readonly #tell = (event: RunEventBody): void => tellEvent(this.#trainee, this.#context, this.#folder, event);
}
