/**
 * What a session needs to know of what it trains; each road brings its own.
 */
import type { Counters } from './checkpoint.ts';
import type { Evaluation } from './evaluation.ts';
import type { RunEventBody } from './events.ts';
import type { NamedParameters } from './finite.ts';
import type { RoadName } from './layout.ts';
import type { Tensor } from './safetensors.ts';
import type { Checkpoint } from './storedRun.ts';
import type { RunProgress, RunStatus, RunSummary } from './summary.ts';

/** What a session reads of a configuration. */
export interface SessionConfig {
  readonly seed: number;
  readonly iterations: number;
  readonly stopAfter?: number | undefined;
  readonly evaluationInterval: number;
  readonly checkpointInterval: number;
  readonly checkpointSeconds: number;
  readonly arithmetic: string;
}

/** What one iteration of a trainee reports. */
export interface TraineeReport<Extra> {
  /** By the keys of `metricTable`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Lines of the run's own table. */
  lines(seconds: number): string[];
  /** What the road tells of the iteration besides. */
  readonly event?: RunEventBody;
  /** What an iteration of this road gives to a program besides. */
  readonly extra: Extra;
}

/** What is trained, as a session sees it. */
export interface Trainee<Extra, Trained> {
  readonly road: RoadName;
  /** Id of the environment or of the task. */
  readonly target: string;
  /** Name of the algorithm or of the estimator. */
  readonly method: string;
  readonly unit: RunProgress['unit'];
  readonly config: SessionConfig;
  /** Bytes of kernel memory. */
  readonly memoryBytes: number;
  /** Metric that shows the progress per second, if it is none of the report's. */
  readonly speedMetric?: string;
  /** Metrics that must be finite. */
  readonly finiteMetrics: readonly string[];
  /** Everything that learns. */
  readonly learned: readonly NamedParameters[];
  /** Whole numbers that a resume needs; `iteration` and `globalStep` (see {@link RunProgress}) among them. */
  counters(): Counters & { readonly iteration: number; readonly globalStep: number };
  /** What comes before the first iteration of a new run; `false` where an abort left nothing to go on from. */
  prepare?(tell: (event: RunEventBody) => void): Promise<boolean>;
  /** Advances by one iteration. */
  iterate(): TraineeReport<Extra> | Promise<TraineeReport<Extra>>;
  /** `final`: the evaluation at the end, which may be larger. `undefined` where an abort cut it off. */
  evaluate(final: boolean, tell: (event: RunEventBody) => void): Promise<Evaluation | undefined>;
  /** Whether there is a reason to end after the last iteration, and which; `evaluation` is that after it. */
  isEnough(evaluation: Evaluation | undefined): Ending | undefined;
  /** Keeps elsewhere what a checkpoint only names; called before each, and waited for. */
  keep?(): Promise<void>;
  /** Every tensor of a checkpoint. */
  tensors(): Tensor[];
  /** What a checkpoint holds besides as text. */
  metadata?(): Readonly<Record<string, string>>;
  /** Takes over a checkpoint of the same configuration. */
  restore(checkpoint: Checkpoint): void | Promise<void>;
  /** What `parametersSha256` is made of. */
  hashed(): readonly { readonly data: ArrayBufferView }[];
  /** The policy file to keep after this iteration (0: before the first), if it is due. */
  snapshot?(iteration: number): Uint8Array | undefined;
  /** What the road adds to the summary. */
  summary?(): Partial<RunSummary>;
  /** What a program gets at the end, besides the summary; it lives as long as the program keeps it. */
  trained(): Trained;
  /** The same as it is now, as a copy that training does not change; what it is a copy of is read before this returns to its caller. */
  copy(): Promise<Trained>;
  /** Frees what only training needs; all of it, also where it throws what something of the user's threw. */
  close(): void;
}

/** How a run is to end, once its last evaluation is played. */
export interface Ending {
  readonly status: RunStatus;
  readonly message?: string;
}
