/**
 * Groups of one: training that looks alive and learns nothing. Training tells of it by itself, in every program; so this file stands alone, and a page
 * that trains loads nothing else of the room.
 */

// One iteration may be a whim of its episodes.
const iterationsToTell = 3;

/** Whether an iteration, by its metrics, learned nothing because every step was alone in its bin. With a baseline that leaves the own return out, advantages are not 0. */
export function isGroupOfOne(metrics: Readonly<Record<string, number | null>>): boolean {
  return metrics['group/singleton_frac'] === 1 && metrics['advantage/std'] === 0;
}

/**
 * Watches the metrics of the first iterations, in order; gives the warning once, after the third in a row in which every step was alone in its bin and
 * every advantage was 0 for that.
 */
export function watchGroups(): (metrics: Readonly<Record<string, number>>) => string | undefined {
  let seen = 0;
  let alone = 0;
  return (metrics) => {
    if (++seen > iterationsToTell) return undefined;
    if (isGroupOfOne(metrics)) alone++;
    if (alone < iterationsToTell) return undefined;
    return 'every advantage is 0 and nothing is learned, because every step is alone in its bin (group/singleton_frac 1) and a group of one has nothing to be compared with; take more environments, coarser bins, or baseline leave-one-out';
  };
}
