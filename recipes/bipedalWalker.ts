/**
 * BipedalWalker and its hardcore form. PPO's settings are RL Zoo's (hyperparams/ppo.yml at 00128b5: batch size 64, that is 1,024 minibatches of 32 x 2,048
 * steps, 512 of 16 x 2,048; its value coefficient without a second half), with a rate that falls to 0; hardcore, its clip range falls there, too, and not here.
 * GPG's were found with GPG+ (the time bins of `gpg` have no width). The search is in `experiments/physics-recipes`, its report on other seeds in
 * `experiments/solved`.
 */
import { continuousGroup } from './continuousGroup.ts';
import type { Recipe } from './recipe.ts';

const group = { ...continuousGroup, numSteps: 512, iterations: 305, gamma: 0.99, learningRate: 1e-3 } as const;
const zoo = { ...continuousGroup, numSteps: 2048, gaeLambda: 0.95, valueCoef: 1, clipValueLoss: false, bootstrapTruncated: true } as const;

/** Recipes for BipedalWalker-v3 and BipedalWalkerHardcore-v3. */
export const bipedalWalkerRecipes: readonly Recipe[] = [
  {
    env: 'BipedalWalker-v3',
    algorithm: 'gpg',
    name: 'default',
    description: 'rollouts of 512 steps, 5 M in all, learning rate 1e-3 annealed',
    config: group,
  },
  {
    env: 'BipedalWalker-v3',
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of RL Zoo, 5 M steps, learning rate 3e-4 annealed',
    config: { ...zoo, iterations: 76, numMinibatches: 1024, gamma: 0.999, learningRate: 3e-4, clipCoef: 0.18 },
  },
  {
    env: 'BipedalWalkerHardcore-v3',
    algorithm: 'gpg',
    name: 'default',
    description: 'rollouts of 512 steps, 5 M in all, learning rate 1e-3 annealed, bins of width 4',
    config: { ...group, binWidth: 4 },
  },
  {
    env: 'BipedalWalkerHardcore-v3',
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of RL Zoo, 5 M steps instead of 100 M, learning rate 2.5e-4 annealed',
    config: { ...zoo, numEnvs: 16, iterations: 153, numMinibatches: 512, gamma: 0.99, learningRate: 2.5e-4, entropyCoef: 0.001 },
  },
];
