/** Returns that trust the baseline: generalized advantage estimation with bins in the place of a critic. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateAdvantages } from '../../src/advantage/estimate.ts';
import { gae } from '../../src/advantage/gae.ts';
import { methodSettings } from '../../src/advantage/methodSettings.ts';
import { discountedReturns, lambdaReturns } from '../../src/advantage/returns.ts';
import { batchOf, perTrajectory, rolloutsOf } from './helpers.ts';

const lambda = fc.constantFrom(0, 0.3, 0.95, 1);
const gamma = fc.constantFrom(0.5, 0.99, 1);

describe('lambdaReturns', () => {
  it('the example of the doc comment', () => {
    const { numEnvs, rewards, trajectories } = batchOf([{ rewards: [1, 1] }]);
    expect([...lambdaReturns({ numEnvs, rewards, trajectories, gamma: 0.5 }, 0.5, Float64Array.of(3, 2), new Float64Array(2))]).toEqual([
      1.75, 1,
    ]);
  });

  it('minus the values is gae(), with values that are given and ends anywhere', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        rolloutsOf(6, 3),
        fc.array(number, { minLength: 18, maxLength: 18 }),
        lambda,
        gamma,
        ({ batch, terminated, truncated }, values, l, g) => {
          const { numSteps, numEnvs, rewards, trajectories } = batch;
          const ends = terminated.map((flag, step) => flag | truncated[step]!);
          const critic = {
            values: Float64Array.from(values),
            nextValues: Float64Array.of(1, -2, 0.5),
            dones: Float64Array.from({ length: 18 }, (_, step) => (step < numEnvs ? 0 : ends[step - numEnvs]!)),
            nextDone: Float64Array.from(ends.subarray(15)),
          };
          const wanted = gae(
            { numSteps, numEnvs, rewards, ...critic, gamma: g, gaeLambda: l, arithmetic: 'float64' },
            { advantages: new Float64Array(18), returns: new Float64Array(18) },
          ).advantages;
          const edgeValues = Float64Array.from({ length: trajectories.count }, (_, i) => critic.nextValues[trajectories.env[i]!]!);
          const returns = lambdaReturns({ numEnvs, rewards, trajectories, gamma: g, edgeValues }, l, critic.values, new Float64Array(18));
          for (let step = 0; step < 18; step++) expect(Math.abs(returns[step]! - values[step]! - wanted[step]!)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('at lambda 1 are discounted returns', () => {
    fc.assert(
      fc.property(rolloutsOf(5, 2), gamma, ({ batch: { numEnvs, rewards, trajectories } }, g) => {
        const input = { numEnvs, rewards, trajectories, gamma: g };
        const got = lambdaReturns(input, 1, new Float64Array(10).fill(7), new Float64Array(10));
        expect([...got]).toEqual([...discountedReturns(input, new Float64Array(10))]);
      }),
    );
  });
});

it('gpg-lambda at lambda 0 is one-step errors of the bins: r + gamma V(next) - V', () => {
  const batch = batchOf([{ rewards: [1, 2] }, { rewards: [3, 4] }, { rewards: [5, 9] }]);
  const settings = methodSettings('gpg-lambda', { gamma: 1, baselineLambda: 0, scale: 'none' });
  const { advantages, baseline } = estimateAdvantages(batch, settings);
  const [values, got] = [perTrajectory(batch, baseline), perTrajectory(batch, advantages)];
  // The others' means: returns 3, 2; 7, 4; 14, 9.
  expect(values).toEqual([
    [10.5, 6.5],
    [8.5, 5.5],
    [5, 3],
  ]);
  expect(got).toEqual([
    [1 + 6.5 - 10.5, 2 - 6.5],
    [3 + 5.5 - 8.5, 4 - 5.5],
    [5 + 3 - 5, 9 - 3],
  ]);
});
