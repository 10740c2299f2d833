/**
 * The program's side of a run that trains in a worker: questions and their answers.
 */
import { whenAborted } from '../core/aborted.ts';
import { mistake } from '../core/errors.ts';
import { unpackError } from '../core/packedError.ts';
import type { MujocoAddresses } from '../envs/mujoco/addresses.ts';
import type { CreatePolicyOptions } from '../policies/create.ts';
import { decodePolicy } from '../policies/encode.ts';
import type { PolicyFile } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';
import type { RunDriver } from '../run/runInProgress.ts';
import type { IterationResult } from '../training/trainee.ts';
import type { RunOptions } from './context.ts';
import type { TrainingResult } from './environments.ts';
import type { Answer, PackedPolicy, PackedResult, Question, WorkerMessage, WorkerOrder, WorkerRequest } from './workerProtocol.ts';

/** A worker that has the program of `serveTraining`. */
export interface TrainingWorker {
  post(request: WorkerRequest): void;
  /** Whether the program waits for an answer. While it does not, the worker keeps no process alive. */
  hold(isWaiting: boolean): void;
  /** Ends it at once. */
  terminate(): void;
}

/** What a platform brings to train in a worker. */
export interface WorkerPlatform {
  /** Starts a worker; `died` is told why it ended by itself, or could not begin. */
  spawn(hear: (message: WorkerMessage) => void, died: (error: unknown) => void): TrainingWorker;
  /** Makes a policy for the program itself. */
  createPolicy(file: PolicyFile, options: CreatePolicyOptions): Promise<Policy>;
  /** Where MuJoCo is, for the worker; left out: where this program's is. */
  readonly mujoco?: MujocoAddresses | undefined;
  /** Gives back the lock of a run whose worker was ended before it could. */
  giveBackLock?(runDirectory: string): void;
}

/** Who waits for an answer. */
interface Waiting {
  readonly question: Question;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Drives a run in a worker, which starts with the first question. */
export class WorkerDriver implements RunDriver<IterationResult, TrainingResult, Policy> {
  readonly #platform: WorkerPlatform;
  readonly #order: WorkerOrder;
  readonly #options: Pick<RunOptions, 'signal' | 'onEvent'>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: TrainingWorker | undefined;
  #questions = 0;
  #closed = false;
  /** What the run gave, and the same for the program. */
  #packed: PackedResult | undefined;
  #result: Promise<TrainingResult> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(platform: WorkerPlatform, order: WorkerOrder, options: Pick<RunOptions, 'signal' | 'onEvent'>) {
    this.#platform = platform;
    this.#order = order;
    this.#options = options;
  }

  async next(): Promise<IteratorResult<IterationResult, void>> {
    if (!this.#hasEnded) {
      const answer = await this.#ask('next');
      if (answer.kind === 'iteration') return { done: false, value: answer.iteration };
    }
    return { done: true, value: undefined };
  }

  async finish(): Promise<TrainingResult> {
    if (!this.#hasEnded) await this.#ask('finish');
    return this.#outcome('finish');
  }

  async close(): Promise<void> {
    if (this.#worker && !this.#hasEnded) {
      // A run that fails meanwhile is closed, too; whoever waits for it is told.
      await this.#ask('close').catch(() => undefined);
      return;
    }
    this.#closed = true;
  }

  async snapshot(): Promise<Policy> {
    if (!this.#hasEnded) {
      const answer = await this.#ask('snapshot');
      if (answer.kind === 'policy') return this.#unpack(answer.policy);
    }
    await this.#outcome('snapshot');
    return this.#unpack(this.#packed!.policy);
  }

  get #hasEnded(): boolean {
    return this.#closed || this.#packed !== undefined || this.#failure !== undefined;
  }

  #outcome(subject: string): Promise<TrainingResult> {
    if (this.#failure) throw this.#failure.error;
    if (!this.#packed) throw mistake(subject, 'a run that has begun', 'one that was closed before', 'begin it again');
    const { summary, policy } = this.#packed;
    this.#result ??= this.#unpack(policy).then((unpacked) => ({ summary, policy: unpacked }));
    return this.#result;
  }

  #unpack({ bytes, arithmetic }: PackedPolicy): Promise<Policy> {
    return this.#platform.createPolicy(decodePolicy(bytes), { arithmetic });
  }

  async #ask(question: Question): Promise<Answer> {
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    const id = this.#questions++;
    const asked = new Promise<Answer>((resolve, reject) => this.#waiting.set(id, { question, resolve, reject }));
    this.#worker.hold(true);
    this.#worker.post({ kind: 'ask', id, question });
    return asked;
  }

  #start(): TrainingWorker {
    const worker = this.#platform.spawn(
      (message) => {
        try {
          this.#hear(message);
        } catch (error) {
          // The caller's own listener failed: as in a run without a worker, that ends it.
          this.#fail(error);
        }
      },
      (error) => this.#fail(error),
    );
    worker.post({ kind: 'begin', order: this.#order });
    this.#forget = whenAborted(this.#options.signal, () => worker.post({ kind: 'stop' }));
    return worker;
  }

  #forget = (): void => {};

  #hear(message: WorkerMessage): void {
    if (this.#failure) return;
    if (message.kind === 'event') {
      this.#options.onEvent?.(message.event);
      return;
    }
    const { id } = message;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.kind === 'answer') {
      if (message.answer.kind === 'result') this.#packed = message.answer.result;
      waiting?.resolve(message.answer);
    } else {
      const error = unpackError(message.error);
      // A copy that could not be made ends no run; one that failed says so again.
      waiting?.reject(error);
      if (waiting?.question !== 'snapshot') {
        this.#failure = { error };
        // What else was asked is not heard any more.
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
      }
    }
    // What was asked before the end is answered after it.
    if (this.#waiting.size > 0) return;
    if (this.#hasEnded) this.#end();
    else this.#worker?.hold(false);
  }

  /** Ends a worker that did not come to an end by itself. */
  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.#failure = { error };
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#end();
    const { runDirectory } = this.#order;
    if (runDirectory !== undefined) this.#platform.giveBackLock?.(runDirectory);
  }

  #end(): void {
    this.#forget();
    this.#worker?.terminate();
  }
}
