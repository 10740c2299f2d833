/**
 * Numbers that say how good a group baseline is, logged every iteration.
 */
import { endings } from '../core/trajectory.ts';
import type { AdvantageBatch, Floats } from './batch.ts';
import type { BinStatistics } from './groupBaseline.ts';
import { meanAndScale } from './normalize.ts';

/** Metric keys and their values; the `group/` keys other than `group/cut_frac` are missing where there is no group (baseline `none`). */
export type Diagnostics = Record<string, number>;

/**
 * How full the bins are. `group/bins`: bins with a return in them. `group/size_mean`: returns per bin. `group/singleton_frac`: share of steps whose
 * bin has one return (their own). `group/shrinkage`: mean over steps of (n - 1) / n, the factor by which the own return in the mean shrinks the
 * advantage. `group/return_std`: mean over bins with two or more of the population standard deviation. `group/zero_variance_frac`: share of the bins with
 * two or more whose returns are all equal.
 *
 * Example: bins with 3, 2 and 1 returns, one step each visit: bins 3, size_mean 2, singleton_frac 1/6, shrinkage (3 * 2/3 + 2 * 1/2 + 0) / 6 = 0.5.
 */
export function groupDiagnostics(
  batch: AdvantageBatch,
  binOfStep: Int32Array,
  numBins: number,
  statistics: BinStatistics,
  participates: Uint8Array,
  into: Diagnostics,
): void {
  const { count, sum, squares } = statistics;
  let bins = 0;
  let members = 0;
  let shared = 0;
  let constant = 0;
  let deviations = 0;
  for (let bin = 0; bin < numBins; bin++) {
    const n = count[bin]!;
    if (n === 0) continue;
    bins++;
    members += n;
    if (n === 1) continue;
    shared++;
    const deviation = binDeviation(n, sum[bin]!, squares[bin]!, 'population');
    if (deviation === 0) constant++;
    deviations += deviation;
  }
  let steps = 0;
  let singles = 0;
  let shrinkage = 0;
  for (let step = 0; step < batch.numSteps * batch.numEnvs; step++) {
    if (participates[step] === 0) continue;
    const n = count[binOfStep[step]!]!;
    steps++;
    if (n === 1) singles++;
    shrinkage += (n - 1) / n;
  }
  into['group/bins'] = bins;
  into['group/size_mean'] = bins > 0 ? members / bins : 0;
  into['group/singleton_frac'] = steps > 0 ? singles / steps : 0;
  into['group/shrinkage'] = steps > 0 ? shrinkage / steps : 0;
  into['group/return_std'] = shared > 0 ? deviations / shared : 0;
  into['group/zero_variance_frac'] = shared > 0 ? constant / shared : 0;
}

/** Standard deviation of a bin from its sums; exactly 0 where all returns are equal, and for fewer than two. */
export function binDeviation(count: number, sum: number, squares: number, kind: 'sample' | 'population'): number {
  if (count < 2 || squares === 0) return 0;
  const variance = (squares - (sum * sum) / count) / (kind === 'sample' ? count - 1 : count);
  return variance > 0 ? Math.sqrt(variance) : 0;
}

/** `group/cut_frac`: share of the steps that lie in trajectories cut by the rollout's edge. */
export function cutFraction(batch: AdvantageBatch): number {
  const { count, start, end, endedBy } = batch.trajectories;
  let all = 0;
  let cut = 0;
  for (let i = 0; i < count; i++) {
    const length = end[i]! - start[i]!;
    all += length;
    if (endedBy[i] === endings.edge) cut += length;
  }
  return all > 0 ? cut / all : 0;
}

/**
 * `1 - var(A) / var(R)` over the steps that take part (all, if nothing is said): how much of the returns' spread the baseline takes away. At most 1; below 0 where it adds
 * spread; 0 where the returns have none.
 */
export function explainedVariance(advantages: Floats, returns: Floats, participates?: Uint8Array): number {
  const options = { standardDeviation: 'population', mask: participates } as const;
  const before = meanAndScale(returns, options).standardDeviation;
  if (before === 0) return 0;
  const after = meanAndScale(advantages, options).standardDeviation;
  return 1 - (after / before) * (after / before);
}
