/**
 * Completions that were cut off: DAPO's overlong filtering (Yu et al. 2025, arXiv 2503.14476, section 3.4).
 */
import { type Aggregation, totalTokens } from '../../advantage/completions/aggregation.ts';
import type { ScoredCompletions } from './batch.ts';

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
