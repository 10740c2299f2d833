/**
 * The binnings that an estimator reads, from fine to coarse.
 */
import type { BinSettings } from './binnings.ts';
import type { Baseline, BaselineName } from './groupBaseline.ts';
import type { Tail } from './tails.ts';

/** Budget buckets of tail `budget` where the settings name none: an own choice. */
const defaultBudgetBuckets = 8;

/** What decides them, besides the bins of the method. */
export interface LevelSettings extends BinSettings {
  readonly baseline: BaselineName | Baseline;
  readonly tail: Tail;
}

/** The bins of the method and, where somebody may be alone in one, the coarser ones: bin, then time, then universal (per group). Empty where no bin is read. */
export function levelsOf(settings: LevelSettings): readonly BinSettings[] {
  const { bins, binWidth, timeOrigin, separateMidEpisodeStarts, baseline, tail } = settings;
  const withEdges = tail === 'bootstrap';
  if (baseline === 'none' && !withEdges) return [];
  const budgetBuckets = tail === 'budget' ? settings.budgetBuckets || defaultBudgetBuckets : settings.budgetBuckets;
  const finest = { bins, binWidth, timeOrigin, separateMidEpisodeStarts, budgetBuckets };
  const chain: BinSettings[] = typeof baseline === 'object' ? [...baseline.levels(finest)] : [finest];
  const plain = !separateMidEpisodeStarts && !budgetBuckets;
  if (typeof baseline === 'string' && (/^leave-one/.test(baseline) || withEdges)) {
    if (bins !== 'universal' && !(bins === 'time' && plain)) chain.push({ bins: 'time', timeOrigin });
    if (!(bins === 'universal' && plain)) chain.push({ bins: 'universal' });
  } else if (withEdges && chain.length === 0) {
    chain.push({ bins: 'time', timeOrigin }, { bins: 'universal' });
  }
  return chain;
}
