/** The methods of the group family as algorithms: their defaults, recipes, the weights of their losses, and that each of them trains and goes on. */
import { describe, expect, it } from 'vitest';
import type { LossWeighting } from '../../src/advantage/core.ts';
import { type Estimate, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { methodSettings } from '../../src/advantage/methodSettings.ts';
import { groupMethods, weighSteps } from '../../src/algorithms/groupMethods.ts';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import type { GroupBatch } from '../../src/rollout/source.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { findRecipe } from '../../src/training/recipes.ts';
import { batchOf } from '../advantage/helpers.ts';
import { testCohort } from '../training/cohort.ts';
import { shortRun, shortRunHash } from './shortRun.ts';

const algorithms = allAlgorithms();
const resolve = (fields: Readonly<Record<string, unknown>>) =>
  resolveConfig({ env: 'CartPole-v1', ...fields }, 'train', undefined, algorithms);

describe('the weights of a loss', () => {
  // Lengths 3, 2 and 1: S = 6 steps, M = 3 trajectories, T = 3 rows.
  const batch = batchOf([{ rewards: [1, 0, 2] }, { rewards: [0, 4] }, { rewards: [3] }]);
  const weightsOf = (weighting: LossWeighting, estimate: Pick<Estimate, 'participates' | 'numParticipants'>): number[] => {
    const weights = new Float32Array(9);
    weighSteps(weighting, batch as unknown as GroupBatch, estimate as Estimate, weights);
    return [...weights];
  };
  const everybody = estimateAdvantages(batch, methodSettings('gpg'));

  it('by hand: rows are steps, columns trajectories', () => {
    expect(everybody.numParticipants).toBe(6);
    const third = Math.fround(2 / 3);
    expect(weightsOf('trajectory-mean', everybody)).toEqual([third, 1, 2, third, 1, 0, third, 0, 0]);
    expect(weightsOf('trajectory-sum', everybody)).toEqual([2, 2, 2, 2, 2, 0, 2, 0, 0]);
    expect(weightsOf('constant', everybody)).toEqual([third, third, third, third, third, 0, third, 0, 0]);
  });

  it('count only what takes part', () => {
    const participates = Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0);
    expect(weightsOf('trajectory-mean', { participates, numParticipants: 4 }).slice(0, 2)).toEqual([1, 1]);
  });
});

describe('a method of the family', () => {
  it('has the defaults of its row', () => {
    expect(resolve({ algorithm: 'grpo' })).toMatchObject({
      ...{ returns: 'episode', gamma: 1, bins: 'universal', scale: 'group', normalizeAdvantage: false },
      ...{ loss: 'clipped', lossWeighting: 'trajectory-mean', clipCoef: 0.2, updateEpochs: 4 },
    });
    expect(resolve({ algorithm: 'dapo' }).clipHigh).toBe(0.28);
    expect(resolve({ algorithm: 'rloo' })).toMatchObject({ loss: 'score', updateEpochs: 1, numMinibatches: 1, baseline: 'leave-one-out' });
    expect(resolve({ algorithm: 'gpg-shrunk' })).toMatchObject({ baseline: 'shrunk', normalizeAdvantage: true, bins: 'time' });
  });

  it('without a recipe takes that of GPG, but for what makes it the method', () => {
    const gpg = findRecipe({ id: 'CartPole-v1' }, 'gpg')!.config;
    const grpo = findRecipe({ id: 'CartPole-v1' }, 'grpo', undefined, undefined, algorithms)!;
    expect(grpo.algorithm).toBe('grpo');
    expect(gpg).toHaveProperty('gamma');
    expect(grpo.config).not.toHaveProperty('gamma');
    expect(grpo.config.numEnvs).toBe(gpg.numEnvs);
    expect(() => findRecipe({ id: 'CartPole-v1' }, 'grpo', 'papr', undefined, algorithms)).toThrow(/did you mean paper/);
  });

  it('refuses a second pass over a rollout without a ratio', () => {
    expect(() => resolve({ algorithm: 'reinforce', updateEpochs: 2 })).toThrow(/updateEpochs: expected 1 with loss score, got 2/);
    expect(resolve({ algorithm: 'reinforce', updateEpochs: 2, loss: 'clipped' }).updateEpochs).toBe(2);
  });

  it.each([
    [{ algorithm: 'gpg-shrunk', coordinates: 'scaled' }, /coordinates: expected bins that look at the observation, got scaled with time/],
    [
      { algorithm: 'gpg-pooled', bins: 'space' },
      /baseline: expected bins that are the same in every iteration with pooled, got bins space/,
    ],
    [{ algorithm: 'gpg-pooled', tail: 'budget' }, /baseline: expected bins that are the same/],
    [{ algorithm: 'grpo', baselineLambda: 0.9 }, /baselineLambda: expected 1 with returns episode, got 0.9/],
  ])('refuses before it begins what would fail later or do nothing: %o', (fields, says) => {
    expect(() => resolve(fields)).toThrow(says);
  });

  it('is known in a page once it is registered, and a page says so', () => {
    expect(() => resolveConfig({ env: 'CartPole-v1', algorithm: 'grpo' })).toThrow(/groupMethods\) registerAlgorithm/);
    // The same method again changes nothing.
    for (const method of groupMethods) algorithms.register(method);
  });

  it('with the settings of GPG gives the bits of GPG', async () => {
    expect(await shortRunHash({ algorithm: 'gpg-leave-one-out', baseline: 'own' })).toBe(await shortRunHash({ algorithm: 'gpg' }));
    // Weights are no effect of the mean of the loss where all trajectories have one length; here they have not.
    expect(await shortRunHash({ algorithm: 'gpg-leave-one-out', baseline: 'own', lossWeighting: 'trajectory-mean' })).not.toBe(
      await shortRunHash({ algorithm: 'gpg' }),
    );
  });

  it.each(groupMethods.map(({ name }) => name))('%s goes on from a checkpoint with the bits of a run in one piece', async (algorithm) => {
    const cohort = testCohort();
    const small = { ...shortRun, algorithm, iterations: 4, numSteps: 32, hiddenSizes: [8], checkpointInterval: 1 };
    const whole = await cohort.train(small).finish();
    await cohort.train({ ...small, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const resumed = await (await cohort.resume('run')).finish();
    expect(resumed.summary.parametersSha256).toBe(whole.summary.parametersSha256);
  });
});
