/** The statistics of a normalizing wrapper: one set for all environments, or one for each, in one block of memory. */
import type { EnvState } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { RunningMeanStd } from './runningMeanStd.ts';

/** One set of statistics for each environment, or one for all. */
export type StatisticsOwner = 'perEnv' | 'shared';

/** S sets of statistics of D numbers; S = 1 if shared, else N. */
export class StatisticsBlock {
  readonly kind: StatisticsOwner;
  readonly sets: readonly RunningMeanStd[];
  /** `mean` (S, D), `variance` (S, D), `counts` (S): what a state stores. */
  readonly arrays: EnvState;

  constructor(kind: StatisticsOwner, numEnvs: number, size: number) {
    const count = kind === 'shared' ? 1 : numEnvs;
    const mean = new Float64Array(count * size);
    const variance = new Float64Array(count * size);
    const counts = new Float64Array(count);
    this.kind = kind;
    this.arrays = { mean, variance, counts };
    this.sets = Array.from({ length: count }, (_, i) => {
      const [begin, end] = [i * size, (i + 1) * size];
      const views = { mean: mean.subarray(begin, end), variance: variance.subarray(begin, end), counts: counts.subarray(i, i + 1) };
      return new RunningMeanStd(size, views);
    });
  }

  /** The statistics that environment `i` goes by. */
  of(i: number): RunningMeanStd {
    return this.sets[this.kind === 'shared' ? 0 : i]!;
  }
}

/** Throws {@link CohortError} unless `clip` is above 0; `Infinity` cuts nothing. */
export function checkClip(subject: string, clip: number): number {
  if (clip > 0) return clip;
  throw mistake(subject, 'a number above 0', show(clip), '10 is usual');
}
