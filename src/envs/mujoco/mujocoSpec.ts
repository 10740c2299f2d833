/** What the MuJoCo environments have in common when they are made by their ids. */
import type { Env } from '../../core/env.ts';
import { type OptionKinds, readOptions } from '../options.ts';
import type { EnvOptions, EnvSpec } from '../spec.ts';
import { loadMujoco } from './module.ts';
import { MujocoEnv } from './mujocoEnv.ts';
import { MujocoVectorEnv } from './mujocoVector.ts';
import type { MujocoTask } from './task.ts';

/** What was measured for most of them. */
export const mujocoParity = 'reset and reward exact, one step tested to 1e-12; needs @mujoco/mujoco';

/** Options of a task that rewards running; version 4 takes them too. */
export const runnerKinds = {
  forwardRewardWeight: 'number',
  ctrlCostWeight: 'number',
  resetNoiseScale: 'number',
  excludeCurrentPositionsFromObservation: 'boolean',
} as const satisfies OptionKinds;

/** A MuJoCo environment; `kinds` are the numbers and switches that its task takes besides `maxEpisodeSteps`. */
export function mujocoSpec(
  spec: Omit<EnvSpec, 'make' | 'makeVector'>,
  kinds: OptionKinds,
  task: (options: Readonly<Record<string, number | boolean>>) => MujocoTask,
): EnvSpec {
  const read = (options?: EnvOptions): { chosen: MujocoTask; maxEpisodeSteps: number | undefined } => {
    const { maxEpisodeSteps, ...rest } = readOptions(spec.id, { ...kinds, maxEpisodeSteps: 'steps' }, options);
    return { chosen: task(rest as Record<string, number | boolean>), maxEpisodeSteps: (maxEpisodeSteps as number) ?? spec.maxEpisodeSteps };
  };
  return {
    ...spec,
    worthThreads: true,
    async make(options) {
      const { chosen, maxEpisodeSteps } = read(options);
      return new MujocoEnv(await loadMujoco(), chosen, maxEpisodeSteps) as Env;
    },
    async makeVector(numEnvs, options) {
      const { chosen, maxEpisodeSteps } = read(options);
      return new MujocoVectorEnv(await loadMujoco(), chosen, numEnvs, maxEpisodeSteps);
    },
  };
}
