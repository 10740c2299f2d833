/**
 * The methods of the literature for language models, as a table. `G` is the size of a group, `r_i` the reward of completion i, `|o_i|` its number
 * of tokens, `m` the mean over the group. Sources: the papers named, and how verl (b178a3c), TRL (1.10) and the authors' own code compute it.
 */
import { show, suggest } from '../../core/errors.ts';
import { batchError } from '../batch.ts';
import type { Aggregation } from './aggregation.ts';
import type { CompletionBatch } from './batch.ts';
import { whiteningEpsilon } from './equations.ts';
import type { GradientRescaling } from './gradientScale.ts';

/**
 * What is subtracted from the reward. `group-mean`: the mean of the group, the own reward included. `leave-one-out`: the mean of the others.
 * `length-weighted`: the group's mean weighted by tokens. `greedy`: the reward of the greedy completion of the same prompt. `second-best`: the best of
 * the group gets its lead over the second, everybody else 0. `none`: nothing. `critic`: a value per token, see `tokenGae`.
 */
export type CompletionBaseline = 'group-mean' | 'leave-one-out' | 'length-weighted' | 'greedy' | 'second-best' | 'none' | 'critic';

/**
 * What the advantage is divided by. `none`: nothing. `group`: the standard deviation of the group's rewards, plus the epsilon. `batch`: advantages are
 * whitened over all tokens of the batch (mean subtracted, divided by the root of the variance plus the epsilon).
 */
export type CompletionScale =
  | { readonly by: 'none' }
  | { readonly by: 'group' | 'batch'; readonly standardDeviation: 'sample' | 'population'; readonly epsilon: number };

/** One row of the table, or a custom method. */
export interface CompletionEstimator {
  /** The method's name as its authors write it. */
  readonly title: string;
  /** Where it comes from: the paper, and the code that settles what the paper leaves open. */
  readonly source: string;
  /** The advantage of completion i, in symbols. */
  readonly advantage: string;
  readonly baseline: CompletionBaseline;
  readonly scale: CompletionScale;
  /** How the loss adds up tokens, see `tokenWeights`. */
  readonly aggregation: Aggregation;
  /** `score`: `-A log pi`. `clipped`: PPO's surrogate of the ratio to the policy that sampled. The two have one gradient where the ratio is 1. */
  readonly loss: 'score' | 'clipped';
  /** The ratio is clipped at `1 - clipLow`; 0 where there is no ratio. */
  readonly clipLow: number;
  /** The ratio is clipped at `1 + clipHigh`; 0 where there is no ratio. */
  readonly clipHigh: number;
  /** Updates per generation, each over the whole batch. */
  readonly updateEpochs: number;
  /** How the gradient is rescaled for groups that are not informative, see `gradientScale`. */
  readonly gradientRescaling: GradientRescaling;
  /** Least share of valid groups, else new prompts are drawn: 0 never, 1 until all are valid. */
  readonly minValidFraction: number;
  /** Whether a greedy completion per prompt is needed. */
  readonly needsGreedy: boolean;
  /** Whether a critic is needed. */
  readonly needsCritic: boolean;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
  /** What else belongs to the method, or is left out here. */
  readonly note: string;
  /** A custom method: (N) advantages of the completions, instead of `baseline` and `scale`. */
  readonly advantages?: (batch: CompletionBatch) => Float64Array;
}

/** Added to the group's standard deviation: TRL's, which the authors of `gpg-lm` use too. */
const trlEpsilon = 1e-4;
/** Added to the group's standard deviation in verl. */
const verlEpsilon = 1e-6;
/** One update per generation, nothing rescaled, no new prompts, neither greedy completions nor a critic. */
const plain = { updateEpochs: 1, gradientRescaling: 'off', minValidFraction: 0, needsGreedy: false, needsCritic: false } as const;
const score = { ...plain, loss: 'score', clipLow: 0, clipHigh: 0 } as const;
/** PPO's clip, arXiv 1707.06347. */
const clip = { ...plain, loss: 'clipped', clipLow: 0.2, clipHigh: 0.2 } as const;
const unscaled: CompletionScale = { by: 'none' };
/** torch.std, so over n - 1; the papers only write std. */
const groupDeviation = (epsilon: number): CompletionScale => ({ by: 'group', standardDeviation: 'sample', epsilon });
/** verl's whitening: over n - 1, and 1e-8 is added to the variance. */
const whitened: CompletionScale = { by: 'batch', standardDeviation: 'sample', epsilon: whiteningEpsilon };
/** Behavior 2: the epsilon stands under the root (docs/log.md, 2026-11-28). The recorded bits of `reinforce++` are the same with both. */
const whitenedAsVerl = 2;

// A function, called as pure: bundlers leave out a table that a program does not use, and cannot tell that spreading has no effect.
const rows = () =>
  ({
    'gpg-lm': {
      ...score,
      title: 'GPG (Group Policy Gradient for language models)',
      source: "arXiv 2504.02546, equations 5 and 7; the authors' open-r1 trainer; threshold 0.6 of its table 1",
      advantage: 'r_i - m(r)',
      baseline: 'group-mean',
      scale: unscaled,
      aggregation: 'token-mean',
      gradientRescaling: 'group',
      minValidFraction: 0.6,
      note: 'F_norm = 1; with F_norm = std it divides as grpo does',
    },
    grpo: {
      ...clip,
      title: 'GRPO',
      source: 'arXiv 2402.03300, section 4.1.2; TRL adds 1e-4 to torch.std',
      advantage: '(r_i - m(r)) / (sample standard deviation of r + 1e-4)',
      baseline: 'group-mean',
      scale: groupDeviation(trlEpsilon),
      aggregation: 'sequence-mean',
      note: 'the paper adds a KL term to a reference with weight 0.04, TRL by now with 0; set klCoef for it',
    },
    'dr-grpo': {
      ...clip,
      title: 'Dr. GRPO',
      source: 'arXiv 2503.20783',
      advantage: 'r_i - m(r)',
      baseline: 'group-mean',
      scale: unscaled,
      aggregation: 'constant',
      note: 'GRPO without its standard deviation and without 1/|o_i|; the constant is the most tokens of a completion',
    },
    dapo: {
      ...clip,
      title: 'DAPO',
      source: 'arXiv 2503.14476; its code is built on verl, which adds 1e-6 to torch.std',
      advantage: '(r_i - m(r)) / (sample standard deviation of r + 1e-6)',
      baseline: 'group-mean',
      scale: groupDeviation(verlEpsilon),
      aggregation: 'token-mean',
      clipHigh: 0.28,
      minValidFraction: 1,
      note: 'dynamic sampling; the paper makes 16 updates of mini-batches per generation, here one; no penalty for length',
    },
    rloo: {
      ...score,
      title: 'RLOO',
      source: 'arXiv 2402.14740',
      advantage: "r_i - mean of the others' r = G / (G - 1) (r_i - m(r))",
      baseline: 'leave-one-out',
      scale: unscaled,
      aggregation: 'token-sum',
      note: 'the paper has a KL term in the reward',
    },
    remax: {
      ...score,
      title: 'ReMax',
      source: 'arXiv 2310.10505',
      advantage: 'r_i - reward of the greedy completion',
      baseline: 'greedy',
      scale: unscaled,
      aggregation: 'token-sum',
      needsGreedy: true,
      note: 'costs one greedy completion per prompt; the paper draws one completion per prompt',
    },
    'reinforce++': {
      ...clip,
      title: 'REINFORCE++',
      source: "arXiv 2501.03262; verl's masked whitening",
      advantage: 'r_i, whitened over all tokens of the batch',
      baseline: 'none',
      scale: whitened,
      aggregation: 'token-mean',
      note: 'the paper has a KL term per token in the reward; without it and with discount 1 every token of a completion gets its reward',
    },
    'reinforce++-baseline': {
      ...clip,
      title: 'REINFORCE++ with baseline',
      source: "arXiv 2501.03262; verl's masked whitening",
      advantage: 'r_i - m(r), then whitened over all tokens of the batch',
      baseline: 'group-mean',
      scale: whitened,
      aggregation: 'token-mean',
      behavior: whitenedAsVerl,
      note: "the standard deviation is the batch's; the paper has a KL term in the loss",
    },
    opo: {
      ...score,
      title: 'OPO (on-policy with the optimal baseline)',
      source: 'arXiv 2505.23585',
      advantage: 'r_i - sum of |o_j| r_j / sum of |o_j| over the group',
      baseline: 'length-weighted',
      scale: unscaled,
      aggregation: 'token-sum',
      note: 'the optimal baseline where the squared gradient of log pi grows with length, which is so for the sum over tokens',
    },
    'grpo-pass@k': {
      ...clip,
      title: 'GRPO for pass@k',
      source: 'arXiv 2503.19595 as in verl (grpo_passk), which adds 1e-6 to torch.std',
      advantage: '(best r - second best r) / (sample standard deviation of r + 1e-6) for the best, 0 for the others',
      baseline: 'second-best',
      scale: groupDeviation(verlEpsilon),
      aggregation: 'token-mean',
      note: 'where two are equally good nobody is credited: with rewards 0 and 1 only the groups with a single right answer teach',
    },
    ppo: {
      ...clip,
      title: 'PPO',
      source: "arXiv 1707.06347 and 2203.02155; verl's masked whitening",
      advantage: 'generalized advantage estimate of every token, whitened over all tokens of the batch',
      baseline: 'critic',
      scale: whitened,
      aggregation: 'token-mean',
      updateEpochs: 2,
      needsCritic: true,
      behavior: whitenedAsVerl,
      note: 'two epochs are an own choice; a KL term to a reference is left out unless klCoef is set',
    },
  }) satisfies Record<string, CompletionEstimator>;
const table = /* @__PURE__ */ rows();

/** One of {@link estimatorNames}. */
export type EstimatorName = keyof typeof table;
/** The names of the table, in its order. */
export const estimatorNames: readonly EstimatorName[] = /* @__PURE__ */ Object.keys(table) as EstimatorName[];
/** The table, by name. */
export const completionEstimators: Readonly<Record<EstimatorName, CompletionEstimator>> = table;

/** The row of that name. Throws {@link CohortError} with the nearest names if there is none. */
export function findEstimator(name: string): CompletionEstimator {
  if (Object.hasOwn(completionEstimators, name)) return completionEstimators[name as EstimatorName];
  throw batchError('estimator', 'the name of a method', show(name), suggest(name, estimatorNames));
}

/** What {@link defineEstimator} needs; everything else is that of `gpg-lm` without rescaling and without new prompts. */
export type OwnEstimator = Partial<CompletionEstimator> & Required<Pick<CompletionEstimator, 'title' | 'advantages'>>;

/**
 * A custom method from its title and its advantages.
 *
 * Example: `defineEstimator({ title: 'REINFORCE', advantages: ({ rewards }) => rewards })` has loss `score` and aggregation `token-mean`.
 */
export function defineEstimator(own: OwnEstimator): CompletionEstimator {
  if (typeof own !== 'object' || own === null) throw batchError('estimator', 'a method', show(own), 'give { title, advantages }');
  const { title, advantages } = own;
  if (typeof title !== 'string' || title === '') throw batchError('estimator.title', 'a name', show(title), 'say what it is called');
  if (typeof advantages !== 'function') {
    throw batchError('estimator.advantages', 'a function of a batch', show(advantages), 'give (batch) => Float64Array');
  }
  return { ...completionEstimators['gpg-lm'], ...plain, source: 'own', advantage: 'own', note: '', ...own };
}
