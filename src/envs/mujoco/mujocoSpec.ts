/** What the MuJoCo environments have in common when they are made by their ids. */
import { DynamicsEnv, DynamicsVectorEnv } from '../dynamics.ts';
import { type OptionTable, readOptions, stepLimit } from '../options.ts';
import type { EnvOptions, EnvSpec } from '../spec.ts';
import { mujocoDynamics } from './dynamics.ts';
import { loadMujoco } from './module.ts';
import type { MujocoTask } from './task.ts';

/** What was measured for most of them. */
export const mujocoParity = 'reset and reward exact, one step tested to 1e-12; needs @mujoco/mujoco';

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

/** A MuJoCo environment; `taskOptions` are those that its task takes, which are all but `maxEpisodeSteps`. */
export function mujocoSpec(
  spec: Omit<EnvSpec, 'make' | 'makeVector' | 'options'>,
  taskOptions: OptionTable,
  task: (options: Readonly<Record<string, number | boolean>>) => MujocoTask,
): EnvSpec {
  const options = { ...taskOptions, maxEpisodeSteps: stepLimit(spec.maxEpisodeSteps) };
  const read = (given?: EnvOptions): { chosen: MujocoTask; maxEpisodeSteps: number | undefined } => {
    const { maxEpisodeSteps, ...rest } = readOptions(spec.id, options as OptionTable, given);
    return { chosen: task(rest as Record<string, number | boolean>), maxEpisodeSteps: (maxEpisodeSteps as number) ?? spec.maxEpisodeSteps };
  };
  return {
    ...spec,
    options,
    worthThreads: true,
    async make(given) {
      const { chosen, maxEpisodeSteps } = read(given);
      return new DynamicsEnv(mujocoDynamics(await loadMujoco(), chosen), maxEpisodeSteps);
    },
    async makeVector(numEnvs, given) {
      const { chosen, maxEpisodeSteps } = read(given);
      return new DynamicsVectorEnv(mujocoDynamics(await loadMujoco(), chosen), numEnvs, maxEpisodeSteps);
    },
  };
}
