/**
 * Swimmer: three links in a thick fluid, seen from above, swim to the right by bending (Coulom 2002), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/swimmer_v5.py`, `swimmer_v4.py` and `assets/swimmer.xml`).
 */
import { type BoxSpace, box } from '../../core/space.ts';
import { sumOfSquares } from '../../math/index.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { frameSkipOption, mujocoParity, mujocoSpec, resetNoise, runnerOptions } from './mujocoSpec.ts';
import { addUniformNoise, controlCost, type MujocoTask } from './task.ts';

/** The links are joined half a metre behind the origin of the first, and are a metre long each. */
function modelXml(): string {
  const link = (from: number, to: number): string => `type="capsule" size="0.1" density="1000" fromto="${from} 0 0 ${to} 0 0"`;
  const bend = 'type="hinge" axis="0 0 1" limited="true" range="-100 100"';
  return `<mujoco model="swimmer">
<compiler angle="degree" inertiafromgeom="true"/>
<option timestep="0.01" density="4000" viscosity="0.1" integrator="RK4"/>
<size memory="200K"/>
<default>
<geom contype="0" conaffinity="0" condim="1"/>
<joint armature="0.1"/>
<motor ctrllimited="true" ctrlrange="-1 1" gear="150"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="40 40 0.1" pos="0 0 -0.1" condim="3"/>
<body name="torso">
<geom name="torso" ${link(1.5, 0.5)}/>
<joint name="slide x" type="slide" axis="1 0 0"/>
<joint name="slide y" type="slide" axis="0 1 0"/>
<joint name="turn" type="hinge" axis="0 0 1"/>
<body name="mid" pos="0.5 0 0">
<geom name="mid" ${link(0, -1)}/>
<joint name="front" ${bend}/>
<body name="back" pos="-1 0 0">
<geom name="back" ${link(0, -1)}/>
<joint name="back" ${bend}/>
</body>
</body>
</body>
</worldbody>
<actuator>
<motor name="front" joint="front"/>
<motor name="back" joint="back"/>
</actuator>
</mujoco>`;
}

/** Options of Swimmer, as in Gymnasium. */
export interface SwimmerOptions {
  /** Steps of MuJoCo per step, of 0.01 s each. Default 4. */
  readonly frameSkip?: number;
  /** Reward per m/s. Default 1. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.0001. */
  readonly ctrlCostWeight?: number;
  /** Half width of the range of initial positions and velocities. Default 0.1. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out both positions. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
}

/** (2) Torques of the front and the back joint, in 150 N m; float32. */
export const swimmerActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [2]);
/** (8) angles of the first link and of both joints, velocities (5); float64. */
export const swimmerObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [8], 'float64');

function placeOf(qpos: Float64Array) {
  return { x_position: qpos[0]!, y_position: qpos[1]!, distance_from_origin: Math.sqrt(sumOfSquares(qpos, 0, 2)) };
}

/** Swimmer for `mujocoDynamics`. Versions 4 and 5 differ in their info only. */
export function swimmer(options: SwimmerOptions = {}, version: 4 | 5 = 5): MujocoTask {
  const { frameSkip = 4, forwardRewardWeight = 1, ctrlCostWeight = 1e-4, resetNoiseScale = 0.1 } = options;
  const { excludeCurrentPositionsFromObservation = true } = options;
  const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
  return {
    name: 'Swimmer',
    xml: modelXml(),
    frameSkip,
    observationSpace: skipped === 2 ? swimmerObservationSpace : box(-Infinity, Infinity, [10], 'float64'),
    actionSpace: swimmerActionSpace,
    view: { follows: true, fromAbove: true, cameraZ: 0, visibleHeight: 4.5 },
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      addUniformNoise(generator, resetNoiseScale, qvel);
    },
    observe(qpos, qvel, out, offset) {
      for (let k = skipped; k < qpos.length; k++) out[offset + k - skipped] = qpos[k]!;
      out.set(qvel, offset + qpos.length - skipped);
    },
    judge({ before, qpos, action, dt }) {
      const velocity = (qpos[0]! - before[0]!) / dt;
      const sideways = (qpos[1]! - before[1]!) / dt;
      const forward = forwardRewardWeight * velocity;
      const cost = controlCost(ctrlCostWeight, action);
      const info = () => {
        const motion = { ...placeOf(qpos), x_velocity: velocity, y_velocity: sideways };
        return version === 5
          ? { ...motion, reward_forward: forward, reward_ctrl: -cost }
          : { reward_fwd: forward, reward_ctrl: -cost, ...motion, forward_reward: forward };
      };
      return { reward: forward - cost, terminated: false, info };
    },
    ...(version === 5 ? { resetInfo: placeOf } : {}),
  };
}

function swimmerSpec(id: string, version: 4 | 5): EnvSpec {
  const turning = 'positive against the clock in a view from above';
  return mujocoSpec(
    {
      id,
      description: `Swim to the right with three links by bending the two joints between them${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: swimmerObservationSpace,
      actionSpace: swimmerActionSpace,
      observation: boxRows(swimmerObservationSpace, [
        ['heading', `of the first link, ${turning}`, 'rad'],
        ['front angle', `of the joint behind the first link, ${turning}`, 'rad'],
        ['back angle', `of the joint before the last link, ${turning}`, 'rad'],
        ['forward velocity', 'of the first link, positive to the right', 'm/s'],
        ['sideways velocity', 'of the first link, positive upwards in a view from above', 'm/s'],
        ['heading velocity', `of the first link, ${turning}`, 'rad/s'],
        ['front velocity', 'of its joint', 'rad/s'],
        ['back velocity', 'of its joint', 'rad/s'],
      ]),
      action: boxRows(
        swimmerActionSpace,
        ['front', 'back'].map((name) => [name, `torque of its joint, ${turning}`, '150 N m']),
      ),
      rewards:
        'forwardRewardWeight (1) times the forward velocity in m/s over the step of 0.04 s, less ctrlCostWeight (0.0001) times the sum of the squared actions.',
      episodeEnd: 'Never terminated. Truncated after 1000 steps of 0.04 s.',
      versions:
        'v4 and v5 have the same states and rewards. v5 calls reward_forward in its info what v4 calls reward_fwd and forward_reward, its reset tells the position, and it takes frameSkip.',
      source: 'https://gymnasium.farama.org/environments/mujoco/swimmer/',
      maxEpisodeSteps: 1000,
      rewardThreshold: 360,
      parity: mujocoParity,
    },
    { ...(version === 5 ? frameSkipOption(4) : {}), ...runnerOptions(1e-4), ...resetNoise(0.1) },
    (options) => swimmer(options, version),
  );
}

/** Swimmer-v5 and -v4, with the limit and threshold that Gymnasium registers. */
export const swimmerSpecs = (): EnvSpec[] => [swimmerSpec('Swimmer-v5', 5), swimmerSpec('Swimmer-v4', 4)];
