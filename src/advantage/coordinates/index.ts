/** The coordinates that grids of bins are laid over, by name: one file each. */
import { clusters } from './clusters.ts';
import type { CoordinateName, Coordinates } from './coordinates.ts';
import { projection } from './projection.ts';
import { quantiles } from './quantiles.ts';
import { scaled } from './scaled.ts';

/** What makes each of them, without a memory yet. */
export const coordinateMaps: Readonly<Record<CoordinateName, (shape: { readonly observationSize: number }) => Coordinates>> = {
  scaled,
  quantiles,
  projection,
  clusters,
};
