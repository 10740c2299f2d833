/**
 * InvertedDoublePendulum: a cart on a rail keeps two poles upright, one on top of the other (after Barto, Sutton and Anderson 1983), with
 * Gymnasium's constants and arithmetic (`gymnasium/envs/mujoco/inverted_double_pendulum_v5.py`, `inverted_double_pendulum_v4.py` and
 * `assets/inverted_double_pendulum.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { cos, sin } from '../../math/index.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { angularParity, frameSkipOption, mujocoSpec, resetNoise } from './mujocoSpec.ts';
import { addUniformNoise, type MujocoTask } from './task.ts';

/** Of each pole, in m. */
const poleLength = 0.6;
/** At this height of the tip in m the poles have fallen. */
const fallen = 1;
/** Turns a capsule from upright to lying along x. */
const lying = 'quat="0.707 0 0.707 0"';

function poleXml(name: string, at: number, onTop: string): string {
  return `<body name="${name}" pos="0 0 ${at}">
<joint name="${name}" type="hinge" axis="0 1 0"/>
<geom name="${name}" type="capsule" size="0.045" fromto="0 0 0 0 0 ${poleLength}"/>
${onTop}
</body>`;
}

/** The first pole swings around the cart, the second around the tip of the first. */
function modelXml(): string {
  const tip = `<site name="tip" pos="0 0 ${poleLength}" size="0.01 0.01"/>`;
  return `<mujoco model="inverted double pendulum">
<compiler angle="degree" inertiafromgeom="true"/>
<option timestep="0.01" gravity="1e-5 0 -9.81" integrator="RK4"/>
<size memory="200K"/>
<default>
<joint damping="0.05"/>
<geom contype="0" friction="1 0.1 0.1"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="40 40 40" pos="0 0 -3"/>
<geom name="rail" type="capsule" size="0.02 1" ${lying}/>
<body name="cart">
<joint name="slider" type="slide" axis="1 0 0" limited="true" range="-1 1" margin="0.01"/>
<geom name="cart" type="capsule" size="0.1 0.1" ${lying}/>
${poleXml('first', 0, poleXml('second', poleLength, tip))}
</body>
</worldbody>
<actuator><motor name="slide" joint="slider" gear="500" ctrllimited="true" ctrlrange="-1 1"/></actuator>
</mujoco>`;
}

/** Options of InvertedDoublePendulum, as in Gymnasium; version 4 has none. */
export interface InvertedDoublePendulumOptions {
  /** Steps of MuJoCo per step, of 0.01 s each. Default 5. */
  readonly frameSkip?: number;
  /** Reward of every step after which the poles stand. Default 10. */
  readonly healthyReward?: number;
  /** Half width of the range of initial positions and standard deviation of initial velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
}

/** (1) Force on the cart in 500 N; float32. */
export const invertedDoublePendulumActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [1]);

const spaceOf = (version: 4 | 5): BoxSpace => box(-Infinity, Infinity, [version === 4 ? 11 : 9], 'float64');
const clip = (value: number): number => Math.min(Math.max(value, -10), 10);

/** InvertedDoublePendulum for `mujocoDynamics`. */
export function invertedDoublePendulum(options: InvertedDoublePendulumOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const { frameSkip = 5, healthyReward = 10, resetNoiseScale = 0.1 } = options;
  // Only the cart's joint is ever held back; version 4 shows the zeros of the hinges too.
  const forces = version === 4 ? 3 : 1;
  return {
    name: 'InvertedDoublePendulum',
    xml: modelXml(),
    frameSkip,
    observationSpace: spaceOf(version),
    actionSpace: invertedDoublePendulumActionSpace,
    view: { follows: false, cameraZ: poleLength, visibleHeight: 2.6 },
    fields: ['site_xpos', 'qfrc_constraint'],
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      for (let k = 0; k < qvel.length; k++) qvel[k] = qvel[k]! + resetNoiseScale * generator.standardNormal();
    },
    observe(qpos, qvel, out, offset, { qfrc_constraint: held }) {
      out[offset] = qpos[0]!;
      for (let k = 1; k <= 2; k++) {
        out[offset + k] = sin(qpos[k]!);
        out[offset + 2 + k] = cos(qpos[k]!);
      }
      for (let k = 0; k < 3; k++) out[offset + 5 + k] = clip(qvel[k]!);
      for (let k = 0; k < forces; k++) out[offset + 8 + k] = clip(held![k]!);
    },
    judge({ qvel, fields }) {
      const x = fields.site_xpos![0]!;
      const z = fields.site_xpos![2]!;
      const first = qvel[1]!;
      const second = qvel[2]!;
      const terminated = z <= fallen;
      const distance = 0.01 * (x * x) + (z - 2) * (z - 2);
      const speed = 1e-3 * (first * first) + 5e-3 * (second * second);
      const survive = terminated && version === 5 ? 0 : healthyReward;
      const info = () => (version === 4 ? {} : { reward_survive: survive, distance_penalty: -distance, velocity_penalty: -speed });
      return { reward: survive - distance - speed, terminated, info };
    },
  };
}

function invertedDoublePendulumSpec(id: string, version: 4 | 5): EnvSpec {
  const observationSpace = spaceOf(version);
  const poles = ['first pole', 'second pole'];
  const angles = ['of the first pole from upright', 'of the second pole from the first one'];
  return mujocoSpec(
    {
      id,
      description: `Keep two poles upright, one on top of the other, on a cart that is driven along a rail${version === 4 ? ' (the older id)' : ''}`,
      observationSpace,
      actionSpace: invertedDoublePendulumActionSpace,
      observation: boxRows(observationSpace, [
        ['cart position', 'distance from the middle of the rail, positive to the right', 'm'],
        ...poles.map((pole, k) => [`${pole} sine`, `sine of the lean ${angles[k]}, positive to the right`] as const),
        ...poles.map((pole, k) => [`${pole} cosine`, `cosine of the lean ${angles[k]}`] as const),
        ['cart velocity', 'positive to the right, cut to -10 .. 10', 'm/s'],
        ...poles.map((pole) => [`${pole} velocity`, 'of its joint, positive to the right, cut to -10 .. 10', 'rad/s'] as const),
        ['rail force', 'with which the end of the rail holds the cart back, cut to -10 .. 10', 'N'],
        ...(version === 4
          ? poles.map((pole) => [`${pole} force`, 'of a limit of its joint, which has none: always 0', 'N m'] as const)
          : []),
      ]),
      action: boxRows(invertedDoublePendulumActionSpace, [['slide', 'force on the cart, positive to the right', '500 N']]),
      rewards: `${version === 5 ? 'healthyReward (10) if the poles stand after the step' : '10'}, less 0.01 x² + (z - 2)² of the tip of the second pole in m, less 0.001 ω1² + 0.005 ω2² of the velocities of the joints in rad/s.`,
      episodeEnd: 'Terminated when the tip of the second pole is at a height of 1 m or less. Truncated after 1000 steps of 0.05 s.',
      versions:
        'v5 pays healthyReward only while the poles stand, leaves two numbers out of the observation that are always 0, tells the parts of the reward in its info and has options. v4 pays 10 for the step of the fall too.',
      source: 'https://gymnasium.farama.org/environments/mujoco/inverted_double_pendulum/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 9100,
      parity: angularParity,
    },
    version === 4
      ? {}
      : {
          ...frameSkipOption(5),
          healthyReward: { kind: 'number', default: 10, meaning: 'reward of every step after which the poles stand' },
          ...resetNoise(0.1, 'half width of the range of initial positions, standard deviation of initial velocities'),
        },
    (options) => invertedDoublePendulum(options, version),
  );
}

/** InvertedDoublePendulum-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const invertedDoublePendulumSpecs = (): EnvSpec[] => [
  invertedDoublePendulumSpec('InvertedDoublePendulum-v5', 5),
  invertedDoublePendulumSpec('InvertedDoublePendulum-v4', 4),
];
