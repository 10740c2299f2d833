/** N environments of one MuJoCo task over typed arrays: one model, N simulations. */
import type { EnvState, Seed, VectorEnv } from '../../core/env.ts';
import type { BoxSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { createGenerators, restoreGenerators, saveGenerators, seedGenerators } from '../generators.ts';
import { refuseUnstarted } from '../guard.ts';
import { restoreArrays, saveArrays } from '../state.ts';
import { refuseActionCount, VectorBuffers } from '../vectorBuffers.ts';
import { MujocoDynamics } from './dynamics.ts';
import type { MujocoModule } from './module.ts';
import type { MujocoTask, PlanarScene } from './task.ts';

/** N environments, each with its own generator: the same numbers as N single ones with the same limit. Close it: the memory is MuJoCo's. */
export class MujocoVectorEnv extends VectorBuffers implements VectorEnv {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  declare readonly observations: Float64Array;
  declare readonly finalObservations: Float64Array;
  readonly #dynamics: MujocoDynamics;
  readonly #generators: Generator[];
  readonly #maxEpisodeSteps: number;
  readonly #name: string;

  /**
   * `maxEpisodeSteps`: steps after which an episode is truncated; none if left out. Throws CohortError unless `numEnvs` is a whole number
   * of at least 1.
   */
  constructor(mujoco: MujocoModule, task: MujocoTask, numEnvs: number, maxEpisodeSteps: number = Number.POSITIVE_INFINITY) {
    super(numEnvs, task.observationSpace);
    this.observationSpace = task.observationSpace;
    this.actionSpace = task.actionSpace;
    this.#name = `${task.name} (${numEnvs} environments)`;
    this.#dynamics = new MujocoDynamics(mujoco, task, numEnvs);
    this.#generators = createGenerators(numEnvs);
    this.#maxEpisodeSteps = maxEpisodeSteps;
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) seedGenerators(this.#generators, seeds);
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) this.#start(i);
  }

  #start(i: number): void {
    this.#dynamics.start(i, this.#generators[i]!, this.observations, i * this.observationSpace.size);
  }

  /**
   * One step everywhere; see `VectorEnv.step`. Actions beyond the bounds are clamped by MuJoCo, as in Gymnasium. Throws CohortError before
   * the first reset, and for actions that are not finite or too few; then nothing has moved.
   */
  step(actions: Int32Array | Float32Array): void {
    const { numEnvs, observations, rewards, terminated, truncated, episodeLengths, episodeReturns, elapsed, gathered } = this;
    const dynamics = this.#dynamics;
    const width = this.actionSpace.size;
    const { size } = this.observationSpace;
    if (this.started[0] === 0) refuseUnstarted(this.#name);
    if (actions.length < width * numEnvs) refuseActionCount(this.#name, width * numEnvs, actions.length);
    for (let i = 0; i < numEnvs; i++) dynamics.checkAction(`${dynamics.task.name}, environment ${i}`, actions, width * i);
    for (let i = 0; i < numEnvs; i++) {
      const outcome = dynamics.step(i, actions, width * i, observations, size * i);
      const length = elapsed[i]! + 1;
      const total = gathered[i]! + outcome.reward;
      const cut = length >= this.#maxEpisodeSteps;
      rewards[i] = outcome.reward;
      terminated[i] = outcome.terminated ? 1 : 0;
      truncated[i] = cut ? 1 : 0;
      episodeLengths[i] = length;
      episodeReturns[i] = total;
      if (outcome.terminated || cut) {
        this.finalObservations.set(observations.subarray(size * i, size * (i + 1)), size * i);
        elapsed[i] = 0;
        gathered[i] = 0;
        this.#start(i);
      } else {
        elapsed[i] = length;
        gathered[i] = total;
      }
    }
  }

  /** What there is to see of environment i, for drawing; after an autoreset that is the new episode. */
  scene(i: number): PlanarScene {
    return this.#dynamics.scene(i);
  }

  /** Everything: the next steps after `setState` have the same bits. `simulation` (N, ...) is MuJoCo's integration state. */
  getState(): EnvState {
    const simulation = this.#dynamics.simulation.save();
    return { ...saveArrays(this.all()), simulation, generators: saveGenerators(this.#generators) };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    const simulation = this.#dynamics.simulation.save();
    restoreArrays(this.#name, { ...this.all(), simulation }, state);
    restoreGenerators(this.#name, this.#generators, state);
    this.#dynamics.simulation.restore(simulation);
  }

  /** Gives the memory back to MuJoCo. A later step or reset throws CohortError. */
  close(): void {
    this.#dynamics.simulation.close();
  }
}
