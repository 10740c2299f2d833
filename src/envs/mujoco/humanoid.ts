/**
 * Humanoid: a body of 17 joints walks along x (Tassa, Erez and Todorov 2012), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/humanoid_v5.py`, `humanoid_v4.py` and `assets/humanoid.xml`).
 */
import { boundsOf, type OptionRange } from '../../core/optionRange.ts';
import { sumOfSquares } from '../../math/index.ts';
import type { OptionTable } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { humanoidXml } from './humanoidModel.ts';
import {
  type HumanoidObservationOptions,
  humanoidActionRows,
  humanoidActionSpace,
  humanoidObservationOptions,
  humanoidObservationSpace,
  humanoidObservationSpace4,
  humanoidParts,
  humanoidRows,
  tendonsOf,
} from './humanoidTask.ts';
import { frameSkipOption, mujocoSpec, resetNoise, spatialParity } from './mujocoSpec.ts';
import { numpySum, numpySumOfSquares } from './sums.ts';
import type { MujocoTask, SpatialView } from './task.ts';

/** Options of Humanoid, as in Gymnasium; version 4 takes those that do not name version 5, and no `include...`. */
export interface HumanoidOptions extends HumanoidObservationOptions {
  /** Steps of MuJoCo per step; version 5. Default 5. */
  readonly frameSkip?: number;
  /** Reward per m/s. Default 1.25. */
  readonly forwardRewardWeight?: number;
  /** Cost per squared unit of action. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Cost per squared unit of the forces and torques from outside; version 5. Default 0.0000005. */
  readonly contactCostWeight?: number;
  /** What that cost is cut to; version 5. Default at most 10. */
  readonly contactCostRange?: OptionRange;
  /** Reward of every step in which the humanoid stands. Default 5. */
  readonly healthyReward?: number;
  /** Whether a fall ends the episode. Default true. */
  readonly terminateWhenUnhealthy?: boolean;
  /** Heights of the torso between which the humanoid stands, in m. Default 1 .. 2. */
  readonly healthyZRange?: OptionRange;
}

/**
 * Humanoid for `mujocoDynamics`. Version 4 has no cost of contacts, shows numbers that are always 0 too, and pays `healthyReward` for the step
 * of the fall; its info has the middle of mass where version 5 has the position of the torso.
 */
export function humanoid(options: HumanoidOptions = {}, version: 4 | 5 = 5): MujocoTask<SpatialView> {
  const { frameSkip = 5, forwardRewardWeight = 1.25, ctrlCostWeight = 0.1, contactCostWeight = 5e-7 } = options;
  const { healthyReward = 5, terminateWhenUnhealthy = true } = options;
  const [leastCost, mostCost] = boundsOf(options.contactCostRange ?? [null, 10]);
  const [lowest, highest] = boundsOf(options.healthyZRange ?? [1, 2]);
  const placeOf = (at: Float64Array) => ({ x_position: at[0]!, y_position: at[1]! });
  const distanceOf = (at: Float64Array) => ({ distance_from_origin: Math.sqrt(sumOfSquares(at, 0, 2)) });
  return {
    ...humanoidParts(options, version, ['body_mass', 'xipos', 'ten_length', 'ten_velocity']),
    name: 'Humanoid',
    xml: humanoidXml('standing'),
    frameSkip,
    view: { azimuth: 90, elevation: -12, center: [0, 0, 0.9], follows: true, floor: 0, visibleHeight: 2.4 },
    carried: {
      length: 2,
      // The middle of mass over the ground, summed body after body.
      read({ body_mass: mass, xipos }, out) {
        let [x, y] = [0, 0];
        for (let body = 0; body < mass!.length; body++) {
          x += mass![body]! * xipos![3 * body]!;
          y += mass![body]! * xipos![3 * body + 1]!;
        }
        const all = numpySum(mass!);
        out[0] = x / all;
        out[1] = y / all;
      },
    },
    judge({ qpos, action, dt, fields, carriedBefore, carried }) {
      const velocities = { x_velocity: (carried[0]! - carriedBefore[0]!) / dt, y_velocity: (carried[1]! - carriedBefore[1]!) / dt };
      const forward = forwardRewardWeight * velocities.x_velocity;
      const healthy = qpos[2]! > lowest && qpos[2]! < highest;
      const survive = healthy || (version === 4 && terminateWhenUnhealthy) ? healthyReward : 0;
      // MuJoCo holds the action in float64, and there it is squared.
      const cost = ctrlCostWeight * numpySumOfSquares(action);
      const terminated = !healthy && terminateWhenUnhealthy;
      if (version === 4) {
        const rewards = { reward_linvel: forward, reward_quadctrl: -cost, reward_alive: survive };
        const info = () => ({ ...rewards, ...placeOf(carried), ...distanceOf(carried), ...velocities, forward_reward: forward });
        return { reward: forward + survive - cost, terminated, info };
      }
      const contact = Math.min(Math.max(contactCostWeight * numpySumOfSquares(fields.cfrc_ext!), leastCost), mostCost);
      const rewards = { reward_survive: survive, reward_forward: forward, reward_ctrl: -cost, reward_contact: -contact };
      const info = () => ({ ...placeOf(qpos), ...tendonsOf(fields), ...distanceOf(qpos), ...velocities, ...rewards });
      return { reward: forward + survive - (cost + contact), terminated, info };
    },
    ...(version === 5
      ? { resetInfo: (qpos: Float64Array, fields) => ({ ...placeOf(qpos), ...tendonsOf(fields), ...distanceOf(qpos) }) }
      : {}),
  };
}

const sharedOptions: OptionTable = {
  forwardRewardWeight: { kind: 'number', default: 1.25, meaning: 'reward per m/s' },
  ctrlCostWeight: { kind: 'number', default: 0.1, meaning: 'cost per squared unit of action' },
  healthyReward: { kind: 'number', default: 5, meaning: 'reward of every step in which the humanoid stands' },
  terminateWhenUnhealthy: { kind: 'boolean', default: true, meaning: 'whether a fall ends the episode' },
  healthyZRange: { kind: 'range', default: [1, 2], meaning: 'heights of the torso in m between which the humanoid stands' },
};
const options4: OptionTable = {
  ...sharedOptions,
  ...resetNoise(0.01),
  excludeCurrentPositionsFromObservation: humanoidObservationOptions.excludeCurrentPositionsFromObservation!,
};
const options5: OptionTable = {
  ...frameSkipOption(5),
  ...sharedOptions,
  contactCostWeight: { kind: 'number', default: 5e-7, meaning: 'cost per squared unit of the forces and torques from outside' },
  contactCostRange: { kind: 'range', default: [null, 10], meaning: 'what that cost is cut to' },
  ...humanoidObservationOptions,
};

function humanoidSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Walk along x on two legs without falling, with 17 joints${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: version === 5 ? humanoidObservationSpace : humanoidObservationSpace4,
      actionSpace: humanoidActionSpace,
      observation: humanoidRows(version),
      action: humanoidActionRows(),
      rewards: `forwardRewardWeight (1.25) times the velocity of the middle of mass along x in m/s over the step of 0.015 s, plus healthyReward (5) ${
        version === 5 ? 'while the humanoid stands' : 'for every step'
      }, less ctrlCostWeight (0.1) times the sum of the squared actions${
        version === 5 ? ', less contactCostWeight (0.0000005) times the sum of the squared forces and torques from outside, at most 10' : ''
      }.`,
      episodeEnd:
        'Terminated, unless terminateWhenUnhealthy is false, when the torso is at 1 m or lower, or at 2 m or higher. Truncated after 1000 steps of 0.015 s.',
      versions:
        'v5 charges the forces from outside, pays healthyReward only while the humanoid stands, and leaves out of its observation what is always 0. v4 has no such cost, pays healthyReward for the step of the fall too, and calls the numbers of its info otherwise. Their states are the same.',
      source: 'https://gymnasium.farama.org/environments/mujoco/humanoid/',
      maxEpisodeSteps: 1000,
      parity: spatialParity,
    },
    version === 5 ? options5 : options4,
    (options) => humanoid(options, version),
  );
}

/** Humanoid-v5 and -v4, with the limit that Gymnasium registers; it has no threshold. */
export const humanoidSpecs = (): EnvSpec[] => [humanoidSpec('Humanoid-v5', 5), humanoidSpec('Humanoid-v4', 4)];
