/** A simulator of N environments, and the two forms in which it is used: one environment, and N over typed arrays. Both are written once, here. */
import type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult, VectorEnv } from '../core/env.ts';
import type { Scene } from '../core/scene.ts';
import { createRows, flatSize, headSizes, type Space, unflatten } from '../core/space.ts';
import { type Generator, pcg64StateLength } from '../random/index.ts';
import { EpisodeGuard, refuseAction, refuseUnstarted } from './guard.ts';
import { createEnvGenerator } from './seeding.ts';
import { restoreArrays, saveArrays } from './state.ts';
import { checkNumEnvs, checkSeeds, refuseActionCount, VectorBuffers } from './vectorBuffers.ts';

/** What a step fills: (N, D) observations, (N) rewards, (N) 1 where the episode ended by the rules of the task. */
export type StepArrays = Pick<VectorEnv, 'observations' | 'rewards' | 'terminated'>;

/** The rules of N environments over flat arrays: all that an author of a fast environment writes. Time limits and autoreset are not theirs. */
export interface Dynamics<S extends Scene = Scene> {
  /** Speaks in errors. */
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** What a single environment takes, if that is more than `actionSpace`. */
  readonly acceptedActions?: Space;
  /**
   * (N, M) 1 where a value of the next action is allowed, see `VectorEnv.actionMasks`: filled by `start` and `advance`, and anew by `restore`, for it is no
   * part of `rows`. Left out where everything is allowed. A single environment gives it as `info.actionMask`.
   */
  readonly actionMasks?: Uint8Array | undefined;
  /**
   * Begins an episode in environment i, with draws from its generator, and writes the first observation to row i. Throws CohortError for
   * `options` of `Env.reset` that do not fit, before it draws.
   */
  start(i: number, generator: Generator, observations: StepArrays['observations'], options?: Info): void;
  /** One step of all environments: (N) indices from 0 or (N, A) numbers, checked. `generators[i]` draws for environment i. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], out: StepArrays): void;
  /** Throws CohortError, with `where` in its subject, unless the action at `actions[at ..]` is allowed. Default: within `actionSpace`. */
  checkAction?(where: string, actions: ArrayLike<number>, at: number): void;
  /** The state: named arrays of one row per environment; the arrays themselves, or copies if there is a `restore`. */
  rows(): EnvState;
  /** Goes on from arrays like those of `rows`. */
  restore?(rows: EnvState): void;
  /** What there is to see of environment i. */
  scene(i: number): S;
  /** The info of the last reset of the only environment. Default: nothing. */
  resetInfo?(): Info;
  /** The info of the last step of the only environment. Default: nothing. */
  stepInfo?(): Info;
  /** Frees what is held outside; a later use throws CohortError. */
  close?(): void;
}

/** Makes the dynamics of so many environments. */
export type MakeDynamics<S extends Scene = Scene> = (numEnvs: number) => Dynamics<S>;

/** One environment of given dynamics: `new DynamicsEnv(cartPole())`. Close it if its simulator has memory of its own. */
export class DynamicsEnv<S extends Scene = Scene, O extends Observation = Observation> implements Env<O, Action> {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly #dynamics: Dynamics<S>;
  readonly #maxEpisodeSteps: number;
  readonly #guard: EpisodeGuard;
  readonly #out: StepArrays;
  readonly #index: Int32Array = new Int32Array(1);
  // Never seeded means seed 0: a forgotten seed is still reproducible.
  readonly #generators: [Generator] = [createEnvGenerator(0)];
  #elapsed = 0;

  /** `maxEpisodeSteps`: steps after which an episode is truncated; none if left out. Throws CohortError for what `make` refuses. */
  constructor(make: MakeDynamics<S>, maxEpisodeSteps: number = Number.POSITIVE_INFINITY) {
    const dynamics = make(1);
    this.observationSpace = dynamics.observationSpace;
    this.actionSpace = dynamics.actionSpace;
    this.#dynamics = dynamics;
    this.#maxEpisodeSteps = maxEpisodeSteps;
    this.#guard = new EpisodeGuard(dynamics.name, dynamics.acceptedActions ?? dynamics.actionSpace);
    this.#out = {
      observations: createRows(dynamics.observationSpace, 1),
      rewards: new Float64Array(1),
      terminated: new Uint8Array(1),
    };
  }

  #observation(): O {
    const { observations } = this.#out;
    const space = this.observationSpace;
    if (space.kind === 'box') return observations.slice() as O;
    if (space.kind === 'multiDiscrete') return Int32Array.from(observations) as O;
    return (space.kind === 'discrete' ? observations[0]! : unflatten(space, observations)) as O;
  }

  #info(own: Info = {}): Info {
    const { actionMasks } = this.#dynamics;
    return actionMasks ? { ...own, actionMask: actionMasks.slice() } : own;
  }

  /** The action as dynamics take it: indices from 0, or the numbers of a box. */
  #indicesOf(action: Action): ArrayLike<number> {
    const space = this.actionSpace;
    if (typeof action === 'number') {
      this.#index[0] = action - (space as { start: number }).start;
      return this.#index;
    }
    return space.kind === 'multiDiscrete' ? Int32Array.from(action, (value, k) => value - space.start[k]!) : action;
  }

  /** Begins an episode; see `Env.reset`. Throws CohortError for a bad seed or options, and after `close`. */
  reset({ seed, options }: { seed?: Seed; options?: Info } = {}): ResetResult<O> {
    const generator = seed === undefined ? this.#generators[0] : createEnvGenerator(seed);
    this.#dynamics.start(0, generator, this.#out.observations, options);
    this.#generators[0] = generator;
    this.#guard.begin();
    this.#elapsed = 0;
    return { observation: this.#observation(), info: this.#info(this.#dynamics.resetInfo?.()) };
  }

  /** One step; see `Env.step`. Throws CohortError before the first reset, after the end, after `close` and for an action that is not allowed. */
  step(action: Action): StepResult<O> {
    this.#guard.check(action);
    this.#dynamics.advance(this.#indicesOf(action), this.#generators, this.#out);
    this.#elapsed++;
    const terminated = this.#out.terminated[0] === 1;
    const truncated = this.#elapsed >= this.#maxEpisodeSteps;
    if (terminated || truncated) this.#guard.end();
    const info = this.#info(this.#dynamics.stepInfo?.());
    return { observation: this.#observation(), reward: this.#out.rewards[0]!, terminated, truncated, info };
  }

  /** What there is to see, for drawing. */
  scene(): S {
    return this.#dynamics.scene(0);
  }

  #arrays() {
    return {
      rows: this.#dynamics.rows(),
      generator: this.#generators[0].getState(),
      episode: Int32Array.of(this.#guard.phase, this.#elapsed),
    };
  }

  /** The arrays of the dynamics, `generator` (10) and `episode` (2): phase, steps so far. */
  getState(): EnvState {
    const { rows, ...own } = this.#arrays();
    return { ...saveArrays(rows), ...own };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    const { rows, ...own } = this.#arrays();
    restoreArrays(this.#dynamics.name, { ...rows, ...own }, state);
    this.#dynamics.restore?.(rows);
    this.#generators[0].setState(own.generator);
    this.#guard.phase = own.episode[0]!;
    this.#elapsed = own.episode[1]!;
  }

  /** Frees what the simulator holds outside. */
  close(): void {
    this.#dynamics.close?.();
  }
}

/** N environments of given dynamics, each with its own generator: the same numbers as N single ones with the same limit. */
export class DynamicsVectorEnv<S extends Scene = Scene> extends VectorBuffers implements VectorEnv {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly #dynamics: Dynamics<S>;
  readonly #maxEpisodeSteps: number;
  readonly #name: string;
  /** Numbers of one observation, and of one action. */
  readonly #size: number;
  readonly #width: number;
  /** Values of each entry of an action; empty for a box. */
  readonly #sizes: readonly number[];
  // Never seeded means entropy `[0, i]`: a forgotten seed is still reproducible.
  readonly #generators: Generator[];

  /**
   * `maxEpisodeSteps`: steps after which an episode is truncated; none if left out. Throws CohortError unless `numEnvs` is a whole number
   * of at least 1, and for what `make` refuses.
   */
  constructor(make: MakeDynamics<S>, numEnvs: number, maxEpisodeSteps: number = Number.POSITIVE_INFINITY) {
    checkNumEnvs(numEnvs);
    const dynamics = make(numEnvs);
    super(numEnvs, dynamics.observationSpace);
    this.observationSpace = dynamics.observationSpace;
    this.actionSpace = dynamics.actionSpace;
    this.#dynamics = dynamics;
    this.#maxEpisodeSteps = maxEpisodeSteps;
    this.#name = `${dynamics.name}VectorEnv`;
    this.#size = flatSize(dynamics.observationSpace);
    this.#width = flatSize(dynamics.actionSpace);
    this.#sizes = headSizes(dynamics.actionSpace);
    this.#generators = Array.from({ length: numEnvs }, (_, i) => createEnvGenerator([0, i]));
  }

  get actionMasks(): Uint8Array | undefined {
    return this.#dynamics.actionMasks;
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) {
      checkSeeds(seeds, this.numEnvs);
      for (const [i, seed] of seeds.entries()) this.#generators[i] = createEnvGenerator(seed);
    }
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) this.#dynamics.start(i, this.#generators[i]!, this.observations);
  }

  /**
   * One step everywhere; see `VectorEnv.step`. Throws CohortError before the first reset, after `close`, and for actions that are too few or
   * not allowed; then nothing has moved.
   */
  step(actions: Int32Array | Float32Array): void {
    this.#check(actions);
    this.#dynamics.advance(actions, this.#generators, this);
    const { numEnvs, observations, finalObservations } = this;
    const size = this.#size;
    for (let i = 0; i < numEnvs; i++) {
      if (!this.count(i, this.elapsed[i]! + 1 >= this.#maxEpisodeSteps)) continue;
      for (let k = size * i; k < size * (i + 1); k++) finalObservations[k] = observations[k]!;
      this.#dynamics.start(i, this.#generators[i]!, observations);
    }
  }

  // Checked before anything moves, so that an error leaves no half step.
  #check(actions: Int32Array | Float32Array): void {
    const space = this.actionSpace;
    const width = this.#width;
    const entries = width * this.numEnvs;
    if (this.started[0] === 0) refuseUnstarted(this.#name);
    if (actions.length < entries) refuseActionCount(this.#name, entries, actions.length);
    if (space.kind !== 'box' && this.#sizes.length > 0) {
      for (let i = 0; i < entries; i++) {
        const action = actions[i]!;
        if (action >>> 0 !== action || action >= this.#sizes[i % width]!) refuseAction(this.#where(Math.floor(i / width)), space, action);
      }
    } else if (this.#dynamics.checkAction) {
      for (let i = 0; i < this.numEnvs; i++) this.#dynamics.checkAction(this.#where(i), actions, width * i);
    } else if (space.kind === 'box') {
      for (let at = 0; at < entries; at++) {
        const k = at % width;
        if (actions[at]! >= space.low[k]! && actions[at]! <= space.high[k]!) continue;
        refuseAction(this.#where((at - k) / width), space, Array.from(actions.subarray(at - k, at - k + width)));
      }
    }
  }

  #where(i: number): string {
    return `${this.#dynamics.name}, environment ${i}`;
  }

  /** What there is to see of environment i, for drawing; after an autoreset that is the new episode. */
  scene(i: number): S {
    return this.#dynamics.scene(i);
  }

  #arrays() {
    const generators = new Uint32Array(this.numEnvs * pcg64StateLength);
    for (const [i, generator] of this.#generators.entries()) generator.getState(generators, i * pcg64StateLength);
    return { rows: this.#dynamics.rows(), generators };
  }

  /** Everything: the next steps after `setState` have the same bits. `generators` is (N, 10). */
  getState(): EnvState {
    const { rows, generators } = this.#arrays();
    return { ...saveArrays({ ...this.all(), ...rows }), generators };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    const { rows, generators } = this.#arrays();
    restoreArrays(this.#name, { ...this.all(), ...rows, generators }, state);
    this.#dynamics.restore?.(rows);
    for (const [i, generator] of this.#generators.entries()) generator.setState(generators, i * pcg64StateLength);
  }

  /** Frees what the simulator holds outside. A later step or reset throws CohortError if there was anything. */
  close(): void {
    this.#dynamics.close?.();
  }
}
