/**
 * The handle that a program holds while a run goes on.
 */

// Programs are checked against libraries of types from before these names (ES2023 has none); where they are there, this says the same.
declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}

/**
 * A run in progress: iterate over it, or `finish()` it. Leaving the loop early ends the run as if it had been aborted, and so does `await using`, or
 * `close()`, for an iterator that is driven by hand: one that is begun and dropped would hold its threads and the lock of its folder.
 */
export class RunInProgress<Config, Iteration, Result> implements AsyncIterable<Iteration>, AsyncDisposable {
  readonly #iterator: AsyncGenerator<Iteration, void>;
  #config: Config;
  #result: Result | undefined;

  /**
   * `begin` makes the generator, which gives `done` the result before it ends. Where it is known only then what a run is configured to (it begins from a
   * policy), it gives that to `settle`.
   */
  constructor(
    config: Config,
    begin: (done: (result: Result) => void, settle: (config: Config) => void) => AsyncGenerator<Iteration, void>,
  ) {
    this.#config = config;
    const settle = (settled: Config): void => {
      this.#config = settled;
    };
    this.#iterator = begin((result) => {
      this.#result = result;
    }, settle);
  }

  /** Every field filled in. Of a run that begins from a policy, the shape of the networks is the policy's once the run has begun. */
  get config(): Config {
    return this.#config;
  }

  [Symbol.asyncIterator](): AsyncIterator<Iteration> {
    return this.#iterator;
  }

  /** Runs what is left and returns the result. */
  async finish(): Promise<Result> {
    for await (const _ of this.#iterator);
    return this.#result!;
  }

  /** Ends the run after its current iteration as if it had been aborted, and frees what it holds; nothing happens after its end. */
  async close(): Promise<void> {
    await this.#iterator.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
