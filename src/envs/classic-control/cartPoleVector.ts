/** N CartPoles over typed arrays: the dynamics of `cartPole.ts`, no allocation per step. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import type { BoxSpace, DiscreteSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { createGenerators, restoreGenerators, saveGenerators, seedGenerators } from '../generators.ts';
import { refuseAction, refuseUnstarted } from '../guard.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { refuseActionCount, VectorBuffers } from '../vectorBuffers.ts';
import {
  advanceCartPole,
  type CartPoleOptions,
  type CartPoleScene,
  cartPoleActionSpace,
  cartPoleObservationSpace,
  cartPoleReward,
  cartPoleScene,
  startCartPole,
} from './cartPole.ts';

/** Options of {@link CartPoleVectorEnv}. */
export interface CartPoleVectorOptions extends CartPoleOptions {
  /** Steps after which an episode is truncated. Default 500 (CartPole-v1). */
  readonly maxEpisodeSteps?: number;
}

/** N environments, each with its own generator: the same numbers as N single ones under a time limit. */
export class CartPoleVectorEnv extends VectorBuffers implements VectorEnv {
  readonly observationSpace: BoxSpace = cartPoleObservationSpace;
  readonly actionSpace: DiscreteSpace = cartPoleActionSpace;
  declare readonly observations: Float32Array;
  declare readonly finalObservations: Float32Array;
  /** (N, 4) float64. */
  readonly #states: Float64Array;
  readonly #generators: Generator[];
  readonly #maxEpisodeSteps: number;
  readonly #suttonBarto: boolean;

  /** Throws CohortError unless `numEnvs` is a whole number of at least 1. */
  constructor(numEnvs: number, options: CartPoleVectorOptions = {}) {
    super(numEnvs, cartPoleObservationSpace);
    this.#states = new Float64Array(4 * numEnvs);
    this.#generators = createGenerators(numEnvs);
    this.#maxEpisodeSteps = options.maxEpisodeSteps ?? 500;
    this.#suttonBarto = options.suttonBartoReward ?? false;
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) seedGenerators(this.#generators, seeds);
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) startCartPole(this.#states, 4 * i, this.#generators[i]!);
    this.observations.set(this.#states);
  }

  /** One step everywhere; see `VectorEnv.step`. Throws CohortError before the first reset and for an action that is not 0 or 1. */
  step(actions: Int32Array | Float32Array): void {
    const { numEnvs, observations, rewards, terminated, truncated, episodeLengths, episodeReturns } = this;
    const { elapsed, gathered, started } = this;
    const states = this.#states;
    const maxEpisodeSteps = this.#maxEpisodeSteps;
    const suttonBarto = this.#suttonBarto;
    if (started[0] === 0) refuseUnstarted('CartPoleVectorEnv');
    if (actions.length < numEnvs) refuseActionCount('CartPoleVectorEnv', numEnvs, actions.length);
    // Checked before anything moves, so that an error leaves no half step.
    for (let i = 0; i < numEnvs; i++) {
      const action = actions[i]!;
      if (action !== 0 && action !== 1) refuseAction(`CartPole, environment ${i}`, this.actionSpace, action);
    }
    for (let i = 0; i < numEnvs; i++) {
      const offset = 4 * i;
      const fell = advanceCartPole(states, offset, actions[i]!);
      const reward = cartPoleReward(fell, suttonBarto);
      const length = elapsed[i]! + 1;
      const total = gathered[i]! + reward;
      const cut = length >= maxEpisodeSteps;
      rewards[i] = reward;
      terminated[i] = fell ? 1 : 0;
      truncated[i] = cut ? 1 : 0;
      episodeLengths[i] = length;
      episodeReturns[i] = total;
      if (fell || cut) {
        this.#restart(i);
      } else {
        elapsed[i] = length;
        gathered[i] = total;
      }
      observations[offset] = states[offset]!;
      observations[offset + 1] = states[offset + 1]!;
      observations[offset + 2] = states[offset + 2]!;
      observations[offset + 3] = states[offset + 3]!;
    }
  }

  #restart(i: number): void {
    const offset = 4 * i;
    for (let k = offset; k < offset + 4; k++) this.finalObservations[k] = this.#states[k]!;
    this.elapsed[i] = 0;
    this.gathered[i] = 0;
    startCartPole(this.#states, offset, this.#generators[i]!);
  }

  /** What there is to see of environment i, for drawing; after an autoreset that is the new episode. */
  scene(i: number): CartPoleScene {
    return cartPoleScene(this.#states, 4 * i);
  }

  /** Everything: the next steps after `setState` have the same bits. */
  getState(): EnvState {
    return {
      ...saveArrays({ ...this.all(), states: this.#states }),
      generators: saveGenerators(this.#generators),
    };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    restoreArrays('CartPoleVectorEnv', { ...this.all(), states: this.#states }, state);
    restoreGenerators('CartPoleVectorEnv', this.#generators, state);
  }

  /** Nothing to free. */
  close(): void {}
}
