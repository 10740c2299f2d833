/**
 * What grids of bins are laid over instead of the observation itself: coordinates that are fitted to earlier iterations, so that no bin depends on the
 * actions that are being judged (arXiv 2510.03679, proposition 1).
 */
import type { AdvantageBatch, Floats } from '../batch.ts';

/** The coordinates that there are, besides the observation itself. */
export const coordinateNames = ['scaled', 'quantiles', 'projection', 'clusters'] as const;
/** One of {@link coordinateNames}. */
export type CoordinateName = (typeof coordinateNames)[number];

/** A map of observations, with its memory. */
export interface Coordinates {
  /** For messages. */
  readonly name: string;
  /** How many coordinates an observation has. */
  readonly size: number;
  /** Writes the coordinates of the observation at `observations[place ..]` to `out[at ..]`. */
  write(observations: Floats, place: number, out: Float64Array, at: number): void;
  /** Takes what an iteration saw, (count, D), into account from the next one on. */
  learn(observations: Floats, count: number): void;
  /** What it keeps from one iteration to the next, by name. */
  readonly kept: () => Readonly<Record<string, Float64Array>>;
}

/** The coordinates of every observation of an array. */
function mapped(coordinates: Coordinates, observations: Floats, depth: number): Float64Array {
  const count = observations.length / depth;
  const out = new Float64Array(count * coordinates.size);
  for (let i = 0; i < count; i++) coordinates.write(observations, i * depth, out, i * coordinates.size);
  return out;
}

/** The batch with coordinates in the place of observations, for bins to be laid over; coordinates learn from it for the next. */
export function inCoordinates(batch: AdvantageBatch, coordinates: Coordinates): AdvantageBatch {
  const { observations, observationSize: depth, edgeObservations, finalObservations } = batch;
  if (!observations || !depth) return batch;
  const seen = {
    ...batch,
    observations: mapped(coordinates, observations, depth),
    observationSize: coordinates.size,
    ...(edgeObservations && { edgeObservations: mapped(coordinates, edgeObservations, depth) }),
    ...(finalObservations && { finalObservations: mapped(coordinates, finalObservations, depth) }),
  };
  coordinates.learn(observations, observations.length / depth);
  return seen;
}
