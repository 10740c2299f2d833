/**
 * The runs behind the table and the figures of arXiv 2510.03679, as matrices. All of them share one folder of results: a run that two of them need is run
 * once.
 */
import { type Matrix, type MatrixInput, parseMatrix } from '../experiments/matrix.ts';
import { groupSizes, tasks } from './published.ts';

/** Table 1, and Figures 2 and 3, which are drawn from the same runs: GPG and PPO, four tasks, five group sizes. */
export const table1: Matrix = parseMatrix({
  name: 'table1',
  title: 'Table 1 of arXiv 2510.03679: GPG and PPO after 200 iterations',
  seeds: 4,
  settings: { recipe: 'paper' },
  axes: { env: [...tasks], algorithm: ['gpg', 'ppo'], numEnvs: [...groupSizes] },
} satisfies MatrixInput);

/** The binnings of Figure 4; the paper's epsilon is our bin width. */
export const binnings = {
  universal: { bins: 'universal' },
  time: { bins: 'time' },
  'space 1.0': { bins: 'space', binWidth: 1 },
  'space 0.5': { bins: 'space', binWidth: 0.5 },
  'space 0.2': { bins: 'space', binWidth: 0.2 },
  'space-time 1.0': { bins: 'space-time', binWidth: 1 },
  'space-time 0.5': { bins: 'space-time', binWidth: 0.5 },
  'space-time 0.2': { bins: 'space-time', binWidth: 0.2 },
} as const;

/** Figure 4: eight binnings on LunarLander. */
export const figure4: Matrix = parseMatrix({
  name: 'fig4',
  title: 'Figure 4 of arXiv 2510.03679: binnings on LunarLander',
  seeds: 4,
  settings: { env: 'LunarLander-v3', algorithm: 'gpg', recipe: 'paper' },
  axes: { binning: binnings, numEnvs: [...groupSizes] },
  seedsOf: [{ where: { numEnvs: 128 }, seeds: 2 }],
} satisfies MatrixInput);

/**
 * PPO with settings that others tuned, so that nobody takes the paper's baseline for the best PPO: RL Zoo's for CartPole and LunarLander (hyperparams/ppo.yml
 * at 22e3ff2; its clip range falls with the rate, ours does not), Tianshou's for HalfCheetah (examples/mujoco/mujoco_ppo.py), each for its own number of steps. CliffWalking has no tuned settings anywhere.
 */
export const tunedPpo: Matrix = parseMatrix({
  name: 'tuned-ppo',
  title: 'PPO with the settings of RL Zoo and Tianshou',
  seeds: 4,
  settings: { algorithm: 'ppo' },
  cells: {
    'CartPole-v1, RL Zoo': { env: 'CartPole-v1', recipe: 'zoo' },
    'LunarLander-v3, RL Zoo': { env: 'LunarLander-v3', recipe: 'zoo' },
    'LunarLander-v3, RL Zoo without entropy bonus': { env: 'LunarLander-v3', recipe: 'zoo', entropyCoef: 0 },
    'LunarLander-v3, RL Zoo with rate 1e-3, annealed': {
      env: 'LunarLander-v3',
      recipe: 'zoo',
      learningRate: 1e-3,
      annealLearningRate: true,
    },
    'HalfCheetah-v4, Tianshou': { env: 'HalfCheetah-v4', recipe: 'tianshou' },
  },
} satisfies MatrixInput);
