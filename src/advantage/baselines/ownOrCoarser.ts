/**
 * Means of bins, the own return included, of the finest binning in which most steps have company: the paper's baseline (arXiv 2510.03679, equation 6) where
 * the bins are as wide as the group needs. Who is alone in a bin is compared with nobody, and its advantage is 0: that is calm where few are alone, and no
 * learning at all where all are.
 */
import type { BinSettings } from '../binnings.ts';
import { type Baseline, binStatistics } from '../groupBaseline.ts';

/** Least share of steps whose bin holds a second return: an own choice. */
const leastCompany = 0.5;

/** From fine to coarse: the method's bins, time, everything. */
function levelsOf(settings: BinSettings): BinSettings[] {
  const { bins, timeOrigin } = settings;
  const coarse: BinSettings[] = [{ bins: 'time', ...(timeOrigin && { timeOrigin }) }, { bins: 'universal' }];
  return [settings, ...coarse.slice(bins === 'universal' ? 2 : bins === 'time' ? 1 : 0)];
}

/**
 * The baseline of the finest binning with company; of the method's own bins where no binning has any.
 *
 * Example: returns 1, 3 and 8 at time 0 of three trajectories. With two of them in one cell: 2, 2 and 8. With each in a cell of its own: 4 for all.
 */
export function ownOrCoarser(): Baseline {
  return {
    name: 'own-or-coarser',
    levels: levelsOf,
    tails: 'own',
    meansOf: 'own',
    fill(_batch, input, workspace, out) {
      const { levels, participates } = input;
      const takesPart = (step: number, bin: number): boolean => bin >= 0 && (participates === undefined || participates[step] !== 0);
      const hasCompany = ({ binOfStep }: (typeof levels)[number], level: number): boolean => {
        const { count } = binStatistics(input, level, workspace);
        let [all, together] = [0, 0];
        binOfStep.forEach((bin, step) => {
          if (!takesPart(step, bin)) return;
          all++;
          if (count[bin]! > 1) together++;
        });
        return together >= leastCompany * all;
      };
      const chosen = Math.max(0, levels.findIndex(hasCompany));
      const { count, reference, sum } = binStatistics(input, chosen, workspace);
      levels[chosen]!.binOfStep.forEach((bin, step) => {
        if (takesPart(step, bin)) out[step] = reference[bin]! + sum[bin]! / count[bin]!;
      });
    },
  };
}
