/** A2C and EVPO against their own formulas. */
import { describe, expect, it } from 'vitest';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { testCohort } from '../training/cohort.ts';
import { shortRun, shortRunHash } from './shortRun.ts';

const algorithms = allAlgorithms();
const config = (fields: Readonly<Record<string, unknown>>) =>
  resolveConfig({ env: 'CartPole-v1', ...fields }, 'train', undefined, algorithms);
describe('A2C', () => {
  it('is PPO with one pass, whatever the clip range: its ratio is 1', async () => {
    const { algorithm: _name, env: _env, envOptions: _options, ...a2c } = config({ algorithm: 'a2c' });
    const { iterations, numEnvs, numSteps, finalEvaluationEpisodes, evaluationInterval } = shortRun;
    const same = { ...a2c, iterations, numEnvs, numSteps, finalEvaluationEpisodes, evaluationInterval, recipe: 'none' };
    const bits = await shortRunHash({ ...same, algorithm: 'a2c' });
    expect(await shortRunHash({ ...same, algorithm: 'ppo' })).toBe(bits);
    expect(await shortRunHash({ ...same, algorithm: 'a2c', clipCoef: 5 })).toBe(bits);
  });

  it('has the defaults of Stable-Baselines3', () => {
    expect(config({ algorithm: 'a2c' })).toMatchObject({
      ...{ numSteps: 5, learningRate: 7e-4, gaeLambda: 1, entropyCoef: 0, valueCoef: 0.5, maxGradNorm: 0.5, gamma: 0.99 },
      ...{ updateEpochs: 1, numMinibatches: 1, normalizeAdvantage: false, annealLearningRate: false },
    });
  });
});

describe('EVPO', () => {
  // Whatever is done with the advantages of the first iteration shows in the parameters after it.
  const first = { iterations: 1, normalizeAdvantage: true, seed: 2 };
  const metricsOf = async (fields: object): Promise<Readonly<Record<string, number>>> => {
    let metrics: Readonly<Record<string, number>> = {};
    for await (const iteration of testCohort().train({ ...shortRun, ...first, ...fields }))
      metrics = iteration.metrics as Readonly<Record<string, number>>;
    return metrics;
  };

  it('with a critic that explains nothing takes returns minus their mean: PPO without values, at lambda 1', async () => {
    const { 'advantage/explained_variance': explained, 'advantage/std': spread } = await metricsOf({ algorithm: 'evpo' });
    // A critic of random weights.
    expect(explained).toBeLessThan(0);
    const own = await metricsOf({ algorithm: 'reinforce++', normalizeAdvantage: true, scale: 'none' });
    // GPG's metric divides by n, PPO's by n - 1.
    expect(Math.abs(spread! / Math.sqrt(64 / 63) - own['advantage/std']!)).toBeLessThan(1e-5);
  });

  it('is PPO once the critic explains something', async () => {
    const longer = { iterations: 60, numEnvs: 8, numSteps: 64, learningRate: 3e-3, annealLearningRate: false };
    let used = 0;
    for await (const { metrics } of testCohort().train({ ...shortRun, ...longer, algorithm: 'evpo' })) {
      if ((metrics as Readonly<Record<string, number>>)['advantage/explained_variance']! > 0) used++;
    }
    expect(used).toBeGreaterThan(20);
    expect(used).toBeLessThan(60);
  });
});
