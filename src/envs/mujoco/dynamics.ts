/** Joins a MuJoCo task and N simulations of its model. */
import type { EnvState, Info } from '../../core/env.ts';
import type { BoxSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { checkFiniteAction, finiteActions } from '../finiteActions.ts';
import type { MujocoModule } from './module.ts';
import { type PlanarScene, planarScene } from './planarScene.ts';
import { MujocoSimulation } from './simulation.ts';
import { type SpatialScene, spatialScene } from './spatialScene.ts';
import type { MujocoMoment, MujocoOutcome, MujocoTask, MujocoView, SpatialView } from './task.ts';

/** The scene of a task with that view. */
type SceneOf<V> = V extends SpatialView ? SpatialScene : PlanarScene;

class MujocoDynamics implements Dynamics<PlanarScene | SpatialScene> {
  readonly name: string;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  /** Any finite action is taken, as in Gymnasium: beyond the bounds MuJoCo clamps it, the control cost does not. */
  readonly acceptedActions: BoxSpace;
  readonly #task: MujocoTask<MujocoView | SpatialView>;
  readonly #simulation: MujocoSimulation;
  /** (nu) The action under way. */
  readonly #action: Float32Array;
  readonly #before: Float64Array;
  readonly #carriedBefore: Float64Array;
  readonly #carried: Float64Array;
  readonly #moment: MujocoMoment;
  #outcome: MujocoOutcome | undefined;

  constructor(mujoco: MujocoModule, task: MujocoTask<MujocoView | SpatialView>, count: number) {
    this.name = task.name;
    this.observationSpace = task.observationSpace;
    this.actionSpace = task.actionSpace;
    this.acceptedActions = finiteActions(task.actionSpace.size);
    this.#task = task;
    const carriedLength = task.carried?.length ?? 0;
    const simulation = new MujocoSimulation(mujoco, task.name, task.quickXml ?? task.xml, count, {
      fields: task.fields ?? [],
      carriedLength,
    });
    this.#simulation = simulation;
    this.#action = new Float32Array(simulation.nu);
    this.#before = new Float64Array(simulation.nq);
    this.#carriedBefore = new Float64Array(carriedLength);
    this.#carried = new Float64Array(carriedLength);
    const { qpos, qvel, fields } = simulation;
    const [carriedBefore, carried] = [this.#carriedBefore, this.#carried];
    const dt = simulation.timestep * task.frameSkip;
    this.#moment = { before: this.#before, qpos, qvel, action: this.#action, dt, fields, carriedBefore, carried };
  }

  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const simulation = this.#simulation;
    simulation.clear(i);
    this.#task.start(generator, simulation.qpos, simulation.qvel);
    simulation.begin(i);
    this.#carry(i);
    this.#observe(i, observations);
  }

  /** Takes what the next step of simulation i needs of this one. */
  #carry(i: number): void {
    const carried = this.#carried;
    this.#task.carried?.read(this.#simulation.fields, carried);
    this.#simulation.carried.set(carried, i * carried.length);
  }

  #observe(i: number, observations: StepArrays['observations']): void {
    const { qpos, qvel, fields } = this.#simulation;
    this.#task.observe(qpos, qvel, observations as Float64Array, i * this.observationSpace.size, fields);
  }

  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const simulation = this.#simulation;
    const action = this.#action;
    const carriedBefore = this.#carriedBefore;
    for (let i = 0; i < rewards.length; i++) {
      for (let k = 0; k < action.length; k++) action[k] = actions[i * action.length + k]!;
      simulation.read(i);
      this.#before.set(simulation.qpos);
      for (let k = 0; k < carriedBefore.length; k++) carriedBefore[k] = simulation.carried[i * carriedBefore.length + k]!;
      simulation.advance(i, action, 0, this.#task.frameSkip);
      this.#carry(i);
      this.#observe(i, observations);
      this.#outcome = this.#task.judge(this.#moment);
      rewards[i] = this.#outcome.reward;
      terminated[i] = this.#outcome.terminated ? 1 : 0;
    }
  }

  /** Throws {@link CohortError} unless `actions[at ..]` are finite. Like Gymnasium: beyond the bounds MuJoCo clamps, the cost does not. */
  checkAction(where: string, actions: ArrayLike<number>, at: number): void {
    checkFiniteAction(where, actions, at, this.#simulation.nu);
  }

  /** MuJoCo's integration state (N, ...): time, positions, velocities, activations, warm start, controls; then what the task carries. */
  rows(): { readonly simulation: Float64Array } {
    return { simulation: this.#simulation.save() };
  }

  restore({ simulation }: EnvState): void {
    this.#simulation.restore(simulation as Float64Array);
  }

  scene(i: number): PlanarScene | SpatialScene {
    const simulation = this.#simulation;
    const { view } = this.#task;
    simulation.place(i);
    const { dt } = this.#moment;
    return 'azimuth' in view ? spatialScene(simulation, i, view, dt) : planarScene(simulation, i, view, dt);
  }

  resetInfo(): Info {
    return this.#task.resetInfo?.(this.#simulation.qpos, this.#simulation.fields) ?? {};
  }

  stepInfo(): Info {
    return this.#outcome!.info();
  }

  /** Gives the memory back to MuJoCo. */
  close(): void {
    this.#simulation.close();
  }
}

/** A MuJoCo task for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. Close what is made of it: the memory is MuJoCo's. */
export function mujocoDynamics<V extends MujocoView | SpatialView = MujocoView>(
  mujoco: MujocoModule,
  task: MujocoTask<V>,
): MakeDynamics<SceneOf<V>> {
  return (numEnvs) => new MujocoDynamics(mujoco, task, numEnvs) as Dynamics as Dynamics<SceneOf<V>>;
}
