/** N environments of one MuJoCo task: reset, step and scene of any of them. */
import { CohortError, show } from '../../core/errors.ts';
import type { Generator } from '../../random/index.ts';
import type { MujocoModule } from './module.ts';
import { MujocoSimulation } from './simulation.ts';
import type { MujocoMoment, MujocoOutcome, MujocoTask, PlanarScene } from './task.ts';

/** Joins a task and its simulations. */
export class MujocoDynamics {
  readonly task: MujocoTask;
  readonly simulation: MujocoSimulation;
  /** (nu) The action under way. */
  readonly #action: Float32Array;
  readonly #before: Float64Array;
  readonly #moment: MujocoMoment;

  constructor(mujoco: MujocoModule, task: MujocoTask, count: number) {
    this.task = task;
    const simulation = new MujocoSimulation(mujoco, task.name, task.quickXml ?? task.xml, count);
    this.simulation = simulation;
    this.#action = new Float32Array(simulation.nu);
    this.#before = new Float64Array(simulation.nq);
    const { qpos, qvel } = simulation;
    this.#moment = { before: this.#before, qpos, qvel, action: this.#action, dt: simulation.timestep * task.frameSkip };
  }

  /** Begins an episode in environment i and writes its first observation to `out` from `offset`. */
  start(i: number, generator: Generator, out: Float64Array, offset: number): void {
    const { simulation, task } = this;
    simulation.clear(i);
    task.start(generator, simulation.qpos, simulation.qvel);
    simulation.begin(i);
    task.observe(simulation.qpos, simulation.qvel, out, offset);
  }

  /** Steps environment i under `actions[at ..]` and writes the observation to `out` from `offset`. */
  step(i: number, actions: ArrayLike<number>, at: number, out: Float64Array, offset: number): MujocoOutcome {
    const { simulation, task } = this;
    const action = this.#action;
    for (let k = 0; k < action.length; k++) action[k] = actions[at + k]!;
    simulation.read(i);
    this.#before.set(simulation.qpos);
    simulation.advance(i, action, 0, task.frameSkip);
    task.observe(simulation.qpos, simulation.qvel, out, offset);
    return task.judge(this.#moment);
  }

  /** Throws {@link CohortError} unless `actions[at ..]` are finite. Like Gymnasium: beyond the bounds MuJoCo clamps, the cost does not. */
  checkAction(where: string, actions: ArrayLike<number>, at: number): void {
    const { nu } = this.simulation;
    for (let k = 0; k < nu; k++) {
      // Beyond float32 is infinite in float32.
      if (Number.isFinite(Math.fround(actions[at + k]!))) continue;
      throw new CohortError({
        subject: `${where}: action`,
        expected: `${nu} finite numbers`,
        got: show(Array.from({ length: nu }, (_, j) => actions[at + j]!)),
        advice: 'check what the policy computes',
      });
    }
  }

  /** What there is to see of environment i. */
  scene(i: number): PlanarScene {
    const { simulation, task } = this;
    const { follows, floor, cameraZ, visibleHeight } = task.view;
    simulation.place(i);
    return {
      kind: 'planar',
      ...(floor === undefined ? {} : { floor }),
      capsules: simulation.capsules.map((capsule) => {
        const [x1, z1, x2, z2] = simulation.ends(i, capsule);
        return { name: capsule.name, x1, z1, x2, z2, radius: capsule.radius };
      }),
      cameraX: follows ? simulation.position(i, 0) : 0,
      cameraZ,
      visibleHeight,
      stepsPerSecond: Math.round(1 / this.#moment.dt),
    };
  }
}
