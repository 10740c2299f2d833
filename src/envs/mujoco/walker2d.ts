/**
 * Walker2d: two legs of three joints walk to the right (after the hopper of Erez, Tassa and Todorov 2012), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/walker2d_v5.py`, `walker2d_v4.py`, `assets/walker2d_v5.xml` and `assets/walker2d.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { mujocoParity, mujocoSpec } from './mujocoSpec.ts';
import type { MujocoTask } from './task.ts';
import { motorsXml, torsoXml, type WalkingOptions, walkingOptions, walkingRewards, walkingRows, walkingTask } from './walking.ts';

const parts = ['thigh', 'leg', 'foot'];
const jointNames = /* @__PURE__ */ [...parts, ...parts.map((part) => `left ${part}`)];

/** In version 4 the right foot slips more easily than the left one. */
function modelXml(version: 4 | 5): string {
  const foot = { footAt: 0.2, heel: 0, toe: 0.2 };
  const right = { ...foot, footFriction: version === 4 ? 0.9 : 1.9 };
  const left = { ...foot, suffix: '_left', footFriction: 1.9 };
  return `<mujoco model="walker2d">
<compiler angle="degree" inertiafromgeom="true"/>
<option integrator="RK4" timestep="0.002"/>
<size memory="300K"/>
<default>
<joint armature="0.01" damping="0.1" limited="true"/>
<geom contype="1" conaffinity="0" condim="3" density="1000" friction="0.7 0.1 0.1"/>
<motor ctrllimited="true" ctrlrange="-1 1" gear="100"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="40 40 40" conaffinity="1"/>
${torsoXml([right, left])}
</worldbody>
${motorsXml([...parts, ...parts.map((part) => `${part}_left`)])}
</mujoco>`;
}

/** (6) Torques of right thigh, leg and foot, then of the left ones, as a part of 100 N m; float32. */
export const walker2dActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [6]);
/** (17) positions but the first (height, pitch, six joints), velocities (9) cut to -10 .. 10; float64. */
export const walker2dObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [17], 'float64');

const bodyOf = (version: 4 | 5) =>
  ({
    version,
    observationSpace: walker2dObservationSpace,
    actionSpace: walker2dActionSpace,
    healthyZRange: [0.8, 2],
    healthyAngleRange: [-1, 1],
  }) as const;

/** Options of Walker2d, as in Gymnasium: heights of 0.8 .. 2 m and leans within 1 rad are those of one that stands. */
export type Walker2dOptions = WalkingOptions;

/** Walker2d for `mujocoDynamics`. The feet of version 4 are not alike. */
export function walker2d(options: Walker2dOptions = {}, version: 4 | 5 = 5): MujocoTask {
  return walkingTask({ ...bodyOf(version), name: 'Walker2d', xml: modelXml(version) }, options);
}

function walker2dSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Walk to the right on two legs of three joints without falling${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: walker2dObservationSpace,
      actionSpace: walker2dActionSpace,
      observation: boxRows(walker2dObservationSpace, walkingRows(jointNames, 'at 0.8 and at 2', 'at 1 to either side')),
      action: boxRows(
        walker2dActionSpace,
        jointNames.map((name) => [name, 'torque of its joint', '100 N m']),
      ),
      ...walkingRewards(version),
      episodeEnd:
        'Terminated, unless terminateWhenUnhealthy is false, when the walker does not stand: its height leaves 0.8 .. 2 m (healthyZRange), or its pitch reaches 1 rad to either side (healthyAngleRange). Truncated after 1000 steps of 0.008 s.',
      versions:
        'v5 pays healthyReward only while the walker stands; v4 pays it for the step of the fall too, tells less in its info, and its right foot has a friction of 0.9 where all other feet have 1.9.',
      source: 'https://gymnasium.farama.org/environments/mujoco/walker2d/',
      maxEpisodeSteps: 1000,
      parity: mujocoParity,
    },
    walkingOptions(bodyOf(version)),
    (options) => walker2d(options, version),
  );
}

/** Walker2d-v5 and -v4, with the limit that Gymnasium registers; it has no threshold. */
export const walker2dSpecs = (): EnvSpec[] => [walker2dSpec('Walker2d-v5', 5), walker2dSpec('Walker2d-v4', 4)];
