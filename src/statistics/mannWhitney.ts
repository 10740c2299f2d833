/**
 * The Mann-Whitney U test (H. B. Mann and D. R. Whitney 1947): whether values of one list tend to be greater than those of another, without a word on
 * how they are distributed.
 */
import { needsValues } from './describe.ts';
import { normalTail } from './normal.ts';

/** How a p-value is found. */
export type MannWhitneyMethod = 'exact' | 'asymptotic';

/** What the test gives. */
export interface MannWhitney {
  /** U of the first list: the pairs in which its value is the greater one, ties counting one half. */
  readonly u: number;
  /** U in standard errors from its middle, by the normal approximation with corrections for ties and continuity; 0 where all values are equal. */
  readonly z: number;
  /** Two-sided p-value of no difference, 0 .. 1. */
  readonly pValue: number;
  /** How the p-value was found. */
  readonly method: MannWhitneyMethod;
  /** U / (n m): the probability that a value of the first list is the greater one. */
  readonly probabilityOfImprovement: number;
}

/** Up to this size of the smaller list the exact distribution is used where there are no ties: SciPy's rule for `method='auto'`. */
const maxExact = 8;

/** P(U <= u) without ties, for whole u. P(u; n, m) = n / (n + m) P(u - m; n - 1, m) + m / (n + m) P(u; n, m - 1), by the greatest value's list. */
function exactBelow(u: number, n: number, m: number): number {
  const length = u + 1;
  // distributions[i] is that of i values of the first list beside j of the second; none of the first give U = 0.
  const distributions = Array.from({ length: n + 1 }, () => Float64Array.of(1, ...new Float64Array(length - 1)));
  for (let j = 1; j <= m; j++) {
    for (let i = 1; i <= n; i++) {
      const [fewer, own] = [distributions[i - 1]!, distributions[i]!];
      for (let at = 0; at < length; at++) own[at] = (i * (at >= j ? fewer[at - j]! : 0) + j * own[at]!) / (i + j);
    }
  }
  return distributions[n]!.reduce((sum, probability) => sum + probability, 0);
}

/**
 * The two-sided test of two independent lists. `exact` is the distribution of U without ties, `asymptotic` the normal approximation with corrections for
 * ties and continuity: both equal `scipy.stats.mannwhitneyu`. Default: exact where a list has at most 8 values and none are tied, as SciPy chooses.
 * Throws RangeError for an empty list, for NaN, and for `exact` with ties.
 *
 * Example: 19 22 16 29 24 and 20 11 17 12: U = 4 + 4 + 2 + 4 + 3 = 17 of 20, exact p = 2 * 7 / 126 = 0.1111, asymptotic 0.1113.
 */
export function mannWhitney(x: readonly number[], y: readonly number[], method?: MannWhitneyMethod): MannWhitney {
  for (const values of [x, y]) {
    needsValues('mannWhitney', values);
    if (values.some(Number.isNaN)) throw new RangeError('mannWhitney: expected numbers, got NaN; leave out what was not measured');
  }
  const [n, m] = [x.length, y.length];
  let u = 0;
  for (const one of x) for (const other of y) u += one > other ? 1 : one === other ? 0.5 : 0;
  const counts = new Map<number, number>();
  for (const value of [...x, ...y]) counts.set(value, (counts.get(value) ?? 0) + 1);
  const isTied = counts.size < n + m;
  if (isTied && method === 'exact') {
    throw new RangeError("mannWhitney: expected values without ties for the exact method, got equal ones; use 'asymptotic'");
  }
  const chosen = method ?? (Math.min(n, m) <= maxExact && !isTied ? 'exact' : 'asymptotic');
  const middle = (n * m) / 2;
  let ties = 0;
  for (const count of counts.values()) ties += count * count * count - count;
  const total = n + m;
  const error = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  // The continuity correction never goes past the middle.
  const distance = Math.max(0, Math.abs(u - middle) - 0.5);
  // Not -0 where U is in the middle.
  const z = error > 0 ? (Math.sign(u - middle) * distance) / error || 0 : 0;
  const pValue = chosen === 'exact' ? Math.min(1, 2 * exactBelow(Math.min(u, n * m - u), n, m)) : Math.min(1, normalTail(z));
  return { u, z, pValue, method: chosen, probabilityOfImprovement: u / (n * m) };
}
