import { describe, expect, it } from 'vitest';
import { cellsOfMatrix, listSeeds, parseMatrix } from '../../src/experiments/matrix.ts';
import { bestOf, drawTrials, halvingRounds, searchSchema } from '../../src/experiments/search.ts';

describe('a matrix', () => {
  const matrix = parseMatrix({
    seeds: '1-2,7',
    settings: { env: 'CartPole-v1', gamma: 0.9 },
    axes: { algorithm: ['gpg', 'ppo'], numEnvs: [1, 4], rate: { low: { learningRate: 1e-4 }, high: { learningRate: 1e-3, gamma: 0.99 } } },
    exclude: [{ algorithm: 'ppo', numEnvs: [1] }],
    seedsOf: [{ where: { numEnvs: 4 }, seeds: 1 }],
    expected: [{ where: { algorithm: 'gpg' }, atLeast: 100 }],
  });

  it('combines its axes, the last one changing fastest, and leaves out what is excluded', () => {
    const cells = cellsOfMatrix(matrix);
    expect(cells.map(({ name }) => name)).toEqual([
      'gpg, numEnvs 1, low',
      'gpg, numEnvs 1, high',
      'gpg, numEnvs 4, low',
      'gpg, numEnvs 4, high',
      'ppo, numEnvs 4, low',
      'ppo, numEnvs 4, high',
    ]);
    expect(cells[1]?.input).toEqual({ env: 'CartPole-v1', gamma: 0.99, algorithm: 'gpg', numEnvs: 1, learningRate: 1e-3 });
    expect(cells[0]?.seeds).toEqual([1, 2, 7]);
    expect(cells[2]?.seeds).toEqual([1]);
    expect(cells.map(({ expected }) => expected.length)).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('is one cell without axes, and listed cells are combined with axes', () => {
    expect(cellsOfMatrix(parseMatrix({ settings: { env: 'CartPole-v1' } })).map(({ name, seeds }) => [name, seeds])).toEqual([
      ['all', [1]],
    ]);
    const listed = parseMatrix({ cells: { one: { gamma: 1 }, two: { gamma: 0.5 } }, axes: { numEnvs: [8] } });
    expect(cellsOfMatrix(listed).map(({ name, input }) => [name, input])).toEqual([
      ['one, numEnvs 8', { gamma: 1, numEnvs: 8 }],
      ['two, numEnvs 8', { gamma: 0.5, numEnvs: 8 }],
    ]);
  });

  it('lists seeds as a number, a list or a text', () => {
    expect(listSeeds(3)).toEqual([1, 2, 3]);
    expect(listSeeds([4, 2])).toEqual([4, 2]);
    expect(listSeeds('2-4,9')).toEqual([2, 3, 4, 9]);
    for (const wrong of ['4-2', 'a', '1,,2', '1-99999999', '1,1']) expect(() => listSeeds(wrong)).toThrow(/expected/);
  });

  it('says what is wrong, where, and what was meant', () => {
    expect(() => parseMatrix({ axis: {} }, 'sweep.yaml')).toThrow('sweep.yaml: expected known fields, got "axis"; did you mean axes?');
    expect(() => parseMatrix({ seeds: -1 }, 'sweep.yaml')).toThrow(/sweep.yaml, seeds/);
    expect(() => parseMatrix({ axes: { numEnvs: [] } })).toThrow(/axes.numEnvs/);
    expect(() => parseMatrix(7)).toThrow(/expected/);
    const stray = parseMatrix({ axes: { numEnvs: [1] }, exclude: [{ numEnv: 1 }] });
    expect(() => cellsOfMatrix(stray)).toThrow('expected an axis of the matrix (numEnvs), got "numEnv"; did you mean numEnvs?');
  });
});

describe('a search', () => {
  it('draws the same trials from the same seed, within their ranges', () => {
    const search = searchSchema.parse({
      trials: 50,
      space: { learningRate: { min: 1e-4, max: 1e-2, scale: 'log' }, numEnvs: { min: 2, max: 9, whole: true }, bins: ['time', 'space'] },
    });
    const drawn = Object.values(drawTrials(search));
    expect(drawTrials(search)).toEqual(drawTrials(search));
    expect(drawn).toHaveLength(50);
    expect(drawn.every(({ learningRate }) => Number(learningRate) >= 1e-4 && Number(learningRate) <= 1e-2)).toBe(true);
    // Half of the draws of a log scale lie below the geometric mean.
    const below = drawn.filter(({ learningRate }) => Number(learningRate) < 1e-3).length;
    expect(below).toBeGreaterThan(15);
    expect(below).toBeLessThan(35);
    expect(new Set(drawn.map(({ bins }) => bins))).toEqual(new Set(['time', 'space']));
    expect(drawn.every(({ numEnvs }) => Number.isInteger(numEnvs) && Number(numEnvs) >= 2 && Number(numEnvs) <= 9)).toBe(true);
    expect(drawTrials({ ...search, seed: 1 })).not.toEqual(drawTrials(search));
  });

  it('halves the field over seeds', () => {
    const rounds = (...[settings, keep, first, seeds]: [number, number, number, number]): string =>
      halvingRounds(settings, keep, first, seeds)
        .map((round) => `${round.settings}x${round.seeds}`)
        .join(' ');
    expect(rounds(8, 0.5, 1, 8)).toBe('8x1 4x2 2x4 1x8');
    expect(rounds(3, 0.5, 1, 3)).toBe('3x1 2x2 1x3');
    expect(rounds(9, 1 / 3, 2, 10)).toBe('9x2 3x6 1x10');
    expect(rounds(4, 0.5, 3, 3)).toBe('4x3');
  });

  it('ranks by score, the order of the matrix among equals, those without a score last', () => {
    const scores: Record<string, number | undefined> = { a: 1, b: undefined, c: 3, d: 1 };
    expect(bestOf(['a', 'b', 'c', 'd'], (name) => scores[name], 4, false)).toEqual(['c', 'a', 'd', 'b']);
    expect(bestOf(['a', 'b', 'c', 'd'], (name) => scores[name], 2, true)).toEqual(['a', 'd']);
  });
});
