/** What a suite of measurements is. */

/** Something that can be measured. */
export interface BenchSuite {
  readonly name: string;
  readonly description: string;
  /** Measures and writes its own table, or JSON lines. */
  run(options: BenchOptions): Promise<void>;
}

/** How a suite is measured. */
export interface BenchOptions {
  readonly json: boolean;
  /** Only settings whose name holds this text, such as `ppo 128` or `2 threads`. */
  readonly only: string;
  /** Seconds per setting. */
  readonly seconds: number;
}
