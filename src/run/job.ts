/**
 * One run as plain data: what a thread, or a process of its own, is told to train.
 */
import type { RunData } from './data.ts';
import type { RunEvent } from './events.ts';
import type { RunLabels } from './labels.ts';
import type { RoadName } from './layout.ts';
import type { RunStart } from './start.ts';
import type { RunSummary } from './summary.ts';

/** One run, to begin or to go on with. Plain data, unless `input` holds what a program made (an environment of its own). */
export interface Job {
  readonly kind: 'train' | 'resume';
  /** Says whether `train` or `trainLanguageModel` begins it; a run to go on with knows its road by itself. */
  readonly road: RoadName;
  /** What `train` takes, its seed included; or what `resume` takes besides the folder: `stopAfter`, `threads`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Where the run is kept; a run to go on with has one. */
  readonly runDirectory?: string | undefined;
  /** Language models: where warm starts are kept. */
  readonly warmStartDirectory?: string | undefined;
  /** Addresses of modules of the user, loaded before anything else. */
  readonly modules: readonly string[];
  /** What a new run is called. */
  readonly labels?: RunLabels | undefined;
  /** What a new run begins from. */
  readonly start?: RunStart | undefined;
  /** Questions and answers that a new run is trained on: its task is made of them. */
  readonly data?: RunData | undefined;
}

/** What accompanies a job while it runs. */
export interface JobOptions {
  /** Ends the run after the current iteration, with a checkpoint; an evaluation is cut off. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after the signal until a run in a thread of its own is cut off in its iteration. Default: it is waited for. */
  readonly patience?: number | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** Thrown for a run that was cut off in an iteration: the last checkpoint that it wrote stands, and the run can go on from there. */
export class RunCutOff extends Error {
  constructor() {
    super('the run was cut off in an iteration; it can go on from its last checkpoint');
    this.name = 'RunCutOff';
  }
}

/** Threads that run jobs of plain data with the same package and the same files. */
export interface JobThreads {
  /** How many the machine has cores for. */
  readonly count: number;
  /** Runs a job in a thread of its own, to its end. Rejects with what the run throws. */
  run(job: Job, options: JobOptions): Promise<RunSummary>;
}
