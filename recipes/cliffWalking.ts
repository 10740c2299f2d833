/**
 * CliffWalking has no published reference configuration: CleanRL cannot run it, and its defaults park the agent away from the cliff. The search
 * behind GPG's `default` is in `experiments/cliffwalking`, that behind PPO's in `experiments/ppo-recipes`; `paper` has the observation and the rate that the PPO column of arXiv 2510.03679 supports (docs/log.md, 2026-11-28). Observations are one-hot; evaluation episodes are cut at 500 steps (Gymnasium registers no limit).
 */
import { cleanRlUpdate } from './cleanRl.ts';
import type { Recipe } from './recipe.ts';

const common = { ...cleanRlUpdate, numSteps: 128, entropyCoef: 0.01, iterations: 200 };

/** Recipes for the three CliffWalking ids. */
export const cliffWalkingRecipes: readonly Recipe[] = ['CliffWalking-v1', 'CliffWalking-v0', 'CliffWalkingSlippery-v1'].flatMap(
  (env): Recipe[] => [
    {
      env,
      algorithm: 'gpg',
      name: 'default',
      description: 'time bins, 32 environments, learning rate 2.5e-3 annealed',
      config: { ...common, numEnvs: 32, gamma: 0.99, bins: 'time', learningRate: 2.5e-3, annealLearningRate: true },
    },
    {
      env,
      algorithm: 'gpg',
      name: 'paper',
      description: 'arXiv 2510.03679, Table 1, with the settings of CleanRL ppo.py: constant learning rate 1e-3',
      config: { ...common, numEnvs: 32, gamma: 0.99, bins: 'time', learningRate: 1e-3, annealLearningRate: false },
    },
    {
      env,
      algorithm: 'ppo',
      name: 'default',
      description: '32 environments, learning rate 1e-3 annealed',
      config: { ...common, numEnvs: 32, gamma: 0.99, gaeLambda: 0.95, learningRate: 1e-3, annealLearningRate: true },
    },
    {
      env,
      algorithm: 'ppo',
      name: 'paper',
      description: 'arXiv 2510.03679, Table 1, with the settings of CleanRL ppo.py: constant learning rate 1e-3',
      config: { ...common, numEnvs: 32, gamma: 0.99, gaeLambda: 0.95, learningRate: 1e-3, annealLearningRate: false },
    },
  ],
);
