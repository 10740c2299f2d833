/**
 * Every metric key, what it means, and what a healthy run shows. Keys are CleanRL's where CleanRL has one.
 */
import { sampleStatistics } from '../statistics/index.ts';
import type { Evaluation } from './evaluation.ts';

/** One metric. */
export interface MetricDescription {
  readonly key: string;
  /** One line, unit included. */
  readonly meaning: string;
  /** What a run that learns shows. */
  readonly healthy: string;
}

/** All metrics, in the order of the documentation. */
export const metricTable: readonly MetricDescription[] = [
  // CleanRL's, verbatim (cleanrl/ppo.py).
  { key: 'charts/episodic_return', meaning: 'mean undiscounted return of the episodes that ended in this iteration', healthy: 'rises' },
  { key: 'charts/episodic_length', meaning: 'mean length of those episodes, in steps', healthy: 'depends on the task' },
  { key: 'charts/SPS', meaning: 'environment steps per second of this process, evaluation and files not counted', healthy: 'steady' },
  { key: 'charts/learning_rate', meaning: 'learning rate of this iteration', healthy: 'as configured' },
  {
    key: 'losses/policy_loss',
    meaning: 'clipped surrogate loss; losses are means over the minibatches of the iteration',
    healthy: 'near 0; its size says little',
  },
  { key: 'losses/value_loss', meaning: 'loss of the critic (PPO only)', healthy: 'falls, then follows the returns' },
  {
    key: 'losses/entropy',
    meaning: 'mean entropy of the policy, in nats',
    healthy: 'falls slowly from the log of the number of actions; 0 early means collapse',
  },
  {
    key: 'losses/approx_kl',
    meaning: 'estimate of the KL divergence from the policy that acted: mean of (ratio - 1) - log ratio',
    healthy: '0.001 to 0.02; above 0.1 the step is too large',
  },
  { key: 'losses/old_approx_kl', meaning: 'older estimate of the same: mean of -log ratio; noisier', healthy: 'like approx_kl' },
  { key: 'losses/clipfrac', meaning: 'fraction of samples whose ratio was clipped', healthy: '0 to 0.3' },
  {
    key: 'losses/explained_variance',
    meaning: 'variance of the returns that the critic explains (PPO only)',
    healthy: 'rises towards 1; below 0 is worse than a constant',
  },
  // Ours: what the loss and the optimizer did.
  { key: 'losses/gradient_norm', meaning: 'norm of the gradient before clipping', healthy: 'steady; a jump comes before a collapse' },
  // Ours: the group that is the critic.
  { key: 'group/bins', meaning: 'bins with at least one return', healthy: 'more bins, finer baseline, smaller groups' },
  { key: 'group/size_mean', meaning: 'mean number of returns per bin', healthy: 'at least 8 or so' },
  {
    key: 'group/singleton_frac',
    meaning: 'fraction of steps whose bin has one return, their own: they learn nothing',
    healthy: 'below 0.1',
  },
  {
    key: 'group/shrinkage',
    meaning: 'factor by which counting the own return shrinks the advantage: mean over steps of (n - 1) / n',
    healthy: '0.9 to 1',
  },
  {
    key: 'group/return_std',
    meaning: 'mean over bins of the standard deviation of their returns',
    healthy: 'above 0 while there is something to learn',
  },
  {
    key: 'group/zero_variance_frac',
    meaning: 'fraction of bins with two or more returns, all equal: no signal',
    healthy: 'low; near 1 means solved or stuck',
  },
  {
    key: 'group/cut_frac',
    meaning: "fraction of steps in trajectories cut by the rollout's edge, whose returns miss their tail",
    healthy: 'below 0.3; else longer rollouts',
  },
  // Ours: what the update is given.
  {
    key: 'advantage/std',
    meaning: 'standard deviation of the advantages, scaled as the method scales them over the batch',
    healthy: 'above 0',
  },
  {
    key: 'advantage/explained_variance',
    meaning: 'fraction of the variance of the returns that the baseline takes away',
    healthy: 'above 0; 1 leaves no signal',
  },
  // Ours: completions of a language model; means over all that were sampled, learned from or not.
  { key: 'completions/reward', meaning: 'mean total reward of the completions, failed rewards left out', healthy: 'rises' },
  { key: 'completions/accuracy', meaning: 'share of the completions that are right: outcome of at least 1', healthy: 'rises' },
  { key: 'completions/length', meaning: 'mean tokens of a completion, the end token included', healthy: 'depends on the task' },
  {
    key: 'completions/truncated_frac',
    meaning: 'share of the completions that were cut at maxTokens',
    healthy: 'low; they say nothing about ending',
  },
  { key: 'reward/<component>', meaning: 'mean of that component of the reward, before its weight', healthy: 'rises' },
  {
    key: 'reward/failed',
    meaning: 'share of the completions whose reward threw, was not finite, or took too long: left out, not 0',
    healthy: '0',
  },
  {
    key: 'group/valid_frac',
    meaning: 'share of the groups drawn whose rewards are not all equal: only they teach',
    healthy: 'above 0.2; 0 means solved or stuck',
  },
  {
    key: 'group/alpha',
    meaning: 'factor on the gradient: groups / valid groups with gradientRescaling group',
    healthy: '1 to 5; large values are noise',
  },
  { key: 'group/all_right_frac', meaning: 'share of the groups drawn in which every completion is right', healthy: 'rises' },
  { key: 'group/all_wrong_frac', meaning: 'share of the groups drawn in which no completion is right', healthy: 'falls' },
  { key: 'group/attempts', meaning: 'draws of prompts in this iteration, because of minValidFraction', healthy: '1 to 3' },
  { key: 'group/wasted', meaning: 'valid groups that found no room in the batch', healthy: '0 or a few' },
  {
    key: 'losses/clipped_step',
    meaning: 'share of the optimizer steps whose gradient was scaled down to maxGradNorm',
    healthy: 'below 0.5; at 1 the size of the gradient, and alpha, have no effect',
  },
  { key: 'charts/rollouts_per_second', meaning: 'completions per second of this iteration', healthy: 'steady' },
  { key: 'charts/tokens_per_second', meaning: 'sampled tokens per second of this iteration', healthy: 'steady' },
  // Ours: where an iteration goes.
  { key: 'time/sample', meaning: 'seconds of this iteration in sampling completions', healthy: '' },
  { key: 'time/reward', meaning: 'seconds of this iteration in rewards', healthy: '' },
  { key: 'time/env', meaning: 'seconds of this iteration in the environments', healthy: '' },
  { key: 'time/forward', meaning: 'seconds of this iteration in forward passes (acting and update), summed over threads', healthy: '' },
  { key: 'time/backward', meaning: 'seconds of this iteration in loss and backward passes, summed over threads', healthy: '' },
  { key: 'time/optimizer', meaning: 'seconds of this iteration in gradient clipping and Adam', healthy: '' },
  { key: 'time/advantage', meaning: 'seconds of this iteration in returns, bins and baselines', healthy: '' },
  // Ours: evaluation episodes, on lines of their own in metrics.jsonl.
  {
    key: 'evaluation/sampled_return',
    meaning: 'mean return of the evaluation episodes, actions drawn; accuracy of a language model',
    healthy: 'rises',
  },
  {
    key: 'evaluation/sampled_standard_error',
    meaning: 'standard error of that mean',
    healthy: 'small against the differences you compare',
  },
  { key: 'evaluation/sampled_iqm', meaning: 'interquartile mean of those returns', healthy: 'near the mean; far from it means outliers' },
  { key: 'evaluation/sampled_length', meaning: 'mean length of those episodes, in steps', healthy: 'depends on the task' },
  {
    key: 'evaluation/greedy_return',
    meaning: 'mean return of the evaluation episodes, most probable action; accuracy of a language model',
    healthy: 'at least the sampled return',
  },
  { key: 'evaluation/greedy_standard_error', meaning: 'standard error of that mean', healthy: 'small against the differences you compare' },
  { key: 'evaluation/greedy_iqm', meaning: 'interquartile mean of those returns', healthy: 'near the mean; far from it means outliers' },
  { key: 'evaluation/greedy_length', meaning: 'mean length of those episodes, in steps', healthy: 'depends on the task' },
];

/** The metrics of an evaluation, by their keys; NaN where there is no value. */
export function evaluationMetrics(evaluation: Pick<Evaluation, 'sampled' | 'greedy'>): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const policy of ['sampled', 'greedy'] as const) {
    const { mean, standardError, iqm, lengths } = evaluation[policy];
    const key = `evaluation/${policy}`;
    metrics[`${key}_return`] = mean ?? Number.NaN;
    metrics[`${key}_standard_error`] = standardError ?? Number.NaN;
    metrics[`${key}_iqm`] = iqm ?? Number.NaN;
    metrics[`${key}_length`] = sampleStatistics(lengths).mean ?? Number.NaN;
  }
  return metrics;
}
