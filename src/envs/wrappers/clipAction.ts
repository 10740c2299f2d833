/** Actions cut to the bounds of a box, as Gymnasium's `ClipAction`: a Gaussian policy knows no bounds. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import { CohortError } from '../../core/errors.ts';
import { type BoxSpace, describeSpace, type Space } from '../../core/space.ts';

/** A vector environment that cuts every action to its box before stepping. The state and all arrays are the inner environment's. */
export class ClipActionVectorEnv implements VectorEnv {
  readonly numEnvs: number;
  readonly observationSpace: Space;
  readonly actionSpace: BoxSpace;
  readonly observations: Float32Array | Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservations: Float32Array | Float64Array;
  readonly episodeLengths: Int32Array;
  readonly episodeReturns: Float64Array;
  readonly #env: VectorEnv;
  readonly #clipped: Float32Array;

  /** Throws {@link CohortError} unless the action space is a box. */
  constructor(env: VectorEnv) {
    if (env.actionSpace.kind !== 'box') {
      throw new CohortError({
        subject: 'ClipActionVectorEnv',
        expected: 'an environment whose actions are a box',
        got: describeSpace(env.actionSpace),
        advice: 'leave the wrapper out',
      });
    }
    this.numEnvs = env.numEnvs;
    this.observationSpace = env.observationSpace;
    this.actionSpace = env.actionSpace;
    this.observations = env.observations;
    this.rewards = env.rewards;
    this.terminated = env.terminated;
    this.truncated = env.truncated;
    this.finalObservations = env.finalObservations;
    this.episodeLengths = env.episodeLengths;
    this.episodeReturns = env.episodeReturns;
    this.#env = env;
    this.#clipped = new Float32Array(env.numEnvs * env.actionSpace.size);
  }

  reset(seeds?: readonly Seed[]): void {
    this.#env.reset(seeds);
  }

  step(actions: Int32Array | Float32Array): void {
    const { low, high, size } = this.actionSpace;
    for (let i = 0; i < this.#clipped.length; i++) {
      const k = i % size;
      this.#clipped[i] = Math.min(Math.max(actions[i]!, low[k]!), high[k]!);
    }
    this.#env.step(this.#clipped);
  }

  getState(): EnvState | undefined {
    return this.#env.getState();
  }

  setState(state: EnvState): void {
    this.#env.setState(state);
  }

  close(): void {
    this.#env.close();
  }
}
