/**
 * What an update minimizes, as values: an algorithm names its loss, the kernels compute it. A row is one step of the rollout, A its advantage, w its weight
 * (1 unless the algorithm gives others), B the rows of the minibatch.
 */

/** The loss of the actions. */
export interface PolicyLoss {
  /** `clipped`: the surrogate of the probability ratio. `score`: the log-probability alone. */
  readonly kind: 'clipped' | 'score';
  /** The ratio is clipped to [1 - clipLow, 1 + clipHigh]. */
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Weight of the entropy bonus. */
  readonly entropyCoef: number;
}

/** The loss of a critic. */
export interface ValueLoss {
  /** Weight in the whole loss. */
  readonly coef: number;
  /** The value is clipped this far around the old one; not at all if left out. */
  readonly clip?: number | undefined;
}

/**
 * `-1/B sum of w min(ratio A, clip(ratio, 1 - clipLow, 1 + clipHigh) A) - entropyCoef 1/B sum of w entropy` (J. Schulman et al., arXiv 1707.06347,
 * equation 7). One `clipCoef` is both sides; `clipHigh` makes the upper one another (DAPO, arXiv 2503.14476, section 3.1).
 */
export function clippedSurrogate(options: { clipCoef: number; clipHigh?: number | undefined; entropyCoef: number }): PolicyLoss {
  const { clipCoef, clipHigh = clipCoef, entropyCoef } = options;
  return { kind: 'clipped', clipLow: clipCoef, clipHigh, entropyCoef };
}

/** `-1/B sum of w A log p - entropyCoef 1/B sum of w entropy` (R. J. Williams 1992): no ratio, and nothing is clipped. */
export function scoreFunction({ entropyCoef }: { entropyCoef: number }): PolicyLoss {
  return { kind: 'score', clipLow: Number.POSITIVE_INFINITY, clipHigh: Number.POSITIVE_INFINITY, entropyCoef };
}

/** `valueCoef 1/(2 B) sum of max((V - R)^2, (V_old + clip(V - V_old, -clipCoef, clipCoef) - R)^2)`, or without the second term: CleanRL's. */
export function squaredError(options: { valueCoef: number; clipValueLoss: boolean; clipCoef: number }): ValueLoss {
  return { coef: options.valueCoef, clip: options.clipValueLoss ? options.clipCoef : undefined };
}
