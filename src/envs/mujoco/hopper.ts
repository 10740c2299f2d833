/**
 * Hopper: a leg of three joints hops to the right (Erez, Tassa and Todorov 2012), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/hopper_v5.py`, `hopper_v4.py` and `assets/hopper.xml`).
 */
import { boundsOf, type OptionRange } from '../../core/optionRange.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { mujocoParity, mujocoSpec } from './mujocoSpec.ts';
import type { MujocoTask } from './task.ts';
import { motorsXml, torsoXml, type WalkingOptions, walkingOptions, walkingRewards, walkingRows, walkingTask } from './walking.ts';

const jointNames = ['thigh', 'leg', 'foot'];
const foot = { footAt: 0.13, heel: -0.13, toe: 0.26, footFriction: 2 };

function modelXml(): string {
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
${torsoXml([foot])}
</worldbody>
${motorsXml(jointNames)}
</mujoco>`;
}

/** Options of Hopper, as in Gymnasium: heights from 0.7 m and leans within 0.2 rad are those of one that stands. */
export interface HopperOptions extends WalkingOptions {
  /** Between which all other positions and all velocities must be. Default -100 .. 100. */
  readonly healthyStateRange?: OptionRange;
}

/** (3) Torques of thigh, leg and foot, as a part of 200 N m; float32. */
export const hopperActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [3]);
/** (11) positions but the first (height, pitch, three joints), velocities (6) cut to -10 .. 10; float64. */
export const hopperObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [11], 'float64');

const healthyState: OptionRange = [-100, 100];

const bodyOf = (version: 4 | 5) =>
  ({
    version,
    observationSpace: hopperObservationSpace,
    actionSpace: hopperActionSpace,
    healthyZRange: [0.7, null],
    healthyAngleRange: [-0.2, 0.2],
  }) as const;

/** Hopper for `mujocoDynamics`. */
export function hopper({ healthyStateRange = healthyState, ...options }: HopperOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const [least, greatest] = boundsOf(healthyStateRange);
  const isHealthy = (qpos: Float64Array, qvel: Float64Array): boolean => {
    for (let k = 2; k < qpos.length; k++) if (!(least < qpos[k]! && qpos[k]! < greatest)) return false;
    for (const velocity of qvel) if (!(least < velocity && velocity < greatest)) return false;
    return true;
  };
  return walkingTask({ ...bodyOf(version), name: 'Hopper', xml: modelXml(), isHealthy }, options);
}

function hopperSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Hop to the right on one leg of three joints without falling${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: hopperObservationSpace,
      actionSpace: hopperActionSpace,
      observation: boxRows(hopperObservationSpace, walkingRows(jointNames, 'at 0.7', 'at 0.2')),
      action: boxRows(
        hopperActionSpace,
        jointNames.map((name) => [name, 'torque of its joint', '200 N m']),
      ),
      ...walkingRewards(version),
      episodeEnd:
        'Terminated, unless terminateWhenUnhealthy is false, when the hopper does not stand: its height is 0.7 m or less (healthyZRange), its pitch reaches 0.2 rad to either side (healthyAngleRange), or another number of its state reaches 100 (healthyStateRange). Truncated after 1000 steps of 0.008 s.',
      versions: 'v5 pays healthyReward only while the hopper stands; v4 pays it for the step of the fall too, and tells less in its info.',
      source: 'https://gymnasium.farama.org/environments/mujoco/hopper/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 3800,
      parity: mujocoParity,
    },
    {
      ...walkingOptions(bodyOf(version)),
      healthyStateRange: { kind: 'range', default: healthyState, meaning: 'between which all other numbers of the state must be' },
    },
    (options) => hopper(options, version),
  );
}

/** Hopper-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const hopperSpecs = (): EnvSpec[] => [hopperSpec('Hopper-v5', 5), hopperSpec('Hopper-v4', 4)];
