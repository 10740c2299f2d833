/**
 * Completions that grow too long: DAPO's soft punishment and overlong filtering (Yu et al. 2025, arXiv 2503.14476, section 3.4).
 */
import { type Aggregation, totalTokens } from '../../advantage/completions/aggregation.ts';
import type { Score } from '../tasks/rewards.ts';
import type { ScoredCompletions } from './batch.ts';

/** What the punishment is called among the components of a reward. */
const overlongComponent = 'overlong';

/**
 * What a completion's length adds to its reward: 0 up to `maxTokens - overlongTokens`, then falling along a line to -1 at `maxTokens` (equation 13; here no completion is longer).
 *
 * Example with 20 tokens at most of which the last 4 are too many: 16 tokens 0, 17 tokens -0.25, 20 tokens -1.
 */
export function overlongPunishment(tokens: number, maxTokens: number, overlongTokens: number): number {
  const excess = tokens - (maxTokens - overlongTokens);
  return excess > 0 ? -excess / overlongTokens : 0;
}

/** The score with the punishment as a component; one that failed stays as it is. */
export function punishOverlong(score: Score, punishment: number): Score {
  if (score.status !== 'ok') return score;
  return { ...score, total: score.total + punishment, components: { ...score.components, [overlongComponent]: punishment } };
}

/**
 * (N) the weights of tokens where completions that were cut off have none: they are compared with their group, and add nothing to the loss. A mean over tokens is one over the
 * tokens that are left; a mean over completions counts all, as in TRL.
 *
 * Example: lengths 2, 6 of which the second was cut off: `token-mean` 1/2, 0; `sequence-mean` 1/4, 0.
 */
export function maskTruncated(
  weights: Float64Array,
  { lengths, ended }: Pick<ScoredCompletions, 'lengths' | 'ended'>,
  aggregation: Aggregation,
): Float64Array {
  const left = totalTokens(lengths.map((length, i) => (ended[i] === 0 ? 0 : length)));
  const factor = aggregation === 'token-mean' && left > 0 ? totalTokens(lengths) / left : 1;
  return weights.map((weight, i) => (ended[i] === 0 ? 0 : weight * factor));
}
