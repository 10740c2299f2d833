import { describe, expect, it } from 'vitest';
import type { Cell, RunResult } from '../../src/experiments/result.ts';
import { learningCurve } from '../../src/report/curves.ts';
import { linePanels, panelsByTarget } from '../../src/report/panels.ts';
import { aggregateScores, improvements, scoreProfiles } from '../../src/report/scores.ts';
import { cellOf, runOf } from './runs.ts';

const usual = { x: 'step', from: 'sampled', average: 'mean' } as const;
/** Runs that were evaluated at these steps with these scores. */
const evaluated = (...lines: readonly (readonly (readonly [number, number])[])[]): Cell =>
  cellOf(
    'cell',
    lines.map((line, seed) => runOf({ seed, evaluations: line })),
  );

describe('learningCurve', () => {
  it("is the mean over seeds with Student's interval: 2 -+ 4.3027 / sqrt(3) of 1 2 3", () => {
    const { name, points } = learningCurve(evaluated([[0, 1]], [[0, 2]], [[0, 3]]), usual);
    expect(name).toBe('cell');
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ x: 0, y: 2 });
    expect(points[0]!.low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
    expect(points[0]!.high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
  });

  it('puts seeds with other grids on one, each with its last value at or before', () => {
    const first: [number, number][] = [
      [0, 0],
      [10, 10],
      [30, 30],
    ];
    const second: [number, number][] = [
      [0, 2],
      [20, 20],
      [30, 40],
    ];
    const { points } = learningCurve(evaluated(first, second), usual);
    expect(points.map(({ x, y }) => [x, y])).toEqual([
      [0, 1],
      [10, 6],
      [20, 15],
      [30, 35],
    ]);
  });

  it('has a band only where every seed has data, and no line where fewer than half have', () => {
    const long: [number, number][] = [
      [0, 0],
      [10, 1],
      [20, 2],
    ];
    const { points } = learningCurve(evaluated(long, long.slice(0, 2), long.slice(0, 1)), usual);
    expect(points.map(({ x, low }) => [x, low !== undefined])).toEqual([
      [0, true],
      [10, false],
    ]);
  });

  it('has no band for a single seed', () => {
    expect(
      learningCurve(
        evaluated([
          [0, 1],
          [5, 2],
        ]),
        usual,
      ).points,
    ).toEqual([
      { x: 0, y: 1 },
      { x: 5, y: 2 },
    ]);
  });

  it('iqm leaves out the outer quarters, with a band inside the range of the seeds and the same twice', () => {
    const cell = evaluated([[0, 1]], [[0, 2]], [[0, 4]], [[0, 900]]);
    const [point] = learningCurve(cell, { ...usual, average: 'iqm' }).points;
    expect(point!.y).toBe(3);
    expect(point!.low).toBeGreaterThanOrEqual(1);
    expect(point!.high).toBeLessThanOrEqual(900);
    expect(learningCurve(cell, { ...usual, average: 'iqm' }).points).toEqual([point]);
  });

  it('takes iterations and seconds of the evaluations', () => {
    const cell = cellOf('cell', [
      runOf({
        evaluations: [
          [0, 1],
          [100, 3],
        ],
        iterations: [0, 5],
        seconds: [0.5, 2.5],
      }),
    ]);
    expect(learningCurve(cell, { ...usual, x: 'iteration' }).points.map(({ x }) => x)).toEqual([0, 5]);
    expect(learningCurve(cell, { ...usual, x: 'time' }).points.map(({ x }) => x)).toEqual([0.5, 2.5]);
  });

  it('weighs training episodes by their number in each of 50 stretches, and leaves out stretches without any', () => {
    // 100 steps: stretches of 2. Steps 1 and 2 are one stretch, 3 the next, 100 the last.
    const episodes = { progress: [1, 2, 3, 50, 100], count: [1, 3, 2, 0, 1], return: [10, 20, 5, 0, 7] };
    const run: RunResult = {
      ...runOf({
        evaluations: [
          [0, 0],
          [100, 0],
        ],
      }),
      episodes,
    };
    const { points } = learningCurve(cellOf('cell', [run]), { ...usual, from: 'episodes' });
    expect(points).toEqual([
      { x: 2, y: 17.5 },
      { x: 4, y: 5 },
      { x: 100, y: 7 },
    ]);
  });

  it('gives no points where nothing was measured, and refuses an unknown axis', () => {
    expect(learningCurve(cellOf('cell', [runOf({})]), { ...usual, from: 'episodes' }).points).toEqual([]);
    expect(() => learningCurve(evaluated([[0, 1]]), { ...usual, x: 'steps' as 'step' })).toThrow(
      'learningCurve: x: expected one of step, iteration, time, got "steps"; did you mean step?',
    );
  });
});

describe('final scores', () => {
  const cells = [evaluated([[0, 1]], [[0, 3]]), { ...evaluated([[0, 2]], [[0, 3]]), name: 'other' }];

  it('profiles are the shares of runs above tau', () => {
    const [first, second] = scoreProfiles(cells, 'sampled');
    // Both runs may be drawn as 1 or as 3: the band of the share above 1 is 0 to 1; above the highest there is nothing.
    expect(first!.points).toEqual([
      { x: 1, y: 0.5, low: 0, high: 1 },
      { x: 3, y: 0, low: 0, high: 0 },
    ]);
    expect(second!.points).toEqual([
      { x: 1, y: 1, low: 1, high: 1 },
      { x: 2, y: 0.5, low: 0, high: 1 },
      { x: 3, y: 0, low: 0, high: 0 },
    ]);
  });

  it('2 3 against 1 3: two of four pairs are better, one is a tie: 0.625', () => {
    expect(improvements(cells, 'sampled')).toMatchObject([{ name: 'other', estimate: 0.625 }]);
    const { low, high } = improvements(cells, 'sampled')[0]!;
    // 2 2 against 3 3 is the worst resample, 3 3 against 1 1 the best.
    expect([low, high]).toEqual([0, 1]);
  });

  it('a single run has a score and a profile without an interval', () => {
    const [alone] = scoreProfiles([evaluated([[0, 4]])], 'sampled');
    expect(alone!.points).toEqual([{ x: 4, y: 0 }]);
    expect(aggregateScores([evaluated([[0, 4]])], 'sampled')).toEqual([{ name: 'cell', estimate: 4 }]);
  });
});

describe('panels', () => {
  const named = (count: number, method: string): Cell[] =>
    Array.from({ length: count }, (_, k) => cellOf(`T, ${method}, numEnvs ${2 ** k}, same`, [runOf({ method })]));

  it('names leave out the target and what all cells of it have', () => {
    const [panel] = panelsByTarget([...named(1, 'gpg'), ...named(1, 'ppo')]);
    expect(panel).toMatchObject({ title: 'T', cells: [{ name: 'gpg' }, { name: 'ppo' }] });
  });

  it('more than eight cells are split by method, then evenly, numbers in rising order', () => {
    const panels = linePanels([...named(3, 'gpg'), ...named(9, 'ppo').reverse()]);
    expect(panels.map(({ title, cells }) => [title, cells.length])).toEqual([
      ['T, gpg', 3],
      ['T, ppo (1 of 2)', 5],
      ['T, ppo (2 of 2)', 4],
    ]);
    expect(panels[1]!.cells.map(({ name }) => name)).toEqual([1, 2, 4, 8, 16].map((n) => `numEnvs ${n}`));
  });
});
