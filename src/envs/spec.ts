/** What is known of an environment that can be made by its id, and the registry of them. */
import type { Env, VectorEnv } from '../core/env.ts';
import { Registry } from '../core/registry.ts';
import type { Space } from '../core/space.ts';

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

/** Environments by id. {@link standardRegistry} makes one with the built-in environments. */
export class EnvRegistry extends Registry<EnvSpec> {
  constructor() {
    super({
      key: 'id',
      noun: 'environment',
      whenTaken: 'choose another id (Gymnasium writes Name-v0)',
      whereListed: 'cohort-rl envs lists them all',
    });
  }
}
