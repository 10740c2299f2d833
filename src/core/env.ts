/**
 * The two environment contracts: `Env`, which an author writes, and `VectorEnv`, which a learner steps.
 * Both follow Gymnasium: `reset`, `step`, `terminated` apart from `truncated`.
 */
import type { Scene } from './scene.ts';
import type { Space } from './space.ts';

/** A seed: a whole number of at least 0, or a list of them (NumPy's `SeedSequence` entropy). */
export type Seed = number | bigint | readonly (number | bigint)[];

/**
 * What one environment shows: the index for a discrete space, a vector for a box, a multi-discrete or a multi-binary space, a record of parts for a dict, a
 * list of parts for a tuple.
 */
export type Observation =
  | number
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | readonly Observation[]
  | { readonly [part: string]: Observation };
/** What one environment takes: the index for a discrete space, a vector for a box, an `Int32Array` for a multi-discrete or a multi-binary space. */
export type Action = number | Float32Array | Float64Array | Int32Array | readonly number[];

/**
 * Everything that is neither observation, reward nor flag. `actionMask`, with 1 (or `true`) for every value of the action that is allowed next and 0 for the
 * others, is obeyed: give it with every reset and step, or never.
 */
export type Info = Readonly<Record<string, unknown>>;

/** What `reset` returns. */
export interface ResetResult<O extends Observation = Observation> {
  readonly observation: O;
  readonly info: Info;
}

/** What `step` returns: Gymnasium's five-tuple with names. */
export interface StepResult<O extends Observation = Observation> {
  readonly observation: O;
  readonly reward: number;
  /** The episode ended by the rules of the task. */
  readonly terminated: boolean;
  /** The episode was cut (time limit). Both flags can be true. */
  readonly truncated: boolean;
  readonly info: Info;
}

/** The arrays that make up an environment's state, for exact resume; also what a checkpoint stores. */
export type StateArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;
/** Named arrays; the names are unique within one environment. */
export type EnvState = Readonly<Record<string, StateArray>>;

/** One environment, as an author writes it (about twenty lines). Lift it with `vectorize`, check it with `checkEnv`. */
export interface Env<O extends Observation = Observation, A extends Action = Action> {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Begins an episode. With a seed the generator is made anew; without, it goes on. */
  reset(options?: { seed?: Seed; options?: Info }): ResetResult<O>;
  /** One step. Throws `CohortError` before the first reset and for an action outside the space. */
  step(action: A): StepResult<O>;
  /** The whole state, if the simulator allows it; needed for exact resume. */
  getState?(): EnvState;
  setState?(state: EnvState): void;
  /** What a picture of the present moment needs, where the environment has a drawing. */
  scene?(): Scene;
  /** Frees what the environment holds. */
  close?(): void;
}

/**
 * N environments over preallocated arrays; `step` fills them. Autoreset is same-step: where an episode ended, `observations` already
 * holds the first observation of the next one, `finalObservations` the last of the old one.
 */
export interface VectorEnv {
  /** N. */
  readonly numEnvs: number;
  /** The space of one environment's observation. */
  readonly observationSpace: Space;
  /** The space of one environment's action. */
  readonly actionSpace: Space;
  /** (N, D) the observation that the policy sees next; D = `flatSize(observationSpace)`. */
  readonly observations: Float32Array | Float64Array;
  /** (N) reward of the last step. */
  readonly rewards: Float64Array;
  /** (N) 1 where the last step ended the episode by the rules of the task. */
  readonly terminated: Uint8Array;
  /** (N) 1 where the last step cut the episode. */
  readonly truncated: Uint8Array;
  /** (N, D) the true last observation, valid only where `terminated` or `truncated` is 1. */
  readonly finalObservations: Float32Array | Float64Array;
  /**
   * (N, M) 1 where a value of the next action is allowed; M is `n`, the sum of `nvec`, or 2 for each entry of 0 or 1. Known after the first reset; missing
   * where everything is allowed.
   */
  readonly actionMasks?: Uint8Array | undefined;
  /** Length of the episode that ended (valid where a flag is 1), else of the running one. (N) */
  readonly episodeLengths: Int32Array;
  /** Undiscounted raw return of the episode that ended (valid where a flag is 1), else of the running one. (N) */
  readonly episodeReturns: Float64Array;
  /** Begins an episode everywhere; one seed per environment, or none to go on with the generators as they are. */
  reset(seeds?: readonly Seed[]): void;
  /** One step everywhere: (N) indices 0 .. n - 1 for a discrete space (the value is `start` + index), (N, A) for several, (N, A) numbers for a box. */
  step(actions: Int32Array | Float32Array): void;
  /** The whole state, or `undefined` if an environment inside cannot give it. */
  getState(): EnvState | undefined;
  setState(state: EnvState): void;
  /** What a picture of environment `i` needs, where the environment has a drawing. */
  scene?(i: number): Scene;
  close(): void;
}
