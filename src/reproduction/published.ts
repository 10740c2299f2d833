/**
 * Table 1 of arXiv 2510.03679 as far as it can be read in our copy: the mean return after 200 iterations of four seeds, and a spread that the paper does
 * not define. CartPole's cells for 1, 4 and 16 environments are not legible there.
 */
import type { PublishedFigure } from '../experiments/verdict.ts';

/** Where the figures come from. */
export const source = 'arXiv 2510.03679, Table 1';

/** Parallel environments of the columns. */
export const groupSizes = [1, 4, 16, 32, 128] as const;

/** The tasks in the order of the table, as we call them. */
export const tasks = ['CartPole-v1', 'CliffWalking-v1', 'HalfCheetah-v4', 'LunarLander-v3'] as const;

/** Mean and spread by task, algorithm and number of environments; `null` is not legible. */
const table: Readonly<Record<string, Readonly<Record<string, readonly (readonly [mean: number, spread: number] | null)[]>>>> = {
  'CartPole-v1': {
    gpg: [null, null, null, [481.1, 10.85], [495.45, 2.13]],
    ppo: [null, null, null, [442.8, 15.04], [474.2, 7.61]],
  },
  'CliffWalking-v1': {
    gpg: [
      [-261.3, 70.56],
      [-17.45, 0.11],
      [-17, 0],
      [-17.15, 0.09],
      [-17, 0],
    ],
    ppo: [
      [-442.93, 73.4],
      [-17.62, 0.15],
      [-17, 0],
      [-17, 0],
      [-17, 0],
    ],
  },
  'HalfCheetah-v4': {
    gpg: [
      [333.7, 94.87],
      [1031.65, 24.77],
      [1000.05, 130.02],
      [1940.86, 142.08],
      [2773.61, 222.93],
    ],
    ppo: [
      [679.33, 278.55],
      [1346.3, 15.33],
      [736.45, 149.77],
      [1142.48, 570.77],
      [1516.9, 305.42],
    ],
  },
  'LunarLander-v3': {
    gpg: [
      [-18.78, 6.76],
      [74.29, 10.33],
      [75.81, 12.26],
      [169.67, 20.79],
      [257.39, 0.8],
    ],
    ppo: [
      [-19.58, 12.73],
      [117.77, 5.39],
      [157.59, 10.03],
      [157.77, 10],
      [200.97, 4.42],
    ],
  },
};

// Training seeds per cell, as the paper says.
const seeds = 4;

/** The published figure of a cell; `undefined` where there is none, or it is not legible. */
export function publishedFigure(task: string, algorithm: string, numEnvs: number): PublishedFigure | undefined {
  const cell = table[task]?.[algorithm]?.[groupSizes.indexOf(numEnvs as (typeof groupSizes)[number])];
  return cell ? { mean: cell[0], spread: cell[1], seeds } : undefined;
}

/** Whether the paper has a cell there, legible or not. */
export function isPublished(task: string, algorithm: string, numEnvs: number): boolean {
  return groupSizes.includes(numEnvs as (typeof groupSizes)[number]) && table[task]?.[algorithm] !== undefined;
}

/** How far two means may be apart and still agree: a tenth of the way from an untrained policy to the best published cell of the task. */
export const margins: Readonly<Record<string, number>> = {
  'CartPole-v1': 47,
  'CliffWalking-v1': 48,
  'HalfCheetah-v4': 305,
  'LunarLander-v3': 44,
};

/** The largest published PPO cell of a task in absolute value: the unit in which readings of the paper are scored. */
export const ppoScales: Readonly<Record<string, number>> = {
  'CartPole-v1': 474.2,
  'CliffWalking-v1': 442.93,
  'HalfCheetah-v4': 1516.9,
  'LunarLander-v3': 200.97,
};
