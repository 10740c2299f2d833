/**
 * The times of a run: seconds so far, steps per second, time left, and when a checkpoint is due.
 */

/** What a {@link RunClock} is told. */
export interface RunClockOptions {
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Seconds before a resume. */
  readonly secondsBefore: number;
  /** Steps before a resume. */
  readonly stepsBefore: number;
  /** A checkpoint every so many iterations; 0 goes by seconds alone. */
  readonly checkpointInterval: number;
  /** A checkpoint when the last one is this old. */
  readonly checkpointSeconds: number;
}

/** Begins to count when it is made. */
export class RunClock {
  readonly #options: RunClockOptions;
  readonly #began: number;
  #firstIteration: number | undefined;
  #iterating = 0;
  #iterationsHere = 0;
  #lastCheckpoint: number;

  constructor(options: RunClockOptions) {
    this.#options = options;
    this.#began = options.now();
    this.#lastCheckpoint = this.#began;
  }

  /** Counted over the whole run, including the part before a resume. */
  get seconds(): number {
    return this.#options.secondsBefore + (this.#options.now() - this.#began) / 1000;
  }

  /** Does the work of one iteration and counts its time: only this is in {@link progressPerSecond}. */
  async iterating<T>(work: () => T | Promise<T>): Promise<T> {
    const before = this.#options.now();
    this.#firstIteration ??= before;
    const result = await work();
    this.#iterating += this.#options.now() - before;
    this.#iterationsHere++;
    return result;
  }

  /** Speed of this process, without evaluation and files; `steps` are those of the whole run. */
  progressPerSecond(steps: number): number {
    return this.#iterating === 0 ? 0 : ((steps - this.#options.stepsBefore) / this.#iterating) * 1000;
  }

  /** Seconds that so many iterations more will take at the rate so far, evaluation and files included. */
  timeLeft(iterationsLeft: number): number {
    const now = this.#options.now();
    return (iterationsLeft * (now - (this.#firstIteration ?? now))) / 1000 / Math.max(1, this.#iterationsHere);
  }

  /** Whether a checkpoint should be written after this iteration. */
  isCheckpointDue(iteration: number): boolean {
    const { checkpointInterval, checkpointSeconds, now } = this.#options;
    if (checkpointInterval > 0 && iteration % checkpointInterval === 0) return true;
    return now() - this.#lastCheckpoint >= checkpointSeconds * 1000;
  }

  /** Notes that one is written now. */
  noteCheckpoint(): void {
    this.#lastCheckpoint = this.#options.now();
  }
}
