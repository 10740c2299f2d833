/** What the MuJoCo environments have in common when they are made by their ids. */
import type { OptionRange } from '../../core/optionRange.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionTable } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { mujocoDynamics } from './dynamics.ts';
import { loadMujoco } from './module.ts';
import type { MujocoTask, MujocoView, SpatialView } from './task.ts';

/** What was measured for most of them. */
export const mujocoParity = 'reset and reward exact, one step tested to 1e-12; needs @mujoco/mujoco';

/** What was measured for those that show sines and cosines of angles, which the C library rounds rightly but for about one in a thousand. */
export const angularParity =
  'reset and reward exact but for the last bit of sines, cosines and powers, one step tested to 1e-12; needs @mujoco/mujoco';
/** What was measured for those in space. */
export const spatialParity = 'reset exact, one step tested to 1e-12 (forces: of the greatest); needs @mujoco/mujoco';

/** The option that makes a step of an environment longer; version 5 takes it. */
export const frameSkipOption = (steps: number): OptionTable => ({
  frameSkip: { kind: 'steps', default: steps, meaning: 'steps of MuJoCo per step of the environment' },
});

/** The option that sizes the noise of the first state. */
export const resetNoise = (scale: number, meaning = 'half width of the range of initial positions and velocities'): OptionTable => ({
  resetNoiseScale: { kind: 'number', default: scale, meaning },
});

/** Options of a task that rewards running, besides its noise; version 4 takes them too. */
export const runnerOptions = (ctrlCostWeight: number): OptionTable => ({
  forwardRewardWeight: { kind: 'number', default: 1, meaning: 'reward per m/s' },
  ctrlCostWeight: { kind: 'number', default: ctrlCostWeight, meaning: 'cost per squared unit of action' },
  excludeCurrentPositionsFromObservation: {
    kind: 'boolean',
    default: true,
    meaning: 'whether the observation leaves out the position along the track',
  },
});

/**
 * A MuJoCo environment; of Gymnasium's options none has `xml_file`, `default_camera_config` and what else is for its renderer. `taskOptions` are
 * those that its task takes, which are all but `maxEpisodeSteps`.
 */
export function mujocoSpec(
  spec: Omit<EnvSpec, 'make' | 'makeVector' | 'options'>,
  taskOptions: OptionTable,
  task: (options: Readonly<Record<string, number | boolean | OptionRange>>) => MujocoTask<MujocoView | SpatialView>,
): EnvSpec {
  return dynamicsSpec({ ...spec, worthThreads: true, needs: '@mujoco/mujoco' }, taskOptions, async (options) => {
    // The task first: wrong options are told also where MuJoCo is missing.
    const chosen = task(options as Record<string, number | boolean | OptionRange>);
    return mujocoDynamics(await loadMujoco(), chosen);
  });
}
