/**
 * Groups of one: training that looks alive and learns nothing.
 */

// One iteration may be a whim of its episodes.
const iterationsToTell = 3;

/**
 * Watches the metrics of the first iterations, in order; gives the warning once, after the third in a row in which every step was alone in its bin and
 * every advantage was 0 for that. With a baseline that leaves the own return out, advantages are not 0.
 */
export function watchGroups(): (metrics: Readonly<Record<string, number>>) => string | undefined {
  let seen = 0;
  let alone = 0;
  return (metrics) => {
    if (++seen > iterationsToTell) return undefined;
    if (metrics['group/singleton_frac'] === 1 && metrics['advantage/std'] === 0) alone++;
    if (alone < iterationsToTell) return undefined;
    return 'every advantage is 0 and nothing is learned, because every step is alone in its bin (group/singleton_frac 1) and a group of one has nothing to be compared with; take more environments, coarser bins, or baseline leave-one-out';
  };
}
