/**
 * What Hopper and Walker2d share: a torso on legs of three joints that runs to the right in a plane and may fall, with Gymnasium's arithmetic
 * (`gymnasium/envs/mujoco/hopper_v5.py`, `walker2d_v5.py`, and the same of version 4).
 */
import { boundsOf, type OptionRange } from '../../core/optionRange.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import type { OptionTable } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { frameSkipOption, resetNoise, runnerOptions } from './mujocoSpec.ts';
import { addUniformNoise, controlCost, type MujocoTask } from './task.ts';

// Heights above the ground in m. Gymnasium's files were once computed from them: the differences below have their very bits.
const top = 1.45;
const torsoMiddle = 1.25;
const hip = 1.05;
const thighMiddle = 0.825;
const knee = 0.6;
const legMiddle = 0.35;
const ankle = 0.1;

/** How one leg differs from another: what its names end with, places along x in m of its foot's origin, heel and toe, and friction. */
interface LegShape {
  readonly suffix?: string;
  readonly footAt: number;
  readonly heel: number;
  readonly toe: number;
  readonly footFriction: number;
}

function legXml({ suffix = '', footAt, heel, toe, footFriction }: LegShape): string {
  const name = (part: string): string => `name="${part}${suffix}"`;
  const hinge = 'type="hinge" axis="0 -1 0"';
  return `<body ${name('thigh')} pos="0 0 ${hip - torsoMiddle}">
<joint ${name('thigh')} ${hinge} range="-150 0"/>
<geom ${name('thigh')} type="capsule" size="0.05 ${(hip - knee) / 2}" pos="0 0 ${thighMiddle - hip}" friction="0.9"/>
<body ${name('leg')} pos="0 0 ${legMiddle - hip}">
<joint ${name('leg')} ${hinge} pos="0 0 ${knee - legMiddle}" range="-150 0"/>
<geom ${name('leg')} type="capsule" size="0.04 ${(knee - ankle) / 2}" friction="0.9"/>
<body ${name('foot')} pos="${footAt} 0 ${-legMiddle}">
<joint ${name('foot')} ${hinge} pos="${-footAt} 0 ${ankle}" range="-45 45"/>
<geom ${name('foot')} type="capsule" size="0.06 ${(toe - heel) / 2}" pos="${(toe + heel) / 2 - footAt} 0 ${ankle}" quat="${Math.SQRT1_2} 0 ${-0.7071067811865475} 0" friction="${footFriction}"/>
</body>
</body>
</body>
`;
}

/** The torso, free in the plane, on its legs. Order of bodies, joints and shapes is that of Gymnasium's files: it fixes the order of every number. */
export function torsoXml(legs: readonly LegShape[]): string {
  const free = 'armature="0" damping="0" stiffness="0" limited="false"';
  return `<body name="torso" pos="0 0 ${torsoMiddle}">
<joint name="rootx" type="slide" axis="1 0 0" pos="0 0 ${-torsoMiddle}" ${free}/>
<joint name="rootz" type="slide" axis="0 0 1" pos="0 0 ${-torsoMiddle}" ref="${torsoMiddle}" ${free}/>
<joint name="rooty" type="hinge" axis="0 1 0" ${free}/>
<geom name="torso" type="capsule" size="0.05 ${torsoMiddle - hip}" friction="0.9"/>
${legs.map(legXml).join('')}</body>`;
}

/** A motor for each of the joints, in their order. */
export function motorsXml(joints: readonly string[]): string {
  return `<actuator>\n${joints.map((name) => `<motor name="${name}" joint="${name}"/>`).join('\n')}\n</actuator>`;
}

/** Options of a body that walks, as in Gymnasium. */
export interface WalkingOptions {
  /** Steps of MuJoCo per step, of 0.002 s each. Default 4. */
  readonly frameSkip?: number;
  /** Reward per m/s. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.001. */
  readonly ctrlCostWeight?: number;
  /** Reward of every step in which the body stands; in version 4, unless falls do not end the episode, of every step. Default 1. */
  readonly healthyReward?: number;
  /** Whether a fall ends the episode. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the torso's middle in m between which the body stands. */
  readonly healthyZRange?: OptionRange;
  /** Leans of the torso in rad between which the body stands. */
  readonly healthyAngleRange?: OptionRange;
  /** Half width of the range of initial positions and velocities. Default 0.005. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out the position along the track. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

/** What sets one walking body apart. */
interface WalkingBody {
  readonly name: string;
  readonly xml: string;
  readonly version: 4 | 5;
  /** The observation without the position along the track. */
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly healthyZRange: OptionRange;
  readonly healthyAngleRange: OptionRange;
  /** Whether nothing else is wrong with the state. Default: nothing can be. */
  isHealthy?(qpos: Float64Array, qvel: Float64Array): boolean;
}

/** A walking body for `mujocoDynamics`. */
export function walkingTask(body: WalkingBody, options: WalkingOptions): MujocoTask {
  const { frameSkip = 4, forwardRewardWeight = 1, ctrlCostWeight = 0.001, healthyReward = 1, terminateWhenUnhealthy = true } = options;
  const { resetNoiseScale = 0.005, excludeCurrentPositionsFromObservation = true } = options;
  const { name, xml, version, observationSpace, actionSpace } = body;
  const [lowest, highest] = boundsOf(options.healthyZRange ?? body.healthyZRange);
  const [leastLean, greatestLean] = boundsOf(options.healthyAngleRange ?? body.healthyAngleRange);
  const skipped = excludeCurrentPositionsFromObservation ? 1 : 0;
  // Version 4 pays for every step where the fall ends the episode.
  const paysAlways = version === 4 && terminateWhenUnhealthy;
  const place = (qpos: Float64Array) => ({ x_position: qpos[0]!, z_distance_from_origin: qpos[1]! - torsoMiddle });
  return {
    name,
    xml,
    frameSkip,
    observationSpace: skipped === 1 ? observationSpace : box(-Infinity, Infinity, [observationSpace.size + 1], 'float64'),
    actionSpace,
    view: { floor: 0, follows: true, cameraZ: top / 2, visibleHeight: 2.4 },
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      addUniformNoise(generator, resetNoiseScale, qvel);
    },
    observe(qpos, qvel, out, offset) {
      for (let k = skipped; k < qpos.length; k++) out[offset + k - skipped] = qpos[k]!;
      const at = offset + qpos.length - skipped;
      for (let k = 0; k < qvel.length; k++) out[at + k] = Math.min(Math.max(qvel[k]!, -10), 10);
    },
    judge({ before, qpos, qvel, action, dt }) {
      const velocity = (qpos[0]! - before[0]!) / dt;
      const forward = forwardRewardWeight * velocity;
      const height = qpos[1]!;
      const lean = qpos[2]!;
      const stands = lowest < height && height < highest && leastLean < lean && lean < greatestLean;
      const healthy = stands && (body.isHealthy?.(qpos, qvel) ?? true);
      const survive = healthy || paysAlways ? healthyReward : 0;
      const cost = controlCost(ctrlCostWeight, action);
      const info = () =>
        version === 4
          ? { x_position: qpos[0]!, x_velocity: velocity }
          : { ...place(qpos), x_velocity: velocity, reward_forward: forward, reward_ctrl: -cost, reward_survive: survive };
      return { reward: forward + survive - cost, terminated: !healthy && terminateWhenUnhealthy, info };
    },
    ...(version === 5 ? { resetInfo: place } : {}),
  };
}

/** The table of the options, with the defaults of a body. */
export function walkingOptions({ version, healthyZRange, healthyAngleRange }: Omit<WalkingBody, 'name' | 'xml'>): OptionTable {
  return {
    ...(version === 5 ? frameSkipOption(4) : {}),
    ...runnerOptions(0.001),
    healthyReward: { kind: 'number', default: 1, meaning: 'reward of every step in which the body stands' },
    terminateWhenUnhealthy: { kind: 'boolean', default: true, meaning: 'whether a fall ends the episode' },
    healthyZRange: { kind: 'range', default: healthyZRange, meaning: 'heights of the torso in m between which the body stands' },
    healthyAngleRange: { kind: 'range', default: healthyAngleRange, meaning: 'leans of the torso in rad between which the body stands' },
    ...resetNoise(0.005),
  };
}

/** Names, meanings and units of an observation, given those of the joints. */
export function walkingRows(joints: readonly string[], heights: string, leans: string): [name: string, meaning: string, unit: string][] {
  return [
    ['height', `of the middle of the torso above the ground; the episode ends ${heights}`, 'm'],
    ['pitch', `lean of the torso, positive to the right; the episode ends ${leans}`, 'rad'],
    ...joints.map((name): [string, string, string] => [`${name} angle`, 'of its joint', 'rad']),
    ['forward velocity', 'of the torso, positive to the right, cut to -10 .. 10', 'm/s'],
    ['vertical velocity', 'of the torso, positive upwards, cut to -10 .. 10', 'm/s'],
    ['pitch velocity', 'of the torso, positive to the right, cut to -10 .. 10', 'rad/s'],
    ...joints.map((name): [string, string, string] => [`${name} velocity`, 'of its joint, cut to -10 .. 10', 'rad/s']),
  ];
}

/** How a walking body is paid. */
export function walkingRewards(version: 4 | 5): Pick<EnvSpec, 'rewards'> {
  const when = version === 5 ? 'if the body stands' : 'of every step (with terminateWhenUnhealthy false: if the body stands)';
  return {
    rewards: `forwardRewardWeight (1) times the forward velocity in m/s over the step of 0.008 s, plus healthyReward (1) ${when}, less ctrlCostWeight (0.001) times the sum of the squared actions.`,
  };
}
