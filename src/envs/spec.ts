/** What is known of an environment that can be made by its id, and the registry of them. */

import type { EnvRecipe } from '../../recipes/recipe.ts';
import { isRecord } from '../core/arguments.ts';
import type { Action, Env, Observation, VectorEnv } from '../core/env.ts';
import { failure } from '../core/errors.ts';
import type { OptionRange } from '../core/optionRange.ts';
import type { OptionalEngine } from '../core/platform.ts';
import { Registry } from '../core/registry.ts';
import { type BoxSpace, completeSpace, type Space } from '../core/space.ts';

/** Options of an environment by their names. */
export type EnvOptions = Readonly<Record<string, unknown>>;

/** One row of the table of an observation or an action: a number of the vector, or one value of a discrete action. */
export interface SpaceRow {
  /** Short name: `pole angle`. */
  readonly name: string;
  readonly meaning: string;
  /** What 1 stands for: `m/s`, or with a factor `10 m`; left out for a number without unit. */
  readonly unit?: string;
  /** Smallest value, left out if there is none. */
  readonly min?: number;
  /** Greatest value, left out if there is none. */
  readonly max?: number;
}

/** One option of an environment. */
export interface EnvOption {
  /**
   * `steps` is a whole number of at least 1, `count` one of at least 0, `number` any finite number, `probability` one from 0 to 1, `choice` one of
   * `names`, `numbers` a list of one finite number for each of `names`, `range` an {@link OptionRange}, `map` a list of rows, texts of equal length of
   * the letters in `names`.
   */
  readonly kind: 'boolean' | 'number' | 'probability' | 'steps' | 'count' | 'choice' | 'numbers' | 'range' | 'map';
  /** What a `choice` is among, what each of `numbers` is for, or the letters of a `map`; left out for the other kinds. */
  readonly names?: readonly string[];
  /** What it is by default; left out for none. */
  readonly default?: boolean | number | string | readonly number[] | OptionRange;
  /** What it does. */
  readonly meaning: string;
}

/** One environment that can be made by its id. */
export interface EnvSpec {
  /** The id. An environment with Gymnasium's dynamics has Gymnasium's id. */
  readonly id: string;
  /** One sentence for the table of environments. */
  readonly description: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** One row per number of a box; a single row for a discrete space. */
  readonly observation?: readonly SpaceRow[];
  /** One row per number of a box; one row per value of a discrete space. */
  readonly action?: readonly SpaceRow[];
  /** How a step is rewarded, in a few sentences. */
  readonly rewards?: string;
  /** When an episode is terminated and when it is truncated. */
  readonly episodeEnd?: string;
  /** How this version differs from its neighbors. */
  readonly versions?: string;
  /** Address of the page that the facts come from. */
  readonly source?: string;
  /** What `make` and `makeVector` take, by name. */
  readonly options?: Readonly<Record<string, EnvOption>>;
  /** Settings of its own to train it with; those of the built-in environments stand in a table. */
  readonly recipes?: readonly EnvRecipe[];
  /** Steps after which an episode is truncated; left out if episodes have no limit. */
  readonly maxEpisodeSteps?: number;
  /** Steps after which an evaluation episode is cut, for a task without a limit of its own. */
  readonly evaluationMaxSteps?: number;
  /** Mean return from which Gymnasium calls the task solved, or our documented own. */
  readonly rewardThreshold?: number;
  /**
   * Whether a step takes so long (several microseconds) that N environments are worth several threads. Then every array of the state of a
   * vector environment has one row per environment, except `started` and what `vectorize` names `env0/`, `env1/`, ...
   */
  readonly worthThreads?: boolean;
  /** The optional package that makes it; left out for an environment that needs none. */
  readonly needs?: OptionalEngine;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
  /** What is known about equality with Gymnasium, in a few words; left out for an environment that Gymnasium does not have. */
  readonly parity?: string;
  /** One environment, time limit included. May load an optional package. */
  make(options?: EnvOptions): Promise<Env> | Env;
  /** N environments over typed arrays, time limit and autoreset included. If it is left out, `vectorize` lifts what `make` returns. */
  makeVector?(numEnvs: number, options?: EnvOptions): Promise<VectorEnv> | VectorEnv;
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

  /** Ids in the order of registration, those of late ones included. */
  readonly #ids = new Set<string>();
  readonly #late = new Map<string, () => Promise<readonly EnvSpec[]>>();

  /** Adds an environment; spaces written by hand are completed. Throws {@link CohortError} if its id is taken, or a space is none. */
  override register(spec: EnvSpec): this {
    // Whoever takes the id of one that is not loaded yet would be found out too late.
    if (this.#late.has(spec?.id)) this.refuse(spec.id);
    super.register(withSpaces(spec));
    this.#ids.add(spec.id);
    return this;
  }

  /** Adds environments that are loaded when one of them is asked for; `load` gives all of those ids. Throws {@link CohortError} if one is taken. */
  registerLate(ids: readonly string[], load: () => Promise<readonly EnvSpec[]>): this {
    for (const id of ids) {
      if (this.has(id)) this.refuse(id);
      this.#ids.add(id);
      this.#late.set(id, load);
    }
    return this;
  }

  /** Whether there is an environment of that id, loaded or not. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The ids of all environments, loaded or not. */
  override names(): string[] {
    return [...this.#ids];
  }

  /** The environment of that id, loaded if it is not yet. Rejects with {@link CohortError} and the nearest ids if there is none. */
  async load(id: string): Promise<EnvSpec> {
    const load = this.#late.get(id);
    if (load) {
      for (const spec of await load()) {
        if (this.#late.delete(spec.id)) super.register(withSpaces(spec));
      }
    }
    return this.get(id);
  }

  /** All environments, loaded if they are not yet. */
  async loadAll(): Promise<EnvSpec[]> {
    for (const id of [...this.#late.keys()]) await this.load(id);
    return this.list();
  }

  /** All environments. Throws {@link CohortError} where some are not loaded: await {@link loadAll} there. */
  override list(): EnvSpec[] {
    for (const id of this.#late.keys()) refuseLate(id, 'loadAll()');
    return [...this.#ids].map((id) => this.get(id));
  }

  /** The environment of that id. Throws {@link CohortError} with the nearest ids if there is none, and where it is not loaded: await {@link load} there. */
  override get(id: string): EnvSpec {
    if (this.#late.has(id)) refuseLate(id, `load(${JSON.stringify(id)})`);
    return super.get(id);
  }
}

function refuseLate(id: string, call: string): never {
  throw failure('registry of environments', 'an environment that is loaded', `${id}, which is not yet`, `await registry.${call} first`);
}

/** The same with both spaces complete; what else it has, on its prototype too, stays as it is. */
function withSpaces(spec: EnvSpec): EnvSpec {
  const changed = (['observationSpace', 'actionSpace'] as const).flatMap((name) => {
    const space: unknown = isRecord(spec) ? spec[name] : undefined;
    const complete = isRecord(space) ? completeSpace(space, `${spec.id}: ${name}`) : space;
    return complete === space ? [] : [[name, { value: complete, enumerable: true }] as const];
  });
  return changed.length === 0 ? spec : Object.create(spec, Object.fromEntries(changed));
}

/** The rows of a box from its bounds and, in the order of its numbers, names, meanings and units. */
export function boxRows(space: BoxSpace, rows: readonly (readonly [name: string, meaning: string, unit?: string])[]): SpaceRow[] {
  return rows.map(([name, meaning, unit], k) => ({
    name,
    meaning,
    ...(unit === undefined ? {} : { unit }),
    ...(Number.isFinite(space.low[k]) ? { min: space.low[k]! } : {}),
    ...(Number.isFinite(space.high[k]) ? { max: space.high[k]! } : {}),
  }));
}

/** Real numbers as an environment takes them. */
type Vector = Exclude<Action, number>;

/**
 * What the environments of known ids show and take. Extend it for a custom one by declaration merging:
 * `declare module 'cohort-rl' { interface EnvTypes { 'Mine-v0': { observation: Float32Array; action: number } } }`.
 */
export interface EnvTypes {
  'CartPole-v1': { observation: Float32Array; action: number };
  'CartPole-v0': { observation: Float32Array; action: number };
  'Acrobot-v1': { observation: Float32Array; action: number };
  'MountainCar-v0': { observation: Float32Array; action: number };
  'MountainCarContinuous-v0': { observation: Float32Array; action: Vector };
  'Pendulum-v1': { observation: Float32Array; action: Vector };
  // The option `continuous` chooses between an index and two throttles.
  'LunarLander-v3': { observation: Float32Array; action: Action };
  'LunarLanderContinuous-v3': { observation: Float32Array; action: Action };
  'BipedalWalker-v3': { observation: Float32Array; action: Vector };
  'BipedalWalkerHardcore-v3': { observation: Float32Array; action: Vector };
  'HalfCheetah-v5': { observation: Float64Array; action: Vector };
  'HalfCheetah-v4': { observation: Float64Array; action: Vector };
  'Hopper-v5': { observation: Float64Array; action: Vector };
  'Hopper-v4': { observation: Float64Array; action: Vector };
  'InvertedPendulum-v5': { observation: Float64Array; action: Vector };
  'InvertedPendulum-v4': { observation: Float64Array; action: Vector };
  'InvertedDoublePendulum-v5': { observation: Float64Array; action: Vector };
  'InvertedDoublePendulum-v4': { observation: Float64Array; action: Vector };
  'Reacher-v5': { observation: Float64Array; action: Vector };
  'Reacher-v4': { observation: Float64Array; action: Vector };
  'Swimmer-v5': { observation: Float64Array; action: Vector };
  'Swimmer-v4': { observation: Float64Array; action: Vector };
  'Walker2d-v5': { observation: Float64Array; action: Vector };
  'Walker2d-v4': { observation: Float64Array; action: Vector };
  'Ant-v5': { observation: Float64Array; action: Vector };
  'Ant-v4': { observation: Float64Array; action: Vector };
  'Humanoid-v5': { observation: Float64Array; action: Vector };
  'Humanoid-v4': { observation: Float64Array; action: Vector };
  'HumanoidStandup-v5': { observation: Float64Array; action: Vector };
  'HumanoidStandup-v4': { observation: Float64Array; action: Vector };
  'Pusher-v5': { observation: Float64Array; action: Vector };
  // With the option `observation` a vector instead; `makeEnv<string>` is typed for both.
  'CliffWalking-v1': { observation: number; action: number };
  'CliffWalkingSlippery-v1': { observation: number; action: number };
  'CliffWalking-v0': { observation: number; action: number };
  'FrozenLake-v1': { observation: number; action: number };
  'FrozenLake8x8-v1': { observation: number; action: number };
  'Taxi-v4': { observation: number; action: number };
  'Blackjack-v1': { observation: readonly number[]; action: number };
}

/** The environment behind an id: with the types of {@link EnvTypes} if it is listed there, else any environment. */
export type EnvOf<Id extends string> = Id extends keyof EnvTypes
  ? EnvTypes[Id] extends { observation: infer O extends Observation; action: infer A extends Action }
    ? Env<O, A>
    : Env
  : Env;
