/**
 * The standard normal distribution: tail probability and quantile, computed.
 */
import { checkProbability, decreasingRoot } from './solve.ts';

/** 1 / sqrt(2 pi). */
const peak = 0.3989422804014327;

/** P(Z > z) for z >= 0. */
function upperTail(z: number): number {
  const density = peak * Math.exp((-z * z) / 2);
  if (z < 3) {
    // 1/2 - density * (z + z^3 / 3 + z^5 / 15 + ...): G. Marsaglia 2004, "Evaluating the normal distribution".
    let term = z;
    let sum = z;
    for (let odd = 3; term > sum * 1e-17; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Laplace's continued fraction density / (z + 1 / (z + 2 / (z + 3 / ...))): Abramowitz and Stegun 26.2.14. From z = 3 on 60 levels are exact to rounding.
  let fraction = z;
  for (let level = 60; level >= 1; level--) fraction = z + level / fraction;
  return density / fraction;
}

/**
 * The number below which a standard normal value lies with this probability. Throws RangeError for a probability that is not between 0 and 1.
 *
 * Example: 0.975: 1.959964; 0.5: 0.
 */
export function normalQuantile(probability: number): number {
  checkProbability('normalQuantile', probability);
  const tail = Math.min(probability, 1 - probability);
  const z = decreasingRoot(upperTail, tail);
  return probability < 0.5 ? -z : z;
}

/**
 * P(|Z| > |z|) of a standard normal value: the two-sided p-value. NaN for NaN.
 *
 * Example: 1.959964: 0.05; 0: 1.
 */
export function normalTail(z: number): number {
  const size = Math.abs(z);
  return size === Number.POSITIVE_INFINITY ? 0 : 2 * upperTail(size);
}
