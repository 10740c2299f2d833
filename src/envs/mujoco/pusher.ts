/**
 * Pusher: an arm of seven joints pushes a cylinder on a table to its goal, with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/pusher_v5.py` and `assets/pusher_v5.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { sumOfSquares } from '../../math/index.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { frameSkipOption, mujocoSpec } from './mujocoSpec.ts';
import { numpySumOfSquares } from './sums.ts';
import type { MujocoTask, SpatialView } from './task.ts';

/** A joint of the arm: what it does in words, its body's name and place on the one before, axis, range in rad, damping in N m s/rad. */
interface ArmJoint {
  readonly name: string;
  readonly body: string;
  readonly at: string;
  readonly axis: string;
  readonly range: string;
  readonly damping: number;
}

const joint = (name: string, body: string, at: string, axis: string, range: string, damping: number): ArmJoint => ({
  name,
  body,
  at,
  axis,
  range,
  damping,
});

const arm = /* @__PURE__ */ [
  /* @__PURE__ */ joint('shoulder pan', 'r_shoulder_pan_link', '0 -0.6 0', '0 0 1', '-2.2854 1.714602', 1),
  /* @__PURE__ */ joint('shoulder lift', 'r_shoulder_lift_link', '0.1 0 0', '0 1 0', '-0.5236 1.3963', 1),
  /* @__PURE__ */ joint('upper arm roll', 'r_upper_arm_roll_link', '0 0 0', '1 0 0', '-1.5 1.7', 0.1),
  /* @__PURE__ */ joint('elbow flex', 'r_elbow_flex_link', '0.4 0 0', '0 1 0', '-2.3213 0', 0.1),
  /* @__PURE__ */ joint('forearm roll', 'r_forearm_roll_link', '0 0 0', '1 0 0', '-1.5 1.5', 0.1),
  /* @__PURE__ */ joint('wrist flex', 'r_wrist_flex_link', '0.321 0 0', '0 1 0', '-1.094 0', 0.1),
  /* @__PURE__ */ joint('wrist roll', 'r_wrist_roll_link', '0 0 0', '1 0 0', '-1.5 1.5', 0.1),
];

const sphere = (name: string, radius: number, at: string): string => `<geom name="${name}" type="sphere" size="${radius}" pos="${at}"/>`;
const capsule = (name: string, radius: number, ends: string, touches = false): string =>
  `<geom name="${name}" type="capsule" size="${radius}" fromto="${ends}"${touches ? ' contype="1" conaffinity="1"' : ''}/>`;

/** What is on each body of the arm; two of them carry a part that does not turn on its own. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  r_shoulder_pan_link: [
    sphere('left eye', 0.05, '-0.06 0.05 0.2'),
    sphere('right eye', 0.05, '0.06 0.05 0.2'),
    sphere('left pupil', 0.03, '-0.06 0.09 0.2'),
    sphere('right pupil', 0.03, '0.06 0.09 0.2'),
    capsule('torso', 0.1, '0 0 -0.4 0 0 0.2'),
  ],
  r_shoulder_lift_link: [capsule('shoulder', 0.1, '0 -0.1 0 0 0.1 0')],
  r_upper_arm_roll_link: [capsule('upper arm axle', 0.02, '-0.1 0 0 0.1 0 0')],
  r_upper_arm_link: [capsule('upper arm', 0.06, '0 0 0 0.4 0 0')],
  r_elbow_flex_link: [capsule('elbow', 0.06, '0 -0.02 0 0 0.02 0')],
  r_forearm_roll_link: [capsule('forearm axle', 0.02, '-0.1 0 0 0.1 0 0')],
  r_forearm_link: [capsule('forearm', 0.05, '0 0 0 0.291 0 0')],
  r_wrist_flex_link: [capsule('wrist', 0.01, '0 -0.02 0 0 0.02 0')],
  r_wrist_roll_link: [
    capsule('palm', 0.02, '0 -0.1 0 0 0.1 0', true),
    capsule('right finger', 0.02, '0 -0.1 0 0.1 -0.1 0', true),
    capsule('left finger', 0.02, '0 0.1 0 0.1 0.1 0', true),
  ],
  tips_arm: [sphere('right fingertip', 0.01, '0.1 -0.1 0'), sphere('left fingertip', 0.01, '0.1 0.1 0')],
};

/** A body that is fixed to the one before. */
const fixedXml = (name: string, rest: string): string => `<body name="${name}">\n${shapes[name]!.join('\n')}\n${rest}</body>\n`;

function armXml([first, ...rest]: readonly ArmJoint[]): string {
  if (!first) return fixedXml('tips_arm', '');
  const { name, body, at, axis, range, damping } = first;
  const further = armXml(rest);
  const carried = { r_upper_arm_roll_link: 'r_upper_arm_link', r_forearm_roll_link: 'r_forearm_link' }[body];
  return `<body name="${body}" pos="${at}">
<joint name="${name}" type="hinge" axis="${axis}" range="${range}" damping="${damping}"/>
${shapes[body]!.join('\n')}
${carried === undefined ? further : fixedXml(carried, further)}</body>
`;
}

/** A body that slides over the table. */
function sliderXml(name: string, height: number, shape: string): string {
  const slide = (axis: 'x' | 'y', direction: string) =>
    `<joint name="${name} ${axis}" type="slide" axis="${direction}" range="-10.3213 10.3" damping="0.5"/>`;
  return `<body name="${name}" pos="0.45 -0.05 ${height}">
<geom name="${name}" type="cylinder" ${shape}/>
${slide('y', '0 1 0')}
${slide('x', '1 0 0')}
</body>`;
}

/** Height of the table below the shoulder, in m. */
const tableHeight = -0.325;

/** Order of bodies, joints and shapes is that of Gymnasium's file: it fixes the order of every number. */
function modelXml(): string {
  return `<mujoco model="pusher">
<compiler angle="radian" inertiafromgeom="true"/>
<option timestep="0.01" gravity="0 0 0" iterations="20" integrator="Euler"/>
<size memory="400K"/>
<default>
<joint armature="0.04" damping="1" limited="true"/>
<geom friction="0.8 0.1 0.1" density="300" margin="0.002" condim="1" contype="0" conaffinity="0"/>
<motor ctrllimited="true" ctrlrange="-2 2"/>
</default>
<worldbody>
<geom name="table" type="plane" pos="0 0.5 ${tableHeight}" size="1 1 0.1" contype="1" conaffinity="1"/>
${armXml(arm)}${sliderXml('object', -0.275, 'size="0.05 0.05 0.05" density="0.01" contype="1"')}
${sliderXml('goal', -0.323, 'size="0.08 0.001 0.1" density="0.00001"')}
</worldbody>
<actuator>
${arm.map(({ name }) => `<motor name="${name}" joint="${name}"/>`).join('\n')}
</actuator>
</mujoco>`;
}

/** Where the positions of fingertips, object and goal begin in `xpos`: they are bodies 10, 11 and 12. */
const tipsAt = 30;
const objectAt = 33;
const goalAt = 36;
/** Closer to the goal than this, in m, the object does not start. */
const leastDistance = 0.17;

/** Options of Pusher, as in Gymnasium. */
export interface PusherOptions {
  /** Steps of MuJoCo per step. Default 5. */
  readonly frameSkip?: number;
  /** Cost per m between fingertips and object. Default 0.5. */
  readonly rewardNearWeight?: number;
  /** Cost per m between object and goal. Default 1. */
  readonly rewardDistWeight?: number;
  /** Cost per squared unit of action. Default 0.1. */
  readonly rewardControlWeight?: number;
}

/** (7) Torques of the arm's joints in N m; float32. */
export const pusherActionSpace: BoxSpace = /* @__PURE__ */ box(-2, 2, [7]);
/** (23) angles and velocities of the arm's joints (7 each), positions of fingertips, object and goal (3 each); float64. */
export const pusherObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [23], 'float64');

/** Pusher for `mujocoDynamics`. */
export function pusher(options: PusherOptions = {}): MujocoTask<SpatialView> {
  const { frameSkip = 5, rewardNearWeight = 0.5, rewardDistWeight = 1, rewardControlWeight = 0.1 } = options;
  const between = new Float64Array(3);
  /** Distance between two bodies. */
  const distance = (xpos: Float64Array, from: number, to: number): number => {
    for (let k = 0; k < 3; k++) between[k] = xpos[from + k]! - xpos[to + k]!;
    return Math.sqrt(sumOfSquares(between, 0, 3));
  };
  return {
    name: 'Pusher',
    xml: modelXml(),
    frameSkip,
    observationSpace: pusherObservationSpace,
    actionSpace: pusherActionSpace,
    view: { azimuth: 90, elevation: -50, center: [0.3, -0.1, -0.2], follows: false, floor: tableHeight, visibleHeight: 1.7 },
    fields: ['xpos'],
    start(generator, qpos, qvel) {
      do {
        // Positions of the object are y, then x; Gymnasium draws the first of them from -0.3 .. 0.
        between[0] = generator.uniform(-0.3, 0);
        between[1] = generator.uniform(-0.2, 0.2);
      } while (!(Math.sqrt(sumOfSquares(between, 0, 2)) > leastDistance));
      qpos[7] = between[0];
      qpos[8] = between[1];
      qpos[9] = 0;
      qpos[10] = 0;
      for (let k = 0; k < qvel.length; k++) {
        const noise = generator.uniform(-0.005, 0.005);
        qvel[k] = k < 7 ? qvel[k]! + noise : 0;
      }
    },
    observe(qpos, qvel, out, offset, { xpos }) {
      for (let k = 0; k < 7; k++) {
        out[offset + k] = qpos[k]!;
        out[offset + 7 + k] = qvel[k]!;
      }
      for (let k = 0; k < 9; k++) out[offset + 14 + k] = xpos![tipsAt + k]!;
    },
    judge({ action, fields: { xpos } }) {
      const near = -distance(xpos!, objectAt, tipsAt) * rewardNearWeight;
      const dist = -distance(xpos!, objectAt, goalAt) * rewardDistWeight;
      // The action is float32, and so is its cost.
      const control = Math.fround(-numpySumOfSquares(action, Math.fround) * Math.fround(rewardControlWeight));
      return {
        reward: dist + control + near,
        terminated: false,
        info: () => ({ reward_dist: dist, reward_ctrl: control, reward_near: near }),
      };
    },
  };
}

const axes = ['x', 'y', 'z'];

/** Pusher-v5, with the limit and threshold that Gymnasium registers. */
export const pusherSpecs = (): EnvSpec[] => [
  mujocoSpec(
    {
      id: 'Pusher-v5',
      description: 'Push a cylinder over a table to its goal with an arm of seven joints',
      observationSpace: pusherObservationSpace,
      actionSpace: pusherActionSpace,
      observation: boxRows(pusherObservationSpace, [
        ...arm.map(({ name }) => [`${name} angle`, 'of its joint', 'rad'] as const),
        ...arm.map(({ name }) => [`${name} velocity`, 'of its joint', 'rad/s'] as const),
        ...['fingertips', 'object', 'goal'].flatMap((name) => axes.map((axis) => [`${name} ${axis}`, 'its place', 'm'] as const)),
      ]),
      action: boxRows(
        pusherActionSpace,
        arm.map(({ name }) => [name, 'torque of its joint', 'N m']),
      ),
      rewards:
        'The negative of three costs: rewardDistWeight (1) times the distance in m between object and goal, rewardNearWeight (0.5) times that between fingertips and object, and rewardControlWeight (0.1) times the sum of the squared actions.',
      episodeEnd: 'Never terminated. Truncated after 100 steps of 0.05 s.',
      versions:
        'v5 has an object of the right density. v4 is not included: Gymnasium runs it with MuJoCo before version 3 only, whose object weighed almost nothing.',
      source: 'https://gymnasium.farama.org/environments/mujoco/pusher/',
      maxEpisodeSteps: 100,
      rewardThreshold: 0,
      parity: 'reset exact, one step tested to 1e-12 (1 in 1,000 to 1e-3); needs @mujoco/mujoco',
    },
    {
      ...frameSkipOption(5),
      rewardNearWeight: { kind: 'number', default: 0.5, meaning: 'cost per m between fingertips and object' },
      rewardDistWeight: { kind: 'number', default: 1, meaning: 'cost per m between object and goal' },
      rewardControlWeight: { kind: 'number', default: 0.1, meaning: 'cost per squared unit of action' },
    },
    pusher,
  ),
];
