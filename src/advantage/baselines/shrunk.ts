/**
 * Means of the other trajectories, each bin's drawn towards the next coarser one's by how few they are:
 *
 *     b_l = w m_l + (1 - w) b_(l+1),   w = n_l / (n_l + kappa_l),   kappa_l = variance within bins / variance between bins
 *
 * where m_l is the mean of the n_l others in the step's bin of level l, and level l + 1 is coarser: W. James and C. Stein 1961, in the form of B. Efron and
 * C. Morris 1975. kappa is estimated from the iteration before, so that the baseline depends on other trajectories and on the past alone: it is unbiased
 * (arXiv 2510.03679, proposition 1), and no bin is too fine for it.
 */
import type { BinSettings } from '../binnings.ts';
import { type Baseline, type BinStatistics, binStatistics, meansOfOthers } from '../groupBaseline.ts';

/** How many returns the coarser bin counts for before anything was estimated: an own choice. */
const firstStrength = 4;
/** Beyond it a bin of 65,536 returns still counts less than a tenth: an own choice, instead of infinity. */
const greatestStrength = 1e6;
/** How much wider the cells of the coarser grid are: an own choice. */
const coarser = 4;

/** From fine to coarse: the method's bins, a coarser grid if they are one, time, everything. */
function chainOf(settings: BinSettings): BinSettings[] {
  const { bins, binWidth = 1, timeOrigin } = settings;
  const isGrid = bins === 'space' || bins === 'space-time' || bins === 'return-time';
  const rest: BinSettings[] = [{ bins: 'time', ...(timeOrigin && { timeOrigin }) }, { bins: 'universal' }];
  if (bins === 'universal') return [settings];
  return [settings, ...(isGrid ? [{ ...settings, binWidth: coarser * binWidth }] : []), ...rest.slice(bins === 'time' ? 1 : 0)];
}

/** Levels of the longest chain. */
const maxLevels = 4;

/** The variance within bins, pooled over all of them; `undefined` where no bin has two returns. */
function varianceWithin({ count, sum, squares }: BinStatistics, numBins: number): number | undefined {
  let [total, degrees] = [0, 0];
  for (let bin = 0; bin < numBins; bin++) {
    const n = count[bin]!;
    if (n < 2) continue;
    total += Math.max(0, squares[bin]! - (sum[bin]! * sum[bin]!) / n);
    degrees += n - 1;
  }
  return degrees > 0 ? total / degrees : undefined;
}

/** For every step that takes part: the mean of its bin of a level, its own return included, and how many that is of. Gives the level's statistics. */
function meansOfAll(...[input, level, workspace, means, counts]: Parameters<typeof meansOfOthers>): BinStatistics {
  const statistics = binStatistics(input, level, workspace);
  const { count, reference, sum } = statistics;
  const { binOfStep } = input.levels[level]!;
  for (let step = 0; step < means.length; step++) {
    const bin = binOfStep[step]!;
    const n = bin < 0 ? 0 : count[bin]!;
    counts[step] = n;
    means[step] = n > 0 ? reference[bin]! + sum[bin]! / n : 0;
  }
  return statistics;
}

/** The shrunk baseline of means with the own return in them: biased, and calmer where few are in a bin. */
export function shrunkOwn(shape: Parameters<typeof shrunk>[0]): Baseline {
  return shrunk(shape, 'shrunk-own', meansOfAll);
}

/**
 * The shrunk baseline.
 *
 * Example: returns 1, 3 and 8 at time 0 of three trajectories, in two cells: the first two share one. With strength 4 the first gets
 * 1/5 of 3 (the only other one in its cell) and 4/5 of what the others at time 0 give.
 */
export function shrunk(
  { numSteps, numEnvs }: { readonly numSteps: number; readonly numEnvs: number },
  name = 'shrunk',
  meansOf: typeof meansOfOthers = meansOfOthers,
): Baseline {
  const size = numSteps * numEnvs;
  const strengths = new Float64Array(maxLevels).fill(firstStrength);
  const [means, counts] = [new Float64Array(size), new Int32Array(size)];
  return {
    name,
    meansOf: meansOf === meansOfAll ? 'own' : 'leave-one-out',
    levels: chainOf,
    fill(_batch, input, workspace, out) {
      const { levels, participates } = input;
      for (let level = levels.length - 1; level >= 0; level--) {
        const statistics = meansOf(input, level, workspace, means, counts);
        const within = varianceWithin(statistics, levels[level]!.numBins);
        const strength = level === levels.length - 1 ? 0 : strengths[level]!;
        let [between, steps] = [0, 0];
        for (let step = 0; step < size; step++) {
          const n = counts[step]!;
          if (n === 0 || (participates !== undefined && participates[step] === 0)) continue;
          const distance = means[step]! - out[step]!;
          between += distance * distance - (within ?? 0) / n;
          steps++;
          out[step]! += (n / (n + strength)) * distance;
        }
        if (within === undefined || steps === 0) continue;
        strengths[level] = between > 0 ? Math.min(greatestStrength, (within * steps) / between) : greatestStrength;
      }
      workspace.levelOfStep.fill(0);
    },
    kept: () => ({ shrinkage: strengths }),
  };
}
