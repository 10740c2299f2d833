/**
 * Hopper: a leg of three joints hops to the right (Erez, Tassa and Todorov 2012), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/hopper_v5.py` and `assets/hopper.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { mujocoSpec, resetNoise, runnerOptions } from './mujocoSpec.ts';
import { controlCost, type MujocoTask } from './task.ts';

// Heights above the ground and places along x in m. Gymnasium's file was once computed from them: the differences below have its very bits.
const top = 1.45;
const hip = 1.05;
const knee = 0.6;
const ankle = 0.1;
const torsoMiddle = 1.25;
const thighMiddle = 0.825;
const legMiddle = 0.35;
const toe = 0.13;
const heel = -0.26;

/** Order of bodies, joints and shapes is that of Gymnasium's file: it fixes the order of every number. */
function modelXml(): string {
  const free = 'armature="0" damping="0" stiffness="0" limited="false"';
  return `<mujoco model="hopper">
<compiler angle="degree" inertiafromgeom="true"/>
<option integrator="RK4" timestep="0.002"/>
<size memory="200K"/>
<default>
<joint armature="1" damping="1" limited="true"/>
<geom contype="1" conaffinity="1" condim="1" margin="0.001" solref="0.02 1" solimp="0.8 0.8 0.01"/>
<motor ctrllimited="true" ctrlrange="-1 1" gear="200"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="20 20 0.125" condim="3"/>
<body name="torso" pos="0 0 ${torsoMiddle}">
<joint name="rootx" type="slide" axis="1 0 0" pos="0 0 ${-torsoMiddle}" ${free}/>
<joint name="rootz" type="slide" axis="0 0 1" pos="0 0 ${-torsoMiddle}" ref="${torsoMiddle}" ${free}/>
<joint name="rooty" type="hinge" axis="0 1 0" ${free}/>
<geom name="torso" type="capsule" size="0.05 ${torsoMiddle - hip}" friction="0.9"/>
<body name="thigh" pos="0 0 ${hip - torsoMiddle}">
<joint name="thigh" type="hinge" axis="0 -1 0" range="-150 0"/>
<geom name="thigh" type="capsule" size="0.05 ${(hip - knee) / 2}" pos="0 0 ${thighMiddle - hip}" friction="0.9"/>
<body name="leg" pos="0 0 ${legMiddle - hip}">
<joint name="leg" type="hinge" axis="0 -1 0" pos="0 0 ${knee - legMiddle}" range="-150 0"/>
<geom name="leg" type="capsule" size="0.04 ${(knee - ankle) / 2}" friction="0.9"/>
<body name="foot" pos="${toe} 0 ${-legMiddle}">
<joint name="foot" type="hinge" axis="0 -1 0" pos="${-toe} 0 ${ankle}" range="-45 45"/>
<geom name="foot" type="capsule" size="0.06 ${(toe - heel) / 2}" pos="${(toe + heel) / 2} 0 ${ankle}" quat="${Math.SQRT1_2} 0 ${-0.7071067811865475} 0" friction="2"/>
</body>
</body>
</body>
</body>
</worldbody>
<actuator>
<motor name="thigh" joint="thigh"/>
<motor name="leg" joint="leg"/>
<motor name="foot" joint="foot"/>
</actuator>
</mujoco>`;
}

/** Options of Hopper, as in Gymnasium; the healthy ranges are fixed. */
export interface HopperOptions {
  /** Reward per m/s. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.001. */
  readonly ctrlCostWeight?: number;
  /** Reward of every step in which the hopper stands. Default 1. */
  readonly healthyReward?: number;
  /** Whether a fall ends the episode. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Half width of the range of initial positions and velocities. Default 0.005. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out the position along the track. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

/** (3) Torques of thigh, leg and foot, as a part of 200 N m; float32. */
export const hopperActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [3]);
/** (11) positions but the first (height, pitch, three joints), velocities (6) cut to -10 .. 10; float64. */
export const hopperObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [11], 'float64');

/** Whether the hopper stands: height, pitch, and nothing runs away. */
function isHealthy(qpos: Float64Array, qvel: Float64Array): boolean {
  for (let k = 2; k < qpos.length; k++) if (!(Math.abs(qpos[k]!) < 100)) return false;
  for (const velocity of qvel) if (!(Math.abs(velocity) < 100)) return false;
  return qpos[1]! > 0.7 && qpos[1]! < Number.POSITIVE_INFINITY && Math.abs(qpos[2]!) < 0.2;
}

/** Hopper for `mujocoDynamics`. */
export function hopper(options: HopperOptions = {}): MujocoTask {
  const { forwardRewardWeight = 1, ctrlCostWeight = 0.001, healthyReward = 1, terminateWhenUnhealthy = true } = options;
  const { resetNoiseScale = 0.005, excludeCurrentPositionsFromObservation = true } = options;
  const skipped = excludeCurrentPositionsFromObservation ? 1 : 0;
  const place = (qpos: Float64Array) => ({ x_position: qpos[0]!, z_distance_from_origin: qpos[1]! - torsoMiddle });
  return {
    name: 'Hopper',
    xml: modelXml(),
    frameSkip: 4,
    observationSpace: skipped === 1 ? hopperObservationSpace : box(-Infinity, Infinity, [12], 'float64'),
    actionSpace: hopperActionSpace,
    view: { floor: 0, follows: true, cameraZ: top / 2, visibleHeight: 2.4 },
    start(generator, qpos, qvel) {
      for (const values of [qpos, qvel]) {
        for (let k = 0; k < values.length; k++) values[k] = values[k]! + generator.uniform(-resetNoiseScale, resetNoiseScale);
      }
    },
    observe(qpos, qvel, out, offset) {
      for (let k = skipped; k < qpos.length; k++) out[offset + k - skipped] = qpos[k]!;
      const at = offset + qpos.length - skipped;
      for (let k = 0; k < qvel.length; k++) out[at + k] = Math.min(Math.max(qvel[k]!, -10), 10);
    },
    judge({ before, qpos, qvel, action, dt }) {
      const velocity = (qpos[0]! - before[0]!) / dt;
      const forward = forwardRewardWeight * velocity;
      const healthy = isHealthy(qpos, qvel);
      const survive = healthy ? healthyReward : 0;
      const cost = controlCost(ctrlCostWeight, action);
      const info = () => ({ ...place(qpos), x_velocity: velocity, reward_forward: forward, reward_ctrl: -cost, reward_survive: survive });
      return { reward: forward + survive - cost, terminated: !healthy && terminateWhenUnhealthy, info };
    },
    resetInfo: place,
  };
}

const jointNames = ['thigh', 'leg', 'foot'];

/** Hopper-v5, with the limit and threshold that Gymnasium registers. */
export const hopperSpecs = (): EnvSpec[] => [
  mujocoSpec(
    {
      id: 'Hopper-v5',
      description: 'Hop to the right on one leg of three joints without falling',
      observationSpace: hopperObservationSpace,
      actionSpace: hopperActionSpace,
      observation: boxRows(hopperObservationSpace, [
        ['height', 'of the middle of the torso above the ground; the episode ends at 0.7', 'm'],
        ['pitch', 'lean of the torso, positive to the right; the episode ends at 0.2', 'rad'],
        ...jointNames.map((name) => [`${name} angle`, 'of its joint', 'rad'] as const),
        ['forward velocity', 'of the torso, positive to the right, cut to -10 .. 10', 'm/s'],
        ['vertical velocity', 'of the torso, positive upwards, cut to -10 .. 10', 'm/s'],
        ['pitch velocity', 'of the torso, positive to the right, cut to -10 .. 10', 'rad/s'],
        ...jointNames.map((name) => [`${name} velocity`, 'of its joint, cut to -10 .. 10', 'rad/s'] as const),
      ]),
      action: boxRows(
        hopperActionSpace,
        jointNames.map((name) => [name, 'torque of its joint', '200 N m']),
      ),
      rewards:
        'forwardRewardWeight (1) times the forward velocity in m/s over the step of 0.008 s, plus healthyReward (1) if the hopper stands, less ctrlCostWeight (0.001) times the sum of the squared actions.',
      episodeEnd:
        'Terminated, unless terminateWhenUnhealthy is false, when the hopper does not stand: its height is 0.7 m or less, its pitch reaches 0.2 rad to either side, or another number of its state reaches 100. Truncated after 1000 steps of 0.008 s.',
      versions: 'v5 pays healthyReward only while the hopper stands. v4 is not included: it paid it for the step of the fall too.',
      source: 'https://gymnasium.farama.org/environments/mujoco/hopper/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 3800,
      parity: 'reset and reward exact, one step to 1e-12 (1 in 2,000 to 1e-6); needs @mujoco/mujoco',
    },
    {
      ...runnerOptions(0.001),
      healthyReward: { kind: 'number', default: 1, meaning: 'reward of every step in which the hopper stands' },
      terminateWhenUnhealthy: { kind: 'boolean', default: true, meaning: 'whether a fall ends the episode' },
      ...resetNoise(0.005),
    },
    hopper,
  ),
];
