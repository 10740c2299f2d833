/**
 * Acrobot, the MountainCars and Pendulum. GPG's settings were found with GPG+, PPO's began at RL Zoo's (hyperparams/ppo.yml at 22e3ff2: batch size 64, time
 * limits bootstrapped, value coefficient 0.5 without a second half, observations and rewards normalized over all environments; its noise that depends on
 * the state is not used). The search is in `experiments/classic-recipes`, its report on other seeds in `experiments/solved`.
 */
import { cleanRlUpdate } from './cleanRl.ts';
import type { Recipe } from './recipe.ts';

const common = { ...cleanRlUpdate, gamma: 0.99 };
const annealed = { learningRate: 1e-3, annealLearningRate: true };
const asInZoo = { clipValueLoss: false, valueCoef: 1, bootstrapTruncated: true };
const normalized = { normalizeObservation: 'shared' };

/** Recipes for the four tasks. */
export const classicControlRecipes: readonly Recipe[] = [
  {
    env: 'Acrobot-v1',
    algorithm: 'gpg',
    name: 'default',
    description: '16 environments, learning rate 2.5e-3 annealed, no entropy bonus',
    config: { ...common, ...annealed, learningRate: 2.5e-3, numEnvs: 16, numSteps: 512, iterations: 100, entropyCoef: 0 },
  },
  {
    env: 'Acrobot-v1',
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of RL Zoo',
    config: {
      ...common,
      ...asInZoo,
      ...normalized,
      normalizeReward: 'shared',
      numEnvs: 16,
      numSteps: 256,
      iterations: 245,
      numMinibatches: 64,
      learningRate: 3e-4,
      annealLearningRate: false,
      gaeLambda: 0.94,
      entropyCoef: 0,
    },
  },
  {
    env: 'MountainCar-v0',
    algorithm: 'gpg',
    name: 'default',
    description: 'rollouts of 32 steps, normalized observations, learning rate 1e-3 annealed; does not learn in every seed',
    config: { ...common, ...annealed, ...normalized, numEnvs: 16, numSteps: 32, iterations: 1954, entropyCoef: 0 },
  },
  {
    env: 'MountainCar-v0',
    algorithm: 'ppo',
    name: 'default',
    description: 'rollouts of RL Zoo, learning rate 1e-3 annealed, normalized observations',
    config: { ...common, ...annealed, ...normalized, numEnvs: 16, numSteps: 16, iterations: 3907, gaeLambda: 0.98, entropyCoef: 0 },
  },
  {
    env: 'MountainCarContinuous-v0',
    algorithm: 'gpg',
    name: 'default',
    description: '16 environments, 10 epochs, normalized observations, learning rate 1e-3 annealed',
    config: { ...common, ...annealed, ...normalized, numEnvs: 16, numSteps: 1000, iterations: 50, updateEpochs: 10, entropyCoef: 0.01 },
  },
  {
    env: 'MountainCarContinuous-v0',
    algorithm: 'ppo',
    name: 'default',
    description: '16 environments, observations and rewards normalized, learning rate 1e-3 annealed',
    config: {
      ...common,
      ...annealed,
      ...normalized,
      normalizeReward: 'shared',
      numEnvs: 16,
      numSteps: 1000,
      iterations: 50,
      gaeLambda: 0.95,
      entropyCoef: 0.01,
    },
  },
  {
    env: 'Pendulum-v1',
    algorithm: 'gpg',
    name: 'default',
    description: '16 environments, 10 epochs, gamma 0.95, normalized observations, learning rate 1e-3 annealed',
    config: {
      ...common,
      ...annealed,
      ...normalized,
      numEnvs: 16,
      numSteps: 200,
      iterations: 200,
      gamma: 0.95,
      updateEpochs: 10,
      entropyCoef: 0,
    },
  },
  {
    env: 'Pendulum-v1',
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of RL Zoo for 0.4 M steps, rewards normalized, learning rate annealed',
    config: {
      ...common,
      ...annealed,
      ...asInZoo,
      normalizeReward: 'shared',
      numEnvs: 4,
      numSteps: 1024,
      iterations: 100,
      gamma: 0.9,
      gaeLambda: 0.95,
      updateEpochs: 10,
      numMinibatches: 64,
      entropyCoef: 0,
    },
  },
];
