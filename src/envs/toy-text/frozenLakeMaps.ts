/** Maps of FrozenLake: S start, F frozen, H hole, G goal. */
import type { Seed } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { createEnvGenerator } from '../seeding.ts';
import { Grid } from './grid.ts';

/** The maps that have a name in Gymnasium (`gymnasium/envs/toy_text/frozen_lake.py`, `MAPS`). */
export const lakeMaps = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
} as const;

/** Rows and columns of a map, at most: one input of the network for each tile. */
export const largestLake = 100;

/** Tiles that are drawn in search of a map before the search is given up: a fraction of a second. */
const mostTiles = 1_000_000;

/** What {@link generateRandomMap} draws. */
export interface RandomMapOptions {
  /** Rows and columns, 2 to 100. Default 8. */
  readonly size?: number;
  /** How likely a tile is frozen, 0 to 1; the others are holes. Default 0.8. */
  readonly frozenProbability?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

/** Whether a way without holes leads from the first tile to the last one; `ways` as of {@link Grid}. */
function isPassable(frozen: Uint8Array, ways: Uint16Array): boolean {
  const reached = new Set([0]);
  // A set gives what is added while one goes through it.
  for (const cell of reached) for (const next of ways.subarray(4 * cell, 4 * cell + 4)) if (frozen[next] === 1) reached.add(next);
  return reached.has(frozen.length - 1);
}

/**
 * A square map with the start in the first corner, the goal in the last, and a way between them: the very map of Gymnasium's
 * `generate_random_map(size, p, seed)`. Throws {@link CohortError} for a size, probability or seed that is none, and where no map with a way is found.
 *
 * Example: `generateRandomMap({ size: 4, seed: 1 })`.
 */
export function generateRandomMap({ size = 8, frozenProbability = 0.8, seed = 0 }: RandomMapOptions = {}): string[] {
  if (!Number.isInteger(size) || size < 2 || size > largestLake) {
    throw mistake('FrozenLake map: size', `a whole number from 2 to ${largestLake}`, show(size), 'give the number of rows');
  }
  if (!(frozenProbability >= 0 && frozenProbability <= 1)) {
    throw mistake('FrozenLake map: frozenProbability', 'a number from 0 to 1', show(frozenProbability), 'Gymnasium has 0.8');
  }
  const generator = createEnvGenerator(seed);
  // NumPy's `choice` compares with the cumulative sums of p and 1 - p, divided by the last of them.
  const threshold = frozenProbability / (frozenProbability + (1 - frozenProbability));
  const frozen = new Uint8Array(size * size);
  const ways = new Grid(size, size).ways(['left', 'right', 'up', 'down']);
  for (let tiles = 0; tiles < mostTiles; tiles += frozen.length) {
    for (let k = 0; k < frozen.length; k++) frozen[k] = generator.random() < threshold ? 1 : 0;
    frozen[0] = frozen[frozen.length - 1] = 1;
    if (isPassable(frozen, ways)) return rowsOf(frozen, size);
  }
  const expected = 'a probability at which some map of this size has a way from start to goal';
  throw mistake('FrozenLake map: frozenProbability', expected, show(frozenProbability), 'raise it, or take a smaller size');
}

function rowsOf(frozen: Uint8Array, size: number): string[] {
  const letters = Array.from(frozen, (isFrozen, cell) => (cell === 0 ? 'S' : cell === frozen.length - 1 ? 'G' : isFrozen ? 'F' : 'H'));
  return Array.from({ length: size }, (_, row) => letters.slice(row * size, (row + 1) * size).join(''));
}
