/**
 * Observations over their standard deviations, so that one bin width suits every dimension: `z = (s - mean) / deviation`, both over all earlier iterations
 * (B. Welford 1962, in the form of T. Chan et al. 1979 for batches). What is being trained on has no part in them; the first iteration takes s as it is.
 */
import type { Coordinates } from './coordinates.ts';

const square = (x: number): number => x * x;

/** Observations in standard deviations. */
export function scaled({ observationSize: size }: { readonly observationSize: number }): Coordinates {
  // Count, means, sums of squared deviations.
  const kept = new Float64Array(1 + 2 * size);
  return {
    name: 'scaled',
    size,
    write(observations, place, out, at) {
      const count = kept[0]!;
      for (let d = 0; d < size; d++) {
        const value = observations[place + d]!;
        const deviation = count > 1 ? Math.sqrt(kept[1 + size + d]! / count) : 1;
        out[at + d] = count > 1 ? (deviation > 0 ? (value - kept[1 + d]!) / deviation : 0) : value;
      }
    },
    learn(observations, count) {
      const before = kept[0]!;
      const all = before + count;
      for (let d = 0; d < size && count > 0; d++) {
        let mean = 0;
        for (let i = 0; i < count; i++) mean += observations[i * size + d]!;
        mean /= count;
        let squares = 0;
        for (let i = 0; i < count; i++) squares += square(observations[i * size + d]! - mean);
        const apart = mean - kept[1 + d]!;
        kept[1 + d]! += (apart * count) / all;
        kept[1 + size + d]! += squares + (apart * apart * before * count) / all;
      }
      kept[0] = all;
    },
    kept: () => ({ scales: kept }),
  };
}
