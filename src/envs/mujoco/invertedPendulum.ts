/**
 * InvertedPendulum: a cart on a rail keeps a pole upright (after Barto, Sutton and Anderson 1983), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/inverted_pendulum_v5.py` and `assets/inverted_pendulum.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { mujocoParity, mujocoSpec, resetNoise } from './mujocoSpec.ts';
import type { MujocoTask } from './task.ts';

const poleLength = 0.6;
/** Beyond this angle in radians the pole has fallen. */
const fallen = 0.2;
/** Turns a capsule from upright to lying along x. */
const lying = 'quat="0.707 0 0.707 0"';

function modelXml(): string {
  return `<mujoco model="inverted pendulum">
<compiler angle="degree" inertiafromgeom="true"/>
<option timestep="0.02" gravity="0 0 -9.81" integrator="RK4"/>
<size memory="200K"/>
<default>
<joint armature="0" damping="1" limited="true"/>
<geom contype="0" friction="1 0.1 0.1"/>
<motor ctrllimited="true" ctrlrange="-3 3" gear="100"/>
</default>
<worldbody>
<geom name="rail" type="capsule" size="0.02 1" ${lying}/>
<body name="cart">
<joint name="slider" type="slide" axis="1 0 0" range="-1 1"/>
<geom name="cart" type="capsule" size="0.1 0.1" ${lying}/>
<body name="pole">
<joint name="hinge" type="hinge" axis="0 1 0" range="-90 90"/>
<geom name="pole" type="capsule" size="0.049" fromto="0 0 0 0.001 0 ${poleLength}"/>
</body>
</body>
</worldbody>
<actuator><motor name="slider" joint="slider"/></actuator>
</mujoco>`;
}

/** Options of InvertedPendulum, as in Gymnasium. */
export interface InvertedPendulumOptions {
  /** Half width of the range of initial positions and velocities. Default 0.01. */
  readonly resetNoiseScale?: number;
}

/** (1) Force on the cart in 100 N; float32. */
export const invertedPendulumActionSpace: BoxSpace = /* @__PURE__ */ box(-3, 3, [1]);
/** (4) position of the cart, angle of the pole, their velocities; float64. */
export const invertedPendulumObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [4], 'float64');

/** InvertedPendulum for `mujocoDynamics`. */
export function invertedPendulum({ resetNoiseScale = 0.01 }: InvertedPendulumOptions = {}): MujocoTask {
  return {
    name: 'InvertedPendulum',
    xml: modelXml(),
    frameSkip: 2,
    observationSpace: invertedPendulumObservationSpace,
    actionSpace: invertedPendulumActionSpace,
    view: { follows: false, cameraZ: poleLength / 2, visibleHeight: 1.6 },
    start(generator, qpos, qvel) {
      for (const values of [qpos, qvel]) {
        for (let k = 0; k < values.length; k++) values[k] = values[k]! + generator.uniform(-resetNoiseScale, resetNoiseScale);
      }
    },
    observe(qpos, qvel, out, offset) {
      out.set(qpos, offset);
      out.set(qvel, offset + qpos.length);
    },
    judge({ qpos, qvel }) {
      const finite = qpos.every(Number.isFinite) && qvel.every(Number.isFinite);
      const terminated = !finite || Math.abs(qpos[1]!) > fallen;
      const reward = terminated ? 0 : 1;
      return { reward, terminated, info: () => ({ reward_survive: reward }) };
    },
  };
}

/** InvertedPendulum-v5, with the limit and threshold that Gymnasium registers. */
export const invertedPendulumSpecs = (): EnvSpec[] => [
  mujocoSpec(
    {
      id: 'InvertedPendulum-v5',
      description: 'Keep a pole upright on a cart that is driven along a rail',
      observationSpace: invertedPendulumObservationSpace,
      actionSpace: invertedPendulumActionSpace,
      observation: boxRows(invertedPendulumObservationSpace, [
        ['cart position', 'distance from the middle of the rail, positive to the right', 'm'],
        ['pole angle', 'lean from upright, positive to the right; the episode ends beyond 0.2', 'rad'],
        ['cart velocity', 'positive to the right', 'm/s'],
        ['pole angular velocity', 'positive to the right', 'rad/s'],
      ]),
      action: boxRows(invertedPendulumActionSpace, [['slide', 'force on the cart, positive to the right', '100 N']]),
      rewards: '1 for every step after which the pole stands, 0 for the step of its fall.',
      episodeEnd:
        'Terminated when the pole leans by more than 0.2 rad, or a number of the state is not finite. Truncated after 1000 steps of 0.04 s.',
      versions: 'v5 pays nothing for the step of the fall and takes resetNoiseScale. v4 and v2 are not included: they paid 1.',
      source: 'https://gymnasium.farama.org/environments/mujoco/inverted_pendulum/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 950,
      parity: mujocoParity,
    },
    resetNoise(0.01),
    invertedPendulum,
  ),
];
