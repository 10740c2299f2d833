/**
 * What to do about trajectories that the rollout's edge cut: there is no critic to say what they would still have got.
 */
import { endings } from '../core/trajectory.ts';
import { type AdvantageBatch, batchError } from './batch.ts';
import { binStatistics, type GroupBaselineInput, type GroupBaselineWorkspace, meanOfOthers } from './groupBaseline.ts';
import { discountedReturns, type ReturnsInput } from './returns.ts';

/**
 * `zero`: returns stop at the edge (the paper, as CleanRL's collector gives it). `discard`: cut trajectories leave the bins and the loss.
 * `mask`: steps so near to the edge that much of their return may lie beyond it leave both. `complete`: the collector played on and hands over
 * the rest as `edgeValues`. `bootstrap`: the mean of the others' returns in the bin after the edge stands for the rest. `carry`: the collector
 * keeps open trajectories for the next iteration, here as `zero`. `budget`: as `zero`, with the rest of the rollout as a part of the bin.
 */
export const tails = ['zero', 'discard', 'mask', 'complete', 'bootstrap', 'carry', 'budget'] as const;
/** One of {@link tails}. */
export type Tail = (typeof tails)[number];

/** Steps until `gamma^steps <= tolerance`. Example: gamma 0.5, tolerance 0.2: 3. `Infinity` for gamma 1 and for tolerance 0. */
export function horizonOf(gamma: number, tolerance: number): number {
  if (gamma >= 1 || tolerance <= 0) return Number.POSITIVE_INFINITY;
  let steps = 0;
  for (let weight = 1; weight > tolerance; weight *= gamma) steps++;
  return steps;
}

/**
 * Marks the steps that take part, (T, N) 1 or 0, and returns how many there are. `discard` drops trajectories that the edge cut. `mask` drops rows
 * with `gamma^(T - row) > maskTolerance`, in *every* trajectory: a step near the edge must not stay just because its episode then ended, since that
 * choice would depend on its action. Example: gamma 0.5, tolerance 0.2, T = 4: the rows 2 and 3 go, row 1 stays (0.125).
 *
 * Throws {@link CohortError} if `mask` would drop every row.
 */
export function markParticipants(
  batch: AdvantageBatch,
  tail: Tail,
  gamma: number,
  maskTolerance: number,
  participates: Uint8Array,
): number {
  const { numSteps, numEnvs, trajectories } = batch;
  const { env, start, end, endedBy } = trajectories;
  let lastRow = numSteps;
  if (tail === 'mask') {
    const horizon = horizonOf(gamma, maskTolerance);
    lastRow = numSteps - horizon + 1;
    if (lastRow <= 0) {
      throw batchError(
        'tail mask',
        `a rollout of at least ${horizon} steps for gamma ${gamma} and maskTolerance ${maskTolerance}`,
        `${numSteps} steps`,
        'raise numSteps or maskTolerance, lower gamma, or choose another tail',
      );
    }
  }
  participates.fill(0);
  let total = 0;
  for (let i = 0; i < trajectories.count; i++) {
    if (tail === 'discard' && endedBy[i] === endings.edge) continue;
    const stop = end[i]! < lastRow ? end[i]! : lastRow;
    for (let t = start[i]!; t < stop; t++) {
      participates[t * numEnvs + env[i]!] = 1;
      total++;
    }
  }
  return total;
}

/**
 * Critic-free bootstrap: `R_t += gamma^(end-t) * b(bin of the step after the last)`, where b is the mean of the others' returns there, at the next
 * coarser level where nobody else was, and 0 where nobody was anywhere. Those returns have tails of their own, so it goes in passes: pass 1 uses
 * zero-tail returns, every further pass the returns of the one before (no pass reads what it writes, so the order of trajectories means nothing).
 * P passes look P rollouts ahead.
 *
 * Example: gamma 0.5, time bins, one environment cut after rewards 1, 1, another that terminates after 2, 2, 2: the cut one gets 0.5 * 0.5 * 2 on
 * its first return (1.5 + 0.5 = 2) and 0.5 * 2 on its second (1 + 1 = 2).
 *
 * The levels of `input` must know their `binAfterEnd`. With bootstrapped tails the others' returns contain estimates that the own trajectory went into,
 * so leave-one-out is not exactly unbiased any more (nor is the target).
 */
export function bootstrapReturns(
  input: GroupBaselineInput,
  returnsInput: ReturnsInput,
  passes: number,
  workspace: GroupBaselineWorkspace,
  edgeValues: Float64Array,
): void {
  const { trajectories, returns } = input;
  const { valueTruncated } = returnsInput;
  discountedReturns({ ...returnsInput, edgeValues: undefined }, returns);
  for (let pass = 0; pass < passes; pass++) {
    for (let i = 0; i < trajectories.count; i++) edgeValues[i] = Number.NaN;
    for (let level = 0; level < input.levels.length; level++) {
      const statistics = binStatistics(input, level, workspace);
      const { binAfterEnd } = input.levels[level]!;
      for (let i = 0; i < trajectories.count; i++) {
        const cut = trajectories.endedBy[i] === endings.edge || (valueTruncated && trajectories.endedBy[i] === endings.truncated);
        if (!cut || !Number.isNaN(edgeValues[i]!) || binAfterEnd[i]! < 0) continue;
        edgeValues[i] = meanOfOthers(input, level, statistics, i, binAfterEnd[i]!);
      }
    }
    for (let i = 0; i < trajectories.count; i++) if (Number.isNaN(edgeValues[i]!)) edgeValues[i] = 0;
    discountedReturns({ ...returnsInput, edgeValues }, returns);
  }
}
