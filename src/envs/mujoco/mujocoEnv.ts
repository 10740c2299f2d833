/** A MuJoCo task as a single environment. */
import type { Action, Env, EnvState, Info, ResetResult, Seed, StepResult } from '../../core/env.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { EpisodeGuard } from '../guard.ts';
import { createEnvGenerator } from '../seeding.ts';
import { restoreArrays } from '../state.ts';
import { MujocoDynamics } from './dynamics.ts';
import type { MujocoModule } from './module.ts';
import type { MujocoTask, PlanarScene } from './task.ts';

/** Largest finite float32: 2^128 - 2^104. */
const float32Max = 2 ** 128 - 2 ** 104;

/** One environment. Close it: the memory is MuJoCo's. */
export class MujocoEnv implements Env<Float64Array, Action> {
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly #dynamics: MujocoDynamics;
  readonly #guard: EpisodeGuard;
  readonly #maxEpisodeSteps: number;
  readonly #name: string;
  // Never seeded means seed 0: a forgotten seed is still reproducible.
  #generator: Generator = createEnvGenerator(0);
  #elapsed = 0;

  /** `maxEpisodeSteps`: steps after which an episode is truncated; none if left out. */
  constructor(mujoco: MujocoModule, task: MujocoTask, maxEpisodeSteps: number = Number.POSITIVE_INFINITY) {
    this.observationSpace = task.observationSpace;
    this.actionSpace = task.actionSpace;
    this.#name = task.name;
    this.#dynamics = new MujocoDynamics(mujoco, task, 1);
    // Any finite action is taken, as in Gymnasium.
    this.#guard = new EpisodeGuard(task.name, box(-float32Max, float32Max, task.actionSpace.shape));
    this.#maxEpisodeSteps = maxEpisodeSteps;
  }

  /** Begins an episode; see `Env.reset`. Throws CohortError for a bad seed, and after `close`. */
  reset(options: { seed?: Seed; options?: Info } = {}): ResetResult<Float64Array> {
    if (options.seed !== undefined) this.#generator = createEnvGenerator(options.seed);
    const { task, simulation } = this.#dynamics;
    const observation = new Float64Array(this.observationSpace.size);
    this.#dynamics.start(0, this.#generator, observation, 0);
    this.#guard.begin();
    this.#elapsed = 0;
    return { observation, info: task.resetInfo?.(simulation.qpos) ?? {} };
  }

  /**
   * One step; see `Env.step`. The action becomes float32; beyond the bounds MuJoCo clamps it and the control cost does not, as in
   * Gymnasium. Throws CohortError for one that is not finite or has another length, before the first reset, after the end and after `close`.
   */
  step(action: Action): StepResult<Float64Array> {
    this.#guard.check(action);
    const observation = new Float64Array(this.observationSpace.size);
    const { reward, terminated, info } = this.#dynamics.step(0, action as Float32Array, 0, observation, 0);
    this.#elapsed++;
    const truncated = this.#elapsed >= this.#maxEpisodeSteps;
    if (terminated || truncated) this.#guard.end();
    return { observation, reward, terminated, truncated, info: info() };
  }

  /** What there is to see, for drawing. */
  scene(): PlanarScene {
    return this.#dynamics.scene(0);
  }

  /** `simulation` (MuJoCo's integration state: time, positions, velocities, activations, warm start, controls), `generator` (10), `episode` (2). */
  getState(): EnvState {
    return {
      simulation: this.#dynamics.simulation.save(),
      generator: this.#generator.getState(),
      episode: Int32Array.of(this.#guard.phase, this.#elapsed),
    };
  }

  /** Goes on from what {@link getState} returned. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    const rest = { simulation: this.#dynamics.simulation.save(), generator: new Uint32Array(10), episode: new Int32Array(2) };
    restoreArrays(this.#name, rest, state);
    this.#dynamics.simulation.restore(rest.simulation);
    this.#generator.setState(rest.generator);
    this.#guard.phase = rest.episode[0]!;
    this.#elapsed = rest.episode[1]!;
  }

  /** Gives the memory back to MuJoCo. */
  close(): void {
    this.#dynamics.simulation.close();
  }
}
