/**
 * How far completions are from the reference: Schulman's estimators of the divergence ("Approximating KL divergence", 2020), by tokens.
 */
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { exp } from '../../math/index.ts';
import type { LanguageConfig } from '../config/config.ts';
import { eachToken, type ScoredCompletions } from './batch.ts';

/** What a token adds, by its log-ratio l to the reference: k1 = l, k2 = l^2 / 2, k3 = exp(-l) - 1 + l. */
function divergence(logRatio: number, form: LanguageConfig['klForm']): number {
  if (form === 'k1') return logRatio;
  return form === 'k2' ? (logRatio * logRatio) / 2 : exp(-logRatio) - 1 + logRatio;
}

/**
 * (N) the divergence of every completion under the policy that sampled, summed over its tokens.
 *
 * Example: log-probabilities -1, -2 where the reference says -1.5, -2: `k1` 0.5, `k2` 0.125, `k3` exp(-0.5) - 0.5 = 0.1065.
 */
export function divergences(
  { oldLogProbs, referenceLogProbs, spec }: Pick<Sequences, 'oldLogProbs' | 'referenceLogProbs' | 'spec'>,
  scored: Pick<ScoredCompletions, 'rows' | 'lengths'>,
  form: LanguageConfig['klForm'],
): Float64Array {
  const sums = new Float64Array(scored.rows.length);
  eachToken(scored, spec.completionLength, (_, place, completion) => {
    sums[completion]! += divergence(oldLogProbs[place]! - referenceLogProbs[place]!, form);
  });
  return sums;
}

/** Scored completions whose rewards are less by `coefficient` times their divergence. Which groups are informative stays as it was. */
export function lessDivergence(scored: ScoredCompletions, distances: Float64Array, coefficient: number): ScoredCompletions {
  return { ...scored, rewards: scored.rewards.map((reward, i) => reward - coefficient * distances[i]!) };
}
