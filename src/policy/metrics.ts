/**
 * What an update reports, by the keys of the metrics table; and the learning rate of an iteration.
 */
import type { MinibatchReport } from './learner.ts';

/**
 * CleanRL's schedule: `rate * (1 - (iteration - 1) / iterations)` for iterations counted from 1, so that the last one still learns.
 *
 * Example: rate 1, 4 iterations: 1, 0.75, 0.5, 0.25.
 */
export function learningRateAt(rate: number, anneal: boolean, iteration: number, iterations: number): number {
  return anneal ? rate * (1 - (iteration - 1) / iterations) : rate;
}

/** Means over the minibatches of an iteration; `losses/value_loss` only with a critic. */
export function updateMetrics(reports: readonly MinibatchReport[], learningRate: number, critic: boolean): Record<string, number> {
  const average = (name: keyof MinibatchReport): number =>
    reports.length === 0 ? 0 : reports.reduce((sum, report) => sum + report[name], 0) / reports.length;
  return {
    'charts/learning_rate': learningRate,
    'losses/policy_loss': average('policyLoss'),
    ...(critic ? { 'losses/value_loss': average('valueLoss') } : {}),
    'losses/entropy': average('entropy'),
    'losses/approx_kl': average('approxKl'),
    'losses/old_approx_kl': average('oldApproxKl'),
    'losses/clipfrac': average('clipFraction'),
    'losses/gradient_norm': average('gradientNorm'),
  };
}
