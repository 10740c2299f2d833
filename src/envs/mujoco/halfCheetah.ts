/**
 * HalfCheetah: a planar cheetah runs to the right (P. Wawrzynski 2009), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/half_cheetah_v5.py`, `half_cheetah_v4.py` and `assets/half_cheetah.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { frameSkipOption, mujocoParity, mujocoSpec, resetNoise, runnerOptions } from './mujocoSpec.ts';
import { addUniformNoise, controlCost, type MujocoTask } from './task.ts';

/** One part of a leg, hinged to the one before. Metres, radians, N m s/rad, N m/rad, and N m per unit of action. */
interface LegPart {
  readonly name: string;
  readonly at: readonly [x: number, z: number];
  readonly damping: number;
  readonly stiffness: number;
  readonly range: readonly [from: number, to: number];
  readonly capsuleAt: readonly [x: number, z: number];
  readonly capsuleAngle: number;
  readonly halfLength: number;
  readonly gear: number;
}

function part(
  name: string,
  at: [number, number],
  [damping, stiffness]: [number, number],
  range: [number, number],
  capsuleAt: [number, number],
  [capsuleAngle, halfLength]: [number, number],
  gear: number,
): LegPart {
  return { name, at, damping, stiffness, range, capsuleAt, capsuleAngle, halfLength, gear };
}

const backLeg = /* @__PURE__ */ [
  /* @__PURE__ */ part('bthigh', [-0.5, 0], [6, 240], [-0.52, 1.05], [0.1, -0.13], [-3.8, 0.145], 120),
  /* @__PURE__ */ part('bshin', [0.16, -0.25], [4.5, 180], [-0.785, 0.785], [-0.14, -0.07], [-2.03, 0.15], 90),
  /* @__PURE__ */ part('bfoot', [-0.28, -0.14], [3, 120], [-0.4, 0.785], [0.03, -0.097], [-0.27, 0.094], 60),
];
const frontLeg = /* @__PURE__ */ [
  /* @__PURE__ */ part('fthigh', [0.5, 0], [4.5, 180], [-1, 0.7], [-0.07, -0.12], [0.52, 0.133], 120),
  /* @__PURE__ */ part('fshin', [-0.14, -0.24], [3, 120], [-1.2, 0.87], [0.065, -0.09], [-0.6, 0.106], 60),
  /* @__PURE__ */ part('ffoot', [0.13, -0.18], [1.5, 60], [-0.5, 0.5], [0.045, -0.07], [-0.6, 0.07], 30),
];

const radius = 0.046;

function legXml([first, ...rest]: readonly LegPart[]): string {
  if (!first) return '';
  const { name, at, damping, stiffness, range, capsuleAt, capsuleAngle, halfLength } = first;
  return `<body name="${name}" pos="${at[0]} 0 ${at[1]}">
<joint name="${name}" type="hinge" axis="0 1 0" damping="${damping}" stiffness="${stiffness}" range="${range[0]} ${range[1]}"/>
<geom name="${name}" type="capsule" size="${radius} ${halfLength}" pos="${capsuleAt[0]} 0 ${capsuleAt[1]}" axisangle="0 1 0 ${capsuleAngle}"/>
${legXml(rest)}</body>
`;
}

function rootXml(name: string, type: 'slide' | 'hinge', axis: string): string {
  return `<joint name="${name}" type="${type}" axis="${axis}" armature="0" damping="0" stiffness="0" limited="false"/>`;
}

const masks = 'contype="1" conaffinity="0"';
const floorMask = ' conaffinity="1"';
const contact = 'solref="0.02 1" solimp="0 0.8 0.01"';

/** Order of bodies, joints and shapes is that of Gymnasium's file: it fixes the order of every number. */
function modelXml(): string {
  return `<mujoco model="half cheetah">
<compiler angle="radian" inertiafromgeom="true" settotalmass="14"/>
<option timestep="0.01" gravity="0 0 -9.81"/>
<size memory="200K"/>
<default>
<joint armature="0.1" damping="0.01" stiffness="8" limited="true" solreflimit="0.02 1" solimplimit="0 0.8 0.03"/>
<geom ${masks} condim="3" friction="0.4 0.1 0.1" ${contact}/>
<motor ctrllimited="true" ctrlrange="-1 1"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="40 40 40"${floorMask}/>
<body name="torso" pos="0 0 0.7">
${rootXml('rootx', 'slide', '1 0 0')}
${rootXml('rootz', 'slide', '0 0 1')}
${rootXml('rooty', 'hinge', '0 1 0')}
<geom name="torso" type="capsule" size="${radius}" fromto="-0.5 0 0 0.5 0 0"/>
<geom name="head" type="capsule" size="${radius} 0.15" pos="0.6 0 0.1" axisangle="0 1 0 0.87"/>
${legXml(backLeg)}${legXml(frontLeg)}</body>
</worldbody>
<actuator>
${[...backLeg, ...frontLeg].map(({ name, gear }) => `<motor name="${name}" joint="${name}" gear="${gear}"/>`).join('\n')}
</actuator>
</mujoco>`;
}

/**
 * The same model for less work: the pairs that can touch are listed (each part and the floor, which is what the masks leave), and constraints
 * are not sorted into islands, of which one cheetah has one. MuJoCo looks for neither, computes the same bits and is a quarter quicker.
 */
function quickXml(): string {
  const parts = ['torso', 'head', ...[...backLeg, ...frontLeg].map(({ name }) => name)];
  const pairs = parts.map((name) => `<pair geom1="floor" geom2="${name}" condim="3" friction="0.4 0.4 0.1 0.1 0.1" ${contact}/>`);
  return modelXml()
    .replace('<default>', '<option><flag island="disable"/></option>\n<default>')
    .replace(masks, 'contype="0" conaffinity="0"')
    .replace(floorMask, '')
    .replace('</worldbody>', `</worldbody>\n<contact>\n${pairs.join('\n')}\n</contact>`);
}

/** Options of HalfCheetah, as in Gymnasium. */
export interface HalfCheetahOptions {
  /** Steps of MuJoCo per step, of 0.01 s each. Default 5. */
  readonly frameSkip?: number;
  /** Reward per m/s. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Half width of the initial positions' range and standard deviation of the initial velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out the position along the track. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

/** (6) Torques of back thigh, shin and foot, then front thigh, shin and foot, as a part of each one's greatest; float32. */
export const halfCheetahActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [6]);
/** (17) positions but the first (height, pitch, six joints), velocities (9); float64. */
export const halfCheetahObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [17], 'float64');

/** HalfCheetah for `mujocoDynamics`. Versions 4 and 5 differ in their info only. */
export function halfCheetah(options: HalfCheetahOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const { frameSkip = 5, forwardRewardWeight = 1, ctrlCostWeight = 0.1, resetNoiseScale = 0.1 } = options;
  const { excludeCurrentPositionsFromObservation = true } = options;
  const skipped = excludeCurrentPositionsFromObservation ? 1 : 0;
  const forwardKey = version === 5 ? 'reward_forward' : 'reward_run';
  const xPosition = (qpos: Float64Array) => ({ x_position: qpos[0]! });
  return {
    name: 'HalfCheetah',
    xml: modelXml(),
    quickXml: quickXml(),
    frameSkip,
    observationSpace: skipped === 1 ? halfCheetahObservationSpace : box(-Infinity, Infinity, [18], 'float64'),
    actionSpace: halfCheetahActionSpace,
    view: { floor: 0, follows: true, cameraZ: 0.7, visibleHeight: 2.4 },
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      for (let k = 0; k < qvel.length; k++) qvel[k] = qvel[k]! + resetNoiseScale * generator.standardNormal();
    },
    observe(qpos, qvel, out, offset) {
      for (let k = skipped; k < qpos.length; k++) out[offset + k - skipped] = qpos[k]!;
      out.set(qvel, offset + qpos.length - skipped);
    },
    judge({ before, qpos, action, dt }) {
      const velocity = (qpos[0]! - before[0]!) / dt;
      const forward = forwardRewardWeight * velocity;
      const cost = controlCost(ctrlCostWeight, action);
      const info = () => ({ ...xPosition(qpos), x_velocity: velocity, [forwardKey]: forward, reward_ctrl: -cost });
      return { reward: forward - cost, terminated: false, info };
    },
    ...(version === 5 ? { resetInfo: xPosition } : {}),
  };
}

const partNames = ['back thigh', 'back shin', 'back foot', 'front thigh', 'front shin', 'front foot'];

function halfCheetahSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Run to the right as fast as possible with six joints${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: halfCheetahObservationSpace,
      actionSpace: halfCheetahActionSpace,
      observation: boxRows(halfCheetahObservationSpace, [
        ['height', 'of the torso above its first 0.7 m', 'm'],
        ['pitch', 'of the torso, positive with the head down', 'rad'],
        ...partNames.map((name) => [`${name} angle`, 'of its joint', 'rad'] as const),
        ['forward velocity', 'of the torso, positive to the right', 'm/s'],
        ['vertical velocity', 'of the torso, positive upwards', 'm/s'],
        ['pitch velocity', 'of the torso, positive with the head going down', 'rad/s'],
        ...partNames.map((name) => [`${name} velocity`, 'of its joint', 'rad/s'] as const),
      ]),
      action: boxRows(
        halfCheetahActionSpace,
        partNames.map((name, k) => [name, 'torque of its joint', `${[...backLeg, ...frontLeg][k]!.gear} N m`]),
      ),
      rewards:
        'forwardRewardWeight (1) times the forward velocity in m/s over the step of 0.05 s, less ctrlCostWeight (0.1) times the sum of the squared actions.',
      episodeEnd: 'Never terminated. Truncated after 1000 steps of 0.05 s.',
      versions:
        'v4 and v5 have the same states and rewards. v5 calls reward_forward in its info what v4 calls reward_run, and its reset tells x_position, and it takes frameSkip.',
      source: 'https://gymnasium.farama.org/environments/mujoco/half_cheetah/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 4800,
      parity: mujocoParity,
    },
    {
      ...(version === 5 ? frameSkipOption(5) : {}),
      ...runnerOptions(0.1),
      ...resetNoise(0.1, 'half width of the range of initial positions, standard deviation of initial velocities'),
    },
    (options) => halfCheetah(options, version),
  );
}

/** HalfCheetah-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const halfCheetahSpecs = (): EnvSpec[] => [halfCheetahSpec('HalfCheetah-v5', 5), halfCheetahSpec('HalfCheetah-v4', 4)];
