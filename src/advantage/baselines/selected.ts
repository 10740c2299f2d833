/**
 * Of several binnings the one that explained most of the iteration before: the leave-one-out explained variance, `1 - sum (R - b)^2 / sum (R - mean R)^2`,
 * b the mean of the others in the step's bin. The choice is the past's, so the baseline stays unbiased (arXiv 2510.03679, proposition 1). Where nothing
 * explains anything everybody is compared with everybody (the rule of EVPO, arXiv 2604.19485, for bins instead of a critic).
 */
import type { BinSettings } from '../binnings.ts';
import { type Baseline, meansOfOthers } from '../groupBaseline.ts';
import { meanAndScale } from '../normalize.ts';

/** From coarse to fine; the last is what the settings ask for. */
function candidatesOf(settings: BinSettings): BinSettings[] {
  const { bins, timeOrigin } = settings;
  const time: BinSettings = { bins: 'time', ...(timeOrigin && { timeOrigin }) };
  const coarse: BinSettings[] = [{ bins: 'universal' }, time];
  return bins === 'universal' || bins === 'time' ? coarse : [...coarse, settings];
}

/** Candidates of the longest list. */
const maxCandidates = 3;

/**
 * The selected baseline; in the first iteration the binning of the settings.
 *
 * Example: with bins `time`, returns that fall with time and differ little between trajectories are explained by time, and the next iteration takes it.
 */
export function selected({ numSteps, numEnvs }: { readonly numSteps: number; readonly numEnvs: number }): Baseline {
  const size = numSteps * numEnvs;
  // One more than explained variance can be: until something is measured, the finest.
  const explained = Float64Array.from({ length: maxCandidates }, (_, k) => 2 + k);
  const [means, counts, baseline] = [new Float64Array(size), new Int32Array(size), new Float64Array(size)];
  return {
    name: 'selected',
    // Fine to coarse, as everywhere: the finest bins are those of the diagnostics.
    levels: (settings) => candidatesOf(settings).reverse(),
    fill(_batch, input, workspace, out) {
      const { levels, returns, participates } = input;
      const last = levels.length - 1;
      const options = { standardDeviation: 'population', mask: participates } as const;
      const spread = meanAndScale(returns, options);
      const total = spread.standardDeviation * spread.standardDeviation * spread.count;
      let choice = 0;
      for (let k = 1; k <= last; k++) if (explained[k]! > explained[choice]!) choice = k;
      if (explained[choice]! <= 0) choice = 0;
      baseline.fill(0);
      for (let k = 0; k <= last; k++) {
        meansOfOthers(input, last - k, workspace, means, counts);
        let residual = 0;
        for (let step = 0; step < size; step++) {
          // Nobody else in the bin: what the coarser one said stays.
          if (counts[step]! > 0) baseline[step] = means[step]!;
          if (participates !== undefined && participates[step] === 0) continue;
          const error = returns[step]! - baseline[step]!;
          residual += error * error;
        }
        if (k === choice) out.set(baseline);
        explained[k] = total > 0 ? 1 - residual / total : 0;
      }
      workspace.levelOfStep.fill(0);
    },
    kept: () => ({ explained }),
  };
}
