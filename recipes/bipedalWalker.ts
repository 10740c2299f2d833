/**
 * BipedalWalker. PPO's settings are RL Zoo's (hyperparams/ppo.yml at 00128b5: batch size 64, that is 1,024 minibatches of 32 x 2,048 steps; its value
 * coefficient without a second half), with a rate that falls to 0. GPG's were found with GPG+. The search is in `experiments/physics-recipes`, its
 * report on other seeds in `experiments/solved`.
 */
import { continuousGroup } from './continuousGroup.ts';
import type { Recipe } from './recipe.ts';

/** Recipes for BipedalWalker-v3. */
export const bipedalWalkerRecipes: readonly Recipe[] = [
  {
    env: 'BipedalWalker-v3',
    algorithm: 'gpg',
    name: 'default',
    description: 'rollouts of 512 steps, 5 M in all, learning rate 1e-3 annealed',
    config: { ...continuousGroup, numSteps: 512, iterations: 305, gamma: 0.99, learningRate: 1e-3 },
  },
  {
    env: 'BipedalWalker-v3',
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of RL Zoo, 5 M steps, learning rate 3e-4 annealed',
    config: {
      ...{ ...continuousGroup, numSteps: 2048, iterations: 76, numMinibatches: 1024, gamma: 0.999, learningRate: 3e-4 },
      ...{ clipCoef: 0.18, gaeLambda: 0.95, valueCoef: 1, clipValueLoss: false, bootstrapTruncated: true },
    },
  },
];
