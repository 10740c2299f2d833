/**
 * HalfCheetah. `cleanrl` is CleanRL's `ppo_continuous_action.py` (commit fe8d8a0): one environment, observations and rewards normalized per
 * environment. `tianshou` is Tianshou's (tianshou.ts) at 3 M steps; it is PPO's `default`. `paper` follows arXiv 2510.03679: CleanRL's at N environments and 200 iterations; what it does not say
 * is the reading that its PPO column supports (docs/log.md, 2026-11-28): a constant rate, and neither observations nor rewards normalized. GPG's `default`
 * shares the statistics among the group.
 */
import { continuousUpdate } from './cleanRl.ts';
import { sharedStatistics } from './continuousGroup.ts';
import type { Recipe } from './recipe.ts';
import { tianshou } from './tianshou.ts';

const common = { ...continuousUpdate, numSteps: 2048, gamma: 0.99, learningRate: 3e-4, clipObservation: 10, clipReward: 10 };
const perEnv = { normalizeObservation: 'perEnv', normalizeReward: 'perEnv' };
const critic = { gaeLambda: 0.95, valueCoef: 0.5, clipValueLoss: true };
const paper = { ...common, numEnvs: 32, iterations: 200, annealLearningRate: false };
// 1 M steps in whole iterations of 1 x 2048, as CleanRL counts them.
const cleanrl = { ...common, ...perEnv, numEnvs: 1, iterations: 488, annealLearningRate: true };
// 3 M steps in whole iterations of 8 x 256.
const threeMillion = { ...tianshou, iterations: 1465 };

/** Recipes for HalfCheetah-v4 and HalfCheetah-v5. */
export const halfCheetahRecipes: readonly Recipe[] = ['HalfCheetah-v5', 'HalfCheetah-v4'].flatMap((env): Recipe[] => [
  {
    env,
    algorithm: 'gpg',
    name: 'default',
    description: 'time bins, 32 environments, shared normalization, learning rate annealed',
    config: { ...paper, ...sharedStatistics, bins: 'time', annealLearningRate: true },
  },
  {
    env,
    algorithm: 'gpg',
    name: 'paper',
    description: 'arXiv 2510.03679, Table 1: time bins, no normalization, constant learning rate',
    config: { ...paper, bins: 'time' },
  },
  {
    env,
    algorithm: 'ppo',
    name: 'default',
    description: 'the settings of Tianshou: 8 environments, 3 M steps, shared normalization',
    config: threeMillion,
  },
  {
    env,
    algorithm: 'ppo',
    name: 'paper',
    description: 'arXiv 2510.03679, Table 1: PPO of CleanRL at 32 environments, no normalization, constant learning rate',
    config: { ...paper, ...critic },
  },
  {
    env,
    algorithm: 'ppo',
    name: 'cleanrl',
    description: 'CleanRL ppo_continuous_action.py: one environment, 1 M steps, normalization per environment',
    config: { ...cleanrl, ...critic },
  },
  {
    env,
    algorithm: 'ppo',
    name: 'tianshou',
    description: 'Tianshou mujoco_ppo.py: 8 environments, 3 M steps, shared normalization',
    config: threeMillion,
  },
]);
