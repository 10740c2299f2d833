/** LunarLander as a single environment; the dynamics are in `lunarLanderDynamics.ts`. */
import type { Action, Env, EnvState, Info, ResetResult, Seed, StepResult } from '../../core/env.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { EpisodeGuard } from '../guard.ts';
import { createEnvGenerator } from '../seeding.ts';
import { restoreArrays } from '../state.ts';
import { LunarLanderDynamics, type LunarLanderOptions, type LunarLanderScene, mainPowerOf, sidePowerOf } from './lunarLanderDynamics.ts';

/** (8) position, velocity, angle, angular velocity, and whether the leg on the right and the one on the left touch the ground; float32. */
export const lunarLanderObservationSpace: BoxSpace = /* @__PURE__ */ box(
  [-2.5, -2.5, -10, -10, -2 * Math.PI, -10, 0, 0],
  [2.5, 2.5, 10, 10, 2 * Math.PI, 10, 1, 1],
  [8],
);
/** 0 nothing, 1 left engine, 2 main engine, 3 right engine. */
export const lunarLanderActionSpace: DiscreteSpace = /* @__PURE__ */ discrete(4);
/** (2) throttle of the main engine (on above 0), throttle of the side engines (on beyond -0.5 and 0.5); float32. */
export const lunarLanderContinuousActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [2]);

/** LunarLander without a time limit. */
export class LunarLanderEnv implements Env<Float32Array, Action> {
  readonly observationSpace: BoxSpace = lunarLanderObservationSpace;
  readonly actionSpace: BoxSpace | DiscreteSpace;
  readonly #dynamics: LunarLanderDynamics;
  readonly #guard: EpisodeGuard;
  // Never seeded means seed 0: a forgotten seed is still reproducible.
  #generator: Generator = createEnvGenerator(0);

  /** Throws {@link CohortError} for options out of range. */
  constructor(options: LunarLanderOptions = {}) {
    this.actionSpace = options.continuous ? lunarLanderContinuousActionSpace : lunarLanderActionSpace;
    this.#dynamics = new LunarLanderDynamics(1, options);
    this.#guard = new EpisodeGuard('LunarLander', this.actionSpace);
  }

  /** Begins an episode; see `Env.reset`. Throws {@link CohortError} for a bad seed. */
  reset(options: { seed?: Seed; options?: Info } = {}): ResetResult<Float32Array> {
    if (options.seed !== undefined) this.#generator = createEnvGenerator(options.seed);
    this.#dynamics.start(0, this.#generator);
    this.#guard.begin();
    return { observation: Float32Array.from(this.#dynamics.state), info: {} };
  }

  /** One step; see `Env.step`. */
  step(action: Action): StepResult<Float32Array> {
    this.#guard.check(action);
    const dynamics = this.#dynamics;
    if (typeof action === 'number') {
      dynamics.push(0, this.#generator, action === 2 ? 1 : 0, action === 0 || action === 2 ? 0 : action - 2);
    } else {
      dynamics.push(0, this.#generator, mainPowerOf(action[0]!), sidePowerOf(action[1]!));
    }
    dynamics.step(0, 1);
    const terminated = dynamics.settle(0);
    if (terminated) this.#guard.end();
    return { observation: Float32Array.from(dynamics.state), reward: dynamics.reward, terminated, truncated: false, info: {} };
  }

  /** What there is to see, for drawing. */
  scene(): LunarLanderScene {
    return this.#dynamics.scene(0);
  }

  /** `world` (bytes), `numbers` (16), `legs` (2), `generator` (10), `phase` (1). */
  getState(): EnvState {
    const { worlds, numbers, legs } = this.#dynamics;
    return {
      world: worlds.slice(),
      numbers: numbers.slice(),
      legs: legs.slice(),
      generator: this.#generator.getState(),
      phase: Uint8Array.of(this.#guard.phase),
    };
  }

  /** Goes on from what {@link getState} returned. Throws {@link CohortError} if it does not fit. */
  setState(state: EnvState): void {
    const { worlds, numbers, legs } = this.#dynamics;
    const rest = { generator: new Uint32Array(10), phase: new Uint8Array(1) };
    restoreArrays('LunarLander', { world: worlds, numbers, legs, ...rest }, state);
    this.#generator.setState(rest.generator);
    this.#guard.phase = rest.phase[0]!;
  }
}
