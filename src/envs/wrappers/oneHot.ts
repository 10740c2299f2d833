/** Shows a discrete observation as a vector of zeros with a single one. */
import type { Action, Env, EnvState, Info, ResetResult, Seed, StepResult, VectorEnv } from '../../core/env.ts';
import { mistake } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, completeSpace, type DiscreteSpace, describeSpace, type Space } from '../../core/space.ts';
import { VectorWrapper } from './vectorWrapper.ts';

function needsDiscrete(written: Space): DiscreteSpace {
  const space = completeSpace(written, 'one-hot wrapper: observationSpace');
  if (space.kind === 'discrete') return space;
  throw mistake(
    'one-hot wrapper: observationSpace',
    'a discrete space',
    describeSpace(space),
    'leave the wrapper out: the observation is a vector already',
  );
}

/** A single environment with one-hot observations, Box(n) float32. */
export class OneHot<A extends Action = Action> implements Env<Float32Array, A> {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: Space;
  /** Present if the inner environment has it. */
  readonly getState?: () => EnvState;
  /** Present if the inner environment has it. */
  readonly setState?: (state: EnvState) => void;
  /** Present if the inner environment has it. */
  readonly scene?: () => Scene;
  readonly #env: Env<number, A>;
  readonly #space: DiscreteSpace;

  /** Throws {@link CohortError} unless the observation space is discrete. */
  constructor(env: Env<number, A>) {
    this.#space = needsDiscrete(env.observationSpace);
    this.observationSpace = box(0, 1, [this.#space.n]);
    this.actionSpace = env.actionSpace;
    this.#env = env;
    if (env.scene) this.scene = () => env.scene!();
    if (env.getState && env.setState) {
      this.getState = () => env.getState!();
      this.setState = (state) => env.setState!(state);
    }
  }

  #encode(index: number): Float32Array {
    const vector = new Float32Array(this.#space.n);
    vector[index - this.#space.start] = 1;
    return vector;
  }

  reset(options?: { seed?: Seed; options?: Info }): ResetResult<Float32Array> {
    const { observation, info } = this.#env.reset(options);
    return { observation: this.#encode(observation), info };
  }

  step(action: A): StepResult<Float32Array> {
    const result = this.#env.step(action);
    return { ...result, observation: this.#encode(result.observation) };
  }

  close(): void {
    this.#env.close?.();
  }
}

/** A vector environment with one-hot observations (N, n) float32. The state is the inner environment's. */
export class OneHotVectorEnv extends VectorWrapper {
  readonly #n: number;
  readonly #start: number;
  /** Position of the one per environment in `observations`, so that a step clears one entry and not n. */
  readonly #shown: Int32Array;
  readonly #shownFinal: Int32Array;

  /** Throws {@link CohortError} unless the observation space is discrete. */
  constructor(env: VectorEnv) {
    const { n, start } = needsDiscrete(env.observationSpace);
    super(env, {
      observationSpace: box(0, 1, [n]),
      observations: new Float32Array(env.numEnvs * n),
      finalObservations: new Float32Array(env.numEnvs * n),
    });
    this.#n = n;
    this.#start = start;
    this.#shown = new Int32Array(env.numEnvs);
    this.#shownFinal = new Int32Array(env.numEnvs);
  }

  #encode(): void {
    const { observations, finalObservations } = this.env;
    for (let i = 0; i < this.numEnvs; i++) {
      this.observations[this.#shown[i]!] = 0;
      this.#shown[i] = i * this.#n + observations[i]! - this.#start;
      this.observations[this.#shown[i]!] = 1;
      if (this.terminated[i] || this.truncated[i]) {
        this.finalObservations[this.#shownFinal[i]!] = 0;
        this.#shownFinal[i] = i * this.#n + finalObservations[i]! - this.#start;
        this.finalObservations[this.#shownFinal[i]!] = 1;
      }
    }
  }

  override reset(seeds?: readonly Seed[]): void {
    this.env.reset(seeds);
    this.#encode();
  }

  override step(actions: Int32Array | Float32Array): void {
    this.env.step(actions);
    this.#encode();
  }

  override setState(state: EnvState): void {
    this.env.setState(state);
    this.#encode();
  }
}
