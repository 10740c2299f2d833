/**
 * The number of the nearest of a few centers, which one step of k-means moves after every iteration (S. Lloyd 1982), after scaling. The centers are those of
 * earlier iterations; the first iteration is one cell.
 */
import type { Coordinates } from './coordinates.ts';
import { scaled } from './scaled.ts';

const square = (x: number): number => x * x;

/** Centers: an own choice. */
const numClusters = 16;

/** Observations as the numbers of clusters. */
export function clusters(shape: { readonly observationSize: number }): Coordinates {
  const { observationSize: size } = shape;
  const scales = scaled(shape);
  // (K, D), and in the last entry whether there are any yet.
  const centers = new Float64Array(numClusters * size + 1);
  const [one, sums, counts] = [new Float64Array(size), new Float64Array(numClusters * size), new Int32Array(numClusters)];
  const nearest = (): number => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let k = 0; k < numClusters; k++) {
      let distance = 0;
      for (let d = 0; d < size; d++) distance += square(one[d]! - centers[k * size + d]!);
      if (distance < least) [best, least] = [k, distance];
    }
    return best;
  };
  return {
    name: 'clusters',
    size: 1,
    write(observations, place, out, at) {
      scales.write(observations, place, one, 0);
      out[at] = centers[numClusters * size] === 1 ? nearest() : 0;
    },
    learn(observations, count) {
      scales.learn(observations, count);
      if (count < numClusters) return;
      if (centers[numClusters * size] === 0) {
        // The first centers are observations, evenly spread over the rollout.
        for (let k = 0; k < numClusters; k++) {
          scales.write(observations, Math.floor((k * count) / numClusters) * size, one, 0);
          centers.set(one, k * size);
        }
        centers[numClusters * size] = 1;
        return;
      }
      sums.fill(0);
      counts.fill(0);
      for (let i = 0; i < count; i++) {
        scales.write(observations, i * size, one, 0);
        const k = nearest();
        counts[k]!++;
        for (let d = 0; d < size; d++) sums[k * size + d]! += one[d]!;
      }
      for (let k = 0; k < numClusters; k++) {
        for (let d = 0; d < size && counts[k]! > 0; d++) centers[k * size + d] = sums[k * size + d]! / counts[k]!;
      }
    },
    kept: () => ({ ...scales.kept(), centers }),
  };
}
