/** Cuts episodes that last too long. */
import type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import type { Space } from '../../core/space.ts';
import { EpisodeGuard } from '../guard.ts';
import { restoreArrays } from '../state.ts';

/**
 * Sets `truncated` at step `maxEpisodeSteps` of an episode (Gymnasium's TimeLimit; `terminated` may be true at the same step), and
 * throws {@link CohortError} for a step before the first reset, after the end, or outside the action space.
 */
export class TimeLimit<O extends Observation = Observation, A extends Action = Action> implements Env<O, A> {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Present if the inner environment has it. Adds `timeLimit` (2): elapsed steps, phase. */
  readonly getState?: () => EnvState;
  /** Present if the inner environment has it. */
  readonly setState?: (state: EnvState) => void;
  /** Present if the inner environment has it. */
  readonly scene?: () => Scene;
  readonly #env: Env<O, A>;
  readonly #maxEpisodeSteps: number;
  readonly #guard: EpisodeGuard;
  #elapsed = 0;

  /** Throws {@link CohortError} unless `maxEpisodeSteps` is a whole number of at least 1. */
  constructor(env: Env<O, A>, maxEpisodeSteps: number) {
    if (!Number.isInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      throw mistake(
        'TimeLimit: maxEpisodeSteps',
        'a whole number of at least 1',
        show(maxEpisodeSteps),
        'leave the wrapper out for no limit',
      );
    }
    this.observationSpace = env.observationSpace;
    this.actionSpace = env.actionSpace;
    this.#env = env;
    if (env.scene) this.scene = () => env.scene!();
    this.#maxEpisodeSteps = maxEpisodeSteps;
    this.#guard = new EpisodeGuard('environment', env.actionSpace);
    if (env.getState && env.setState) {
      this.getState = () => ({ ...env.getState!(), timeLimit: Int32Array.of(this.#elapsed, this.#guard.phase) });
      this.setState = (state) => {
        const own = { timeLimit: new Int32Array(2) };
        restoreArrays('TimeLimit', own, state);
        env.setState!(state);
        this.#elapsed = own.timeLimit[0]!;
        this.#guard.phase = own.timeLimit[1]!;
      };
    }
  }

  reset(options?: { seed?: Seed; options?: Info }): ResetResult<O> {
    const result = this.#env.reset(options);
    this.#elapsed = 0;
    this.#guard.begin();
    return result;
  }

  step(action: A): StepResult<O> {
    this.#guard.check(action);
    const result = this.#env.step(action);
    this.#elapsed++;
    const truncated = result.truncated || this.#elapsed >= this.#maxEpisodeSteps;
    if (result.terminated || truncated) this.#guard.end();
    return truncated === result.truncated ? result : { ...result, truncated };
  }

  close(): void {
    this.#env.close?.();
  }
}
