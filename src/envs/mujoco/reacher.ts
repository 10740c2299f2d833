/**
 * Reacher: an arm of two links, seen from above, moves its fingertip to a target, with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/reacher_v5.py`, `reacher_v4.py` and `assets/reacher.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { cos, sin, sumOfSquares } from '../../math/index.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { angularParity, frameSkipOption, mujocoSpec } from './mujocoSpec.ts';
import { addUniformNoise, controlCost, type MujocoTask } from './task.ts';

/** Height of everything above the table, distance of the walls from the middle, in m. */
const height = 0.01;
const wall = 0.3;
/** Of each link, in m. */
const linkLength = 0.1;
/** Targets are drawn from a disk of this radius in m, out of a square. */
const targetRadius = 0.2;
/** Half width of the range of initial angles in rad and velocities in rad/s. */
const angleNoise = 0.1;
const velocityNoise = 0.005;
/** Places in `xpos` of the bodies, which are world, two links, fingertip, target. */
const fingertip = 3 * 3;
const target = 3 * 4;

/** Nothing touches anything: walls and table are there to be seen. */
function modelXml(): string {
  const wallXml = (name: string, x1: number, y1: number, x2: number, y2: number): string =>
    `<geom name="${name} wall" type="capsule" size="0.02" fromto="${x1} ${y1} ${height} ${x2} ${y2} ${height}" conaffinity="0"/>`;
  const linkXml = `type="capsule" size="0.01" fromto="0 0 0 ${linkLength} 0 0"`;
  const slideXml = (name: string, axis: string, ref: number): string =>
    `<joint name="${name}" type="slide" axis="${axis}" range="-0.27 0.27" ref="${ref}" armature="0" damping="0" stiffness="0"/>`;
  return `<mujoco model="reacher">
<compiler angle="radian" inertiafromgeom="true"/>
<option timestep="0.01" gravity="0 0 -9.81" integrator="RK4"/>
<size memory="200K"/>
<default>
<joint armature="1" damping="1" limited="true"/>
<geom contype="0" friction="1 0.1 0.1"/>
<motor ctrllimited="true" ctrlrange="-1 1" gear="200"/>
</default>
<worldbody>
<geom name="table" type="plane" size="1 1 10" conaffinity="0"/>
${wallXml('south', -wall, -wall, wall, -wall)}
${wallXml('east', wall, -wall, wall, wall)}
${wallXml('north', -wall, wall, wall, wall)}
${wallXml('west', -wall, -wall, -wall, wall)}
<geom name="root" type="cylinder" size="0.011" fromto="0 0 0 0 0 0.02" conaffinity="0"/>
<body name="first link" pos="0 0 ${height}">
<geom name="first link" ${linkXml}/>
<joint name="shoulder" type="hinge" axis="0 0 1" limited="false"/>
<body name="second link" pos="${linkLength} 0 0">
<joint name="elbow" type="hinge" axis="0 0 1" range="-3 3"/>
<geom name="second link" ${linkXml}/>
<body name="fingertip" pos="0.11 0 0">
<geom name="fingertip" type="sphere" size="0.01"/>
</body>
</body>
</body>
<body name="target" pos="0.1 -0.1 ${height}">
${slideXml('target x', '1 0 0', 0.1)}
${slideXml('target y', '0 1 0', -0.1)}
<geom name="target" type="sphere" size="0.009" conaffinity="0"/>
</body>
</worldbody>
<actuator>
<motor name="shoulder" joint="shoulder"/>
<motor name="elbow" joint="elbow"/>
</actuator>
</mujoco>`;
}

/** Options of Reacher, as in Gymnasium; version 4 has none. */
export interface ReacherOptions {
  /** Steps of MuJoCo per step, of 0.01 s each. Default 2. */
  readonly frameSkip?: number;
  /** Cost per m between fingertip and target. Default 1. */
  readonly rewardDistWeight?: number;
  /** Cost per squared unit of action. Default 1. */
  readonly rewardControlWeight?: number;
}

/** (2) Torques of shoulder and elbow, in 200 N m; float32. */
export const reacherActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [2]);

const spaceOf = (version: 4 | 5): BoxSpace => box(-Infinity, Infinity, [version === 4 ? 11 : 10], 'float64');

/** Writes `count` numbers of the way from the target to the fingertip. */
function writeWay(xpos: Float64Array, out: Float64Array, offset: number, count: number): void {
  for (let k = 0; k < count; k++) out[offset + k] = xpos[fingertip + k]! - xpos[target + k]!;
}

/** Reacher for `mujocoDynamics`. Version 4 pays for the distance before the step, version 5 for that after it. */
export function reacher(options: ReacherOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const { frameSkip = 2, rewardDistWeight = 1, rewardControlWeight = 1 } = options;
  const shown = version === 4 ? 3 : 2;
  const place = new Float64Array(2);
  const way = new Float64Array(3);
  return {
    name: 'Reacher',
    xml: modelXml(),
    frameSkip,
    observationSpace: spaceOf(version),
    actionSpace: reacherActionSpace,
    view: { follows: false, fromAbove: true, cameraZ: 0, visibleHeight: 0.7 },
    fields: ['xpos'],
    ...(version === 4 ? { carried: { length: 3, read: ({ xpos }, out) => writeWay(xpos!, out, 0, 3) } } : {}),
    start(generator, qpos, qvel) {
      addUniformNoise(generator, angleNoise, qpos);
      do {
        for (let k = 0; k < 2; k++) place[k] = generator.uniform(-targetRadius, targetRadius);
      } while (Math.sqrt(sumOfSquares(place, 0, 2)) >= targetRadius);
      qpos.set(place, 2);
      addUniformNoise(generator, velocityNoise, qvel);
      // The draws are made, as in the original, but the target rests.
      qvel.fill(0, 2);
    },
    observe(qpos, qvel, out, offset, { xpos }) {
      for (let k = 0; k < 2; k++) {
        out[offset + k] = cos(qpos[k]!);
        out[offset + 2 + k] = sin(qpos[k]!);
        out[offset + 4 + k] = qpos[2 + k]!;
        out[offset + 6 + k] = qvel[k]!;
      }
      writeWay(xpos!, out, offset + 8, shown);
    },
    judge({ action, fields, carriedBefore }) {
      if (version === 4) way.set(carriedBefore);
      else writeWay(fields.xpos!, way, 0, 3);
      const distance = -Math.sqrt(sumOfSquares(way, 0, 3)) * rewardDistWeight;
      const control = -controlCost(rewardControlWeight, action);
      const info = () => ({ reward_dist: distance, reward_ctrl: control });
      return { reward: distance + control, terminated: false, info };
    },
  };
}

function reacherSpec(id: string, version: 4 | 5): EnvSpec {
  const observationSpace = spaceOf(version);
  const joints = ['shoulder', 'elbow'];
  const axes = version === 4 ? ['x', 'y', 'z'] : ['x', 'y'];
  return mujocoSpec(
    {
      id,
      description: `Bring the fingertip of an arm of two links to a target${version === 4 ? ' (the older id)' : ''}`,
      observationSpace,
      actionSpace: reacherActionSpace,
      observation: boxRows(observationSpace, [
        ...joints.map((joint) => [`${joint} cosine`, 'cosine of the angle of the joint'] as const),
        ...joints.map((joint) => [`${joint} sine`, 'sine of the angle of the joint'] as const),
        ['target x', 'place of the target, positive to the right', 'm'],
        ['target y', 'place of the target, positive upwards in a view from above', 'm'],
        ...joints.map((joint) => [`${joint} velocity`, 'of its joint, positive against the clock in a view from above', 'rad/s'] as const),
        ...axes.map(
          (axis) => [`${axis} to fingertip`, `from the target to the fingertip${axis === 'z' ? ': always 0' : ''}`, 'm'] as const,
        ),
      ]),
      action: boxRows(
        reacherActionSpace,
        joints.map((joint) => [joint, 'torque of its joint, positive against the clock in a view from above', '200 N m']),
      ),
      rewards:
        version === 4
          ? 'Minus the distance in m between fingertip and target before the step, minus the sum of the squared actions.'
          : 'Minus rewardDistWeight (1) times the distance in m between fingertip and target after the step, minus rewardControlWeight (1) times the sum of the squared actions.',
      episodeEnd: 'Never terminated. Truncated after 50 steps of 0.02 s.',
      versions:
        'v5 pays for the distance after the step and leaves a number out of the observation that is always 0; v4 pays for the distance before the step and has no options: both weights are 1.',
      source: 'https://gymnasium.farama.org/environments/mujoco/reacher/',
      maxEpisodeSteps: 50,
      rewardThreshold: -3.75,
      parity: angularParity,
    },
    version === 4
      ? {}
      : {
          ...frameSkipOption(2),
          rewardDistWeight: { kind: 'number', default: 1, meaning: 'cost per m between fingertip and target' },
          rewardControlWeight: { kind: 'number', default: 1, meaning: 'cost per squared unit of action' },
        },
    (options) => reacher(options, version),
  );
}

/** Reacher-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const reacherSpecs = (): EnvSpec[] => [reacherSpec('Reacher-v5', 5), reacherSpec('Reacher-v4', 4)];
