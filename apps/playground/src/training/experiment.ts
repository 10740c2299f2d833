/** The lanes of the page: begun together, on the same task and seeds, and begun anew when a person changes something. No DOM here. */
import type { Policy, RunEvent, WorkerTrainConfig, WorkerTraining } from 'cohort-rl/worker';
import { configOf, parseSeeds, type Settings, SettingsError } from '../controls/settings.ts';
import type { TaskFacts } from '../stage/firstEnv.ts';
import { Lane, type LaneView } from './lane.ts';
import { type Machine, threadsOf } from './threads.ts';

/** What an experiment is given by the page. */
export interface ExperimentParts {
  readonly train: (config: WorkerTrainConfig, onEvent: (event: RunEvent) => void) => WorkerTraining;
  /** Loads what a task needs, and says what is known of it. */
  readonly prepare: (env: string) => Promise<TaskFacts>;
  readonly machine: Machine;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Something changed; called often. */
  readonly changed: () => void;
}

/** A policy and what the page calls it. */
export interface NewestPolicy {
  readonly policy: Policy;
  readonly iteration: number;
}

/** A mistake in the choices of one lane. */
export class LaneError extends Error {
  readonly lane: number;
  constructor(lane: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.lane = lane;
  }
}

/** What is trained at the moment. */
export class Experiment {
  settings: Settings;
  threshold: number | undefined;
  lanes: readonly Lane[] = [];
  readonly #parts: ExperimentParts;
  /** By lane; of the lanes that are shown. */
  newest: (NewestPolicy | undefined)[] = [];
  #waiting: (() => void)[] = [];

  constructor(settings: Settings, parts: ExperimentParts) {
    this.settings = settings;
    this.#parts = parts;
  }

  /** The configuration of a lane, without its seed. */
  configOf(lane: number): WorkerTrainConfig {
    return configOf(this.settings, this.settings.lanes[lane]!);
  }

  get seeds(): readonly number[] {
    return parseSeeds(this.settings.seeds);
  }

  views(): readonly LaneView[] {
    return this.lanes.map((lane) => lane.view());
  }

  /** The newest policy of a lane, as soon as there is one. */
  async policyOf(lane: number): Promise<Policy> {
    while (!this.newest[lane]) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.newest[lane].policy;
  }

  /**
   * Begins with these choices, each run on its share of the cores. What ran before goes on until all lanes have begun, and is then ended. Throws a `SettingsError`, or a {@link LaneError}
   * with what the library said of a lane's configuration; then what ran before goes on.
   */
  async start(settings: Settings): Promise<void> {
    const { train, prepare, machine, now, sleep, changed } = this.#parts;
    const seeds = parseSeeds(settings.seeds);
    const given = settings.lanes.map((lane) => configOf(settings, lane));
    const { rewardThreshold: threshold, worthThreads } = await prepare(settings.env).catch((error) => {
      throw new SettingsError('env', error instanceof Error ? error.message : String(error));
    });
    const threads = threadsOf(machine, given.length * seeds.length, worthThreads);
    const configs = given.map((config) => ({ ...config, threads }));
    const newest: (NewestPolicy | undefined)[] = [];
    const begun: (() => void)[] = [];
    const lanes = configs.map(
      (config, k) =>
        new Lane({
          config,
          seeds,
          threshold,
          train,
          now,
          sleep,
          newest: (policy, iteration) => {
            newest[k] = { policy, iteration };
            for (const resolve of this.#waiting.splice(0)) resolve();
          },
          changed: () => {
            begun[k]?.();
            changed();
          },
        }),
    );
    const outcomes = lanes.map(
      (lane, k) =>
        new Promise<void>((resolve, reject) => {
          begun[k] = () => {
            const { status, failure, seeds: views } = lane.view();
            if (status === 'failed') reject(new LaneError(k, failure));
            else if (views.every(({ iterations }) => iterations > 0)) resolve();
          };
          begun[k]();
        }),
    );
    try {
      await Promise.all(outcomes);
    } catch (error) {
      await Promise.all(lanes.map((lane) => lane.close()));
      throw error;
    }
    const before = this.lanes;
    this.settings = settings;
    this.threshold = threshold;
    this.lanes = lanes;
    this.newest = newest;
    changed();
    await Promise.all(before.map((lane) => lane.close()));
  }
}
