/** Every function beside what SciPy, statsmodels and rliable gave (tools/fixtures/record_statistics.py). */
import { describe, expect, it } from 'vitest';
import {
  aggregateScores,
  bonferroni,
  holm,
  interquartileMean,
  mannWhitney,
  mean,
  meanInterval,
  median,
  normalQuantile,
  pairedDifference,
  passAtK,
  performanceProfile,
  probabilityOfImprovement,
  proportionDifference,
  quantile,
  type Scores,
  sampleEfficiency,
  standardDeviation,
  standardError,
  stratifiedBootstrap,
  studentQuantile,
  studentTail,
  variance,
  welchDifference,
  wilsonInterval,
} from '../../src/statistics/index.ts';
import fixture from '../fixtures/statistics/statistics.json' with { type: 'json' };

/** Within 1e-9 of the recorded number, in units of its size where that is above 1. */
function expectNear(actual: number | null | undefined, expected: number, about: string): void {
  const apart = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(apart <= 1e-9, `${about}: ${actual}, recorded ${expected}`).toBe(true);
}

/** Within 1e-9 of the recorded number, in units of its size however small. */
function expectClose(actual: number, expected: number, about: string): void {
  expect(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${about}: ${actual}, recorded ${expected}`).toBe(true);
}

describe('beside SciPy and NumPy', () => {
  it.each(fixture.describe.map((row, i) => [i, row] as const))('list %d is described alike', (_, row) => {
    const { values } = row;
    const about = JSON.stringify(values.slice(0, 3));
    expectNear(mean(values), row.mean, about);
    expectNear(median(values), row.median, about);
    expectNear(interquartileMean(values), row.iqm, about);
    for (const [share, value] of row.quantiles) expectNear(quantile(values, share!), value!, `${about} ${share}`);
    if (row.variance === undefined) return;
    expectNear(variance(values), row.variance, about);
    expectNear(standardDeviation(values), row.standardDeviation, about);
    expectNear(standardError(values), row.standardError, about);
    for (const [level, low, high] of row.intervals) {
      const interval = meanInterval(values, level);
      expectNear(interval?.low, low!, `${about} ${level}`);
      expectNear(interval?.high, high!, `${about} ${level}`);
    }
  });

  it('the quantiles of the normal distribution are the same', () => {
    for (const [p, z] of fixture.normal) expectNear(normalQuantile(p!), z!, `${p}`);
  });

  it('the quantiles of Student’s t are the same, for whole and broken degrees of freedom', () => {
    expect(fixture.student.length).toBeGreaterThan(100);
    for (const [p, freedom, t] of fixture.student) expectNear(studentQuantile(p!, freedom!), t!, `${p} ${freedom}`);
  });

  it('the two-sided tails of Student’s t are the same to nine digits, however small', () => {
    for (const [t, freedom, p] of fixture.studentTail) if (p! > 1e-290) expectClose(studentTail(t!, freedom!), p!, `${t} ${freedom}`);
  });

  it('pass@k is a hypergeometric tail', () => {
    for (const [n, right, k, p] of fixture.passAtK) expectNear(passAtK(n!, right!, k!), p!, `${n} ${right} ${k}`);
  });

  it.each(['paired', 'welch'] as const)('the %s t-test has the same interval, degrees of freedom and p-value', (name) => {
    for (const { x, y, level, interval, freedom, pValue } of fixture[name]) {
      const found = (name === 'paired' ? pairedDifference : welchDifference)(x, y, level)!;
      const about = `${x.length} ${y.length} ${level}`;
      expectNear(found.estimate, mean(x) - mean(y), about);
      expectNear(found.low, interval[0]!, about);
      expectNear(found.high, interval[1]!, about);
      expectNear(found.freedom, freedom, about);
      expectClose(found.pValue, pValue, about);
    }
  });
});

describe('beside statsmodels', () => {
  it('Wilson’s interval is the same', () => {
    for (const [count, n, level, low, high] of fixture.wilson) {
      const found = wilsonInterval(count! / n!, n!, level);
      expectNear(found.low, low!, `${count} ${n} ${level}`);
      expectNear(found.high, high!, `${count} ${n} ${level}`);
    }
  });

  it('Newcombe’s interval of a difference is the same', () => {
    for (const [count, n, countAfter, nAfter, level, low, high] of fixture.newcombe) {
      const found = proportionDifference({ share: count! / n!, size: n! }, { share: countAfter! / nAfter!, size: nAfter! }, level);
      expectNear(found.low, low!, `${count} ${n} ${countAfter} ${nAfter} ${level}`);
      expectNear(found.high, high!, `${count} ${n} ${countAfter} ${nAfter} ${level}`);
    }
  });

  it('Holm’s and Bonferroni’s adjusted p-values are the same', () => {
    for (const { values, holm: holmed, bonferroni: multiplied } of fixture.adjusted) {
      holm(values).forEach((p, i) => void expectNear(p, holmed[i]!, `${values}`));
      bonferroni(values).forEach((p, i) => void expectNear(p, multiplied[i]!, `${values}`));
    }
  });
});

describe('beside rliable, with the resamples that it drew', () => {
  const { x, y, resamples, improvementResamples } = fixture.bootstrap;

  it.each([
    ['iqm', (scores: Scores) => interquartileMean(scores.flat())],
    ['mean', (scores: Scores) => mean(scores.map(mean))],
    ['median', (scores: Scores) => median(scores.map(mean))],
  ] as const)('the stratified bootstrap of the %s has the same interval', (name, statistic) => {
    const { estimate, low, high } = stratifiedBootstrap(x, statistic, resamples);
    [estimate, low, high].forEach((value, i) => void expectNear(value, fixture.bootstrap[name][i]!, name));
  });

  it('the probability of improvement and its interval are the same', () => {
    expectNear(probabilityOfImprovement(x, y), fixture.bootstrap.improvement[0]!, 'estimate');
    const statistic = (tasks: Scores) => probabilityOfImprovement(tasks.slice(0, x.length), tasks.slice(x.length));
    const { estimate, low, high } = stratifiedBootstrap([...x, ...y], statistic, improvementResamples, 0.9);
    [estimate, low, high].forEach((value, i) => void expectNear(value, fixture.bootstrap.improvement[i]!, 'interval'));
  });

  it('the four aggregates and their intervals are the same', () => {
    const { x: scores, aggregates } = fixture.profiles;
    const found = aggregateScores(scores, aggregates.resamples);
    for (const [i, name] of (['median', 'iqm', 'mean', 'optimalityGap'] as const).entries()) {
      expectNear(found[name].estimate, aggregates.point[i]!, name);
      expectNear(found[name].low, aggregates.interval[0]![i]!, `${name}, low`);
      expectNear(found[name].high, aggregates.interval[1]![i]!, `${name}, high`);
    }
  });

  it.each(['runs', 'tasks'] as const)('performance profiles of %s are the same at every threshold', (of) => {
    const { x: scores, thresholds } = fixture.profiles;
    const recorded = fixture.profiles[of];
    performanceProfile(scores, thresholds, recorded.resamples, { of }).forEach(({ estimate, low, high }, i) => {
      expectNear(estimate, recorded.point[i]!, `above ${thresholds[i]}`);
      expectNear(low, recorded.interval[0]![i]!, `above ${thresholds[i]}, low`);
      expectNear(high, recorded.interval[1]![i]!, `above ${thresholds[i]}, high`);
    });
  });

  it('sample efficiency is the same at every moment, with the runs that rliable drew there', () => {
    const { curves, point, interval, resamples: drawn } = fixture.profiles.efficiency;
    point.forEach((estimate, at) => {
      const moment = curves.map((runs) => runs.map((run) => [run[at]!]));
      const [found] = sampleEfficiency(
        moment,
        drawn.map((resample) => resample[at]!),
      );
      expectNear(found?.estimate, estimate, `moment ${at}`);
      expectNear(found?.low, interval[0]![at]!, `moment ${at}, low`);
      expectNear(found?.high, interval[1]![at]!, `moment ${at}, high`);
    });
  });
});

describe('the Mann-Whitney test beside SciPy', () => {
  it.each(fixture.mannWhitney.map((row, i) => [i, row] as const))('lists %d', (_, { x, y, u, asymptotic, exact }) => {
    if (u === undefined) {
      // All values are equal: SciPy divides by 0.
      expect(mannWhitney(x, y)).toMatchObject({ z: 0, pValue: 1, probabilityOfImprovement: 0.5 });
      return;
    }
    const found = mannWhitney(x, y, 'asymptotic');
    expectNear(found.u, u, 'U');
    expectNear(found.pValue, asymptotic!, 'p');
    expectNear(found.probabilityOfImprovement, u / (x.length * y.length), 'probability of improvement');
    if (exact === undefined) expect(() => mannWhitney(x, y, 'exact')).toThrow(/without ties/);
    else expectNear(mannWhitney(x, y, 'exact').pValue, exact, 'exact p');
  });
});
