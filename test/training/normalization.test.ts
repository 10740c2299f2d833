/**
 * Training on normalized environments: the policy that leaves it is for raw observations, with the statistics of that moment.
 */
import { describe, expect, it } from 'vitest';
import type { BinKey } from '../../src/advantage/core.ts';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { Env } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import { decodeSafetensors, type SafetensorsFile } from '../../src/run/safetensors.ts';
import { hashParameters } from '../../src/run/sha256.ts';
import { shortRun, testCohort } from './cohort.ts';

const normalizedRun: TrainConfig = { ...shortRun, iterations: 4, normalizeObservation: 'shared', normalizeReward: 'shared' };

function checkpointOf(cohort: ReturnType<typeof testCohort>, name: string): SafetensorsFile {
  return decodeSafetensors(cohort.home.folders.get(name)!.files.get('checkpoint.safetensors')!, name);
}

/** Two numbers of very different size, and no state to give. */
class Stateless implements Env {
  readonly observationSpace = box(-1e6, 1e6, [2], 'float64');
  readonly actionSpace = discrete(2);
  #step = 0;
  reset(): ReturnType<Env['reset']> {
    this.#step = 0;
    return { observation: Float64Array.of(1000, 0), info: {} };
  }
  step(action: unknown): ReturnType<Env['step']> {
    this.#step++;
    const observation = Float64Array.of(1000 + 10 * this.#step, 1e-3 * this.#step);
    return { observation, reward: Number(action), terminated: this.#step === 9, truncated: false, info: {} };
  }
}

describe('a run with normalized observations', () => {
  it.each(['shared', 'perEnv'] as const)('%s: hands over, stores and loads the statistics of its end', async (normalizeObservation) => {
    const cohort = testCohort();
    const { summary, policy } = await cohort.train({ ...normalizedRun, normalizeObservation }, { runDirectory: 'run' }).finish();
    const { tensors } = checkpointOf(cohort, 'run');
    expect(policy.normalizer).toEqual({
      mean: tensors.get('normalizer.mean')!.data,
      variance: tensors.get('normalizer.variance')!.data,
      clip: 10,
    });
    expect(policy.normalizer!.variance.every((value) => value > 0 && value !== 1)).toBe(true);
    const loaded = await cohort.loadPolicy('run');
    expect(loaded.normalizer).toMatchObject(policy.normalizer!);
    const played = await cohort.evaluate('run', { episodes: summary.evaluation!.greedy.returns.length });
    expect(played.greedy).toEqual(summary.evaluation!.greedy);
    const observation = Float32Array.of(0.3, -1, 0.02, 1.5);
    expect(loaded.act(observation)).toBe(policy.act(observation));
  });

  it('has the normalizer in the hash of its parameters, behind them', async () => {
    const { summary, policy } = await testCohort().train(normalizedRun).finish();
    const parameters = policy.parameters.tensors().map(({ get }) => ({ data: get('values') }));
    const { mean, variance, clip } = policy.normalizer!;
    expect(summary.parametersSha256).not.toBe(hashParameters(parameters));
    expect(summary.parametersSha256).toBe(
      hashParameters(parameters, [{ data: mean }, { data: variance }, { data: Float64Array.of(clip) }]),
    );
  });

  it('is played on raw observations, and reports raw returns', async () => {
    const cohort = testCohort();
    const run = cohort.train({ ...normalizedRun, clipReward: 0.001 }, { runDirectory: 'run' });
    const returns: number[] = [];
    for await (const { metrics } of run)
      if (metrics['charts/episodic_return'] !== undefined) returns.push(metrics['charts/episodic_return']);
    // Every step of CartPole is worth 1: return and length are the same.
    expect(Math.min(...returns)).toBeGreaterThan(5);
    const { summary } = await run.finish();
    expect(summary.evaluation!.sampled.returns).toEqual(summary.evaluation!.sampled.lengths);
  });

  it('learns as much whatever the units of a reward are, where rewards are normalized', async () => {
    const hashes = await Promise.all(
      [1, 1024].map(async (unit) => {
        class Paid extends Stateless {
          override step(action: unknown): ReturnType<Env['step']> {
            const result = super.step(action);
            return { ...result, reward: result.reward * unit };
          }
        }
        const input: TrainConfig = { env: () => new Paid(), iterations: 2, numEnvs: 4, numSteps: 32, normalizeReward: 'shared' };
        return (await testCohort().train(input).finish()).policy.parameters.tensors()[0]!.get('values');
      }),
    );
    // Not the same bits: the first guess of the variance, and epsilon, have no unit.
    const [one, other] = hashes as [Float32Array, Float32Array];
    expect(Math.max(...one.map((value, i) => Math.abs(value - other[i]!)))).toBeLessThan(1e-3);
  });

  it('keeps its statistics over a resume even where the environment has no state to give', async () => {
    const cohort = testCohort();
    const env = (): Env => new Stateless();
    const input: TrainConfig = { ...normalizedRun, env, numEnvs: 4, numSteps: 16 };
    await cohort.train({ ...input, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const before = checkpointOf(cohort, 'run').tensors.get('normalization/observation/counts')!.data[0];
    expect(before).toBeCloseTo(4 + 2 * 16 * 4, 3);
    await (await cohort.resume('run', { env })).finish();
    const { tensors } = checkpointOf(cohort, 'run');
    expect(tensors.get('normalization/observation/counts')!.data[0]).toBeCloseTo(4 + 4 * 16 * 4, 3);
    expect(tensors.get('normalizer.mean')!.data[0]).toBeGreaterThan(1000);
  });

  it('shows the present observations anew once the statistics of such an environment are back', async () => {
    const cohort = testCohort();
    const env = (): Env => new Stateless();
    const first: number[][] = [];
    const bins: BinKey = ({ env: index, row, observation }) => {
      if (index === 0 && row === 0) first.push([...observation]);
      return row;
    };
    const input: TrainConfig = { ...normalizedRun, env, bins, numEnvs: 4, numSteps: 16, evaluationInterval: 0 };
    await cohort.train({ ...input, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const { tensors } = checkpointOf(cohort, 'run');
    const [mean, variance] = ['mean', 'variance'].map((name) => tensors.get(`normalizer.${name}`)!.data as Float64Array);
    first.length = 0;
    await (await cohort.resume('run', { env, bins })).finish();
    // The environment begins anew at (1000, 0); without the statistics of before that would be (0, 0).
    const expected = [1000, 0].map((value, k) => (value - mean![k]!) / Math.sqrt(variance![k]! + 1e-8));
    expect(Math.abs(expected[0]!)).toBeGreaterThan(0.5);
    for (const [k, value] of first[0]!.entries()) expect(value).toBeCloseTo(expected[k]!, 5);
  });

  it('is refused for discrete observations, before a folder is made', async () => {
    const cohort = testCohort();
    const run = cohort.train({ ...normalizedRun, env: 'CliffWalking-v1' }, { runDirectory: 'run' });
    await expect(run.finish()).rejects.toThrow(
      'normalizeObservation: expected an environment whose observations are a box, got Discrete(48)',
    );
    expect(cohort.home.folders.get('run')?.files.size ?? 0).toBe(0);
    const { summary } = await cohort.train({ ...normalizedRun, env: 'CliffWalking-v1', normalizeObservation: 'none' }).finish();
    expect(summary.status).toBe('done');
  });

  it('is refused for a bound of 0 and for an unknown owner of the statistics', () => {
    const cohort = testCohort();
    expect(() => cohort.train({ ...normalizedRun, clipObservation: 0 })).toThrow('train: clipObservation: expected a number from 0.000001');
    expect(() => cohort.train({ ...normalizedRun, normalizeReward: 'each' as 'perEnv' })).toThrow(
      'train: normalizeReward: expected one of none, shared, perEnv',
    );
  });
});
