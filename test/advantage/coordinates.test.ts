/** Coordinates that bins are laid over: each against its definition, and that they know the past alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignBins, createBinWorkspace } from '../../src/advantage/binnings.ts';
import { type Coordinates, coordinateNames, inCoordinates } from '../../src/advantage/coordinates/coordinates.ts';
import { coordinateMaps } from '../../src/advantage/coordinates/index.ts';
import { batchOf } from './helpers.ts';

/** The coordinates of observations, (count, D) in a row. */
function of(coordinates: Coordinates, observations: readonly number[], depth = 1): number[] {
  const out = new Float64Array((observations.length / depth) * coordinates.size);
  for (let i = 0; i < observations.length / depth; i++)
    coordinates.write(Float64Array.from(observations), i * depth, out, i * coordinates.size);
  return [...out];
}

const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 40 });

describe('scaled', () => {
  it('is the observation at first, then in standard deviations of everything before', () => {
    fc.assert(
      fc.property(numbers, numbers, (first, second) => {
        const scaled = coordinateMaps.scaled({ observationSize: 1 });
        expect(of(scaled, [5])).toEqual([5]);
        scaled.learn(Float64Array.from(first), first.length);
        scaled.learn(Float64Array.from(second), second.length);
        const all = [...first, ...second];
        const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
        const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
        fc.pre(deviation > 1e-3);
        expect(Math.abs(of(scaled, [7])[0]! - (7 - mean) / deviation)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('quantiles', () => {
  it('are one cell at first, then eight that hold an eighth each of what was seen', () => {
    const quantiles = coordinateMaps.quantiles({ observationSize: 1 });
    const seen = Array.from({ length: 80 }, (_, i) => (i * 37) % 80);
    expect(new Set(of(quantiles, seen)).size).toBe(1);
    quantiles.learn(Float64Array.from(seen), seen.length);
    const cells = of(quantiles, seen);
    // The bound belongs to the cell below it: the first cell has one more, the last one less.
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((cell) => cells.filter((value) => value === cell).length)).toEqual([11, 10, 10, 10, 10, 10, 10, 9]);
    expect(of(quantiles, [-1e9, 1e9])).toEqual([0, 7]);
  });
});

describe('projection', () => {
  it('are four signs, the opposite ones for the opposite observation', () => {
    const projection = coordinateMaps.projection({ observationSize: 3 });
    const signs = of(projection, [0.3, -2, 1], 3);
    expect(signs).toHaveLength(4);
    expect(signs.every((sign) => sign === 0 || sign === 1)).toBe(true);
    expect(of(projection, [-0.3, 2, -1], 3)).toEqual(signs.map((sign) => 1 - sign));
  });
});

describe('clusters', () => {
  it('find heaps that lie apart', () => {
    const clusters = coordinateMaps.clusters({ observationSize: 1 });
    const heaps = Array.from({ length: 64 }, (_, i) => Math.floor(i / 4) * 10 + (i % 4) * 0.1);
    expect(new Set(of(clusters, heaps)).size).toBe(1);
    for (let iteration = 0; iteration < 4; iteration++) clusters.learn(Float64Array.from(heaps), heaps.length);
    const numbers = of(clusters, heaps);
    expect(new Set(numbers).size).toBe(16);
    for (let i = 0; i < 64; i++) expect(numbers[i]).toBe(numbers[Math.floor(i / 4) * 4]);
  });
});

describe('all of them', () => {
  const shape = { observationSize: 1 };
  const batch = batchOf([
    { rewards: [1, 2, 3], states: [0.1, 5, -3] },
    { rewards: [1, 2, 3], states: [9, 4, 0.2] },
  ]);

  it.each(coordinateNames)('%s: what an iteration sees changes its own bins in nothing', (name) => {
    const [one, other] = [coordinateMaps[name](shape), coordinateMaps[name](shape)];
    inCoordinates(batch, one);
    inCoordinates(batch, other);
    const changed = { ...batch, observations: Float64Array.from(batch.observations!, (value, i) => (i === 3 ? 77 : value)) };
    const [bins, mapped] = [inCoordinates(batch, one).observations!, inCoordinates(changed, other).observations!];
    // Every observation but the changed one has the coordinates that it had.
    for (let i = 0; i < bins.length; i++) if (Math.floor(i / one.size) !== 3) expect(mapped[i]).toBe(bins[i]);
  });

  it.each(coordinateNames)('%s go on from what they keep with the same coordinates, and bins can be laid over them', (name) => {
    const [one, other] = [coordinateMaps[name](shape), coordinateMaps[name](shape)];
    for (let iteration = 0; iteration < 3; iteration++)
      one.learn(
        Float64Array.from({ length: 32 }, (_, i) => ((i + iteration) * 13) % 17),
        32,
      );
    for (const [key, array] of Object.entries(one.kept())) other.kept()[key]!.set(array);
    const [seen, again] = [inCoordinates(batch, one), inCoordinates(batch, other)];
    expect(again.observations).toEqual(seen.observations);
    const { numBins } = assignBins(seen, { bins: 'space' }, createBinWorkspace(3, 2));
    expect(numBins).toBeGreaterThan(0);
  });
});
