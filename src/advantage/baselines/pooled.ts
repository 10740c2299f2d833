/**
 * The mean of the others in the bin together with what earlier iterations left in it:
 *
 *     b(x) = (W M + n m) / (W + n),   W <- decay (W + n_all)
 *
 * where m is the mean of the n others, M the mean of earlier returns and W how many they count for. Returns of the past do not depend on the action, so the
 * baseline stays unbiased (arXiv 2510.03679, proposition 1); that they are of older policies costs variance alone. A group of one has a baseline by it.
 */
import { batchError } from '../batch.ts';
import { areBinsStable, type BinSettings } from '../binnings.ts';
import { type Baseline, meansOfOthers } from '../groupBaseline.ts';

/** What an earlier return counts for one iteration later: an own choice. */
const decay = 0.9;

/** The bins whose numbers mean the same in every iteration. */
function levelsOf(settings: BinSettings): BinSettings[] {
  if (areBinsStable(settings)) return [settings];
  const advice = 'choose bins time or universal, counted from the trajectory or the rollout';
  throw batchError('baseline pooled', 'bins that are the same in every iteration', String(settings.bins), advice);
}

/**
 * The pooled baseline. Throws {@link CohortError} for bins other than `time` and `universal`, and for groups.
 *
 * Example (universal bins): an iteration with returns 2 and 4 gives 4 and 2. After it the bin holds W = 1.8 with M = 3; with returns 1 and 6 the next
 * gives the first (1.8 x 3 + 6) / 2.8 = 4.0714.
 */
export function pooled({ numSteps, numEnvs }: { readonly numSteps: number; readonly numEnvs: number }): Baseline {
  const size = numSteps * numEnvs;
  const [weights, earlier] = [new Float64Array(numSteps), new Float64Array(numSteps)];
  const [means, counts] = [new Float64Array(size), new Int32Array(size)];
  return {
    name: 'pooled',
    levels: levelsOf,
    fill({ groups }, input, workspace, out) {
      if (groups) throw batchError('baseline pooled', 'one group', 'several', 'leave the groups out, or choose another baseline');
      const { binOfStep, numBins } = input.levels[0]!;
      const { count, reference, sum } = meansOfOthers(input, 0, workspace, means, counts);
      for (let step = 0; step < size; step++) {
        if (binOfStep[step]! < 0 || (input.participates !== undefined && input.participates[step] === 0)) continue;
        const weight = weights[binOfStep[step]!]!;
        const all = weight + counts[step]!;
        if (all > 0) out[step] = (weight * earlier[binOfStep[step]!]! + counts[step]! * means[step]!) / all;
      }
      for (let bin = 0; bin < numBins; bin++) {
        const n = count[bin]!;
        const all = weights[bin]! + n;
        if (n > 0) earlier[bin] = (weights[bin]! * earlier[bin]! + n * (reference[bin]! + sum[bin]! / n)) / all;
        weights[bin] = decay * all;
      }
      workspace.levelOfStep.fill(0);
    },
    kept: () => ({ pooledWeights: weights, pooledMeans: earlier }),
  };
}
