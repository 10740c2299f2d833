/**
 * One lane of the page: one agent, trained on one or several seeds side by side. It gathers what the page shows, and keeps policies of the first seed on
 * the way. No DOM here.
 */
import type { IterationResult, Policy, RunEvent, WorkerTrainConfig, WorkerTraining } from 'cohort-rl/worker';
import { type TimeShares, timeShares } from './timeShares.ts';

/** One evaluation of one seed. */
export interface CurvePoint {
  readonly iteration: number;
  /** Environment steps so far. */
  readonly steps: number;
  /** Mean return of episodes whose actions are drawn from the policy. */
  readonly sampled: number;
  /** Mean return with the most probable actions. */
  readonly greedy: number;
}

/** A seed as it stands. */
export interface SeedView {
  readonly seed: number;
  readonly iteration: number;
  /** How many there will be; 0 until the run has begun. */
  readonly iterations: number;
  readonly steps: number;
  /** Environment steps per second of training. */
  readonly stepsPerSecond: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  readonly points: readonly CurvePoint[];
  /** The first evaluation whose sampled mean reached the threshold. */
  readonly solvedAt?: { readonly iteration: number; readonly seconds: number };
  /** SHA-256 of the final parameters, once the run has ended. */
  readonly hash?: string;
}

/** A policy kept on the way. */
export interface KeptPolicy {
  readonly iteration: number;
  readonly steps: number;
  /** A policy file. */
  readonly bytes: Uint8Array;
}

/** A lane as it stands. */
export interface LaneView {
  readonly seeds: readonly SeedView[];
  /** Where the time of the last iterations went, of the first seed. */
  readonly time: TimeShares;
  readonly status: 'starting' | 'training' | 'paused' | 'done' | 'failed';
  /** Why it failed: an error of the library is a sentence. */
  readonly failure?: unknown;
  /** Threads of each of its runs. */
  readonly threads: number;
  /** How many policies are kept. */
  readonly kept: number;
}

/** What a lane is given. */
export interface LaneOptions {
  /** The configuration without its seed. */
  readonly config: WorkerTrainConfig;
  readonly seeds: readonly number[];
  /** Mean return from which the task counts as solved. */
  readonly threshold?: number | undefined;
  /** Begins a run. */
  readonly train: (config: WorkerTrainConfig, onEvent: (event: RunEvent) => void) => WorkerTraining;
  /** The newest policy of the first seed; the first one is that before training. */
  readonly newest: (policy: Policy, iteration: number) => void;
  /** Something changed; called often. */
  readonly changed: () => void;
  /** Milliseconds of a clock that does not run backwards. */
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Begins paused, to be stepped. */
  readonly paused?: boolean;
}

/** Policies that are kept on the way, about. */
const keptPerRun = 40;
/** The newest policy is asked for at most so often, in milliseconds. */
const freshFor = 300;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A lane, which trains from its making on. */
export class Lane {
  readonly options: LaneOptions;
  readonly kept: KeptPolicy[] = [];
  readonly #runs: { readonly view: Mutable<SeedView>; readonly points: CurvePoint[]; readonly training: WorkerTraining }[];
  #recent: IterationResult['metrics'][] = [];
  #failure: unknown;
  #paused: boolean;
  #closed = false;
  /** Milliseconds to wait before each iteration; 0 trains as fast as it can. */
  pace = 0;
  /** Iterations that each seed may do although the lane is paused. */
  #granted = 0;
  #wake: (() => void)[] = [];
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(options: LaneOptions) {
    this.options = options;
    this.#paused = options.paused ?? false;
    this.#runs = options.seeds.map((seed) => {
      const points: CurvePoint[] = [];
      const view: Mutable<SeedView> = { seed, iteration: 0, iterations: 0, steps: 0, stepsPerSecond: 0, seconds: 0, points };
      return { view, points, training: options.train({ ...options.config, seed }, (event) => this.#hear(view, points, event)) };
    });
    this.#runs.forEach((run, index) => {
      this.#follow(run, index === 0).catch((error) => this.#fail(error));
    });
  }

  /** What there is to show; a new record at each call. */
  view(): LaneView {
    const seeds = this.#runs.map(({ view, points }) => ({ ...view, points: [...points] }));
    const status = this.#failure
      ? 'failed'
      : seeds.every(({ hash }) => hash !== undefined)
        ? 'done'
        : this.#paused
          ? 'paused'
          : seeds.some(({ iteration }) => iteration > 0)
            ? 'training'
            : 'starting';
    return {
      seeds,
      time: timeShares(this.#recent),
      status,
      threads: this.options.config.threads ?? 1,
      kept: this.kept.length,
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Holds the runs after the iterations that they are in, or lets them go on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#wakeAll();
    this.options.changed();
  }

  /** One iteration of each seed, while paused. */
  step(): void {
    this.#granted++;
    this.#wakeAll();
  }

  /** The policy kept last at or before this share of the training, 0 .. 1; `undefined` while none is. */
  keptAt(share: number): KeptPolicy | undefined {
    const iterations = this.#runs[0]!.view.iterations;
    return this.kept.findLast(({ iteration }) => iteration <= share * iterations + 1e-9) ?? this.kept[0];
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeAll();
    await Promise.all(this.#runs.map(({ training }) => training.close().catch(() => undefined)));
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const call of wake) call();
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#failure ??= error;
    this.options.changed();
    void this.close();
  }

  #hear(view: Mutable<SeedView>, points: CurvePoint[], event: RunEvent): void {
    if (event.event === 'config') view.iterations = Number(event.config.iterations);
    if (event.event === 'iteration') {
      view.stepsPerSecond = event.progressPerSecond;
      view.seconds = event.seconds;
    }
    if (event.event === 'evaluation') {
      const { iteration, globalStep: steps, sampled, greedy } = event;
      // The evaluation at the end is one of the same policy over more episodes.
      if (points.at(-1)?.iteration === iteration) points.pop();
      if (sampled.mean === null || greedy.mean === null) return;
      points.push({ iteration, steps, sampled: sampled.mean, greedy: greedy.mean });
      const { threshold = Number.POSITIVE_INFINITY } = this.options;
      if (view.solvedAt === undefined && sampled.mean >= threshold) {
        view.solvedAt = { iteration, seconds: view.seconds };
      }
    }
    this.options.changed();
  }

  async #mayGoOn(done: number): Promise<boolean> {
    if (this.pace > 0 && !this.#paused) await this.options.sleep(this.pace);
    while (this.#paused && done >= this.#granted && !this.#closed) await new Promise<void>((resolve) => this.#wake.push(resolve));
    return !this.#closed;
  }

  async #follow(
    { view, training }: { readonly view: Mutable<SeedView>; readonly training: WorkerTraining },
    first: boolean,
  ): Promise<void> {
    if (first) await this.#keep(view, training, true);
    const iterations = training[Symbol.asyncIterator]();
    for (let steps = 0; ; ) {
      if (!(await this.#mayGoOn(steps))) return;
      if (this.#paused) steps++;
      else steps = this.#granted;
      const { done, value } = await iterations.next();
      if (done || this.#closed) break;
      view.iteration = value.iteration;
      view.iterations = value.iterations;
      view.steps = value.globalStep;
      if (first) {
        this.#recent = [...this.#recent.slice(-9), value.metrics];
        const due = Math.max(1, Math.round(value.iterations / keptPerRun));
        const keep = value.iteration % due === 0 || value.iteration === value.iterations || this.#paused;
        if (keep || this.options.now() - this.#shownAt >= freshFor) await this.#keep(view, training, keep);
      }
      this.options.changed();
    }
    if (this.#closed) return;
    const { summary } = await training.finish();
    view.hash = summary.parametersSha256;
    if (view.iteration === 0) view.iteration = summary.iterations;
    this.options.changed();
  }

  /** Shows the policy of this moment, and keeps it if it is to be kept. */
  async #keep({ iteration, steps }: SeedView, training: WorkerTraining, keep: boolean): Promise<void> {
    const policy = await training.snapshot();
    if (keep) this.kept.push({ iteration, steps, bytes: policy.encode() });
    this.#shownAt = this.options.now();
    this.options.newest(policy, iteration);
  }
}
