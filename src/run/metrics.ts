/**
 * Every metric key, who writes it, what it means, and what a healthy run shows. Keys are CleanRL's where CleanRL has one.
 */
import { sampleStatistics } from '../statistics/index.ts';
import type { Evaluation } from './evaluation.ts';

/** One metric: a row of {@link metricTable}. */
export interface MetricDescription {
  /** `group/name`; `<component>` stands for any name. */
  readonly key: string;
  /**
   * The runs that write it: `environments` and `language-models` mean every run of that road, `gpg` the group family, `ppo` the algorithms with a critic,
   * `clipped-ratio`, `critic` and `branches` the language-model estimators that have them, `reference` language models with klCoef above 0, `curriculum` and `kl-target` those with these fields, `shards` runs on environments in several shards.
   */
  readonly from: readonly string[];
  /** What it counts in; a `fraction` lies between 0 and 1, a `number` has no unit. */
  readonly unit: string;
  /** One line. */
  readonly meaning: string;
  /** What a run that learns shows: a range (`0.001 to 0.02`, `above 0`) or a course (`rises`), then, after a semicolon, what else to know. */
  readonly healthy: string;
}

const environments = ['environments'];
const models = ['language-models'];
const both = [...environments, ...models];
const gpg = ['gpg'];
const ppo = ['ppo'];
const ratios = [...environments, 'clipped-ratio'];
const critics = [...ppo, 'critic'];

/** Key, from, unit, meaning, healthy. */
type Row<Key extends string> = readonly [Key, readonly string[], string, string, string];

/** Rows as they are; the type keeps the keys alone, so that declaration files stay short. */
const table = <const Key extends string>(list: readonly Row<Key>[]): readonly Row<Key>[] => list;

/** A new metric is a new row. */
const rows = table([
  // CleanRL's, verbatim (cleanrl/ppo.py).
  ['charts/episodic_return', environments, 'return', 'mean undiscounted return of the episodes that ended, if any', 'rises'],
  ['charts/episodic_length', environments, 'steps', 'mean length of those episodes', 'depends on the task'],
  ['charts/SPS', environments, 'steps/s', 'environment steps per second; evaluation and files not counted', 'steady'],
  ['charts/learning_rate', both, 'number', 'learning rate of this iteration', 'as configured'],
  [
    'losses/policy_loss',
    environments,
    'number',
    'clipped surrogate loss, as all losses a mean over minibatches',
    'near 0; its size is not informative',
  ],
  ['losses/value_loss', critics, 'number', 'loss of the critic', 'falls; then follows the returns'],
  ['losses/entropy', both, 'nats', 'mean entropy of the policy per action or token', 'falls; slowly, 0 early means collapse'],
  [
    'losses/approx_kl',
    ratios,
    'nats',
    'estimate of the KL divergence from the acting policy: mean of (ratio - 1) - log ratio',
    '0.001 to 0.02; above 0.1 is too far',
  ],
  [
    'losses/reference_kl',
    ['reference'],
    'nats',
    'with klCoef: the divergence of the sampled completions from the reference, by klForm, per token',
    'rises; from 0, as far as klCoef lets it',
  ],
  [
    'losses/old_approx_kl',
    environments,
    'nats',
    'older estimate of the same: mean of -log ratio',
    '0.001 to 0.02; noisier, may be negative',
  ],
  ['losses/clipfrac', ratios, 'fraction', 'samples whose ratio was clipped', '0 to 0.3'],
  [
    'losses/explained_variance',
    ppo,
    'number',
    'variance of the returns that the critic explains',
    'rises; 1 at best, below 0 is worse than a constant',
  ],
  // Ours: what the loss and the optimizer did.
  ['losses/gradient_norm', both, 'number', 'norm of the gradient before clipping', 'steady; a jump comes before a collapse'],
  // Ours: the group that is the critic.
  ['group/bins', gpg, 'count', 'bins with at least one return', 'depends on the task; more bins make a finer baseline of smaller groups'],
  ['group/size_mean', gpg, 'count', 'mean number of returns per bin', 'at least 8'],
  ['group/singleton_frac', gpg, 'fraction', 'steps whose bin has one return, their own: they learn nothing', 'below 0.1'],
  ['group/shrinkage', gpg, 'number', 'factor of the own return in the mean on the advantage: mean of (n - 1) / n', '0.9 to 1'],
  ['group/return_std', gpg, 'return', 'mean over bins of the standard deviation of their returns', 'above 0; 0 leaves nothing to learn'],
  [
    'group/zero_variance_frac',
    gpg,
    'fraction',
    'bins with two or more returns, all equal: no signal',
    'below 0.5; near 1 means solved or stuck',
  ],
  [
    'group/cut_frac',
    [...gpg, 'vineppo'],
    'fraction',
    "steps of trajectories that the rollout's edge cuts",
    'below 0.3; else use longer rollouts',
  ],
  // Ours: what branches cost, and how well they know.
  ['branches/completions', ['branches'], 'count', 'completions of branches in this iteration', 'depends on the task'],
  ['branches/tokens', ['branches'], 'tokens', 'tokens of branches in this iteration', 'depends on the task'],
  ['branches/steps', ['vineppo', 'vine', 'hybrid-grpo'], 'steps', 'environment steps of branches in this iteration', 'depends on the task'],
  [
    'branches/value_error',
    ['vineppo', 'branches'],
    'return',
    'mean standard error of what branch points are worth; missing with one branch',
    'depends on the task; below the standard deviation of advantages',
  ],
  // Ours: what a run in shards would carry between machines.
  [
    'shards/barriers',
    ['shards'],
    'count',
    'times that all shards were waited for: once to collect, once for each minibatch',
    'as configured',
  ],
  ['shards/bytes', ['shards'], 'bytes', 'bytes of arrays in tasks and answers, what stays the same over minibatches once', 'steady'],
  // Ours: what the update is given.
  ['advantage/std', environments, 'number', 'standard deviation of the advantages, as the method scales them', 'above 0'],
  [
    'advantage/explained_variance',
    [...gpg, 'evpo', 'vineppo'],
    'number',
    'variance of the returns that the baseline takes away',
    'above 0; 1 leaves no signal',
  ],
  // Ours: completions of a language model; means over all that were sampled, learned from or not.
  ['completions/reward', models, 'return', 'mean total reward of the completions, failed rewards left out', 'rises'],
  ['completions/accuracy', models, 'fraction', 'completions that are right: their outcome is at least 1', 'rises'],
  ['completions/length', models, 'tokens', 'mean length of a completion, the end token included', 'depends on the task'],
  ['completions/truncated_frac', models, 'fraction', 'completions that were cut at maxTokens', 'below 0.1; they do not teach how to end'],
  ['reward/<component>', models, 'return', 'mean of that component of the reward, before its weight', 'rises'],
  ['reward/failed', models, 'fraction', 'completions left out because their reward threw, was not finite or late', '0'],
  [
    'group/valid_frac',
    models,
    'fraction',
    'groups drawn whose rewards are not all equal: only they teach',
    'above 0.2; 0 means solved or stuck',
  ],
  ['group/alpha', models, 'number', 'factor on the gradient, see gradientRescaling', '1 to 5; large values are noise'],
  ['group/all_right_frac', models, 'fraction', 'groups drawn in which every completion is right', 'rises'],
  ['group/all_wrong_frac', models, 'fraction', 'groups drawn in which no completion is right', 'falls'],
  ['group/attempts', models, 'count', 'draws of prompts in this iteration, because of minValidFraction', '1 to 3'],
  [
    'losses/kl_coef',
    ['kl-target'],
    'number',
    'weight of the divergence from the reference, steered by klTarget',
    'steady; far from klCoef, another klTarget is better',
  ],
  [
    'group/passed_over',
    ['curriculum'],
    'count',
    'prompts that the curriculum passed over in this iteration',
    'depends on the task; grows as prompts are learned',
  ],
  ['group/wasted', models, 'count', 'valid groups that found no room in the batch', 'near 0'],
  [
    'losses/clipped_step',
    models,
    'fraction',
    'optimizer steps whose gradient was scaled down to maxGradNorm',
    'below 0.5; at 1 alpha has no effect',
  ],
  ['charts/rollouts_per_second', models, 'completions/s', 'completions per second of this iteration', 'steady'],
  ['charts/tokens_per_second', models, 'tokens/s', 'sampled tokens per second of this iteration', 'steady'],
  // Ours: where an iteration goes.
  ['time/sample', models, 'seconds', 'spent on sampling completions', 'steady'],
  ['time/reward', models, 'seconds', 'spent on rewards', 'steady'],
  ['time/env', environments, 'seconds', 'spent in the environments', 'steady'],
  ['time/forward', both, 'seconds', 'spent on forward passes (acting and update), summed over threads', 'steady'],
  ['time/backward', both, 'seconds', 'spent on loss and backward passes, summed over threads', 'steady'],
  ['time/optimizer', both, 'seconds', 'spent on gradient clipping and the optimizer', 'steady'],
  ['time/advantage', environments, 'seconds', 'spent on returns, bins and baselines', 'steady'],
  // Ours: evaluation, on lines of its own in metrics.jsonl. Of a language model a return is an accuracy, and a length counts tokens.
  ['evaluation/sampled_return', both, 'return', 'mean return of the evaluation episodes, actions drawn', 'rises'],
  ['evaluation/sampled_standard_error', both, 'return', 'standard error of that mean', 'falls; small against what you compare'],
  ['evaluation/sampled_iqm', both, 'return', 'interquartile mean of those returns', 'rises; far from the mean means outliers'],
  ['evaluation/sampled_length', both, 'steps', 'mean length of those episodes', 'depends on the task'],
  ['evaluation/greedy_return', both, 'return', 'mean return of those episodes, most probable action', 'rises; at least the sampled return'],
  ['evaluation/greedy_standard_error', both, 'return', 'standard error of that mean', 'falls; small against what you compare'],
  ['evaluation/greedy_iqm', both, 'return', 'interquartile mean of those returns', 'rises; far from the mean means outliers'],
  ['evaluation/greedy_length', both, 'steps', 'mean length of those episodes', 'depends on the task'],
]);

type WithNames<Key extends string> = Key extends `${infer Start}<${string}>` ? `${Start}${string}` : Key;

/** A key of {@link metricTable}; `reward/${string}` for the components of a reward. */
export type MetricKey = WithNames<(typeof rows)[number][0]>;

/** Metrics by their keys; an editor completes those of {@link metricTable}, and an algorithm may write further ones. */
export type Metrics = Readonly<Partial<Record<MetricKey, number>>> & Readonly<Record<string, number>>;

/** All metrics, in the order of the documentation. */
export const metricTable: readonly MetricDescription[] = /* @__PURE__ */ rows.map(([key, from, unit, meaning, healthy]) => ({
  key,
  from,
  unit,
  meaning,
  healthy,
}));

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
