/**
 * The group baseline: what the other members of a step's bin got. This is where GPG (arXiv 2510.03679, section 3.2) has no critic.
 */
import type { Trajectories } from '../core/trajectory.ts';
import { type AdvantageBatch, batchError } from './batch.ts';
import { type BinSettings, type Bins, binCapacity } from './binnings.ts';

/**
 * Which returns a step's baseline averages. `own`: all returns in the bin, including its own (the paper). `leave-one-out`: all but those of its own
 * trajectory (unbiased). `leave-one-env-out`: all but those of its own environment (unbiased even if one trajectory leaves less room for the next
 * one of the same environment). `leave-one-pair-out`: all but those of environments 2i and 2i + 1, of which its own is one (unbiased even if the two
 * act with mirrored random numbers). `none`: no baseline.
 */
export const baselineNames = ['own', 'leave-one-out', 'leave-one-env-out', 'leave-one-pair-out', 'none'] as const;
/** One of {@link baselineNames}. */
export type BaselineName = (typeof baselineNames)[number];

/** Whether a baseline leaves out both of the trajectories `i` and `j` for either of them; in the order of environments such stand side by side. */
export function areLeftOutTogether(baseline: BaselineName, env: Int32Array, i: number, j: number): boolean {
  const pairs = baseline === 'leave-one-pair-out' ? 1 : 0;
  return (pairs || baseline === 'leave-one-env-out') && env[i]! >> pairs === env[j]! >> pairs;
}

/**
 * The baselines beyond means of one bin, each a file of `baselines/`. `length-weighted`: the group's mean weighted by the trajectories' lengths.
 * `ridge`: a linear function of observation and time, fitted to earlier iterations. `shrunk`: the means of the other trajectories, each bin's drawn
 * towards the next coarser one's by how few they are. `shrunk-own`: the same with the own return among them.
 * `own-or-coarser`: `own`, of the finest binning in which most steps have company. `pooled`: the mean of the others together with earlier iterations. `selected`: of several
 * binnings, the one that explained most of the iteration before.
 */
export const ownBaselineNames = ['length-weighted', 'ridge', 'shrunk', 'shrunk-own', 'own-or-coarser', 'pooled', 'selected'] as const;
/** One of {@link ownBaselineNames}. */
export type OwnBaselineName = (typeof ownBaselineNames)[number];

/** A baseline of another kind than {@link baselineNames}: a value that says which bins it needs and fills in the baseline of every step. */
export interface Baseline {
  /** For messages. */
  readonly name: string;
  /** Which mean of a bin stands for a state beyond the rollout's edge (tail `bootstrap`). Default `leave-one-out`. */
  readonly tails?: BaselineName;
  /** Which means of bins it is made of, for explanations. Default `leave-one-out`. */
  readonly meansOf?: BaselineName;
  /** The bins it reads, from fine to coarse. */
  levels(settings: BinSettings): readonly BinSettings[];
  /** Fills `out`, (T, N), for every step of a trajectory that takes part; `input.returns` are there. */
  fill(batch: AdvantageBatch, input: GroupBaselineInput, workspace: GroupBaselineWorkspace, out: Float64Array): void;
  /** What it keeps from one iteration to the next, by name: a checkpoint stores these arrays, a resume fills them. */
  readonly kept?: () => Readonly<Record<string, Float64Array>>;
}

/** Which visits of a trajectory to a bin put a return into it: the `first` only (the paper) or `every` one. */
export const visits = ['first', 'every'] as const;
/** One of {@link visits}. */
export type Visit = (typeof visits)[number];

/** Sums over the returns in every bin, as deviations from the first one, so that equal returns have exactly no spread. */
export interface BinStatistics {
  /** How many returns were put into the bin. */
  readonly count: Int32Array;
  /** The first of them. */
  readonly reference: Float64Array;
  /** Sum of (return - reference). */
  readonly sum: Float64Array;
  /** Sum of (return - reference) squared. */
  readonly squares: Float64Array;
}

/** What {@link groupBaseline} reads. */
export interface GroupBaselineInput {
  /** N. */
  readonly numEnvs: number;
  readonly trajectories: Trajectories;
  /** (T, N). */
  readonly returns: Float64Array;
  /** From fine to coarse: the bins of the method, then those to fall back on when nobody else is in a bin (leave-one-out only). */
  readonly levels: readonly Bins[];
  readonly baseline: BaselineName;
  readonly visit: Visit;
  /** (T, N) 1 where a step counts; left out: everywhere. Steps that do not count give nothing to a bin and get baseline 0. */
  readonly participates?: Uint8Array;
}

/** Memory of {@link groupBaseline}, made once per shape (T, N) and reused. */
export interface GroupBaselineWorkspace {
  /** Statistics per level, made when a level is first needed; those of level 0 are right after every call unless baseline is `none`. */
  readonly statistics: BinStatistics[];
  /** (T, N) the level that gave the baseline, {@link noLevel} where none did. */
  readonly levelOfStep: Uint8Array;
  /** What the trajectory, environment or pair in hand gave to every bin: how many returns, their sum, and who wrote that. */
  readonly ownCount: Int32Array;
  readonly ownSum: Float64Array;
  readonly ownMark: Int32Array;
  /** The last trajectory that visited every bin. */
  readonly visitor: Int32Array;
  readonly capacity: number;
}

/** In `levelOfStep`: no level had a return of somebody else, the baseline is 0. */
export const noLevel = 255;

/** Memory for rollouts of shape (T, N). */
export function createGroupBaselineWorkspace(numSteps: number, numEnvs: number): GroupBaselineWorkspace {
  const size = numSteps * numEnvs;
  const capacity = binCapacity(size);
  return {
    statistics: [],
    levelOfStep: new Uint8Array(size),
    ownCount: new Int32Array(capacity),
    ownSum: new Float64Array(capacity),
    ownMark: new Int32Array(capacity),
    visitor: new Int32Array(capacity),
    capacity,
  };
}

/**
 * The baseline of every step, (T, N), written into `out` and returned.
 *
 * `own`: the plain mean of the returns in the step's bin; with first visits, revisits subtract it too. Leave-one-out: the mean without *all*
 * returns of the own trajectory (or environment, or pair); where nobody else is in the bin, the same at the next coarser level; where nobody else is
 * anywhere, 0, so that the advantage is the return itself (an advantage of 0 would weight bins by who is in them and bring the bias back).
 *
 * Example: returns 1.5, 1, 2 and 2, 4 and 3, time bins. Own: 2.1667, 2.5, 2 and 2.1667, 2.5 and 2.1667. Leave-one-out, falling back on the
 * universal bin: 2.5, 4, 2.5 and 2.25, 1 and 1.75.
 *
 * Throws {@link CohortError} for a baseline or visit that does not exist.
 */
export function groupBaseline(input: GroupBaselineInput, workspace: GroupBaselineWorkspace, out: Float64Array): Float64Array {
  const { levels, baseline, visit } = input;
  if (!baselineNames.includes(baseline)) throw batchError('baseline', baselineNames.join(', '), String(baseline), 'choose one of them');
  if (!visits.includes(visit)) throw batchError('visit', visits.join(', '), String(visit), 'choose one of them');
  out.fill(0);
  workspace.levelOfStep.fill(noLevel);
  if (baseline === 'none') return out;
  for (let level = 0; level < levels.length; level++) {
    const missing = fillLevel(input, level, binStatistics(input, level, workspace), workspace, out);
    if (missing === 0) break;
  }
  return out;
}

/** Puts the returns of the first (or of every) visit into the bins of a level. Bin numbers must be below the workspace's capacity. */
export function binStatistics(input: GroupBaselineInput, level: number, workspace: GroupBaselineWorkspace): BinStatistics {
  const { numEnvs, trajectories, returns, visit, participates } = input;
  const { binOfStep, numBins } = input.levels[level]!;
  const { visitor, capacity } = workspace;
  workspace.statistics[level] ??= {
    count: new Int32Array(capacity),
    reference: new Float64Array(capacity),
    sum: new Float64Array(capacity),
    squares: new Float64Array(capacity),
  };
  const statistics = workspace.statistics[level]!;
  const { count, reference, sum, squares } = statistics;
  count.fill(0, 0, numBins);
  visitor.fill(-1, 0, numBins);
  const { env, start, end } = trajectories;
  const firstOnly = visit === 'first';
  for (let i = 0; i < trajectories.count; i++) {
    const last = (end[i]! - 1) * numEnvs + env[i]!;
    for (let step = start[i]! * numEnvs + env[i]!; step <= last; step += numEnvs) {
      if (participates !== undefined && participates[step] === 0) continue;
      const bin = binOfStep[step]!;
      if (firstOnly) {
        if (visitor[bin] === i) continue;
        visitor[bin] = i;
      }
      const value = returns[step]!;
      if (count[bin]! === 0) {
        count[bin] = 1;
        reference[bin] = value;
        sum[bin] = 0;
        squares[bin] = 0;
      } else {
        const deviation = value - reference[bin]!;
        count[bin]! += 1;
        sum[bin]! += deviation;
        squares[bin]! += deviation * deviation;
      }
    }
  }
  return statistics;
}

/**
 * The mean of one bin without the trajectory's own returns (or its environment's, or its pair's): for the step after a trajectory's last, whose bin no step
 * of the rollout's own has to have. `NaN` if nobody else is in the bin.
 */
export function meanOfOthers(input: GroupBaselineInput, level: number, statistics: BinStatistics, trajectory: number, bin: number): number {
  const { numEnvs, trajectories, returns, visit, baseline, participates } = input;
  const { binOfStep } = input.levels[level]!;
  const { env, start, end, count } = trajectories;
  const total = statistics.count[bin]!;
  if (total === 0) return Number.NaN;
  const reference = statistics.reference[bin]!;
  let ownCount = 0;
  let ownSum = 0;
  let first = trajectory;
  let stop = trajectory + 1;
  while (first > 0 && areLeftOutTogether(baseline, env, first - 1, trajectory)) first--;
  while (stop < count && areLeftOutTogether(baseline, env, stop, trajectory)) stop++;
  for (let i = first; i < stop; i++) {
    for (let t = start[i]!; t < end[i]!; t++) {
      const step = t * numEnvs + env[i]!;
      if (binOfStep[step] !== bin || participates?.[step] === 0) continue;
      ownCount++;
      ownSum += returns[step]! - reference;
      if (visit === 'first') break;
    }
  }
  const others = total - ownCount;
  return others > 0 ? reference + (statistics.sum[bin]! - ownSum) / others : Number.NaN;
}

/**
 * For every step that takes part: the mean of the others in its bin of a level, and how many they are; where nobody is, both are 0. Returns the statistics
 * of the level.
 */
export function meansOfOthers(
  input: GroupBaselineInput,
  level: number,
  workspace: GroupBaselineWorkspace,
  means: Float64Array,
  counts: Int32Array,
): BinStatistics {
  means.fill(0);
  counts.fill(0);
  workspace.levelOfStep.fill(noLevel);
  const statistics = binStatistics(input, level, workspace);
  fillLevel(input, level, statistics, workspace, means, counts);
  return statistics;
}

/**
 * Fills the baselines that are still missing from one level, with the numbers of returns that they are means of; says how many are missing after that. With `own` nothing is left out, so that none is
 * missing after the first level.
 */
function fillLevel(
  input: GroupBaselineInput,
  level: number,
  statistics: BinStatistics,
  workspace: GroupBaselineWorkspace,
  out: Float64Array,
  counts?: Int32Array,
): number {
  const { numEnvs, trajectories, returns, visit, baseline, participates } = input;
  const { binOfStep, numBins } = input.levels[level]!;
  const { count, reference, sum } = statistics;
  const { levelOfStep, ownCount, ownSum, ownMark, visitor } = workspace;
  const { env, start, end } = trajectories;
  const firstOnly = visit === 'first';
  ownMark.fill(-1, 0, numBins);
  ownCount.fill(0, 0, numBins);
  ownSum.fill(0, 0, numBins);
  visitor.fill(-1, 0, numBins);
  let missing = 0;
  let next = 0;
  for (let block = 0; block < trajectories.count; block = next) {
    next = block + 1;
    while (next < trajectories.count && areLeftOutTogether(baseline, env, next, block)) next++;
    for (let i = block; i < next && baseline !== 'own'; i++) {
      const last = (end[i]! - 1) * numEnvs + env[i]!;
      for (let step = start[i]! * numEnvs + env[i]!; step <= last; step += numEnvs) {
        if (participates !== undefined && participates[step] === 0) continue;
        const bin = binOfStep[step]!;
        if (firstOnly) {
          if (visitor[bin] === i) continue;
          visitor[bin] = i;
        }
        if (ownMark[bin] !== block) {
          ownMark[bin] = block;
          ownCount[bin] = 0;
          ownSum[bin] = 0;
        }
        ownCount[bin]! += 1;
        ownSum[bin]! += returns[step]! - reference[bin]!;
      }
    }
    for (let i = block; i < next; i++) {
      const last = (end[i]! - 1) * numEnvs + env[i]!;
      for (let step = start[i]! * numEnvs + env[i]!; step <= last; step += numEnvs) {
        if (levelOfStep[step] !== noLevel || (participates !== undefined && participates[step] === 0)) continue;
        const bin = binOfStep[step]!;
        const others = count[bin]! - ownCount[bin]!;
        if (others > 0) {
          out[step] = reference[bin]! + (sum[bin]! - ownSum[bin]!) / others;
          levelOfStep[step] = level;
          if (counts) counts[step] = others;
        } else {
          missing++;
        }
      }
    }
  }
  return missing;
}
