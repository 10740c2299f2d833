import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdvantageBatch } from '../../src/advantage/batch.ts';
import { defaultEstimatorSettings, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { methodSettings } from '../../src/advantage/methodSettings.ts';
import { findMethod, type Method, type MethodName, methodNames, methods } from '../../src/advantage/methods.ts';
import { meanAndScale, normalize } from '../../src/advantage/normalize.ts';
import { advantagesOf, batchOf, deviation, mean, perTrajectory, rollouts, type Sample, workedExample } from './helpers.ts';

const of = (batch: AdvantageBatch, name: MethodName): number[][] =>
  perTrajectory(batch, estimateAdvantages(batch, methodSettings(name, { epsilon: 0 })).advantages);

/** Sums from every step on, undiscounted. */
const toGo = (rewards: readonly number[]): number[] => rewards.map((_, t) => rewards.slice(t).reduce((sum, reward) => sum + reward, 0));

function expectClose(got: number[][], expected: number[][], tolerance = 1e-12): void {
  expect(got.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  got.forEach((row, i) => {
    row.forEach((value, t) => {
      expect(Math.abs(value - expected[i]![t]!)).toBeLessThan(tolerance);
    });
  });
}

const reward = fc.double({ min: -5, max: 5, noNaN: true });
/** Trajectories of random lengths; each row is one trajectory's rewards. */
const trajectories = fc.array(fc.array(reward, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 });
const sameLength = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.array(fc.array(reward, { minLength: length, maxLength: length }), { minLength: 2, maxLength: 6 }));
const samples = (rows: number[][]): Sample[] => rows.map((rewards) => ({ rewards }));

describe('REINFORCE++', () => {
  it('universal GPG, normalized, is the whitened returns (and the method of that name)', () => {
    fc.assert(
      fc.property(rollouts, fc.constantFrom(0.5, 0.99, 1), ({ batch }, gamma) => {
        const gpg = estimateAdvantages(batch, methodSettings('gpg', { bins: 'universal', gamma, scale: 'global' }));
        const whitened = Float64Array.from(gpg.returns);
        fc.pre(meanAndScale(whitened).standardDeviation > 1e-3);
        normalize(whitened);
        const preset = estimateAdvantages(batch, methodSettings('reinforce++', { gamma }));
        for (let step = 0; step < whitened.length; step++) {
          expect(Math.abs(gpg.advantages[step]! - whitened[step]!)).toBeLessThan(1e-9);
          expect(preset.advantages[step]).toBe(whitened[step]);
        }
      }),
    );
  });

  it('reinforce++-baseline: outcome minus group mean, whitened over all steps', () => {
    fc.assert(
      fc.property(trajectories, (rows) => {
        const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
        const centered = rows.map((row, i) => row.map(() => outcomes[i]! - mean(outcomes)));
        const steps = centered.flat();
        fc.pre(deviation(steps, 'sample') > 1e-3);
        const expected = centered.map((row) => row.map((value) => (value - mean(steps)) / deviation(steps, 'sample')));
        expectClose(of(batchOf(samples(rows)), 'reinforce++-baseline'), expected, 1e-9);
      }),
    );
  });
});

describe('GRPO outcome', () => {
  const formula = (rows: number[][], kind: 'sample' | 'population'): number[][] => {
    const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
    const spread = deviation(outcomes, kind);
    return rows.map((row, i) => row.map(() => (outcomes[i]! - mean(outcomes)) / spread));
  };

  it.each([
    ['grpo', 'sample'],
    ['grpo-population', 'population'],
  ] as const)('%s is (r - mean) / %s standard deviation over trajectories, for any lengths', (name, kind) => {
    fc.assert(
      fc.property(trajectories, (rows) => {
        const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
        fc.pre(deviation(outcomes, 'population') > 1e-3);
        expectClose(of(batchOf(samples(rows)), name), formula(rows, kind), 1e-9);
      }),
    );
  });

  it('the corollary: universal GPG with the reward at the end and gamma 1, over the spread of the trajectories', () => {
    fc.assert(
      fc.property(sameLength, (rows) => {
        const late = rows.map((rewards) => rewards.map((value, t) => (t === rewards.length - 1 ? value : 0)));
        fc.pre(
          deviation(
            late.map((row) => row.at(-1)!),
            'population',
          ) > 1e-3,
        );
        const settings = methodSettings('gpg', {
          bins: 'universal',
          gamma: 1,
          scale: 'group',
          standardDeviation: 'population',
          epsilon: 0,
        });
        const gpg = perTrajectory(batchOf(samples(late)), estimateAdvantages(batchOf(samples(late)), settings).advantages);
        expectClose(gpg, formula(late, 'population'), 1e-9);
        // With equal lengths the spread over steps is the spread over trajectories.
        const overSteps = { ...settings, scale: 'global' as const };
        expectClose(perTrajectory(batchOf(samples(late)), estimateAdvantages(batchOf(samples(late)), overSteps).advantages), gpg, 1e-9);
      }),
    );
  });

  it('normalizing over steps is something else when lengths differ', () => {
    const batch = batchOf(samples([[0, 0, 0, 1], [0], [3]]));
    const overSteps = advantagesOf(batch, { ...methodSettings('grpo-population'), scale: 'global', epsilon: 0 });
    expect(Math.abs(overSteps[2]![0]! - of(batch, 'grpo-population')[2]![0]!)).toBeGreaterThan(0.1);
  });

  it('groups have a mean and a spread of their own', () => {
    const batch = batchOf(samples([[1], [3], [10], [50]]), { groups: Int32Array.of(0, 0, 1, 1), numGroups: 2 });
    expect(of(batch, 'grpo-population')).toEqual([[-1], [1], [-1], [1]]);
    expect(of(batch, 'dr-grpo')).toEqual([[-1], [1], [-20], [20]]);
    expect(of(batch, 'rloo')).toEqual([[-2], [2], [-40], [40]]);
  });

  it('a group whose outcomes are all equal gives exactly 0', () => {
    for (const name of ['grpo', 'grpo-population', 'dr-grpo', 'rloo', 'reinforce++-baseline'] as const) {
      const rows = of(batchOf(samples([[0.1], [0.1], [0.1]])), name);
      expect(rows.flat().every((value) => value === 0)).toBe(true);
    }
  });

  it('the example of scaleAdvantages', () => {
    expect(of(batchOf(samples([[0], [4]])), 'grpo-population')).toEqual([[-1], [1]]);
  });
});

describe('GRPO process', () => {
  const formula = (rows: number[][]): number[][] => {
    const all = rows.flat();
    return rows.map((rewards) => toGo(rewards.map((value) => (value - mean(all)) / deviation(all, 'population'))));
  };
  /** GPG with time bins on the same rewards, divided by the same number. */
  const timeBinned = (rows: number[][]): number[][] => {
    const spread = deviation(rows.flat(), 'population');
    return advantagesOf(batchOf(samples(rows)), { gamma: 1 }).map((row) => row.map((value) => value / spread));
  };

  it('is the sum of normalized rewards from the step on', () => {
    fc.assert(
      fc.property(trajectories, (rows) => {
        fc.pre(deviation(rows.flat(), 'population') > 1e-3);
        expectClose(of(batchOf(samples(rows)), 'grpo-process'), formula(rows), 1e-9);
      }),
    );
  });

  it('with fixed T its baseline depends on the step number only, so it is a valid baseline', () => {
    fc.assert(
      fc.property(sameLength, (rows) => {
        const spread = deviation(rows.flat(), 'population');
        fc.pre(spread > 1e-3);
        const process = of(batchOf(samples(rows)), 'grpo-process');
        const baselines = rows.map((rewards, i) => toGo(rewards).map((value, t) => value / spread - process[i]![t]!));
        expectClose(
          baselines,
          baselines.map(() => baselines[0]!),
          1e-8,
        );
      }),
    );
  });

  it('with fixed T and rewards whose mean is the same at every step it is time-binned GPG over the spread', () => {
    // Every column has mean 2.
    const rows = [
      [1, 4, 2],
      [3, 0, 2],
    ];
    expectClose(of(batchOf(samples(rows)), 'grpo-process'), timeBinned(rows));
  });

  it('with random T what it subtracts at one step number differs between trajectories', () => {
    const rows = [[1, 4, 2], [3], [2, 0]];
    const spread = deviation(rows.flat(), 'population');
    const process = of(batchOf(samples(rows)), 'grpo-process');
    const atStart = rows.map((rewards, i) => toGo(rewards)[0]! / spread - process[i]![0]!);
    expect(atStart[0]! / atStart[1]!).toBeCloseTo(3, 12);
    expect(atStart[2]! / atStart[1]!).toBeCloseTo(2, 12);
    expect(Math.abs(process[0]![0]! - timeBinned(rows)[0]![0]!)).toBeGreaterThan(0.1);
  });
});

describe('other rows of the table, against their own formulas', () => {
  it('dr-grpo and gpg-lm: r - mean; rloo: r - mean of the others = G / (G - 1) times that', () => {
    fc.assert(
      fc.property(trajectories, (rows) => {
        const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
        const centered = rows.map((row, i) => row.map(() => outcomes[i]! - mean(outcomes)));
        const batch = batchOf(samples(rows));
        expectClose(of(batch, 'dr-grpo'), centered);
        expectClose(of(batch, 'gpg-lm'), centered);
        const size = rows.length;
        expectClose(
          of(batch, 'rloo'),
          centered.map((row) => row.map((value) => (size / (size - 1)) * value)),
        );
      }),
    );
  });

  it('reinforce: the returns themselves', () => {
    expect(advantagesOf(batchOf(workedExample), { ...methodSettings('reinforce'), gamma: 0.5 })).toEqual([[1.5, 1, 2], [2, 4], [3]]);
  });

  it('reinforce-time: time-binned GPG', () => {
    const batch = batchOf(workedExample);
    expect(of(batch, 'reinforce-time')).toEqual(advantagesOf(batch, { scale: 'none' }));
  });

  it('stepwise-grpo: mean and sample standard deviation over the trajectories that are alive', () => {
    const rows = [[1, 4, 2], [3], [2, 0]];
    const returns = rows.map(toGo);
    const expected = returns.map((row) =>
      row.map((value, t) => {
        const alive = returns.filter((other) => other.length > t).map((other) => other[t]!);
        return alive.length > 1 ? (value - mean(alive)) / deviation(alive, 'sample') : 0;
      }),
    );
    const batch = batchOf(samples(rows));
    expectClose(
      perTrajectory(batch, estimateAdvantages(batch, methodSettings('stepwise-grpo', { gamma: 1, epsilon: 0 })).advantages),
      expected,
    );
  });

  it('gigpo: episode term plus step term over all visits to the identical state, discounted by 0.95', () => {
    const runs: Sample[] = [
      { rewards: [1, 0, 2], states: [0, 1, 0] },
      { rewards: [0, 4], states: [1, 0] },
      { rewards: [3], states: [7] },
    ];
    const batch = batchOf(runs);
    const outcomes = runs.map(({ rewards }) => toGo(rewards)[0]!);
    const discounted = runs.map(({ rewards }) =>
      rewards.map((_, t) => rewards.slice(t).reduce((sum, value, ahead) => sum + 0.95 ** ahead * value, 0)),
    );
    const expected = runs.map(({ states }, i) =>
      states!.map((state, t) => {
        const anchor = runs.flatMap((other, j) => discounted[j]!.filter((_, u) => other.states![u] === state));
        return outcomes[i]! - mean(outcomes) + discounted[i]![t]! - mean(anchor);
      }),
    );
    expectClose(of(batch, 'gigpo'), expected);
  });

  it('gpg is the default, with normalization left to the minibatches', () => {
    expect(methodSettings('gpg')).toEqual(defaultEstimatorSettings);
    expect(methodSettings('gpg').scale).toBe('minibatch');
    expect(methodSettings('grpo').scale).not.toBe('minibatch');
  });

  it('vargrad: the gradient of the log-variance loss, 1 / (S - 1) (sum of f_s g_s - mean f sum of g_s), for any scores g', () => {
    fc.assert(
      fc.property(trajectories, fc.array(reward, { minLength: 6, maxLength: 6 }), (rows, scores) => {
        const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
        const g = scores.slice(0, rows.length);
        const [size, sum] = [rows.length, (values: readonly number[]) => values.reduce((total, value) => total + value, 0)];
        const direct = (sum(outcomes.map((f, i) => f * g[i]!)) - mean(outcomes) * sum(g)) / (size - 1);
        const advantages = of(batchOf(samples(rows)), 'vargrad');
        // The loss sums over the steps of a trajectory and averages over trajectories.
        const estimated = sum(advantages.map((row, i) => row[0]! * g[i]!)) / size;
        expect(Math.abs(direct - estimated)).toBeLessThan(1e-9);
      }),
    );
  });

  it('opo: the mean of the outcomes weighted by lengths', () => {
    fc.assert(
      fc.property(trajectories, (rows) => {
        const outcomes = rows.map((rewards) => toGo(rewards)[0]!);
        const total = rows.reduce((steps, row) => steps + row.length, 0);
        const weighted = rows.reduce((sum, row, i) => sum + row.length * outcomes[i]!, 0) / total;
        expectClose(
          of(batchOf(samples(rows)), 'opo'),
          rows.map((row, i) => row.map(() => outcomes[i]! - weighted)),
          1e-9,
        );
      }),
    );
  });

  it('dapo: grpo with the epsilon of verl', () => {
    const batch = batchOf(samples([[1], [3], [0, 4]]));
    const advantages = perTrajectory(batch, estimateAdvantages(batch, methodSettings('dapo')).advantages);
    const outcomes = [1, 3, 4];
    expectClose(
      advantages,
      [1, 1, 2].map((length, i) => Array(length).fill((outcomes[i]! - mean(outcomes)) / (deviation(outcomes, 'sample') + 1e-6))),
    );
  });

  it('every row is of a road, and those of environments work', () => {
    for (const name of methodNames) {
      const method: Method = methods[name];
      expect(method.title, name).toMatch(/\S/);
      expect(method.environments ?? method.completions ?? method.file, name).toBeDefined();
      if (!method.environments) continue;
      const batch = batchOf(workedExample);
      const shape = { numSteps: batch.numSteps, numEnvs: batch.numEnvs, observationSize: batch.observationSize ?? 1 };
      const { advantages } = estimateAdvantages(batch, methodSettings(name, {}, shape));
      expect([...advantages].every(Number.isFinite), name).toBe(true);
    }
    expect(() => findMethod('grop')).toThrow(/did you mean grpo/);
    expect(() => methodSettings('remax')).toThrow(/a method that estimates on environments/);
  });
});
