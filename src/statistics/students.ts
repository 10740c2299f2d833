/**
 * Student's t: tail probability, quantile, and the interval of a mean. Computed for any degrees of freedom from 1 up, whole or not, without a table.
 */
import { mean, standardError } from './describe.ts';
import type { Interval } from './interval.ts';
import { checkProbability, decreasingRoot } from './solve.ts';

/**
 * Gamma(a + 1/2) / Gamma(a). Stepped up to a >= 20 by Gamma(x + 1) = x Gamma(x), where the asymptotic series of the ratio (F. G. Tricomi and A. Erdélyi
 * 1951) is good to 14 digits: large Gammas never have to be divided.
 */
function gammaRatio(a: number): number {
  let factor = 1;
  let x = a;
  for (; x < 20; x++) factor *= x / (x + 0.5);
  const r = 1 / x;
  const series =
    1 +
    r * (-1 / 8 + r * (1 / 128 + r * (5 / 1024 + r * (-21 / 32768 + r * (-399 / 262144 + r * (869 / 4194304 + (r * 39325) / 33554432))))));
  return factor * Math.sqrt(x) * series;
}

/**
 * The continued fraction of the incomplete beta function I_x(a, b) * a * B(a, b) / (x^a (1 - x)^b) by Lentz's method: NIST's Digital Library of
 * Mathematical Functions 8.17.22. Quick for x < (a + 1) / (a + b + 2).
 */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const coefficient of [even, odd]) {
      d = 1 / (1 + coefficient * d || tiny);
      c = 1 + coefficient / c || tiny;
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return fraction;
}

function checkFreedom(name: string, freedom: number): void {
  if (freedom >= 1 && freedom < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${name}: expected at least 1 degree of freedom, got ${freedom}; n values have n - 1`);
}

/**
 * P(|T| > |t|) for so many degrees of freedom: the two-sided p-value. It is I_x(freedom / 2, 1/2) with x = freedom / (freedom + t^2) (DLMF 8.17; Abramowitz
 * and Stegun 26.7.1). Throws RangeError for less than one degree of freedom.
 *
 * Example: t = 1, 1 degree: 0.5 (the Cauchy distribution); t = sqrt(2), 2 degrees: 1 - 1 / sqrt(2) = 0.2929.
 */
export function studentTail(t: number, freedom: number): number {
  checkFreedom('studentTail', freedom);
  if (Number.isNaN(t)) return Number.NaN;
  const size = Math.abs(t);
  if (size === 0) return 1;
  if (size === Number.POSITIVE_INFINITY) return 0;
  const [a, b] = [freedom / 2, 0.5];
  // x^a by log1p and 1 - x without a difference: both keep small |t| and many degrees exact.
  const square = (size / freedom) * size;
  const x = 1 / (1 + square);
  const rest = 1 / (1 + 1 / square);
  const power = Math.exp(-a * Math.log1p(square));
  // 1 / B(a, 1/2) = Gamma(a + 1/2) / (Gamma(a) sqrt(pi)).
  const front = (power * Math.sqrt(rest) * gammaRatio(a)) / Math.sqrt(Math.PI);
  if (x < (a + 1) / (a + b + 2)) return (front / a) * betaFraction(a, b, x);
  return 1 - (front / b) * betaFraction(b, a, rest);
}

/**
 * The t below which Student's distribution lies with this probability. Throws RangeError for a probability that is not between 0 and 1 and for less than
 * one degree of freedom.
 *
 * Example: 0.975 with 1, 4 and 30 degrees: 12.7062, 2.7764 and 2.0423.
 */
export function studentQuantile(probability: number, freedom: number): number {
  checkProbability('studentQuantile', probability);
  checkFreedom('studentQuantile', freedom);
  const t = decreasingRoot((x) => studentTail(x, freedom), 2 * Math.min(probability, 1 - probability));
  return probability < 0.5 ? -t : t;
}

/**
 * Interval of the mean of independent values, Student's: mean -+ t * standard error, t the quantile of n - 1 degrees of freedom that leaves (1 - level) / 2
 * outside on each side. `null` for a single value. Throws RangeError for an empty list or a level that is not between 0 and 1.
 *
 * Example: 1 2 3 at 0.95: 2 -+ 4.3027 / sqrt(3), -0.4841 to 4.4841.
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval | null {
  checkProbability('meanInterval', level, 'a level');
  const estimate = mean(values);
  const error = standardError(values);
  return error === null ? null : studentInterval(estimate, error, values.length - 1, level);
}

/** estimate -+ t * error, for an error of so many degrees of freedom. */
export function studentInterval(estimate: number, error: number, freedom: number, level: number): Interval {
  checkProbability('studentInterval', level, 'a level');
  const half = studentQuantile((1 + level) / 2, freedom) * error;
  return { estimate, low: estimate - half, high: estimate + half };
}
