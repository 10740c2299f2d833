/**
 * Environment ids and what stands behind them. The registry is a value, not a global: `envs/` makes the standard one.
 */
import type { Env, VectorEnv } from './env.ts';
import { CohortError, show, suggest } from './errors.ts';
import type { Space } from './space.ts';

/** One environment that can be made by its id. */
export interface EnvSpec {
  /** Gymnasium's id where the dynamics are Gymnasium's. */
  readonly id: string;
  /** One sentence for the table of environments. */
  readonly description: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Steps after which an episode is truncated; `undefined` where Gymnasium registers none. */
  readonly maxEpisodeSteps?: number;
  /** Steps after which an evaluation episode is cut where the task has no limit of its own. */
  readonly evaluationMaxSteps?: number;
  /** Mean return from which Gymnasium calls the task solved, or our documented own. */
  readonly rewardThreshold?: number;
  /**
   * Whether a step takes so long (several microseconds) that N environments are worth several threads. Every array of their state then has one
   * row per environment, but for `started`.
   */
  readonly worthThreads?: boolean;
  /** What is known about equality with Gymnasium, in a few words. */
  readonly parity: string;
  /** One environment, time limit included. May load an optional package. */
  make(options?: Readonly<Record<string, unknown>>): Promise<Env> | Env;
  /** N environments over typed arrays, time limit and autoreset included; without it `make` is lifted. */
  makeVector?(numEnvs: number, options?: Readonly<Record<string, unknown>>): Promise<VectorEnv> | VectorEnv;
}

/** Environments by id. */
export class EnvRegistry {
  readonly #specs = new Map<string, EnvSpec>();

  /** Adds an environment. Throws {@link CohortError} if the id is taken. */
  register(spec: EnvSpec): this {
    if (this.#specs.has(spec.id)) {
      throw new CohortError({
        subject: 'register',
        expected: 'an id that is free',
        got: show(spec.id),
        advice: 'choose another id (Gymnasium writes Name-v0)',
      });
    }
    this.#specs.set(spec.id, spec);
    return this;
  }

  /** All environments, in the order of registration. */
  list(): EnvSpec[] {
    return [...this.#specs.values()];
  }

  /** The environment of that id. Throws {@link CohortError} with the nearest ids if there is none. */
  get(id: string): EnvSpec {
    const spec = this.#specs.get(id);
    if (spec) return spec;
    const ids = [...this.#specs.keys()];
    throw new CohortError({
      subject: 'environment',
      expected: 'the id of a known environment',
      got: show(id),
      advice: `${suggest(id, ids)} (cohort-rl envs lists them all)`,
    });
  }
}
