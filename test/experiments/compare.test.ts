import { describe, expect, it } from 'vitest';
import { differingFields, groupRuns } from '../../src/experiments/cells.ts';
import { baselinesOf, cellStatistics, compareCells, compareOverall, scoresAsCsv, scoresForRliable } from '../../src/experiments/compare.ts';
import { type Cell, finalScore, lastEpisodesScore } from '../../src/experiments/result.ts';
import { makeResult } from './makeResult.ts';

const cell = (name: string, scores: readonly number[], target = 'Toy'): Cell => ({
  name,
  runs: scores.map((score, index) => makeResult({ cell: name, target, seed: index + 1, scores: [score] })),
});

describe('runs as cells', () => {
  it('belong together where they differ in the seed only, and are named by what differs', () => {
    const other = groupRuns([
      makeResult({ identity: 'a', seed: 1 }),
      makeResult({ identity: 'b', seed: 1 }),
      makeResult({ identity: 'a', seed: 1 }),
    ]);
    // The same settings and seed with another identity, after a change of behavior, are not mixed.
    expect(other.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['Toy, gpg', 1],
      ['Toy, gpg (another behavior, b)', 1],
    ]);
    const run = (method: string, settings: Record<string, unknown>, seed = 1) =>
      makeResult({ method, settings: { algorithm: method, ...settings }, seed });
    const cells = groupRuns([
      run('gpg', { numEnvs: 4, envOptions: {} }),
      run('ppo', { numEnvs: 4, gaeLambda: 0.9 }),
      run('gpg', { numEnvs: 4, envOptions: {} }, 2),
      run('gpg', { numEnvs: 16, envOptions: { wind: true } }),
      run('gpg', { numEnvs: 4, envOptions: {} }, 2),
    ]);
    expect(cells.map(({ name, runs }) => [name, runs.map(({ seed }) => seed)])).toEqual([
      ['gpg, no envOptions, numEnvs 4', [1, 2]],
      ['ppo', [1]],
      ['gpg, wind true, numEnvs 16', [1]],
    ]);
    expect(groupRuns([run('gpg', { a: 1 })])[0]?.name).toBe('Toy, gpg');
    expect(
      differingFields([
        { a: 1, b: [2] },
        { a: 1, b: [2], c: null },
      ]),
    ).toEqual(['c']);
    expect(groupRuns([])).toEqual([]);
    // A run that failed has no score, whatever it had reached.
    expect(finalScore(makeResult({ status: 'failed', scores: [9] }), 'sampled')).toBeUndefined();
  });
});

describe('scores', () => {
  it('of training episodes are those of the last tenth, each episode alike', () => {
    const episodes = { progress: [80, 90, 100], count: [9, 2, 4], return: [0, 1, 7] };
    expect(lastEpisodesScore(makeResult({ episodes }))).toBe(7);
    expect(lastEpisodesScore(makeResult({ episodes: { ...episodes, progress: [80, 95, 100] } }))).toBe((2 + 28) / 6);
    expect(lastEpisodesScore(makeResult({ episodes: { ...episodes, count: [9, 2, 0] } }))).toBeUndefined();
    expect(lastEpisodesScore(makeResult())).toBeUndefined();
  });
});

describe('a comparison', () => {
  it('gives each cell its mean, its interquartile mean and its range', () => {
    const found = cellStatistics(cell('a', [1, 2, 3, 10]));
    expect(found).toMatchObject({ scores: [1, 2, 3, 10], lowest: 1, highest: 10, mean: { estimate: 4 }, iqm: { estimate: 2.5 } });
    expect(cellStatistics(cell('a', [1, 2, 3, 10]))).toEqual(found);
    const many = cell('a', [1, 2, 3, 10, 4.5, 17, 0.3, 8]);
    expect(cellStatistics(many, { seed: 1, resamples: 50 }).iqm).not.toEqual(cellStatistics(many, { resamples: 50 }).iqm);
    expect(cellStatistics(cell('a', [7]))).toMatchObject({
      mean: { estimate: 7, low: Number.NaN, high: Number.NaN },
      iqm: { estimate: 7, low: Number.NaN, high: Number.NaN },
    });
    expect(
      cellStatistics({
        name: 'a',
        runs: [makeResult({ evaluations: { iteration: [], progress: [], seconds: [], sampled: [], greedy: [] } })],
      }).mean,
    ).toBeUndefined();
  });

  it('compares with the first cell of the target, or the one that is named, and corrects for how many', () => {
    const cells = [cell('a', [1, 2, 3]), cell('b', [11, 12, 13]), cell('c', [1, 2, 4]), cell('d', [5, 6], 'Other')];
    const found = compareCells(cells);
    expect(found.map(({ against }) => against?.reading)).toEqual([undefined, 'higher', 'no difference shown', undefined]);
    expect(found[1]?.against).toMatchObject({ baseline: 'a', difference: { estimate: 10 }, improvement: { estimate: 1 } });
    // Two comparisons: the smaller p-value counts twice.
    expect(found[1]?.against?.pValue).toBe(found[1]!.against!.difference.pValue * 2);
    expect(compareCells(cells, { baseline: 'b' })[0]?.against).toMatchObject({ baseline: 'b', reading: 'lower' });
    expect(() => compareCells(cells, { baseline: 'e' })).toThrow(/the name of a cell/);
    const grid = [cell('A, gpg', [1, 2], 'A'), cell('A, ppo', [3, 4], 'A'), cell('B, gpg', [5, 6], 'B'), cell('B, ppo', [7, 8], 'B')];
    // A part of the name is the baseline of every target.
    expect([...baselinesOf(grid, 'ppo')]).toEqual(['A, ppo', 'B, ppo']);
    expect(compareCells(grid, { baseline: 'ppo' }).map(({ against }) => against?.baseline)).toEqual([
      'A, ppo',
      undefined,
      'B, ppo',
      undefined,
    ]);
  });

  it('pairs runs of the same seed where that is asked for', () => {
    const [a, b] = [cell('a', [1, 20, 300]), cell('b', [2, 21.5, 301])];
    expect(compareCells([a, b])[1]?.against?.reading).toBe('no difference shown');
    const paired = compareCells([a, { ...b, runs: [...b.runs].reverse() }], { paired: true })[1]?.against;
    expect(paired).toMatchObject({ difference: { freedom: 2 }, reading: 'higher', mannWhitney: undefined });
    expect(paired?.difference.estimate).toBeCloseTo(3.5 / 3, 12);
    // Every pair improves, whichever pairs are drawn.
    expect(paired?.improvement).toEqual({ estimate: 1, low: 1, high: 1 });
    // Without pairs, 5 of 9 do.
    expect(compareCells([a, b])[1]?.against?.improvement.estimate).toBeCloseTo(6 / 9, 12);
  });
});

describe('raw scores', () => {
  it('are a table that no spreadsheet takes for formulas', () => {
    const text = scoresAsCsv([cell('a, "b"', [1]), cell('=1+1', [2])]);
    expect(text.split('\n')[1]).toMatch(/^Toy,gpg,"a, ""b""",1,1,1,100,1,/);
    expect(text.split('\n')[2]).toContain(",'=1+1,1,2,2,");
  });

  it('have rliable’s shape: by method, runs x tasks, cut to the runs that all tasks have', () => {
    const cells = [
      cell('A, gpg', [1, 2, 3], 'A'),
      cell('B, gpg', [4, 5], 'B'),
      cell('A, ppo', [6], 'A'),
      cell('B, ppo', [7], 'B'),
      cell('A, alone', [8], 'A'),
    ];
    expect(scoresForRliable(cells)).toEqual({
      tasks: ['A', 'B'],
      scores: {
        gpg: [
          [1, 4],
          [2, 5],
        ],
        ppo: [[6, 7]],
      },
      left: 1,
      incomplete: ['alone'],
    });
    expect(scoresForRliable([cell('Toy, gpg', [1])]).scores).toEqual({ gpg: [[1]] });
    // Two cells that would be one method keep their names.
    expect(Object.keys(scoresForRliable([cell('x', [1], 'A'), cell('A, x', [2], 'A')]).scores)).toEqual(['x', 'A, x']);
  });
});

describe('comparisons within values of a setting', () => {
  const at = (method: string, numEnvs: number, scores: readonly number[], target = 'Toy'): Cell => {
    const name = `${target}, numEnvs ${numEnvs}, ${method}`;
    return {
      name,
      runs: scores.map((score, index) => makeResult({ cell: name, target, settings: { numEnvs }, seed: index + 1, scores: [score] })),
    };
  };
  const cells = [
    at('paper', 1, [1, 2, 3]),
    at('ours', 1, [11, 12, 13]),
    at('paper', 4, [21, 22, 23]),
    at('ours', 4, [21, 22, 23]),
    at('ours', 1, [5, 6, 7], 'Other'),
    at('paper', 1, [105, 106, 107], 'Other'),
  ];
  const options = { baseline: 'paper', within: ['numEnvs'] };

  it('have a baseline for each, and one correction for all', () => {
    const compared = compareCells(cells, options);
    expect(compared.map(({ against }) => [against?.baseline, against?.difference.estimate, against?.reading])).toEqual([
      [undefined, undefined, undefined],
      ['Toy, numEnvs 1, paper', 10, 'higher'],
      [undefined, undefined, undefined],
      ['Toy, numEnvs 4, paper', 0, 'no difference shown'],
      ['Other, numEnvs 1, paper', -100, 'lower'],
      [undefined, undefined, undefined],
    ]);
    const alone = compareCells(cells.slice(0, 2), options)[1]!.against!;
    // Three comparisons, of which that of the smallest p-value is the other: the second smallest is doubled.
    expect(compared[1]!.against!.pValue).toBeCloseTo(2 * alone.difference.pValue, 12);
    expect([...baselinesOf(cells, 'paper', ['numEnvs'])]).toEqual([
      'Toy, numEnvs 1, paper',
      'Toy, numEnvs 4, paper',
      'Other, numEnvs 1, paper',
    ]);
  });

  it('are none where a task lacks the baseline', () => {
    const more = [...cells, at('ours', 8, [1, 2, 3])];
    expect(compareCells(more, options).at(-1)!.against).toBeUndefined();
    expect(compareOverall(compareCells(more, options), options)[0]!.tasks).toBe(3);
  });

  it('sum up by method: better in all, in half, in none of the pairs of three tasks', () => {
    const [overall, ...others] = compareOverall(compareCells(cells, options), options);
    expect(others).toEqual([]);
    expect(overall).toMatchObject({ method: 'ours', tasks: 3, improvement: { estimate: 0.5 }, higher: 1, lower: 1 });
    expect(overall!.improvement.low).toBeLessThan(0.5);
  });
});
