/** N LunarLanders over typed arrays, their worlds in one memory; the dynamics are in `lunarLanderDynamics.ts`. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import type { BoxSpace, DiscreteSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { createGenerators, restoreGenerators, saveGenerators, seedGenerators } from '../generators.ts';
import { refuseAction, refuseUnstarted } from '../guard.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { refuseActionCount, VectorBuffers } from '../vectorBuffers.ts';
import { lunarLanderActionSpace, lunarLanderContinuousActionSpace, lunarLanderObservationSpace } from './lunarLander.ts';
import { LunarLanderDynamics, type LunarLanderOptions, type LunarLanderScene, mainPowerOf, sidePowerOf } from './lunarLanderDynamics.ts';

const observationSize = 8;

/** Options of {@link LunarLanderVectorEnv}. */
export interface LunarLanderVectorOptions extends LunarLanderOptions {
  /** Steps after which an episode is truncated. Default 1000. */
  readonly maxEpisodeSteps?: number;
}

/** N environments, each with its own generator: the same numbers as N single ones under a time limit. */
export class LunarLanderVectorEnv extends VectorBuffers implements VectorEnv {
  readonly observationSpace: BoxSpace = lunarLanderObservationSpace;
  readonly actionSpace: BoxSpace | DiscreteSpace;
  declare readonly observations: Float32Array;
  declare readonly finalObservations: Float32Array;
  readonly #dynamics: LunarLanderDynamics;
  readonly #generators: Generator[];
  readonly #maxEpisodeSteps: number;
  readonly #continuous: boolean;

  /** Throws {@link CohortError} unless `numEnvs` is a whole number of at least 1, and for options out of range. */
  constructor(numEnvs: number, options: LunarLanderVectorOptions = {}) {
    super(numEnvs, lunarLanderObservationSpace);
    this.#continuous = options.continuous ?? false;
    this.actionSpace = this.#continuous ? lunarLanderContinuousActionSpace : lunarLanderActionSpace;
    this.#dynamics = new LunarLanderDynamics(numEnvs, options);
    this.#generators = createGenerators(numEnvs);
    this.#maxEpisodeSteps = options.maxEpisodeSteps ?? 1000;
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) seedGenerators(this.#generators, seeds);
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) this.#start(i);
  }

  #start(i: number): void {
    this.#dynamics.start(i, this.#generators[i]!);
    this.observations.set(this.#dynamics.state, observationSize * i);
  }

  // Checked before anything moves, so that an error leaves no half step.
  #checkActions(actions: Int32Array | Float32Array): void {
    const { numEnvs } = this;
    const width = this.#continuous ? 2 : 1;
    if (this.started[0] === 0) refuseUnstarted('LunarLanderVectorEnv');
    if (actions.length < width * numEnvs) refuseActionCount('LunarLanderVectorEnv', width * numEnvs, actions.length);
    for (let i = 0; i < numEnvs; i++) {
      const first = actions[width * i]!;
      if (this.#continuous) {
        const second = actions[2 * i + 1]!;
        if (first >= -1 && first <= 1 && second >= -1 && second <= 1) continue;
        refuseAction(`LunarLander, environment ${i}`, this.actionSpace, [first, second]);
      }
      if (first !== 0 && first !== 1 && first !== 2 && first !== 3) refuseAction(`LunarLander, environment ${i}`, this.actionSpace, first);
    }
  }

  /**
   * One step everywhere; see `VectorEnv.step`. Throws {@link CohortError} before the first reset and for an action that is not 0 .. 3 (or
   * two numbers from -1 to 1).
   */
  step(actions: Int32Array | Float32Array): void {
    this.#checkActions(actions);
    const { numEnvs, observations, rewards, terminated, truncated, episodeLengths, episodeReturns, elapsed, gathered } = this;
    const dynamics = this.#dynamics;
    for (let i = 0; i < numEnvs; i++) {
      if (this.#continuous) {
        dynamics.push(i, this.#generators[i]!, mainPowerOf(actions[2 * i]!), sidePowerOf(actions[2 * i + 1]!));
      } else {
        const action = actions[i]!;
        dynamics.push(i, this.#generators[i]!, action === 2 ? 1 : 0, action === 0 || action === 2 ? 0 : action - 2);
      }
    }
    dynamics.step(0, numEnvs);
    for (let i = 0; i < numEnvs; i++) {
      const ended = dynamics.settle(i);
      const length = elapsed[i]! + 1;
      const total = gathered[i]! + dynamics.reward;
      const cut = length >= this.#maxEpisodeSteps;
      rewards[i] = dynamics.reward;
      terminated[i] = ended ? 1 : 0;
      truncated[i] = cut ? 1 : 0;
      episodeLengths[i] = length;
      episodeReturns[i] = total;
      if (ended || cut) {
        this.finalObservations.set(dynamics.state, observationSize * i);
        elapsed[i] = 0;
        gathered[i] = 0;
        this.#start(i);
      } else {
        elapsed[i] = length;
        gathered[i] = total;
        observations.set(dynamics.state, observationSize * i);
      }
    }
  }

  /** What there is to see of environment i, for drawing; after an autoreset that is the new episode. */
  scene(i: number): LunarLanderScene {
    return this.#dynamics.scene(i);
  }

  #arrays(): EnvState {
    const { worlds, numbers, legs } = this.#dynamics;
    return { ...this.all(), worlds, numbers, legs };
  }

  /** Everything: the next steps after `setState` have the same bits. */
  getState(): EnvState {
    return { ...saveArrays(this.#arrays()), generators: saveGenerators(this.#generators) };
  }

  /** Goes on from what {@link getState} returned. Throws {@link CohortError} if it does not fit. */
  setState(state: EnvState): void {
    restoreArrays('LunarLanderVectorEnv', this.#arrays(), state);
    restoreGenerators('LunarLanderVectorEnv', this.#generators, state);
  }

  /** Nothing to free: the worlds go with the object. */
  close(): void {}
}
