/** The worked examples in the comments of the comparisons. */
import { describe, expect, it } from 'vitest';
import {
  aggregateScores,
  contrast,
  improvementInterval,
  mannWhitney,
  meanWithError,
  normalTail,
  optimalityGap,
  performanceProfile,
  sampleEfficiency,
  stratifiedBootstraps,
} from '../../src/statistics/index.ts';

describe('worked examples', () => {
  it('contrast and meanWithError', () => {
    expect(meanWithError([1, 2, 3])).toEqual({ mean: 2, squaredError: 1 / 3, freedom: 2 });
    expect(meanWithError([7])).toBeNull();
    const found = contrast([
      { weight: 1, mean: meanWithError([1, 2, 3])! },
      { weight: -1, mean: meanWithError([0, 0, 3])! },
    ]);
    expect(found.estimate).toBe(1);
    expect(found.standardError).toBeCloseTo(Math.sqrt(4 / 3), 12);
    expect(found.freedom).toBeCloseTo(3.2, 12);
    expect(() => contrast([])).toThrow(/at least 1 term/);
  });

  it('mannWhitney', () => {
    const [x, y] = [
      [19, 22, 16, 29, 24],
      [20, 11, 17, 12],
    ];
    expect(mannWhitney(x, y)).toMatchObject({ u: 17, method: 'exact' });
    expect(mannWhitney(x, y).pValue).toBeCloseTo(0.1111, 4);
    expect(mannWhitney(x, y, 'asymptotic').pValue).toBeCloseTo(0.1113, 4);
    expect(() => mannWhitney([], y)).toThrow(/mannWhitney/);
    expect(() => mannWhitney([Number.NaN], y)).toThrow(/NaN/);
  });

  it('normalTail', () => {
    expect(normalTail(1.959964)).toBeCloseTo(0.05, 6);
    expect(normalTail(0)).toBe(1);
    expect(normalTail(Number.POSITIVE_INFINITY)).toBe(0);
  });

  it('improvementInterval', () => {
    const resamples = ['00', '01', '10', '11'].map((runs) => [[...runs].map(Number), [0]]);
    expect(improvementInterval([[1, 3]], [[2]], resamples, 0.5)).toEqual({ estimate: 0.5, low: 0.375, high: 0.625 });
  });

  it('optimalityGap and aggregateScores', () => {
    expect(
      optimalityGap([
        [0.5, 1.5],
        [0, 1],
      ]),
    ).toBe(0.375);
    const found = aggregateScores(
      [
        [0, 1],
        [0.5, 1.5],
      ],
      [
        [
          [0, 1],
          [0, 1],
        ],
      ],
    );
    expect([found.median, found.mean, found.iqm, found.optimalityGap].map(({ estimate }) => estimate)).toEqual([0.75, 0.75, 0.75, 0.375]);
  });

  it('performanceProfile', () => {
    const [scores, same] = [
      [
        [0, 1],
        [0.5, 2],
      ],
      [
        [
          [0, 1],
          [0, 1],
        ],
      ],
    ];
    const of = (kind: 'runs' | 'tasks') => performanceProfile(scores, [0, 0.5, 1], same, { of: kind }).map(({ estimate }) => estimate);
    expect(of('runs')).toEqual([0.75, 0.5, 0.25]);
    expect(of('tasks')).toEqual([1, 0.5, 0.5]);
  });

  it('sampleEfficiency', () => {
    expect(
      sampleEfficiency(
        [
          [
            [0, 2],
            [1, 4],
          ],
        ],
        [[[0, 1]]],
      ).map(({ estimate }) => estimate),
    ).toEqual([0.5, 3]);
    expect(() => sampleEfficiency([[[0, 2], [1]]], [[[0, 1]]])).toThrow(/the same moments/);
  });

  it('stratifiedBootstraps gives every interval that stratifiedBootstrap would', () => {
    const found = stratifiedBootstraps([[1, 3]], ([runs]) => [runs![0]! + runs![1]!, Math.max(...runs!)], [[[0, 1]], [[1, 1]]], 0.5);
    expect(found.map(({ estimate }) => estimate)).toEqual([4, 3]);
    expect(found[0]).toEqual({ estimate: 4, low: 4.5, high: 5.5 });
  });
});
