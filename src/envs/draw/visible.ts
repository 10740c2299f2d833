/** Makes every environment one that can be drawn: where it has no drawing, its observation is shown as numbers. */
import type { Action, Env, Observation } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { numbersOf } from '../../core/space.ts';
import { EnvWrapper } from '../wrappers/envWrapper.ts';
import { sceneKinds } from './index.ts';
import type { NumbersScene } from './numbers.ts';

/** Remembers the last observation. */
class VisibleEnv extends EnvWrapper<Observation, Action> {
  override readonly scene: () => Scene;
  #values: readonly number[] = [];
  #largest = 1;

  constructor(env: Env) {
    super(env);
    this.scene = () => {
      const own = env.scene?.();
      if (own && sceneKinds.includes(own.kind)) return own;
      const scene: NumbersScene = { kind: 'numbers', values: this.#values, largest: this.#largest };
      return scene;
    };
  }

  protected override observe(observation: Observation): Observation {
    this.#values = numbersOf(observation);
    for (const value of this.#values) this.#largest = Math.max(this.#largest, Math.abs(value));
    return observation;
  }
}

/** The environment, with a scene that has a drawing at every moment. */
export function visible(env: Env): Env {
  return new VisibleEnv(env);
}
