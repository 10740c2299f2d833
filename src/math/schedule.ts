/**
 * The learning rate of an iteration, on both roads.
 */
import { cos } from './index.ts';

/** Shapes of the learning rate after its warm-up: constant, straight down, or half a cosine down (Loshchilov and Hutter, arXiv 1608.03983). */
export const schedules = ['constant', 'linear', 'cosine'] as const;

/** What determines the learning rate of an iteration. */
export interface Schedule {
  readonly learningRate: number;
  readonly schedule: (typeof schedules)[number];
  /** Iterations over which it rises in equal steps; the first one already learns. Default 0. */
  readonly warmupIterations?: number;
  /** Iterations in all; the fall would reach 0 one iteration after the last. */
  readonly iterations: number;
}

/**
 * The learning rate of `iteration`, counted from 1. Linear without a warm-up is CleanRL's schedule, `rate * (1 - (iteration - 1) / iterations)`, in the
 * same bits: the last iteration still learns.
 *
 * Example: rate 1, linear, no warm-up, 4 iterations: 1, 0.75, 0.5, 0.25; with a warm-up of 2: 0.5, 1, 1, 0.5.
 */
export function learningRateAt({ learningRate, schedule, warmupIterations = 0, iterations }: Schedule, iteration: number): number {
  if (iteration <= warmupIterations) return (learningRate * iteration) / warmupIterations;
  if (schedule === 'constant') return learningRate;
  const progress = (iteration - 1 - warmupIterations) / Math.max(1, iterations - warmupIterations);
  return schedule === 'linear' ? learningRate * (1 - progress) : learningRate * 0.5 * (1 + cos(Math.PI * progress));
}
