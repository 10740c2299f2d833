import { describe, expect, it } from 'vitest';
import { makeVectorEnv } from '../../src/envs/index.ts';
import halfCheetah from '../fixtures/environments/mujoco-halfcheetah.json' with { type: 'json' };
import hopper from '../fixtures/environments/mujoco-hopper.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { actorOf } from './mujocoParity.ts';

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Square of the standard error of the mean. */
function squaredError(values: ArrayLike<number>): number {
  const center = mean(values);
  return Array.from(values).reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1) / values.length;
}

describe.each([halfCheetah, hopper])('$id: whole episodes of random actions', (fixture) => {
  it('mean return and length are within 3 standard errors of those in Gymnasium', async () => {
    const recorded = { returns: numbers(fixture.random.returns), lengths: numbers(fixture.random.lengths) };
    const found = { returns: [] as number[], lengths: [] as number[] };
    const env = await makeVectorEnv(fixture.id, 1);
    if (env.actionSpace.kind !== 'box') throw new Error('expected a box');
    for (let seed = 0; seed < recorded.returns.length; seed++) {
      const act = actorOf(env.actionSpace, seed + 1);
      env.reset([seed]);
      do env.step(act());
      while (env.terminated[0] === 0 && env.truncated[0] === 0);
      found.returns.push(env.episodeReturns[0]!);
      found.lengths.push(env.episodeLengths[0]!);
    }
    env.close();
    expect(found.returns.length).toBe(60);
    for (const name of ['returns', 'lengths'] as const) {
      const error = Math.sqrt(squaredError(recorded[name]) + squaredError(found[name]));
      expect(Math.abs(mean(found[name]) - mean(recorded[name]))).toBeLessThanOrEqual(3 * error);
    }
    // Hopper falls before rounding has grown, so that single episodes agree too; those of HalfCheetah do not.
    const apart = found.returns.map((value, k) => Math.abs(value - recorded.returns[k]!));
    if (fixture.id === 'Hopper-v5') expect(Math.max(...apart)).toBeLessThan(1e-6);
  });
});
