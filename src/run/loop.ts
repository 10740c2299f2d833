/**
 * The loop that every run is: iterations until the end, an abort, or a reason to stop; and the handle that a program holds meanwhile.
 */
import type { RunStatus } from './summary.ts';

/** A run between its beginning and its end. */
export interface RunSession<Iteration, Result> {
  /** Iterations done, those before a resume included. */
  readonly iteration: number;
  /** One iteration with what belongs to it. */
  iterate(): Promise<Iteration>;
  /** Last checkpoint, last evaluation, summary. */
  end(status: RunStatus, message?: string): Promise<Result>;
}

/** What decides how long the loop goes. */
export interface LoopOptions<Iteration> {
  readonly iterations: number;
  readonly stopAfter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lets the event loop breathe; awaited after every iteration. */
  pause(): Promise<void>;
  /** Whether an iteration was the last one, and then how the run ended and why. */
  isEnough?(result: Iteration): { readonly status: RunStatus; readonly message?: string } | undefined;
}

/** Iterates a session to its end. `done` is given the result also where the consumer leaves the loop early, which ends the run as an abort does. */
export async function* runLoop<Iteration, Result>(
  session: RunSession<Iteration, Result>,
  options: LoopOptions<Iteration>,
  done: (result: Result) => void,
): AsyncGenerator<Iteration, void> {
  const { iterations, signal } = options;
  const end = Math.min(iterations, options.stopAfter ?? iterations);
  const atEnd = end < iterations ? 'stopped' : 'done';
  let status: RunStatus = atEnd;
  let message: string | undefined;
  try {
    while (session.iteration < end) {
      // Before an iteration, so that an abort in the meantime costs none.
      if (signal?.aborted) {
        status = 'interrupted';
        break;
      }
      const result = await session.iterate();
      status = 'interrupted';
      yield result;
      status = atEnd;
      const enough = options.isEnough?.(result);
      if (enough) {
        ({ status, message } = enough);
        break;
      }
      await options.pause();
    }
  } finally {
    // Also when the consumer leaves the loop: the generator is closed at its yield, with the status set before it.
    if (status === 'interrupted') done(await session.end(status));
  }
  if (status !== 'interrupted') done(await session.end(status, message));
}

/** A run in progress: iterate over it, or `finish()` it; leaving the loop early ends the run as if it had been aborted. */
export class RunInProgress<Config, Iteration, Result> implements AsyncIterable<Iteration> {
  readonly config: Config;
  readonly #iterator: AsyncGenerator<Iteration, void>;
  #result: Result | undefined;

  /** `begin` makes the generator, which gives `done` the result before it ends. */
  constructor(config: Config, begin: (done: (result: Result) => void) => AsyncGenerator<Iteration, void>) {
    this.config = config;
    this.#iterator = begin((result) => {
      this.#result = result;
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<Iteration> {
    return this.#iterator;
  }

  /** Runs what is left and returns the result. */
  async finish(): Promise<Result> {
    for await (const _ of this.#iterator);
    return this.#result!;
  }
}
