/**
 * The handle that a program holds while a run goes on.
 */
import type { Releasable } from '../core/disposal.ts';
import { mistake } from '../core/errors.ts';
import type { SessionListener } from './session.ts';
import type { RunSummary } from './summary.ts';

/** What a handle drives: a session here, or one in a thread. */
export interface RunDriver<Iteration, Result, Snapshot> {
  next(): Promise<IteratorResult<Iteration, void>>;
  /** Runs what is left. */
  finish(): Promise<Result>;
  close(): Promise<void>;
  snapshot(): Promise<Snapshot>;
}

/**
 * A run in progress: iterate over it, or `finish()` it. Leaving the loop early ends the run as if it had been aborted, and so does `await using`, or
 * `close()`, for an iterator that is driven by hand: one that is begun and dropped would hold its threads and the lock of its folder.
 */
export class RunInProgress<Config, Iteration, Result, Snapshot> implements AsyncIterable<Iteration>, Releasable {
  readonly #config: () => Config;
  readonly #driver: RunDriver<Iteration, Result, Snapshot>;

  /** `config` is asked whenever a program asks: what a run from a policy is configured to is known only once it has begun. */
  constructor(config: () => Config, driver: RunDriver<Iteration, Result, Snapshot>) {
    this.#config = config;
    this.#driver = driver;
  }

  /** Every field filled in. Of a run that begins from a policy, the shape of the networks is the policy's once the run has begun. */
  get config(): Config {
    return this.#config();
  }

  [Symbol.asyncIterator](): AsyncIterator<Iteration> {
    const driver = this.#driver;
    return {
      next: () => driver.next(),
      async return() {
        await driver.close();
        return { done: true, value: undefined };
      },
    };
  }

  /** Runs what is left and returns the result. */
  finish(): Promise<Result> {
    return this.#driver.finish();
  }

  /**
   * What is learned so far, for use: the policy (of a language model the model) as it is after the last iteration, before the first one as it begins,
   * after the end the final one. While `finish()` runs it comes at the next pause. It is a copy of its own: it acts bit for bit as one that is loaded,
   * and neither training nor its end changes it. Asked before the first iteration it begins the run. Rejects with what made the run fail.
   */
  snapshot(): Promise<Snapshot> {
    return this.#driver.snapshot();
  }

  /** Ends the run after its current iteration as if it had been aborted, and frees what it holds; nothing happens after its end. */
  close(): Promise<void> {
    return this.#driver.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Drives a session, which `begin` makes; it does nothing before it is asked for something. */
export function driveSession<Iteration, Trained>(
  begin: (listener: SessionListener<Trained>) => AsyncGenerator<Iteration | undefined, void>,
): RunDriver<Iteration, { readonly summary: RunSummary } & Trained, Trained> {
  type Result = { readonly summary: RunSummary } & Trained;
  let copy: (() => Promise<Trained>) | undefined;
  let result: Result | undefined;
  const session = begin({
    begun(taken) {
      copy = taken;
    },
    done(given) {
      result = given;
    },
  });
  let beginning: Promise<unknown> | undefined;
  let ending: Promise<unknown> | undefined;
  const refuse = (subject: string): never => {
    throw mistake(subject, 'a run that has begun', 'one that was closed before', 'begin it again');
  };
  const step = async (): Promise<IteratorResult<Iteration, void>> => {
    // The first value says only that the run has begun.
    beginning ??= session.next();
    await beginning;
    return session.next() as Promise<IteratorResult<Iteration, void>>;
  };
  const next = (): Promise<IteratorResult<Iteration, void>> => {
    const stepping = step();
    // What failed is told again by whatever is asked later.
    stepping.catch(() => {
      ending ??= stepping;
    });
    return stepping;
  };
  return {
    next,
    async finish() {
      while (!(await next()).done);
      await ending;
      return result ?? refuse('finish');
    },
    async close() {
      await session.return();
    },
    async snapshot() {
      beginning ??= session.next();
      await beginning;
      return copy ? copy() : refuse('snapshot');
    },
  };
}
