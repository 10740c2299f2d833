/**
 * InvertedPendulum: a cart on a rail keeps a pole upright (after Barto, Sutton and Anderson 1983), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/inverted_pendulum_v5.py`, `inverted_pendulum_v4.py` and `assets/inverted_pendulum.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { frameSkipOption, mujocoParity, mujocoSpec, resetNoise } from './mujocoSpec.ts';
import { addUniformNoise, type MujocoTask } from './task.ts';

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

/** Options of InvertedPendulum, as in Gymnasium; version 4 has none. */
export interface InvertedPendulumOptions {
  /** Steps of MuJoCo per step, of 0.02 s each. Default 2. */
  readonly frameSkip?: number;
  /** Half width of the range of initial positions and velocities. Default 0.01. */
  readonly resetNoiseScale?: number;
}

/** (1) Force on the cart in 100 N; float32. */
export const invertedPendulumActionSpace: BoxSpace = /* @__PURE__ */ box(-3, 3, [1]);
/** (4) position of the cart, angle of the pole, their velocities; float64. */
export const invertedPendulumObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [4], 'float64');

/** InvertedPendulum for `mujocoDynamics`. */
export function invertedPendulum(options: InvertedPendulumOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const { frameSkip = 2, resetNoiseScale = 0.01 } = options;
  return {
    name: 'InvertedPendulum',
    xml: modelXml(),
    frameSkip,
    observationSpace: invertedPendulumObservationSpace,
    actionSpace: invertedPendulumActionSpace,
    view: { follows: false, cameraZ: poleLength / 2, visibleHeight: 1.6 },
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      addUniformNoise(generator, resetNoiseScale, qvel);
    },
    observe(qpos, qvel, out, offset) {
      out.set(qpos, offset);
      out.set(qvel, offset + qpos.length);
    },
    judge({ qpos, qvel }) {
      const finite = qpos.every(Number.isFinite) && qvel.every(Number.isFinite);
      const terminated = !finite || Math.abs(qpos[1]!) > fallen;
      const reward = terminated && version === 5 ? 0 : 1;
      return { reward, terminated, info: () => (version === 4 ? {} : { reward_survive: reward }) };
    },
  };
}

function invertedPendulumSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Keep a pole upright on a cart that is driven along a rail${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: invertedPendulumObservationSpace,
      actionSpace: invertedPendulumActionSpace,
      observation: boxRows(invertedPendulumObservationSpace, [
        ['cart position', 'distance from the middle of the rail, positive to the right', 'm'],
        ['pole angle', 'lean from upright, positive to the right; the episode ends beyond 0.2', 'rad'],
        ['cart velocity', 'positive to the right', 'm/s'],
        ['pole angular velocity', 'positive to the right', 'rad/s'],
      ]),
      action: boxRows(invertedPendulumActionSpace, [['slide', 'force on the cart, positive to the right', '100 N']]),
      rewards: version === 5 ? '1 for every step after which the pole stands, 0 for the step of its fall.' : '1 for every step.',
      episodeEnd:
        'Terminated when the pole leans by more than 0.2 rad, or a number of the state is not finite. Truncated after 1000 steps of 0.04 s.',
      versions: 'v5 pays nothing for the step of the fall, where v4 pays 1, and has options.',
      source: 'https://gymnasium.farama.org/environments/mujoco/inverted_pendulum/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 950,
      parity: mujocoParity,
    },
    version === 4 ? {} : { ...frameSkipOption(2), ...resetNoise(0.01) },
    (options) => invertedPendulum(options, version),
  );
}

/** InvertedPendulum-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const invertedPendulumSpecs = (): EnvSpec[] => [
  invertedPendulumSpec('InvertedPendulum-v5', 5),
  invertedPendulumSpec('InvertedPendulum-v4', 4),
];
