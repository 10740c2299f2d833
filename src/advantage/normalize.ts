/**
 * Normalization of advantages: subtract the mean, divide by the standard deviation. Given as two numbers, so that a kernel can apply them.
 */
import type { Floats } from './batch.ts';

/** Added to the standard deviation: 1e-8 as in CleanRL's ppo.py and Stable-Baselines3. */
export const normalizeEpsilon = 1e-8;

/** How {@link meanAndScale} measures. */
export interface AdvantageNormalizeOptions {
  /** Divide the squares by n - 1 (`sample`: torch's default, CleanRL) or by n (`population`: NumPy's default). Default `sample`. */
  readonly standardDeviation?: 'sample' | 'population';
  /** Default {@link normalizeEpsilon}. */
  readonly epsilon?: number;
  /** Only the entries at these places; left out: all. */
  readonly indices?: Int32Array | Uint32Array;
  /** Only entries whose mask is not 0; left out: all. */
  readonly mask?: Uint8Array;
}

/** What normalization needs: `(value - mean) * scale`. */
export interface MeanAndScale {
  /** Mean of the entries; 0 if there are none. */
  readonly mean: number;
  /** Standard deviation of the entries; 0 for fewer than two. */
  readonly standardDeviation: number;
  /** `1 / (standardDeviation + epsilon)`. */
  readonly scale: number;
  /** How many entries there were. */
  readonly count: number;
}

/**
 * Mean and scale of the entries, two passes in float64, in index order.
 *
 * Example: 1, 2, 3 with `sample` and epsilon 0: mean 2, standardDeviation 1, scale 1.
 */
export function meanAndScale(values: Floats, options: AdvantageNormalizeOptions = {}): MeanAndScale {
  const { indices, mask, epsilon = normalizeEpsilon, standardDeviation: kind = 'sample' } = options;
  let count = 0;
  let mean = 0;
  let squares = 0;
  if (!indices && !mask) {
    // The same sums as below without the look-ups; a third of the time.
    count = values.length;
    const reference = count > 0 ? values[0]! : 0;
    let sum = 0;
    for (let k = 1; k < count; k++) sum += values[k]! - reference;
    mean = count > 0 ? reference + sum / count : 0;
    for (let k = 0; k < count; k++) {
      const deviation = values[k]! - mean;
      squares += deviation * deviation;
    }
  } else {
    const length = indices ? indices.length : values.length;
    let reference = 0;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const place = indices ? indices[k]! : k;
      if (mask && mask[place] === 0) continue;
      const value = values[place]!;
      // Deviations from the first entry: equal entries give a mean that is exactly their value.
      if (count === 0) reference = value;
      else sum += value - reference;
      count++;
    }
    mean = count > 0 ? reference + sum / count : 0;
    for (let k = 0; k < length; k++) {
      const place = indices ? indices[k]! : k;
      if (mask && mask[place] === 0) continue;
      const deviation = values[place]! - mean;
      squares += deviation * deviation;
    }
  }
  const standardDeviation = count > 1 ? Math.sqrt(squares / (kind === 'sample' ? count - 1 : count)) : 0;
  return { mean, standardDeviation, scale: 1 / (standardDeviation + epsilon), count };
}

/** The normalization of a minibatch, as the update takes it: CleanRL's. */
export function minibatchScale(advantages: Floats, indices: Int32Array): MeanAndScale {
  return meanAndScale(advantages, { indices });
}

/**
 * `(value - mean) / (standardDeviation + epsilon)` for every entry, in place; with `mask`, entries outside it stay as they are.
 *
 * Example: 1, 2, 3 with `sample` and epsilon 0 become -1, 0, 1.
 */
export function normalize(values: Floats, options: Omit<AdvantageNormalizeOptions, 'indices'> = {}): MeanAndScale {
  const { mask, epsilon = normalizeEpsilon } = options;
  const measured = meanAndScale(values, options);
  const divisor = measured.standardDeviation + epsilon;
  for (let k = 0; k < values.length; k++) {
    if (mask && mask[k] === 0) continue;
    const deviation = values[k]! - measured.mean;
    values[k] = deviation === 0 ? 0 : deviation / divisor;
  }
  return measured;
}

/**
 * Mean and standard deviation of the numbers of every group, as `walk` gives them, the same numbers each time it is called. A running mean comes first:
 * equal numbers leave it exactly where it is, and their deviation is exactly 0.
 */
export function groupMoments(
  numGroups: number,
  standardDeviation: 'sample' | 'population',
  walk: (give: (group: number, value: number) => void) => void,
): { readonly means: Float64Array; readonly deviations: Float64Array } {
  const [counts, means, squares] = [new Float64Array(numGroups), new Float64Array(numGroups), new Float64Array(numGroups)];
  walk((group, value) => {
    counts[group]! += 1;
    means[group]! += (value - means[group]!) / counts[group]!;
  });
  walk((group, value) => {
    squares[group]! += (value - means[group]!) * (value - means[group]!);
  });
  const degrees = standardDeviation === 'sample' ? 1 : 0;
  return { means, deviations: squares.map((square, group) => (square > 0 ? Math.sqrt(square / (counts[group]! - degrees)) : 0)) };
}
