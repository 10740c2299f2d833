/** The base of wrappers around a vector environment: everything is the inner environment's unless a wrapper replaces it. */
import type { Releasable } from '../../core/disposal.ts';
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import type { Space } from '../../core/space.ts';

/** What a wrapper may replace. */
type Shown = Pick<VectorEnv, 'observationSpace' | 'observations' | 'finalObservations' | 'rewards'>;

/** A vector environment that hands everything on. */
export abstract class VectorWrapper implements VectorEnv, Releasable {
  readonly numEnvs: number;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly observations: Float32Array | Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservations: Float32Array | Float64Array;
  readonly episodeLengths: Int32Array;
  readonly episodeReturns: Float64Array;
  /** Present if the inner environment has it. */
  readonly scene?: (i: number) => Scene;
  protected readonly env: VectorEnv;

  /** `shown` replaces what the wrapper shows instead of the inner environment's. */
  constructor(env: VectorEnv, shown: Partial<Shown> = {}) {
    this.numEnvs = env.numEnvs;
    this.observationSpace = shown.observationSpace ?? env.observationSpace;
    this.actionSpace = env.actionSpace;
    this.observations = shown.observations ?? env.observations;
    this.rewards = shown.rewards ?? env.rewards;
    this.terminated = env.terminated;
    this.truncated = env.truncated;
    this.finalObservations = shown.finalObservations ?? env.finalObservations;
    this.episodeLengths = env.episodeLengths;
    this.episodeReturns = env.episodeReturns;
    this.env = env;
    if (env.scene) this.scene = (i) => env.scene!(i);
  }

  get actionMasks(): Uint8Array | undefined {
    return this.env.actionMasks;
  }

  reset(seeds?: readonly Seed[]): void {
    this.env.reset(seeds);
  }

  step(actions: Int32Array | Float32Array): void {
    this.env.step(actions);
  }

  getState(): EnvState | undefined {
    return this.env.getState();
  }

  setState(state: EnvState): void {
    this.env.setState(state);
  }

  close(): void {
    this.env.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
