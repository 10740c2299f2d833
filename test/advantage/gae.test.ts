import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gae } from '../../src/advantage/gae.ts';
import { discountedReturns } from '../../src/advantage/returns.ts';
import discrete from '../fixtures/cleanrl/iteration.json' with { type: 'json' };
import continuous from '../fixtures/cleanrl/iteration-continuous.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { rollouts } from './helpers.ts';

describe('returns and GAE', () => {
  it('returns are GAE with V = 0 and lambda = 1, to the last bit', () => {
    fc.assert(
      fc.property(rollouts, fc.constantFrom(0, 0.5, 0.99, 1), ({ batch, terminated, truncated }, gamma) => {
        const { numSteps, numEnvs, rewards } = batch;
        const size = numSteps * numEnvs;
        const ended = terminated.map((flag, step) => flag | truncated[step]!);
        const dones = new Uint8Array(size);
        dones.set(ended.subarray(0, size - numEnvs), numEnvs);
        const nextDone = ended.subarray(size - numEnvs);
        const values = new Float64Array(size);
        const nextValues = new Float64Array(numEnvs);
        const out = { advantages: new Float64Array(size), returns: new Float64Array(size) };
        const input = { numSteps, numEnvs, rewards, values, dones, nextValues, nextDone, gamma, gaeLambda: 1 };
        gae({ ...input, arithmetic: 'float64' }, out);
        const returns = discountedReturns({ ...batch, gamma }, new Float64Array(size));
        expect([...out.advantages]).toEqual([...returns].map((value) => value + 0));
        expect([...out.returns]).toEqual([...out.advantages]);
      }),
    );
  });
});

describe('gae', () => {
  const example = {
    numSteps: 2,
    numEnvs: 1,
    rewards: Float32Array.of(1, 1),
    values: Float32Array.of(0, 2),
    dones: Uint8Array.of(0, 0),
    nextValues: Float32Array.of(4),
    nextDone: Uint8Array.of(0),
    gamma: 0.5,
    gaeLambda: 0.5,
  };

  it('the example of the doc comment', () => {
    const { advantages, returns } = gae(example);
    expect([...advantages]).toEqual([2.25, 1]);
    expect([...returns]).toEqual([2.25, 3]);
  });

  it('an end cuts the value and the advantage of what follows', () => {
    expect([...gae({ ...example, dones: Uint8Array.of(0, 1) }).advantages]).toEqual([1, 1]);
    expect([...gae({ ...example, nextDone: Uint8Array.of(1) }).advantages]).toEqual([1.75, -1]);
    // The flag of row 0 says how the row before the rollout ended: it changes nothing.
    expect([...gae({ ...example, dones: Uint8Array.of(1, 0) }).advantages]).toEqual([2.25, 1]);
  });

  it.each([
    ['CartPole', discrete],
    ['Pendulum', continuous],
  ])('repeats the advantages recorded from CleanRL on %s to the last bit', (_, fixture) => {
    for (const { rollout, advantages, returns } of fixture.iterations) {
      const [numSteps, numEnvs] = rollout.rewards.shape as [number, number];
      const single = (packed: Parameters<typeof numbers>[0]): Float32Array => Float32Array.from(numbers(packed));
      const got = gae({
        numSteps,
        numEnvs,
        rewards: single(rollout.rewards),
        values: single(rollout.values),
        dones: single(rollout.dones),
        nextValues: single(rollout.nextValues),
        nextDone: single(rollout.nextDones),
        gamma: fixture.config.gamma,
        gaeLambda: fixture.config.gae_lambda,
      });
      expect([...got.advantages]).toEqual([...single(advantages)]);
      expect([...got.returns]).toEqual([...single(returns)]);
    }
  });

  it('float64 arithmetic agrees to float32 accuracy', () => {
    const { rollout } = discrete.iterations[0]!;
    const input = {
      numSteps: 128,
      numEnvs: 4,
      rewards: numbers(rollout.rewards),
      values: numbers(rollout.values),
      dones: numbers(rollout.dones),
      nextValues: numbers(rollout.nextValues),
      nextDone: numbers(rollout.nextDones),
      gamma: 0.99,
      gaeLambda: 0.95,
    };
    const rough = gae(input).advantages;
    const fine = gae({ ...input, arithmetic: 'float64' }, { advantages: new Float64Array(512), returns: new Float64Array(512) }).advantages;
    fine.forEach((value, step) => {
      expect(Math.abs(value - rough[step]!)).toBeLessThan(2e-5);
    });
  });

  it('says which array has the wrong length', () => {
    expect(() => gae({ ...example, nextDone: new Uint8Array(2) })).toThrow(/gae: nextDone: expected 1 entries, got 2/);
  });
});
