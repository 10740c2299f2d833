/**
 * What a reader wants to know of every method of the table: `cohort-rl methods <name>` and docs/reference/methods.md show it. `G` is the size of the group,
 * `r_i` the return of trajectory or the reward of completion i, `R_it` the reward-to-go from step t, `T_i` its length, `m` the mean over the group.
 */

import type { MethodPage } from './methodPage.ts';
import type { MethodLoss, MethodName } from './methods.ts';
import { variantPages } from './variantPages.ts';

export type { MethodPage };

const nothing = 'nothing';
const table = 'test/advantage/methods.test.ts';
const completions = 'test/advantage/completions/advantages.test.ts';
const alike = 'trajectories of one group that can be compared: the same start, or starts that matter little';
const byFactor = 'but for the factor (G - 1) / G, which a learning rate takes in';
const others = 'yes: the baseline is made of other trajectories';

/** The pages by the names of the table. */
export const methodPages: Readonly<Record<MethodName, MethodPage>> = {
  ...variantPages,
  gpg: {
    source: 'arXiv 2510.03679, algorithm 2 and equation 6',
    equation: 'R_it - mean of the returns at first visits to the bin of step t, the own included; normalized per minibatch',
    assumes: 'steps that share a bin have much the same to expect',
    costs: nothing,
    unbiased: `with bins of equal size (time, universal; fixed T) ${byFactor}; with other bins in the limit of large groups`,
    test: 'test/advantage/workedExample.test.ts, test/theory',
    note: 'PPO with its critic replaced by group means; all binnings are options (`--bins`)',
  },
  'gpg-lm': {
    source: "arXiv 2504.02546, equations 5 and 7; the authors' open-r1 trainer; threshold 0.6 of its table 1",
    equation: 'r_i - m(r)',
    assumes: alike,
    costs: 'with language models: prompts are drawn until 60 % of the groups differ in their rewards',
    unbiased: byFactor,
    test: `${completions}, ${table}`,
    note: 'the gradient is multiplied by groups / groups that differ (language models); F_norm = 1; with F_norm = std it divides as grpo does',
  },
  reinforce: {
    source: 'R. J. Williams 1992',
    equation: 'R_it',
    assumes: nothing,
    costs: nothing,
    unbiased: 'yes',
    test: table,
    note: 'no baseline: the most variance of all',
  },
  'reinforce-time': {
    source: 'R. J. Williams 1992; E. Greensmith, P. Bartlett and J. Baxter 2004',
    equation: 'R_it - m(R_jt)',
    assumes: 'trajectories that begin alike',
    costs: nothing,
    unbiased: `${byFactor}, for trajectories of one length`,
    test: table,
    note: 'GPG with time bins, without normalization and clipping',
  },
  'reinforce-ridge': {
    source: 'arXiv 1604.06778, section 6; the features of rllab',
    equation: 'R_it - w . (s, s^2, t, t^2, t^3, 1), w by ridge regression on the iteration before',
    assumes: 'returns that are nearly a quadratic function of the observation',
    costs: 'normal equations of 2 D + 4 unknowns',
    unbiased: 'yes: the baseline is made of earlier iterations',
    test: 'test/advantage/baselines.test.ts',
    note: 'the classical baseline without gradient steps of a critic',
  },
  grpo: {
    source: 'arXiv 2402.03300, section 4.1.2; TRL adds 1e-4 to torch.std',
    equation: '(r_i - m(r)) / (sample standard deviation of r + 1e-4)',
    assumes: alike,
    costs: nothing,
    unbiased:
      'no: it divides by what its own return is a part of, and a step counts 1/T_i (both fade in direction for large groups of one length)',
    test: `${completions}, ${table}`,
    note: 'the paper adds a KL term to a reference with weight 0.04, TRL by now with 0; language models have klCoef for it',
  },
  'grpo-population': {
    source: 'arXiv 2402.03300; the corollary of arXiv 2510.03679',
    equation: '(r_i - m(r)) / population standard deviation of r',
    assumes: alike,
    costs: nothing,
    unbiased: 'as grpo',
    test: table,
    note: 'differs from grpo by the factor sqrt(G / (G - 1))',
  },
  'grpo-process': {
    source: 'arXiv 2402.03300, section 4.1.3',
    equation: 'sum over u >= t of (step reward - mean) / standard deviation, over all steps of the group',
    assumes: 'trajectories of one length',
    costs: nothing,
    unbiased: "no: with lengths that differ what it subtracts depends on the trajectory's own future",
    test: table,
    note: 'on CartPole, where every reward is 1, all advantages are 0: it cannot learn it',
  },
  'stepwise-grpo': {
    source: 'EmbodiChain, pull request 146 (2026)',
    equation: '(R_it - m(R_jt)) / standard deviation of R_jt over the trajectories that reach step t',
    assumes: 'trajectories that begin alike',
    costs: nothing,
    unbiased: 'no: it divides by what its own return is a part of',
    test: table,
    note: 'GPG with time bins and a standard deviation per bin',
  },
  'dr-grpo': {
    source: 'arXiv 2503.20783',
    equation: 'r_i - m(r)',
    assumes: alike,
    costs: nothing,
    unbiased: byFactor,
    test: `${completions}, ${table}`,
    note: 'GRPO without its standard deviation and without 1/T_i; the constant is the most steps or tokens that there can be',
  },
  dapo: {
    source: 'arXiv 2503.14476; its code is built on verl, which adds 1e-6 to torch.std',
    equation: '(r_i - m(r)) / (sample standard deviation of r + 1e-6)',
    assumes: alike,
    costs: 'with language models: prompts are drawn until all groups differ in their rewards',
    unbiased: 'as grpo',
    test: `${completions}, ${table}`,
    note: 'the ratio may rise to 1.28; the paper makes 16 updates of mini-batches per generation, here one; no penalty for length',
  },
  gspo: {
    source: 'arXiv 2507.18071',
    equation: '(r_i - m(r)) / (sample standard deviation of r + 1e-6)',
    assumes: alike,
    costs: 'one more forward pass for every update after the first',
    unbiased: 'as grpo',
    test: `${completions}, test/lm/algorithm/sequenceRatio.test.ts`,
    note: 'one ratio for a completion, (pi / pi_old)^(1 / T_i), clipped to [1 - 3e-4, 1 + 4e-4]; with one update per generation the gradient is that of grpo with 1e-6 for its 1e-4',
  },
  cispo: {
    source: 'arXiv 2506.13585, equation 4',
    equation: '(r_i - m(r)) / (sample standard deviation of r + 1e-6)',
    assumes: alike,
    costs: nothing,
    unbiased: 'as grpo',
    test: `${completions}, test/kernels/transformer.test.ts`,
    note: 'the ratio weighs log pi as a constant of at most 5 (own choice: the paper names no number), so that no token loses its gradient; differs from dapo only after the first update of a generation',
  },
  sapo: {
    source: 'arXiv 2511.20347',
    equation: '(r_i - m(r)) / (sample standard deviation of r + 1e-6)',
    assumes: alike,
    costs: nothing,
    unbiased: 'as grpo',
    test: `${completions}, test/kernels/transformer.test.ts`,
    note: 'a logistic gate with temperature 1 (1.05 where the advantage is negative) in place of the clip; differs from grpo (with 1e-6 for its 1e-4) only after the first update of a generation',
  },
  rloo: {
    source: 'arXiv 2402.14740',
    equation: "r_i - mean of the others' r = G / (G - 1) (r_i - m(r))",
    assumes: alike,
    costs: nothing,
    unbiased: others,
    test: `${completions}, ${table}`,
    note: 'the paper has a KL term in the reward; a single trajectory keeps its return as the advantage, a single completion gets 0',
  },
  vargrad: {
    source: 'arXiv 2010.10436, equation 8',
    equation: 'r_i - m(r), over G - 1 instead of G',
    assumes: alike,
    costs: nothing,
    unbiased: others,
    test: table,
    note: 'the gradient of the log-variance loss of variational inference; the same number as rloo',
  },
  gigpo: {
    source: 'arXiv 2505.10978',
    equation: 'r_i - m(r) + R_it - mean of the returns of all visits to the identical state',
    assumes: 'states that are met again exactly',
    costs: nothing,
    unbiased: 'no: the means have the own return in them, by bins of unequal size',
    test: table,
    note: 'F_norm = 1; the first term discounts nothing, the second 0.95 per step',
  },
  remax: {
    source: 'arXiv 2310.10505',
    equation: 'r_i - reward of the greedy completion',
    assumes: 'a greedy completion that is about as good as the others',
    costs: 'one greedy completion per prompt',
    unbiased: 'yes: the baseline is of another completion',
    test: completions,
    note: 'the paper draws one completion per prompt',
  },
  'reinforce++': {
    source: "arXiv 2501.03262; verl's masked whitening",
    equation: 'R_it (language models: r_i), whitened over all steps of the batch',
    assumes: nothing,
    costs: nothing,
    unbiased: 'no: the mean and the deviation have the own return in them (1 / steps of the batch)',
    test: `${completions}, ${table}`,
    note: 'the paper has a KL term per token in the reward; without it and with discount 1 every token of a completion gets its reward',
  },
  'reinforce++-baseline': {
    source: "arXiv 2501.03262; verl's masked whitening",
    equation: 'r_i - m(r), then whitened over all steps of the batch',
    assumes: alike,
    costs: nothing,
    unbiased: 'as reinforce++',
    test: `${completions}, ${table}`,
    note: "the standard deviation is the batch's; the paper has a KL term in the loss",
  },
  opo: {
    source: 'arXiv 2505.23585',
    equation: 'r_i - sum of T_j r_j / sum of T_j over the group',
    assumes: alike,
    costs: nothing,
    unbiased: 'no: the own return is part of the baseline, by its length',
    test: `${completions}, ${table}`,
    note: 'the optimal baseline where the squared gradient of log pi grows with length, which is so for the sum over tokens',
  },
  'grpo-pass@k': {
    source: 'arXiv 2503.19595 as in verl (grpo_passk), which adds 1e-6 to torch.std',
    equation: '(best r - second best r) / (sample standard deviation of r + 1e-6) for the best, 0 for the others',
    assumes: alike,
    costs: nothing,
    unbiased: 'no, and for another goal: the best of a group',
    test: completions,
    note: 'where two are equally good nobody is credited: with rewards 0 and 1 only the groups with a single right answer teach',
  },
  vineppo: {
    source: 'arXiv 2410.01679; K, whitening and two epochs with language models as the authors’ code, McGill-NLP/VinePPO',
    equation:
      'rewards of a stretch + gamma^length V(s after it) - V(s before it), V(s) = mean return of K branches from s; language models whiten it over all tokens of the batch',
    assumes: 'states to go back to: an environment that can give its state and take it back; of a text every prefix is one',
    costs:
      'K branches to the end at every branch point, counted as environment steps, with language models as completions and their tokens',
    unbiased:
      'V is, for the policy that acts, up to the branches’ maximum length; the gradient too, of completions before whitening and summed over tokens',
    test: 'test/rollout/branches.test.ts, test/advantage/stretches.test.ts; test/lm/algorithm/branches.test.ts, test/advantage/completions/branchEnumeration.test.ts',
    note: 'stretches are --branch-interval steps or tokens; of texts also those up to --branch-after, where the paper’s are steps of reasoning; completions that begin alike share what their prefix is worth',
  },
  vine: {
    source: 'arXiv 1502.05477, section 5.2, the self-normalized estimator',
    equation:
      'Q(s, a_k) - mean of Q(s, a_k) over the K actions tried in s, Q the return of a branch; random numbers of the environment in common',
    assumes: 'an environment that can give its state and take it back',
    costs: 'K branches at every branch point, counted as environment steps; only their first steps are learned from',
    unbiased: 'times K / (K - 1): the own return is part of the mean',
    test: 'test/rollout/branches.test.ts',
    note: 'of environments alone; GPG with one bin for each branched state, PPO’s clip in place of the trust region',
  },
  'hybrid-grpo': {
    source: 'arXiv 2502.01652',
    equation: 'mean over K actions tried in s_t of f(r) + gamma V(s_(t+1)) - V(s_t)',
    assumes: 'an environment that can give its state and take it back',
    costs: 'a critic of the size of the policy, and K - 1 further environment steps for every step',
    unbiased: 'no: an action is credited with a K-th of its own reward, and with a critic for the rest',
    test: 'test/algorithms/hybridGrpo.test.ts',
    note: 'with K = 1 and f the identity it is PPO at lambda 0; the formula as the method is described, not checked against the equations of the paper',
  },
  a2c: {
    source: "arXiv 1602.01783; arXiv 2205.09123; Stable-Baselines3's defaults",
    equation: 'rewards to the end of a short rollout + gamma^n V(s after it) - V(s_t)',
    assumes: 'a critic that learns faster than the policy changes',
    costs: 'a critic of the size of the policy, its passes and its loss',
    unbiased: 'no: as good as its critic at the end of the rollout',
    test: 'test/algorithms/critics.test.ts',
    note: 'PPO with one pass over the whole rollout, lambda 1, nothing normalized, nothing clipped',
  },
  evpo: {
    source: 'arXiv 2604.19485',
    equation: "PPO's where the critic explains something of the returns of the rollout, else R_it - mean over all steps",
    assumes: nothing,
    costs: 'a critic of the size of the policy, its passes and its loss',
    unbiased: 'as PPO, or as REINFORCE with a mean',
    test: 'test/algorithms/critics.test.ts',
    note: 'the critic learns either way',
  },
  ppo: {
    source: "arXiv 1707.06347 and 2203.02155; CleanRL's ppo.py; verl's masked whitening",
    equation: 'generalized advantage estimate of every step; language models whiten it over all tokens of the batch',
    assumes: 'a critic that learns faster than the policy changes',
    costs: 'a critic of the size of the policy, its passes and its loss',
    unbiased: 'no: as good as its critic',
    test: 'test/algorithms/cleanRlParity.test.ts, test/lm/algorithm',
    note: 'on environments a file of its own, src/algorithms/ppo.ts; with language models two epochs are an own choice',
  },
};

/** A loss in words: `clipped, 0.8 to 1.28; averages by step-mean`, or `score; averages by trajectory-sum`. */
export function describeLoss({ kind, clipLow, clipHigh, weighting }: MethodLoss): string {
  const bound = (value: number): number => Number(value.toFixed(6));
  const range = kind === 'score' || kind === 'gated' ? '' : `, ${bound(1 - clipLow)} to ${bound(1 + clipHigh)}`;
  return `${kind}${range}; averages by ${weighting}`;
}
