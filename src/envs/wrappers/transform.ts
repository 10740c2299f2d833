/** Observations, actions and rewards by a function of one's own. */
import type { Action, Env, Observation } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import type { Space } from '../../core/space.ts';
import { EnvWrapper } from './envWrapper.ts';

function checkTransform(name: string, transform: unknown): void {
  if (typeof transform === 'function') return;
  throw mistake(`${name}: transform`, 'a function', show(transform), `write for example new ${name}(env, (value) => ...)`);
}

/**
 * Shows `transform(observation)`, as Gymnasium's TransformObservation. Give the space where it is another one than the environment's. The function must
 * depend on nothing else: its memory would be no part of the state.
 */
export class TransformObservation<
  O extends Observation = Observation,
  A extends Action = Action,
  InnerO extends Observation = Observation,
> extends EnvWrapper<O, A, InnerO> {
  readonly #transform: (observation: InnerO) => O;

  /** Throws {@link CohortError} unless `transform` is a function. */
  constructor(env: Env<InnerO, A>, transform: (observation: InnerO) => O, observationSpace: Space = env.observationSpace) {
    checkTransform('TransformObservation', transform);
    super(env, { observationSpace });
    this.#transform = transform;
  }

  protected override observe(observation: InnerO): O {
    return this.#transform(observation);
  }
}

/** Gives `transform(reward)`, as Gymnasium's TransformReward. Returns of episodes are sums of what it gives. */
export class TransformReward<O extends Observation = Observation, A extends Action = Action> extends EnvWrapper<O, A> {
  readonly #transform: (reward: number) => number;

  /** Throws {@link CohortError} unless `transform` is a function. */
  constructor(env: Env<O, A>, transform: (reward: number) => number) {
    checkTransform('TransformReward', transform);
    super(env);
    this.#transform = transform;
  }

  protected override observe(observation: O): O {
    return observation;
  }

  protected override value(reward: number): number {
    return this.#transform(reward);
  }
}

/**
 * Gives the environment `transform(action)`, as Gymnasium's TransformAction. `actionSpace` is what the wrapper takes, where that is another space
 * than the environment's.
 */
export class TransformAction<
  O extends Observation = Observation,
  A extends Action = Action,
  InnerA extends Action = Action,
> extends EnvWrapper<O, A, O, InnerA> {
  readonly #transform: (action: A) => InnerA;

  /** Throws {@link CohortError} unless `transform` is a function. */
  constructor(env: Env<O, InnerA>, transform: (action: A) => InnerA, actionSpace: Space = env.actionSpace) {
    checkTransform('TransformAction', transform);
    super(env, { actionSpace });
    this.#transform = transform;
  }

  protected override observe(observation: O): O {
    return observation;
  }

  protected override act(action: A): InnerA {
    return this.#transform(action);
  }
}
