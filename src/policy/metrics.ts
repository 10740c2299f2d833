/**
 * What an update reports, by the keys of the metrics table.
 */
import type { MinibatchReport } from './learner.ts';

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
