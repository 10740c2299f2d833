import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box } from '../../src/core/space.ts';
import { checkEnv, generateRandomMap, makeEnv, makeVectorEnv, vectorize } from '../../src/envs/index.ts';
import recorded from '../fixtures/environments/frozenlake.json' with { type: 'json' };
import { playGroup, playResets, type RecordedGroup } from './toyTextEpisodes.ts';

describe('FrozenLake against Gymnasium', () => {
  it.each(recorded.groups as RecordedGroup[])('$id, $kwargs, $policy: 1,000 episodes have the same bits', async (group) => {
    expect(await playGroup(group)).toEqual(group.sequences);
    expect(group.episodes * group.sequences.length).toBe(1000);
  });

  it.each(recorded.resets)('$id, $kwargs: eleven seeds give the same first tiles', async (resets) => {
    expect(await playResets(resets)).toEqual(resets.resets);
  });

  it('has the same limits and thresholds', async () => {
    const { standardRegistry } = await import('../../src/envs/index.ts');
    for (const [id, { maxEpisodeSteps, rewardThreshold, actionSpace }] of Object.entries(recorded.environments)) {
      expect(standardRegistry().get(id)).toMatchObject({ maxEpisodeSteps, rewardThreshold, actionSpace: { n: actionSpace.n } });
    }
  });

  it('draws the same random maps', () => {
    for (const { map, seed, ...options } of recorded.maps) expect(generateRandomMap({ ...options, seed: BigInt(seed) })).toEqual(map);
  });
});

/** A lake without slipping, and the walk over it. */
async function walk(actions: readonly number[], options: Readonly<Record<string, unknown>> = {}) {
  const env = await makeEnv<string>('FrozenLake-v1', { isSlippery: false, ...options });
  const first = env.reset({ seed: 1 });
  return [first, ...actions.map((action) => env.step(action))] as const;
}

describe('a lake', () => {
  it('is left, down, right, up; the edge holds, a hole ends the walk', async () => {
    const steps = await walk([0, 3, 2, 2, 0, 1]);
    expect(steps.map(({ observation }) => observation)).toEqual([0, 0, 0, 1, 2, 1, 5]);
    expect(steps.at(-1)).toEqual({ observation: 5, reward: 0, terminated: true, truncated: false, info: { prob: 1 } });
  });

  it('pays 1 at the goal, or what rewardSchedule says', async () => {
    const way = [1, 1, 2, 2, 1, 2];
    const paid = async (options: object): Promise<unknown[]> =>
      (await walk(way, { ...options })).slice(1).map((step) => 'reward' in step && step.reward);
    expect(await paid({})).toEqual([0, 0, 0, 0, 0, 1]);
    expect(await paid({ rewardSchedule: [5, -1, -0.25] })).toEqual([-0.25, -0.25, -0.25, -0.25, -0.25, 5]);
    expect((await walk([2, 1], { rewardSchedule: [5, -1, -0.25] })).at(-1)).toMatchObject({ reward: -1, terminated: true });
  });

  it('goes where it was meant to with probability successRate, and else to either side alike', async () => {
    const env = await makeEnv('FrozenLake-v1', { desc: ['FFF', 'FSF', 'FFF'], successRate: 0.7 });
    const seen = new Map<number, number>();
    for (let k = 0; k < 4000; k++) {
      env.reset(k === 0 ? { seed: 3 } : {});
      const { observation, info } = env.step(2);
      seen.set(observation, (seen.get(observation) ?? 0) + 1);
      expect(info.prob).toBe(observation === 5 ? 0.7 : (1 - 0.7) / 2);
    }
    // Right, down and up of the middle. Three standard deviations of 4,000 draws are 0.022 and 0.017.
    expect([...seen.keys()].sort()).toEqual([1, 5, 7]);
    expect(Math.abs(seen.get(5)! / 4000 - 0.7)).toBeLessThan(0.022);
    for (const cell of [1, 7]) expect(Math.abs(seen.get(cell)! / 4000 - 0.15)).toBeLessThan(0.017);
  });

  it('is cut after 100 steps, and after 200 on 8 x 8 tiles', async () => {
    for (const [id, limit] of [
      ['FrozenLake-v1', 100],
      ['FrozenLake8x8-v1', 200],
    ] as const) {
      const env = await makeEnv(id, { isSlippery: false });
      env.reset({ seed: 0 });
      const ends = Array.from({ length: limit }, () => env.step(0)).map(({ truncated }) => truncated);
      expect(ends.indexOf(true)).toBe(limit - 1);
      expect(() => env.step(0)).toThrow(/after the episode ended/);
    }
  });

  it('of another size has a space of that size', async () => {
    const desc = ['SFF', 'FHG'];
    const space = async (observation?: string) =>
      (await makeEnv<string>('FrozenLake-v1', { desc, ...(observation && { observation }) })).observationSpace;
    expect(await space()).toMatchObject({ kind: 'discrete', n: 6 });
    expect(await space('index')).toEqual(box(0, 5, [1]));
    expect(await space('row-column')).toEqual(box(0, [1, 2], [2]));
    const steps = await walk([2, 2, 1], { desc, observation: 'row-column' });
    expect(steps.map(({ observation }) => [...(observation as Float32Array)])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    const random = await makeEnv('FrozenLake8x8-v1', { mapName: 'random', mapSize: 5, mapSeed: 4, frozenProbability: 0.65 });
    random.reset({ seed: 0 });
    expect(random.scene!()).toMatchObject({ map: generateRandomMap({ size: 5, seed: 4, frozenProbability: 0.65 }) });
  });

  it.each([
    {},
    { desc: ['SFSG', 'FFHF'] },
    { mapName: 'random', isSlippery: false },
    { observation: 'index' },
    { observation: 'row-column' },
  ])('is sound with %j, and N at once are N single ones', async (options) => {
    expect(checkEnv(await makeEnv<string>('FrozenLake-v1', options))).toMatchObject({ ok: true, problems: [], resumable: true });
    const limits = { ...options, maxEpisodeSteps: 20 };
    const fast = await makeVectorEnv('FrozenLake-v1', 3, { options: limits });
    const lifted = vectorize(await Promise.all([1, 2, 3].map(() => makeEnv<string>('FrozenLake-v1', limits))));
    for (const env of [fast, lifted]) env.reset([1, 2, 3]);
    for (let t = 0; t < 150; t++) {
      for (const env of [fast, lifted]) env.step(Int32Array.of(t & 3, (t >> 1) & 3, 1 + (t & 1)));
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations', 'episodeReturns'] as const)
        expect(fast[name]).toEqual(lifted[name]);
    }
  });

  it('goes on from its state to the same walk', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => makeVectorEnv('FrozenLake-v1', 4)));
    one!.reset([1, 2, 3, 4]);
    for (let t = 0; t < 9; t++) one!.step(Int32Array.of(1, 2, 1, 2));
    other!.setState(one!.getState()!);
    for (let t = 0; t < 60; t++) {
      for (const env of [one!, other!]) env.step(Int32Array.of(t & 3, 1, 2, 1));
      expect(other!.getState()).toEqual(one!.getState());
    }
  });
});

describe('a map', () => {
  it.each([
    [{ desc: [] }, /desc: expected a list of rows, texts of equal length of the letters S, F, H, G, got \[\]/],
    [{ desc: 'SFFG' }, /desc: expected a list of rows, .* got "SFFG"/],
    [{ desc: ['SF', 'F'] }, /got 1 letters in row 1 and 2 in row 0/],
    [{ desc: ['SF', 'FX'] }, /got "X" at letter 1 of row 1/],
    [{ desc: ['SF', 3] }, /got 3 as row 1/],
    [{ desc: ['', ''] }, /got "" as row 0/],
    [{ desc: ['FF', 'FG'] }, /desc: expected at least one S, the start, got none; write S/],
    [{ desc: ['S'.repeat(101)] }, /desc: expected at most 100 x 100 tiles, got 1 x 101/],
    [{ mapName: '5x5' }, /mapName: expected one of 4x4, 8x8, random, got "5x5"/],
    [{ mapSize: 4 }, /mapSize: expected it with a random map, got another map; add mapName random/],
    [{ mapName: 'random', desc: ['SG'], mapSeed: 1 }, /mapSeed: expected it with a random map/],
    [{ mapName: 'random', mapSize: 1 }, /size: expected a whole number from 2 to 100, got 1/],
    [{ mapName: 'random', mapSeed: -1 }, /mapSeed: expected a whole number of at least 0, got -1/],
    [
      { mapName: 'random', mapSize: 30, frozenProbability: 0.2 },
      /frozenProbability: expected a probability at which some map .* got 0.2; raise it/,
    ],
    [{ successRate: 1.5 }, /successRate: expected a number from 0 to 1, got 1.5/],
    [{ rewardSchedule: [1, 0] }, /rewardSchedule: expected a list of 3 finite numbers \(goal, hole, ice\), got \[1, 0\]/],
    [{ rewardSchedule: [1, 0, Number.NaN] }, /rewardSchedule: expected a list of 3 finite numbers/],
    [{ isSlipery: true }, /did you mean isSlippery\?/],
  ])('%j is refused', async (options, message) => {
    await expect(makeEnv<string>('FrozenLake-v1', options)).rejects.toThrow(message);
  });

  it('that is drawn has a start, a goal, and a way between them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0.6, max: 1, noNaN: true }),
        fc.nat(),
        (size, frozenProbability, seed) => {
          const map = generateRandomMap({ size, frozenProbability, seed });
          expect(map).toHaveLength(size);
          for (const row of map) expect(row).toMatch(new RegExp(`^[SFHG]{${size}}$`));
          expect([map[0]![0], map.at(-1)!.at(-1), map.join('').match(/[SG]/g)!.length]).toEqual(['S', 'G', 2]);
          // As far as one comes, tile by tile.
          const reached = new Set([0]);
          for (const cell of reached) {
            const [row, column] = [Math.floor(cell / size), cell % size];
            for (const [r, c] of [
              [row - 1, column],
              [row + 1, column],
              [row, column - 1],
              [row, column + 1],
            ] as const)
              if ((map[r]?.[c] ?? 'H') !== 'H') reached.add(r * size + c);
          }
          expect(reached.has(size * size - 1)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
