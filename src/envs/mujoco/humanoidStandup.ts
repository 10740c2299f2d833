/**
 * HumanoidStandup: the body of Humanoid lies on the ground and gets up (Tassa, Erez and Todorov 2012), with Gymnasium's constants and arithmetic
 * (`gymnasium/envs/mujoco/humanoidstandup_v5.py`, `humanoidstandup_v4.py` and `assets/humanoidstandup.xml`).
 */
import { boundsOf, type OptionRange } from '../../core/optionRange.ts';
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
import { frameSkipOption, mujocoSpec, spatialParity } from './mujocoSpec.ts';
import { numpySumOfSquares } from './sums.ts';
import type { MujocoTask, SpatialView } from './task.ts';

/** Seconds of one `mj_step`: the height is divided by them. */
const timestep = 0.003;
/** Height of the torso in the model, in m. */
const lyingHeight = 0.105;

/** Options of HumanoidStandup, as in Gymnasium, whose `uph_cost_weight` changes nothing and is left out. Version 4 takes none. */
export interface HumanoidStandupOptions extends HumanoidObservationOptions {
  /** Steps of MuJoCo per step. Default 5. */
  readonly frameSkip?: number;
  /** Cost per squared unit of action. Default 0.1. */
  readonly ctrlCostWeight?: number;
  /** Cost per squared unit of the forces and torques from outside. Default 0.0000005. */
  readonly impactCostWeight?: number;
  /** What that cost is cut to. Default at most 10. */
  readonly impactCostRange?: OptionRange;
}

/** HumanoidStandup for `mujocoDynamics`. Versions 4 and 5 pay the same; version 4 shows numbers that are always 0 too, and its info says less. */
export function humanoidStandup(options: HumanoidStandupOptions = {}, version: 4 | 5 = 5): MujocoTask<SpatialView> {
  const { frameSkip = 5, ctrlCostWeight = 0.1, impactCostWeight = 5e-7 } = options;
  const [leastCost, mostCost] = boundsOf(options.impactCostRange ?? [null, 10]);
  const placeOf = (qpos: Float64Array) => ({ x_position: qpos[0]!, y_position: qpos[1]!, z_distance_from_origin: qpos[2]! - lyingHeight });
  return {
    ...humanoidParts(options, version, ['ten_length', 'ten_velocity']),
    name: 'HumanoidStandup',
    xml: humanoidXml('lying'),
    frameSkip,
    view: { azimuth: 90, elevation: -20, center: [0.3, 0, 0.6], follows: true, floor: 0, visibleHeight: 2.2 },
    judge({ qpos, action, fields }) {
      const up = qpos[2]! / timestep;
      const cost = ctrlCostWeight * numpySumOfSquares(action);
      const impact = Math.min(Math.max(impactCostWeight * numpySumOfSquares(fields.cfrc_ext!), leastCost), mostCost);
      const rewards = { reward_linup: up, reward_quadctrl: -cost, reward_impact: -impact };
      const info = () => (version === 5 ? { ...placeOf(qpos), ...tendonsOf(fields), ...rewards } : rewards);
      return { reward: up - cost - impact + 1, terminated: false, info };
    },
    ...(version === 5 ? { resetInfo: (qpos: Float64Array, fields) => ({ ...placeOf(qpos), ...tendonsOf(fields) }) } : {}),
  };
}

const options5: OptionTable = {
  ...frameSkipOption(5),
  ctrlCostWeight: { kind: 'number', default: 0.1, meaning: 'cost per squared unit of action' },
  impactCostWeight: { kind: 'number', default: 5e-7, meaning: 'cost per squared unit of the forces and torques from outside' },
  impactCostRange: { kind: 'range', default: [null, 10], meaning: 'what that cost is cut to' },
  ...humanoidObservationOptions,
};

function humanoidStandupSpec(id: string, version: 4 | 5): EnvSpec {
  return mujocoSpec(
    {
      id,
      description: `Get up from the ground with 17 joints${version === 4 ? ' (the older id)' : ''}`,
      observationSpace: version === 5 ? humanoidObservationSpace : humanoidObservationSpace4,
      actionSpace: humanoidActionSpace,
      observation: humanoidRows(version),
      action: humanoidActionRows(),
      rewards:
        'The height of the torso in m divided by 0.003, plus 1, less ctrlCostWeight (0.1) times the sum of the squared actions, less impactCostWeight (0.0000005) times the sum of the squared forces and torques from outside, at most 10.',
      episodeEnd: 'Never terminated. Truncated after 1000 steps of 0.015 s.',
      versions:
        "v4 and v5 have the same states and rewards. v5 leaves out of its observation what is always 0, tells more in its info, and takes options. Gymnasium's uph_cost_weight, which changes nothing there, is left out.",
      source: 'https://gymnasium.farama.org/environments/mujoco/humanoid_standup/',
      maxEpisodeSteps: 1000,
      parity: spatialParity,
    },
    version === 5 ? options5 : {},
    (options) => humanoidStandup(options, version),
  );
}

/** HumanoidStandup-v5 and -v4, with the limit that Gymnasium registers; it has no threshold. */
export const humanoidStandupSpecs = (): EnvSpec[] => [
  humanoidStandupSpec('HumanoidStandup-v5', 5),
  humanoidStandupSpec('HumanoidStandup-v4', 4),
];
