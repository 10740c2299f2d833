/**
 * Ant: a body on four legs of two joints runs along x (Schulman, Moritz, Levine, Jordan and Abbeel 2015), with Gymnasium's constants and
 * arithmetic (`gymnasium/envs/mujoco/ant_v5.py`, `ant_v4.py` and `assets/ant.xml`).
 */

import { boundsOf, type OptionRange } from '../../core/optionRange.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { sumOfSquares } from '../../math/index.ts';
import type { OptionTable } from '../options.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { frameSkipOption, mujocoSpec, resetNoise, spatialParity } from './mujocoSpec.ts';
import { forceNames, stateNames } from './spatialFields.ts';
import { numpySumOfSquares } from './sums.ts';
import { addUniformNoise, controlCost, type MujocoTask, type SpatialView } from './task.ts';

/** A leg: the body that holds it in Gymnasium's file, the place in words, and the corner of the torso that it points to. */
const legs = [
  { body: 'front_left_leg', place: 'front left', x: 1, y: 1 },
  { body: 'front_right_leg', place: 'front right', x: -1, y: 1 },
  { body: 'back_leg', place: 'back left', x: -1, y: -1 },
  { body: 'right_back_leg', place: 'back right', x: 1, y: -1 },
] as const;

/** Names of the bodies in their order, the world first; Gymnasium's file leaves the last of each leg without a name, its page calls it so. */
const bodies = ['world', 'torso', ...legs.flatMap(({ body }, k) => [body, `aux_${k + 1}`, `ankle_${k + 1}`])] as const;

/** Motors in the order of the action: legs by their numbers. */
const motorOrder = [4, 1, 2, 3] as const;
/** N m per unit of action. */
const gear = 150;
/** Middle of the torso above the ground at the start, in m. */
const torsoHeight = 0.75;

/** Capsule from a body's middle to a point in the plane of x and y. */
const limb = (name: string, x: number, y: number): string => `<geom name="${name}" type="capsule" size="0.08" fromto="0 0 0 ${x} ${y} 0"/>`;

function legXml({ body, place, x, y }: (typeof legs)[number], k: number): string {
  const [near, far] = [0.2, 0.4];
  const out = `pos="${near * x} ${near * y} 0"`;
  // The ankle bends towards the ground: its axis lies across the leg, and points the other way at the legs on the left of x.
  const range = x > 0 ? '30 70' : '-70 -30';
  return `<body name="${body}">
${limb(`${place} shoulder`, near * x, near * y)}
<body name="aux_${k + 1}" ${out}>
<joint name="hip_${k + 1}" type="hinge" axis="0 0 1" range="-30 30"/>
${limb(`${place} thigh`, near * x, near * y)}
<body name="ankle_${k + 1}" ${out}>
<joint name="ankle_${k + 1}" type="hinge" axis="${-x * y} 1 0" range="${range}"/>
${limb(`${place} shin`, far * x, far * y)}
</body>
</body>
</body>`;
}

/** Order of bodies, joints and shapes is that of Gymnasium's file: it fixes the order of every number. */
function modelXml(): string {
  const motors = motorOrder.flatMap((leg) => [`hip_${leg}`, `ankle_${leg}`]);
  return `<mujoco model="ant">
<compiler angle="degree" inertiafromgeom="true"/>
<option integrator="RK4" timestep="0.01"/>
<size memory="400K"/>
<default>
<joint armature="1" damping="1" limited="true"/>
<geom conaffinity="0" condim="3" density="5" friction="1 0.5 0.5" margin="0.01"/>
<motor ctrllimited="true" ctrlrange="-1 1" gear="${gear}"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="40 40 40" conaffinity="1"/>
<body name="torso" pos="0 0 ${torsoHeight}">
<joint name="root" type="free" armature="0" damping="0" limited="false" margin="0.01"/>
<geom name="torso" type="sphere" size="0.25"/>
${legs.map(legXml).join('\n')}
</body>
</worldbody>
<actuator>
${motors.map((name) => `<motor name="${name}" joint="${name}"/>`).join('\n')}
</actuator>
</mujoco>`;
}

/** Options of Ant, as in Gymnasium; those that name a version are of that version alone. */
export interface AntOptions {
  /** Steps of MuJoCo per step; version 5. Default 5. */
  readonly frameSkip?: number;
  /** Reward per m/s; version 5. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.5. */
  readonly ctrlCostWeight?: number;
  /** Cost per squared unit of the forces and torques from outside. Default 0.0005. */
  readonly contactCostWeight?: number;
  /** Reward of every step in which the ant is healthy. Default 1. */
  readonly healthyReward?: number;
  /** Name of the body whose way is rewarded; version 5. Default `torso`. */
  readonly mainBody?: string;
  /** Whether the episode ends when the ant is not healthy. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the torso at which the ant is healthy, in m, both included. Default 0.2 .. 1. */
  readonly healthyZRange?: OptionRange;
  /** What forces and torques from outside are cut to, in the observation and in their cost. Default -1 .. 1. */
  readonly contactForceRange?: OptionRange;
  /** Half width of the initial positions' range and standard deviation of the initial velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out the place on the ground. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
  /** Whether the observation shows the forces from outside; version 5. Default true. */
  readonly includeCfrcExtInObservation?: boolean;
  /** Whether the forces from outside are observed and cost; version 4. Default false. */
  readonly useContactForces?: boolean;
}

/** (8) Torques of hip and ankle of the legs back right, front left, front right and back left, as a part of 150 N m; float32. */
export const antActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [8]);
/** (105) positions but the first two (13), velocities (14), forces from outside on 13 bodies (6 each); float64. */
export const antObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [105], 'float64');
/** (27) The same without forces: what version 4 shows. */
const antObservationSpace4: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [27], 'float64');

const allFinite = (values: Float64Array): boolean => values.every(Number.isFinite);

/**
 * Ant for `mujocoDynamics`. Version 4 shows and charges the forces only if it is asked to, and pays `healthyReward` for the step of the fall
 * too; its info has the position of the torso where version 5 has that of the state, which is one `mj_step` ahead.
 */
export function ant(options: AntOptions = {}, version: 4 | 5 = 5): MujocoTask<SpatialView> {
  const { frameSkip = 5, forwardRewardWeight = 1, ctrlCostWeight = 0.5, contactCostWeight = 5e-4, healthyReward = 1 } = options;
  const {
    mainBody = 'torso',
    terminateWhenUnhealthy = true,
    resetNoiseScale = 0.1,
    excludeCurrentPositionsFromObservation = true,
  } = options;
  const { includeCfrcExtInObservation = true, useContactForces = false } = options;
  const [lowest, highest] = boundsOf(options.healthyZRange ?? [0.2, 1]);
  const [least, most] = boundsOf(options.contactForceRange ?? [-1, 1]);
  const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
  const [feels, charges] = version === 5 ? [includeCfrcExtInObservation, true] : [useContactForces, useContactForces];
  // Version 5 leaves the world's own forces out of the observation: they are always 0.
  const firstForce = version === 5 ? 6 : 0;
  const size = 15 - skipped + 14 + (feels ? 6 * bodies.length - firstForce : 0);
  const followed = 3 * bodies.indexOf(mainBody);
  const placeOf = (at: Float64Array) => ({
    x_position: at[0]!,
    y_position: at[1]!,
    distance_from_origin: Math.sqrt(sumOfSquares(at, 0, 2)),
  });
  return {
    name: 'Ant',
    xml: modelXml(),
    frameSkip,
    observationSpace: box(-Infinity, Infinity, [size], 'float64'),
    actionSpace: antActionSpace,
    view: { azimuth: 90, elevation: -28, center: [0, 0, 0.35], follows: true, floor: 0, visibleHeight: 3 },
    fields: ['xpos', 'cfrc_ext'],
    carried: {
      length: 2,
      read({ xpos }, out) {
        out[0] = xpos![followed]!;
        out[1] = xpos![followed + 1]!;
      },
    },
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      for (let k = 0; k < qvel.length; k++) qvel[k] = qvel[k]! + resetNoiseScale * generator.standardNormal();
    },
    observe(qpos, qvel, out, offset, { cfrc_ext: forces }) {
      let to = offset;
      for (let k = skipped; k < qpos.length; k++) out[to++] = qpos[k]!;
      for (let k = 0; k < qvel.length; k++) out[to++] = qvel[k]!;
      if (feels) for (let k = firstForce; k < forces!.length; k++) out[to++] = Math.min(Math.max(forces![k]!, least), most);
    },
    judge({ qpos, qvel, action, dt, fields, carriedBefore, carried }) {
      const xVelocity = (carried[0]! - carriedBefore[0]!) / dt;
      const yVelocity = (carried[1]! - carriedBefore[1]!) / dt;
      const velocities = { x_velocity: xVelocity, y_velocity: yVelocity };
      const forward = version === 5 ? xVelocity * forwardRewardWeight : xVelocity;
      const healthy = qpos[2]! >= lowest && qpos[2]! <= highest && allFinite(qpos) && allFinite(qvel);
      const survive = healthy || (version === 4 && terminateWhenUnhealthy) ? healthyReward : 0;
      const cost = controlCost(ctrlCostWeight, action);
      const contact = charges ? contactCostWeight * numpySumOfSquares(fields.cfrc_ext!, undefined, least, most) : 0;
      const rewards = { reward_forward: forward, reward_ctrl: -cost };
      const info =
        version === 5
          ? () => ({ ...placeOf(qpos), ...velocities, ...rewards, reward_contact: -contact, reward_survive: survive })
          : () => ({
              ...rewards,
              // As in Gymnasium, which put the one in the place of the other.
              ...(useContactForces ? { reward_ctrl: -contact } : {}),
              reward_survive: survive,
              ...placeOf(carried),
              ...velocities,
              forward_reward: forward,
            });
      return { reward: forward + survive - (cost + contact), terminated: !healthy && terminateWhenUnhealthy, info };
    },
    ...(version === 5 ? { resetInfo: placeOf } : {}),
  };
}

const jointNames = legs.flatMap(({ place }) => [`${place} hip`, `${place} ankle`]);
const bodyNames = ['torso', ...legs.flatMap(({ place }) => ['shoulder', 'thigh', 'shin'].map((part) => `${place} ${part}`))];

const sharedOptions: OptionTable = {
  ctrlCostWeight: { kind: 'number', default: 0.5, meaning: 'cost per squared unit of action' },
  contactCostWeight: { kind: 'number', default: 5e-4, meaning: 'cost per squared unit of the forces and torques from outside' },
  healthyReward: { kind: 'number', default: 1, meaning: 'reward of every step in which the ant is healthy' },
  terminateWhenUnhealthy: { kind: 'boolean', default: true, meaning: 'whether the episode ends when the ant is not healthy' },
  healthyZRange: { kind: 'range', default: [0.2, 1], meaning: 'heights of the torso in m at which the ant is healthy' },
  contactForceRange: { kind: 'range', default: [-1, 1], meaning: 'what forces and torques from outside are cut to' },
  ...resetNoise(0.1, 'half width of the range of initial positions, standard deviation of initial velocities'),
  excludeCurrentPositionsFromObservation: {
    kind: 'boolean',
    default: true,
    meaning: 'whether the observation leaves out the place on the ground',
  },
};
const options5: OptionTable = {
  ...frameSkipOption(5),
  forwardRewardWeight: { kind: 'number', default: 1, meaning: 'reward per m/s' },
  mainBody: { kind: 'choice', names: bodies.slice(1), default: 'torso', meaning: 'the body whose way is rewarded' },
  ...sharedOptions,
  includeCfrcExtInObservation: { kind: 'boolean', default: true, meaning: 'whether the observation shows the forces from outside' },
};
const options4: OptionTable = {
  ...sharedOptions,
  useContactForces: { kind: 'boolean', default: false, meaning: 'whether the forces from outside are observed and cost' },
};

function antSpec(id: string, version: 4 | 5): EnvSpec {
  const observationSpace = version === 5 ? antObservationSpace : antObservationSpace4;
  return mujocoSpec(
    {
      id,
      description: `Run along x as fast as possible on four legs of two joints${version === 4 ? ' (the older id)' : ''}`,
      observationSpace,
      actionSpace: antActionSpace,
      observation: boxRows(observationSpace, [
        ...stateNames('of the middle of the torso above the ground; the episode ends outside of healthyZRange', jointNames),
        ...(version === 5 ? forceNames(bodyNames, 'cut to contactForceRange') : []),
      ]),
      action: boxRows(
        antActionSpace,
        motorOrder.flatMap((leg) =>
          ['hip', 'ankle'].map((part) => [`${legs[leg - 1]!.place} ${part}`, 'torque of its joint', `${gear} N m`] as const),
        ),
      ),
      rewards: `${version === 5 ? 'forwardRewardWeight (1) times the' : 'The'} velocity along x in m/s over the step of 0.05 s, plus healthyReward (1) ${
        version === 5 ? 'while the ant is healthy' : 'for every step'
      }, less ctrlCostWeight (0.5) times the sum of the squared actions${
        version === 5 ? ', less' : '; with useContactForces less'
      } contactCostWeight (0.0005) times the sum of the squared forces and torques from outside, each cut to contactForceRange.`,
      episodeEnd:
        'Terminated, unless terminateWhenUnhealthy is false, when the ant is not healthy: its torso is lower than 0.2 m or higher than 1 m, or a number of its state is not finite. Truncated after 1000 steps of 0.05 s.',
      versions:
        'v5 shows and charges the forces from outside and pays healthyReward only while the ant is healthy. v4 shows and charges them with useContactForces only, and pays healthyReward for the step of the fall too. Their states are the same.',
      source: 'https://gymnasium.farama.org/environments/mujoco/ant/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 6000,
      parity: spatialParity,
    },
    version === 5 ? options5 : options4,
    (options) => ant(options, version),
  );
}

/** Ant-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const antSpecs = (): EnvSpec[] => [antSpec('Ant-v5', 5), antSpec('Ant-v4', 4)];
