/**
 * From logits to the loss of one completion token, in float64.
 */
import type { GradientOptions } from '../transformer/spec.ts';

/** log softmax(logits / temperature) of one row. */
export function referenceLogSoftmax(logits: Float64Array, temperature = 1): Float64Array {
  const scaled = logits.map((x) => x / temperature);
  const top = scaled.reduce((most, x) => Math.max(most, x), -Infinity);
  const logSum = top + Math.log(scaled.reduce((sum, x) => sum + Math.exp(x - top), 0));
  return scaled.map((x) => x - logSum);
}

/** Backward of {@link referenceLogSoftmax}, from its output and the gradient of that. */
export function referenceLogSoftmaxBackward(outputGradients: Float64Array, logProbs: Float64Array, temperature = 1): Float64Array {
  const total = outputGradients.reduce((sum, g) => sum + g, 0);
  return outputGradients.map((g, i) => (g - Math.exp(logProbs[i]!) * total) / temperature);
}

/** Entropy in nats of a row of log-probabilities. */
export function referenceEntropy(logProbs: Float64Array): number {
  return -logProbs.reduce((sum, l) => sum + Math.exp(l) * l, 0);
}

/** The gradient of {@link referenceEntropy} to logits / temperature: -p (log p + entropy). */
export function referenceEntropyBackward(logProbs: Float64Array): Float64Array {
  const entropy = referenceEntropy(logProbs);
  return logProbs.map((l) => -Math.exp(l) * (l + entropy));
}

/** A loss and its derivative by what it is a function of. */
export interface ReferenceSlope {
  readonly loss: number;
  readonly slope: number;
}

/** -weight log p, by log p: R. J. Williams (1992). */
export function referenceScoreLoss(logProb: number, weight: number): ReferenceSlope {
  return { loss: -weight * logProb, slope: -weight };
}

/** The ratio is clipped to [1 - clipLow, 1 + clipHigh]. */
export interface ReferenceClip {
  readonly clipLow: number;
  readonly clipHigh: number;
}

/** The policy loss of one row or token, statistics, and d loss / d logProb (without the entropy bonus). */
export interface ReferenceSurrogate extends ReferenceSlope {
  readonly approxKl: number;
  readonly oldApproxKl: number;
  readonly clipped: number;
}

/** Gradient of max(a, b) to a, as torch splits it. */
export function shareOf(a: number, b: number): number {
  if (a === b) return 0.5;
  return a > b ? 1 : 0;
}

/** max(-A ratio, -A clip(ratio)) of one row or token: J. Schulman et al., arXiv 1707.06347, equation 7; ties as in torch. */
export function referenceSurrogate(
  logProb: number,
  oldLogProb: number,
  advantage: number,
  { clipLow, clipHigh }: ReferenceClip,
): ReferenceSurrogate {
  const logRatio = logProb - oldLogProb;
  const ratio = Math.exp(logRatio);
  const loss1 = -advantage * ratio;
  const loss2 = -advantage * Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh);
  const first = shareOf(loss1, loss2);
  const inside = ratio >= 1 - clipLow && ratio <= 1 + clipHigh ? 1 : 0;
  return {
    loss: Math.max(loss1, loss2),
    slope: (first + (1 - first) * inside) * loss1,
    approxKl: ratio - 1 - logRatio,
    oldApproxKl: -logRatio,
    clipped: ratio - 1 > clipHigh || 1 - ratio > clipLow ? 1 : 0,
  };
}

/** -A clip(ratio) log p, the ratio taken as a constant: arXiv 2506.13585, equation 4. The loss is that of a function whose slope is the gradient that is meant. */
export function referenceWeighted(
  logProb: number,
  oldLogProb: number,
  advantage: number,
  { clipLow, clipHigh }: ReferenceClip,
): ReferenceSlope {
  const ratio = Math.exp(logProb - oldLogProb);
  const [low, high] = [1 - clipLow, 1 + clipHigh];
  const factor = Math.min(Math.max(ratio, low), high);
  // The integral of the clipped ratio by log p: the ratio within, straight lines beyond.
  const integral = factor + (ratio > high ? high * Math.log(ratio / high) : ratio < low ? low * Math.log(ratio / low) : 0);
  return { loss: -advantage * integral, slope: -advantage * factor };
}

/** -A (4 / tau) s(tau (ratio - 1)), s the logistic function: arXiv 2511.20347. */
export function referenceGated(
  logProb: number,
  oldLogProb: number,
  advantage: number,
  { positive, negative }: { readonly positive: number; readonly negative: number },
): ReferenceSlope {
  const ratio = Math.exp(logProb - oldLogProb);
  const temperature = advantage > 0 ? positive : negative;
  const share = 1 / (1 + Math.exp(-temperature * (ratio - 1)));
  return { loss: (-advantage * 4 * share) / temperature, slope: -advantage * 4 * share * (1 - share) * ratio };
}

/** {@link referenceSurrogate}, of a negative advantage at most -A times `dualClip`: D. Ye et al., arXiv 1912.09729. */
export function referenceDualClipped(surrogate: ReferenceSurrogate, advantage: number, dualClip: number): ReferenceSlope {
  const most = -advantage * dualClip;
  return dualClip > 0 && advantage < 0 && surrogate.loss > most ? { loss: most, slope: 0 } : surrogate;
}

/** log(p / q), by log p: Schulman's k1. */
export function referenceK1(logProb: number, referenceLogProb: number): ReferenceSlope {
  return { loss: logProb - referenceLogProb, slope: 1 };
}

/** log(p / q)^2 / 2, by log p: Schulman's k2. */
export function referenceK2(logProb: number, referenceLogProb: number): ReferenceSlope {
  const distance = logProb - referenceLogProb;
  return { loss: distance ** 2 / 2, slope: distance };
}

/** q / p - log(q / p) - 1 with q the reference's probability, by log p: Schulman's k3, "Approximating KL divergence" (2020). */
export function referenceK3(logProb: number, referenceLogProb: number): ReferenceSlope {
  const ratio = Math.exp(referenceLogProb - logProb);
  return { loss: ratio - (referenceLogProb - logProb) - 1, slope: 1 - ratio };
}

/** share (v - target)^2 / 2, by v. */
export function referenceSquaredLoss(value: number, target: number, share: number): ReferenceSlope {
  return { loss: (share * (value - target) ** 2) / 2, slope: share * (value - target) };
}

/** The numbers that the loss of one completion token reads. */
export interface ReferenceToken {
  readonly weight: number;
  readonly oldLogProb: number;
  readonly referenceLogProb: number;
  readonly share: number;
}

const referenceTerms = { k1: referenceK1, k2: referenceK2, k3: referenceK3 } as const;

function mainLoss(logProb: number, { weight, oldLogProb }: ReferenceToken, options: GradientOptions): ReferenceSlope {
  const { clipLow = 0.2, clipHigh = 0.2, dualClip = 0, gate = { positive: 1, negative: 1.05 } } = options;
  const clip = { clipLow, clipHigh };
  if (options.loss === 'clipped') return referenceDualClipped(referenceSurrogate(logProb, oldLogProb, weight, clip), weight, dualClip);
  if (options.loss === 'weighted') return referenceWeighted(logProb, oldLogProb, weight, clip);
  if (options.loss === 'gated') return referenceGated(logProb, oldLogProb, weight, gate);
  return referenceScoreLoss(logProb, weight);
}

/** Loss of one completion token with all its terms, by log p. `options.loss` is not `value`; the clip range is 0.2 by default. */
export function referenceTokenLoss(logProb: number, token: ReferenceToken, options: GradientOptions): ReferenceSlope {
  const { referenceCoefficient = 0, referenceForm = 'k3' } = options;
  const main = mainLoss(logProb, token, options);
  if (referenceCoefficient === 0) return main;
  const term = referenceTerms[referenceForm](logProb, token.referenceLogProb);
  const factor = referenceCoefficient * token.share;
  return { loss: main.loss + factor * term.loss, slope: main.slope + factor * term.slope };
}
