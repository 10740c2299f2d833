/** N CliffWalkings over typed arrays: the rules of `cliffWalking.ts`, no allocation per step. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import type { DiscreteSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { createGenerators, restoreGenerators, saveGenerators, seedGenerators } from '../generators.ts';
import { refuseAction, refuseUnstarted } from '../guard.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { refuseActionCount, VectorBuffers } from '../vectorBuffers.ts';
import {
  type CliffWalkingOptions,
  type CliffWalkingScene,
  cliffWalkingActionSpace,
  cliffWalkingDirection,
  cliffWalkingNext,
  cliffWalkingObservationSpace,
  cliffWalkingReward,
  cliffWalkingScene,
  cliffWalkingStart,
  isCliffWalkingGoal,
} from './cliffWalking.ts';

/** Options of {@link CliffWalkingVectorEnv}. */
export interface CliffWalkingVectorOptions extends CliffWalkingOptions {
  /** Steps after which an episode is truncated. Default: never, as in Gymnasium. */
  readonly maxEpisodeSteps?: number;
}

/** N environments, each with its own generator: the same numbers as N single ones. Observations are cell numbers. */
export class CliffWalkingVectorEnv extends VectorBuffers implements VectorEnv {
  readonly observationSpace: DiscreteSpace = cliffWalkingObservationSpace;
  readonly actionSpace: DiscreteSpace = cliffWalkingActionSpace;
  declare readonly observations: Float32Array;
  declare readonly finalObservations: Float32Array;
  readonly #generators: Generator[];
  readonly #maxEpisodeSteps: number;
  readonly #slippery: boolean;

  /** Throws CohortError unless `numEnvs` is a whole number of at least 1. */
  constructor(numEnvs: number, options: CliffWalkingVectorOptions = {}) {
    super(numEnvs, cliffWalkingObservationSpace);
    this.#generators = createGenerators(numEnvs);
    this.#maxEpisodeSteps = options.maxEpisodeSteps ?? Infinity;
    this.#slippery = options.isSlippery ?? false;
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) seedGenerators(this.#generators, seeds);
    this.begin();
    for (const generator of this.#generators) generator.random();
    this.observations.fill(cliffWalkingStart);
  }

  /** One step everywhere; see `VectorEnv.step`. Throws CohortError before the first reset and for an action that is not 0 .. 3. */
  step(actions: Int32Array | Float32Array): void {
    const { numEnvs, observations, rewards, terminated, truncated, finalObservations, episodeLengths, episodeReturns } = this;
    const { elapsed, gathered, started } = this;
    if (started[0] === 0) refuseUnstarted('CliffWalkingVectorEnv');
    if (actions.length < numEnvs) refuseActionCount('CliffWalkingVectorEnv', numEnvs, actions.length);
    // Checked before anything moves, so that an error leaves no half step.
    for (let i = 0; i < numEnvs; i++) {
      const action = actions[i]!;
      if ((action & 3) !== action) refuseAction(`CliffWalking, environment ${i}`, this.actionSpace, action);
    }
    for (let i = 0; i < numEnvs; i++) {
      const generator = this.#generators[i]!;
      const cell = observations[i]!;
      const direction = cliffWalkingDirection(actions[i]!, this.#slippery, generator);
      const reward = cliffWalkingReward(cell, direction);
      const next = cliffWalkingNext(cell, direction);
      const done = isCliffWalkingGoal(next);
      const length = elapsed[i]! + 1;
      const total = gathered[i]! + reward;
      const cut = length >= this.#maxEpisodeSteps;
      rewards[i] = reward;
      terminated[i] = done ? 1 : 0;
      truncated[i] = cut ? 1 : 0;
      episodeLengths[i] = length;
      episodeReturns[i] = total;
      if (done || cut) {
        finalObservations[i] = next;
        generator.random();
        observations[i] = cliffWalkingStart;
        elapsed[i] = 0;
        gathered[i] = 0;
      } else {
        observations[i] = next;
        elapsed[i] = length;
        gathered[i] = total;
      }
    }
  }

  /** What there is to see of environment i, for drawing; after an autoreset that is the new episode. */
  scene(i: number): CliffWalkingScene {
    return cliffWalkingScene(this.observations[i]!);
  }

  /** Everything: the next steps after `setState` have the same bits. */
  getState(): EnvState {
    return { ...saveArrays(this.all()), generators: saveGenerators(this.#generators) };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    restoreArrays('CliffWalkingVectorEnv', this.all(), state);
    restoreGenerators('CliffWalkingVectorEnv', this.#generators, state);
  }

  /** Nothing to free. */
  close(): void {}
}
