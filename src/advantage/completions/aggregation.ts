/**
 * How the loss adds up tokens: the weight of every token, taken over the whole batch of an update, so that how the batch is cut into pieces for memory
 * changes nothing.
 */
import { show } from '../../core/errors.ts';
import { batchError, checkName } from '../batch.ts';
import type { CompletionBatch } from './batch.ts';
import { scoreBatch } from './scored.ts';

/**
 * `token-mean`: over all tokens of the batch (DAPO, GPG's equation 5). `sequence-mean`: over the tokens of a completion, then over completions (GRPO).
 * `token-sum`: summed over the tokens, then the mean over completions (RLOO). `constant`: summed, divided by N times a constant (Dr. GRPO).
 */
export const aggregations = ['token-mean', 'sequence-mean', 'token-sum', 'constant'] as const;
/** One of {@link aggregations}. */
export type Aggregation = (typeof aggregations)[number];

/**
 * (N) the weight of every token of completion i: `loss = sum over i of weight_i * sum over t of loss_it`. `constant` needs the constant, which is the
 * most tokens that a completion may have.
 *
 * Example: lengths 1, 3 give `token-mean` 1/4, 1/4; `sequence-mean` 1/2, 1/6; `token-sum` 1/2, 1/2; `constant` 4: 1/8, 1/8.
 *
 * Throws {@link CohortError} for a batch that does not fit, an unknown aggregation or a missing constant.
 */
export function tokenWeights(batch: CompletionBatch, aggregation: Aggregation, constant?: number): Float64Array {
  const { lengths } = scoreBatch(batch);
  checkName('aggregation', aggregation, aggregations);
  const count = lengths.length;
  const weights = new Float64Array(count);
  switch (aggregation) {
    case 'token-mean':
      return weights.fill(1 / totalTokens(lengths));
    case 'sequence-mean':
      for (let i = 0; i < count; i++) weights[i] = 1 / (count * lengths[i]!);
      return weights;
    case 'token-sum':
      return weights.fill(1 / count);
    case 'constant':
      if (constant === undefined || !(constant > 0 && constant < Number.POSITIVE_INFINITY)) {
        throw batchError('aggregation constant', 'a constant above 0', show(constant), 'give the most tokens of a completion');
      }
      return weights.fill(1 / (count * constant));
  }
}

/** Sum of the lengths. */
export function totalTokens(lengths: Int32Array): number {
  let total = 0;
  for (const length of lengths) total += length;
  return total;
}
