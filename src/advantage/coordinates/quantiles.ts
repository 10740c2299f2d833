/**
 * Every dimension of an observation as the number of quantiles of the iteration before that it exceeds: cells that hold equally much, however the
 * observations are spread. What is being trained on has no part in the quantiles; in the first iteration everything is one cell.
 */
import type { Coordinates } from './coordinates.ts';

/** Cells per dimension: an own choice. */
const numCells = 8;

/** Observations in eighths. */
export function quantiles({ observationSize: size }: { readonly observationSize: number }): Coordinates {
  // (D, numCells - 1), ascending; infinite until something was seen.
  const bounds = new Float64Array(size * (numCells - 1)).fill(Number.MAX_VALUE);
  return {
    name: 'quantiles',
    size,
    write(observations, place, out, at) {
      for (let d = 0; d < size; d++) {
        let cell = 0;
        while (cell < numCells - 1 && observations[place + d]! > bounds[d * (numCells - 1) + cell]!) cell++;
        out[at + d] = cell;
      }
    },
    learn(observations, count) {
      if (count === 0) return;
      const values = new Float64Array(count);
      for (let d = 0; d < size; d++) {
        for (let i = 0; i < count; i++) values[i] = observations[i * size + d]!;
        values.sort();
        for (let k = 1; k < numCells; k++)
          bounds[d * (numCells - 1) + k - 1] = values[Math.min(count - 1, Math.floor((k * count) / numCells))]!;
      }
    },
    kept: () => ({ quantiles: bounds }),
  };
}
