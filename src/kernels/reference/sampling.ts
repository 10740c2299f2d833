/**
 * Which tokens a draw can give, in float64: the oracle of top-k and top-p.
 */
import { referenceLogSoftmax } from './losses.ts';

/** What narrows a draw. */
export interface ReferenceNarrowing {
  readonly temperature?: number;
  /** The likeliest so many; 0 = all, the default. */
  readonly topK?: number;
  /** Of these the fewest that have this share of what the `topK` have together; 1 = all, the default. */
  readonly topP?: number;
}

/**
 * The tokens that can be drawn, the likeliest first, the lower id first where two are as likely. Both narrow as transformers' `TopKLogitsWarper` and then
 * its `TopPLogitsWarper` do, but for ties at the border, where its top-k keeps every one.
 *
 * Example: probabilities 0.4, 0.3, 0.2, 0.1 with topK 2, topP 0.5: token 0 alone, which has 4/7 of the two.
 */
export function referenceKept(logits: Float64Array, { temperature = 1, topK = 0, topP = 1 }: ReferenceNarrowing): number[] {
  const probabilities = referenceLogSoftmax(logits, temperature).map((logProb) => Math.exp(logProb));
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  const likeliest = topK > 0 ? order.slice(0, topK) : order;
  const enough = topP * likeliest.reduce((sum, token) => sum + probabilities[token]!, 0);
  const kept: number[] = [];
  let mass = 0;
  for (const token of likeliest) {
    if (kept.length > 0 && topP < 1 && mass >= enough) break;
    kept.push(token);
    mass += probabilities[token]!;
  }
  return kept;
}
