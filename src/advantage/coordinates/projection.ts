/**
 * The signs of a few fixed random projections of the observation, after scaling (M. Charikar 2002; H. Tang et al., arXiv 1611.04717, section 2.3, count
 * states in this way): 2^k cells, however many dimensions there are.
 */
import type { Coordinates } from './coordinates.ts';
import { scaled } from './scaled.ts';

/** Projections: 16 cells; an own choice. */
const numProjections = 4;

/** A number in -1 .. 1 that is the same every time: the top bits of a multiplied counter (D. Knuth, The Art of Computer Programming 6.4). */
const direction = (k: number): number => (Math.imul(k + 1, 2654435761) >>> 8) / 2 ** 23 - 1;

/** Observations as signs of projections. */
export function projection(shape: { readonly observationSize: number }): Coordinates {
  const { observationSize: size } = shape;
  const scales = scaled(shape);
  const one = new Float64Array(size);
  return {
    ...scales,
    name: 'projection',
    size: numProjections,
    write(observations, place, out, at) {
      scales.write(observations, place, one, 0);
      for (let k = 0; k < numProjections; k++) {
        let sum = 0;
        for (let d = 0; d < size; d++) sum += direction(k * size + d) * one[d]!;
        out[at + k] = sum > 0 ? 1 : 0;
      }
    },
  };
}
