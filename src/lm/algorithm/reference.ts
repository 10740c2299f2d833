/**
 * How far completions are from the reference: Schulman's estimators of the divergence ("Approximating KL divergence", 2020), by tokens; how much that counts;
 * and how the reference itself moves.
 */
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { exp } from '../../math/index.ts';
import type { LanguageConfig } from '../config/config.ts';
import { eachToken, type Placed, type ScoredCompletions } from './batch.ts';

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
  scored: Placed,
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

/** Largest relative error that counts, and how strongly (D. Ziegler et al. 2019, arXiv 1909.08593, section 2.2). */
const [mostError, strength] = [0.2, 0.1];

/**
 * The weight of the divergence after an iteration in which it was `distance`: `c (1 + 0.1 clip((distance - target) / target, -0.2, 0.2))`.
 *
 * Example with the target 0.1: a weight of 1 becomes 1.02 at 0.2 and above, 1.01 at 0.11, 0.98 at 0.08 and below.
 */
export function steeredCoefficient(coefficient: number, distance: number, target: number): number {
  const error = (distance - target) / target;
  return coefficient * (1 + strength * Math.min(mostError, Math.max(-mostError, error)));
}

/** Moves a reference towards the policy: every weight becomes `mix` of the policy's and the rest of its own. */
export function moveReference(reference: Float32Array, policy: Float32Array, mix: number): void {
  if (mix === 1) reference.set(policy);
  else for (let i = 0; i < reference.length; i++) reference[i] = mix * policy[i]! + (1 - mix) * reference[i]!;
}
