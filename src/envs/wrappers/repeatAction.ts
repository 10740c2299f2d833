/** Takes every action several times: an agent that decides less often. */
import type { Action, Env, Observation, StepResult } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { EnvWrapper } from './envWrapper.ts';

/**
 * Takes each action `numRepeats` times, shows what there is then and gives the sum of the rewards; the end of an episode ends the repeats. As
 * Gymnasium's RepeatAction. A time limit inside counts the steps of the environment, one around it counts decisions.
 */
export class RepeatAction<O extends Observation = Observation, A extends Action = Action> extends EnvWrapper<O, A> {
  readonly #numRepeats: number;

  /** Throws {@link CohortError} unless `numRepeats` is a whole number of at least 1. */
  constructor(env: Env<O, A>, numRepeats: number) {
    if (!Number.isInteger(numRepeats) || numRepeats < 1) {
      throw mistake('RepeatAction: numRepeats', 'a whole number of at least 1', show(numRepeats), '4 is usual');
    }
    super(env);
    this.#numRepeats = numRepeats;
  }

  protected override observe(observation: O): O {
    return observation;
  }

  override step(action: A): StepResult<O> {
    let result = super.step(action);
    let reward = result.reward;
    for (let k = 1; k < this.#numRepeats && !result.terminated && !result.truncated; k++) {
      result = super.step(action);
      reward += result.reward;
    }
    return { ...result, reward };
  }
}
