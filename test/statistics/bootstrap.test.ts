import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/random/index.ts';
import { drawResamples, mean, stratifiedBootstrap } from '../../src/statistics/index.ts';

describe('the stratified bootstrap', () => {
  it('is as by hand', () => {
    const resamples = [[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]];
    expect(stratifiedBootstrap([[1, 3]], ([runs]) => mean(runs!), resamples, 0.5)).toEqual({ estimate: 2, low: 1.75, high: 2.25 });
  });

  it('draws runs within their task, and every task', () => {
    const scores = [[1, 2, 3], [10], [20, 30]];
    const drawn = [...drawResamples(scores, () => 0.99, 5)];
    expect(drawn).toEqual(Array(5).fill([[2, 2, 2], [0], [1, 1]]));
    const seen = stratifiedBootstrap(scores, (tasks) => tasks.flat().length * 100 + mean(tasks[1]!), drawn);
    expect(seen).toEqual({ estimate: 610, low: 610, high: 610 });
  });

  it('is the same for the same generator', () => {
    const interval = () => {
      const generator = createGenerator(3);
      const scores = [
        [1, 2, 3, 4],
        [5, 6, 9],
      ];
      return stratifiedBootstrap(
        scores,
        (tasks) => mean(tasks.flat()),
        drawResamples(scores, () => generator.random(), 100),
      );
    };
    expect(interval()).toEqual(interval());
  });

  it('has an interval that holds the true mean about 95 % of the time', () => {
    const generator = createGenerator(3);
    let held = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const scores = [Array.from({ length: 30 }, () => generator.standardNormal())];
      const resamples = drawResamples(scores, () => generator.random(), 300);
      const { estimate, low, high } = stratifiedBootstrap(scores, ([runs]) => mean(runs!), resamples);
      expect(low <= estimate && estimate <= high).toBe(true);
      if (low <= 0 && high >= 0) held++;
    }
    // 190 expected, standard deviation 3; the percentile interval is a little short at n = 30.
    expect(held).toBeGreaterThan(176);
    expect(held).toBeLessThan(200);
  });

  it('needs runs of every task, and resamples', () => {
    expect(() => stratifiedBootstrap([[1], []], () => 0, [])).toThrow(/at least 1 run of every task/);
    expect(() => stratifiedBootstrap([[1]], () => 0, [])).toThrow(/at least 1 resample, got 0/);
  });
});
