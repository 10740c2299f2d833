/**
 * One ratio for a whole completion: GSPO (Zheng et al. 2025, arXiv 2507.18071).
 *
 *     s_i = (pi(o_i) / pi_old(o_i))^(1 / |o_i|)
 *     minimise  -min(s_i A_i, clip(s_i, 1 - clipLow, 1 + clipHigh) A_i)
 *
 * Its gradient is that of `-s_i A_i 1 / |o_i| sum_t log pi(o_it)` with s_i as a constant where nothing is clipped, and 0 where it is: weights of the tokens.
 */
import type { Sequences } from '../../kernels/transformer/spec.ts';
import { exp } from '../../math/index.ts';
import { eachToken, type Placed, placeOf } from './batch.ts';

/** (N) s_i of every completion, from the log-probabilities of the batch, those of now and those of the policy that sampled. */
export function sequenceRatios({ logProbs, oldLogProbs, spec }: Sequences, scored: Placed): Float64Array {
  return Float64Array.from(scored.lengths, (length, i) => {
    let sum = 0;
    for (let t = 0; t < length; t++) {
      const place = placeOf(scored, i, t, spec.completionLength);
      sum += logProbs[place]! - oldLogProbs[place]!;
    }
    return exp(sum / length);
  });
}

/**
 * What the weights of a completion's tokens are multiplied by: its ratio, or 0 where the surrogate is clipped.
 *
 * Example with both ends 0.2: a ratio of 1.5 gives 0 for an advantage of 1, 1.5 for one of -1; a ratio of 0.5 gives 0.5 and 0.
 */
export function sequenceFactor(ratio: number, advantage: number, { clipLow, clipHigh }: { clipLow: number; clipHigh: number }): number {
  const isClipped = advantage > 0 ? ratio > 1 + clipHigh : ratio < 1 - clipLow;
  return isClipped ? 0 : ratio;
}

/** Writes `advantageWeights` for the policy of now: `weights` are those of the policy that sampled, (rows, completionLength). */
export function weighBySequences(
  batch: Sequences,
  scored: Placed,
  weights: Float32Array,
  clip: { readonly clipLow: number; readonly clipHigh: number },
): void {
  const ratios = sequenceRatios(batch, scored);
  const { completionLength } = batch.spec;
  const factors = ratios.map((ratio, i) => sequenceFactor(ratio, weights[placeOf(scored, i, 0, completionLength)]!, clip));
  eachToken(scored, completionLength, (_, place, completion) => {
    batch.advantageWeights[place] = factors[completion]! * weights[place]!;
  });
}
