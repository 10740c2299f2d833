/** Tells the return and the length of an episode when it ends. */
import type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import type { Space } from '../../core/space.ts';
import { restoreArrays } from '../state.ts';

/** What `info.episode` holds on the step that ends an episode. */
export interface EpisodeStatistics {
  /** Undiscounted return of the rewards as the wrapper sees them. */
  readonly r: number;
  /** Number of steps. */
  readonly l: number;
}

/** Adds {@link EpisodeStatistics} as `info.episode` on the ending step, as Gymnasium's RecordEpisodeStatistics (without its clock). */
export class RecordEpisodeStatistics<O extends Observation = Observation, A extends Action = Action> implements Env<O, A> {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Present if the inner environment has it. Adds `episodeStatistics` (2): return, length so far. */
  readonly getState?: () => EnvState;
  /** Present if the inner environment has it. */
  readonly setState?: (state: EnvState) => void;
  /** Present if the inner environment has it. */
  readonly scene?: () => Scene;
  readonly #env: Env<O, A>;
  #return = 0;
  #length = 0;

  constructor(env: Env<O, A>) {
    this.observationSpace = env.observationSpace;
    this.actionSpace = env.actionSpace;
    this.#env = env;
    if (env.scene) this.scene = () => env.scene!();
    if (env.getState && env.setState) {
      this.getState = () => ({ ...env.getState!(), episodeStatistics: Float64Array.of(this.#return, this.#length) });
      this.setState = (state) => {
        const own = { episodeStatistics: new Float64Array(2) };
        restoreArrays('RecordEpisodeStatistics', own, state);
        env.setState!(state);
        this.#return = own.episodeStatistics[0]!;
        this.#length = own.episodeStatistics[1]!;
      };
    }
  }

  reset(options?: { seed?: Seed; options?: Info }): ResetResult<O> {
    const result = this.#env.reset(options);
    this.#return = 0;
    this.#length = 0;
    return result;
  }

  step(action: A): StepResult<O> {
    const result = this.#env.step(action);
    this.#return += result.reward;
    this.#length++;
    if (!result.terminated && !result.truncated) return result;
    const episode: EpisodeStatistics = { r: this.#return, l: this.#length };
    return { ...result, info: { ...result.info, episode } };
  }

  close(): void {
    this.#env.close?.();
  }
}
