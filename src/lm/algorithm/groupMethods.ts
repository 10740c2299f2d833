/**
 * The third stop of the walk, where methods differ: rewards become the weight of every token in the loss. The group methods compare the completions of a
 * prompt with each other; PPO, which needs a critic, is in src/lm/algorithm/ppo.ts.
 *
 * The method of that name is GPG for language models (Chu et al. 2025, "GPG: A Simple and Strong Reinforcement Learning Baseline for Model Reasoning",
 * arXiv 2504.02546). Its namesake for general MDPs (arXiv 2510.03679) is `gpg`, another method.
 *
 *     A_i   = (r_i - mean of the group's r) / F_norm,                                  F_norm = 1               (equation 5)
 *     alpha = B / (B - M),    B groups of which M have equal rewards throughout                                 (section 2.2, equation 7)
 *     minimise  alpha * 1 / sum_i |o_i| * sum_i sum_t -A_i log pi(o_it | prompt, o_i<t)
 *     draw prompts until (B - M) / B >= beta_th
 *
 * One update per batch: no critic, no reference model, no divergence, no probability ratio, no clipping. The other group methods (the table in
 * src/advantage/completions/estimators.ts) have another advantage, another average over tokens, or a clipped ratio.
 *
 * What deviates from the authors' code (AMAP-ML/GPG, open-r1 trainer), and why:
 * - alpha is B / (B - M) exactly and taken after pooling; without a valid group there is no update (there: division by 0).
 * - groups are valid by exact equality of rewards, not by a standard deviation with a tolerance.
 * - a reward that failed leaves its completion out and is counted; it is not 0.
 * - if every weight is 0, and no term of the loss stands beside them (klCoef, entropyCoef), the optimizer makes no step, not even by its momentum.
 *
 * Reproduce: `npx cohort-rl lm train add-2digit --seed 1,2,3,4,5`.
 */
import { type CompletionEstimator, completionAdvantages } from '../../advantage/completions/index.ts';
import type { Sequences, SequencesRange } from '../../kernels/transformer/spec.ts';
import type { LanguageConfig } from '../config/config.ts';
import { type ScoredCompletions, writePerToken } from './batch.ts';

/** What an iteration hands to the third stop. */
export interface Learning {
  readonly config: LanguageConfig;
  readonly estimator: CompletionEstimator;
  /** Prompts, completions and token weights are written; advantage weights are 0. */
  readonly batch: Sequences;
  /** The part of the batch that holds this iteration's groups. */
  readonly range: SequencesRange;
  /** At least one completion. */
  readonly scored: ScoredCompletions;
  /** (N) the weight of every token of a completion in the loss, by `aggregation`. */
  readonly tokenWeights: Float64Array;
  /** What the gradient is multiplied by, by `gradientRescaling`. */
  readonly alpha: number;
}

/** How a method turns rewards into the weights of the loss, and what else it learns. */
export interface ThirdStop {
  /** Writes the batch's `advantageWeights`; gives (N) the advantage of every completion, of several per completion their mean. */
  writeAdvantages(learning: Learning): Float64Array;
  /** After the policy's steps: what else the method fits. Returns metrics. */
  afterUpdate?(learning: Learning): Record<string, number>;
}

/** Every method of the table without a critic: alpha * token weight * advantage, one advantage per completion. */
export const groupMethods: ThirdStop = {
  writeAdvantages({ config: { advantageScale }, estimator, batch, scored, tokenWeights, alpha }) {
    const advantages = completionAdvantages(scored, estimator, advantageScale === undefined ? {} : { advantageScale });
    const weights = advantages.map((advantage, i) => alpha * tokenWeights[i]! * advantage);
    writePerToken(batch.advantageWeights, weights, scored, batch.spec.completionLength);
    return advantages;
  },
};
