/**
 * FrozenLake, Taxi and Blackjack, for which nobody publishes settings. GPG's were found with GPG+. The search is in `experiments/classic-recipes`, its report on
 * other seeds in `experiments/solved`. Observations are one-hot.
 */
import { cleanRlUpdate } from './cleanRl.ts';
import type { Recipe } from './recipe.ts';

const common = { ...cleanRlUpdate, numEnvs: 32, gamma: 0.99, entropyCoef: 0.01, annealLearningRate: true };

/** Recipes for the four tasks. */
export const toyTextRecipes: readonly Recipe[] = [
  {
    env: 'FrozenLake-v1',
    algorithm: 'gpg',
    name: 'default',
    description: '32 environments, learning rate 1e-3 annealed',
    config: { ...common, numSteps: 128, iterations: 200, learningRate: 1e-3 },
  },
  {
    env: 'FrozenLake-v1',
    algorithm: 'ppo',
    name: 'default',
    description: '32 environments, learning rate 2.5e-3 annealed',
    config: { ...common, numSteps: 128, iterations: 200, learningRate: 2.5e-3, gaeLambda: 0.95 },
  },
  {
    env: 'FrozenLake8x8-v1',
    algorithm: 'gpg',
    name: 'default',
    description: '32 environments, gamma 0.999, learning rate 2.5e-3 annealed, no entropy bonus',
    config: { ...common, numSteps: 256, iterations: 200, learningRate: 2.5e-3, gamma: 0.999, entropyCoef: 0 },
  },
  {
    env: 'FrozenLake8x8-v1',
    algorithm: 'ppo',
    name: 'default',
    description: '32 environments, gamma 0.999, learning rate 2.5e-3 annealed, no entropy bonus',
    config: { ...common, numSteps: 256, iterations: 200, learningRate: 2.5e-3, gamma: 0.999, gaeLambda: 0.95, entropyCoef: 0 },
  },
  {
    env: 'Taxi-v4',
    algorithm: 'gpg',
    name: 'default',
    description: '32 environments, learning rate 2.5e-3 annealed',
    config: { ...common, numSteps: 256, iterations: 150, learningRate: 2.5e-3 },
  },
  {
    env: 'Taxi-v4',
    algorithm: 'ppo',
    name: 'default',
    description: '32 environments, learning rate 2.5e-3 annealed',
    config: { ...common, numSteps: 128, iterations: 300, learningRate: 2.5e-3, gaeLambda: 0.95 },
  },
  {
    env: 'Blackjack-v1',
    algorithm: 'gpg',
    name: 'default',
    description: '32 environments, learning rate 2.5e-4 annealed, no entropy bonus',
    config: { ...common, numSteps: 512, iterations: 100, learningRate: 2.5e-4, entropyCoef: 0 },
  },
  {
    env: 'Blackjack-v1',
    algorithm: 'ppo',
    name: 'default',
    description: '32 environments, learning rate 2.5e-4 annealed, no entropy bonus',
    config: { ...common, numSteps: 512, iterations: 100, learningRate: 2.5e-4, gaeLambda: 0.95, entropyCoef: 0 },
  },
];
