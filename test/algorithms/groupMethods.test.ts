/** The methods of the group family as algorithms: their defaults, recipes, the weights of their losses, and that each of them trains and goes on. */
import { describe, expect, it } from 'vitest';
import type { LossWeighting } from '../../src/advantage/core.ts';
import { type Estimate, estimateAdvantages } from '../../src/advantage/estimate.ts';
import { methodSettings } from '../../src/advantage/methodSettings.ts';
import { groupMethods, weighSteps } from '../../src/algorithms/groupMethods.ts';
import { allAlgorithms, hybridGrpo, vine, vineppo } from '../../src/algorithms/index.ts';
import type { Env } from '../../src/core/env.ts';
import { box } from '../../src/core/space.ts';
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
    [{ algorithm: 'gpg-shrunk', bins: 'return-time', coordinates: 'scaled' }, /coordinates: expected bins that look at the observation/],
    [
      { algorithm: 'gpg-pooled', bins: 'space' },
      /baseline: expected bins that are the same in every iteration with pooled, got bins space/,
    ],
    [{ algorithm: 'gpg-pooled', tail: 'budget' }, /baseline: expected bins that are the same/],
    [{ algorithm: 'grpo', baselineLambda: 0.9 }, /baselineLambda: expected 1 with returns episode, got 0.9/],
    [{ algorithm: 'gpg-antithetic', numEnvs: 5 }, /numEnvs: expected an even number with antithetic, got 5; environments 2i and 2i \+ 1/],
    [
      { algorithm: 'gpg-antithetic', baseline: 'leave-one-env-out' },
      /baseline: expected leave-one-pair-out, none, ridge with antithetic, got leave-one-env-out/,
    ],
  ])('refuses before it begins what would fail later or do nothing: %o', (fields, says) => {
    expect(() => resolve(fields)).toThrow(says);
  });

  it('is known in a page once it is registered, and a page says so', () => {
    expect(() => resolveConfig({ env: 'CartPole-v1', algorithm: 'grpo' })).toThrow(/groupMethods\) registerAlgorithm/);
    // The same method again changes nothing.
    for (const method of groupMethods) algorithms.register(method);
  });

  it('refuses a baseline with the partner of a mirrored pair in it', () => {
    for (const baseline of ['own', 'leave-one-out', 'shrunk', 'pooled', 'selected', 'length-weighted']) {
      expect(() => resolve({ algorithm: 'gpg-shrunk', baseline, antithetic: true })).toThrow(
        /baseline: expected leave-one-pair-out, none, ridge/,
      );
    }
    for (const baseline of ['leave-one-pair-out', 'none', 'ridge']) {
      expect(resolve({ algorithm: 'gpg-shrunk', baseline, antithetic: true }).antithetic).toBe(true);
    }
  });

  it('acts in mirrored pairs where it is antithetic, and only there', async () => {
    /** Where the mean of an untrained policy is 0: the actions are the noise. */
    class Nothing implements Env<Float32Array, Float32Array> {
      readonly observationSpace = box(-1, 1, [2]);
      readonly actionSpace = box(-9, 9, [3]);
      readonly #taken: number[][];
      #elapsed = 0;
      constructor(taken: number[][]) {
        this.#taken = taken;
      }
      reset() {
        this.#elapsed = 0;
        return { observation: new Float32Array(2), info: {} };
      }
      step(action: Float32Array) {
        this.#taken.push([...action]);
        return { observation: new Float32Array(2), reward: 1, terminated: false, truncated: ++this.#elapsed === 7, info: {} };
      }
    }
    const actionsOf = async (antithetic: boolean) => {
      const envs: number[][][] = [];
      const env = () => {
        envs.push([]);
        return new Nothing(envs.at(-1)!) as Env;
      };
      const fields = { ...shortRun, iterations: 1, env, algorithm: 'gpg-antithetic', antithetic };
      await testCohort().train(fields).finish();
      return envs.filter((taken) => taken.length === shortRun.numSteps).slice(0, shortRun.numEnvs);
    };
    const [pairs, apart] = [await actionsOf(true), await actionsOf(false)];
    expect(pairs.length).toBe(shortRun.numEnvs);
    const negative = (rows: number[][]) => rows.map((row) => row.map((value) => -value));
    expect(pairs[1]).toEqual(negative(pairs[0]!));
    expect(pairs[3]).toEqual(negative(pairs[2]!));
    // The first of a pair has the numbers that it has without.
    expect([pairs[0], pairs[2]]).toEqual([apart[0], apart[2]]);
    expect(apart[1]).not.toEqual(negative(apart[0]!));
  });

  it('with the settings of GPG gives the bits of GPG', async () => {
    expect(await shortRunHash({ algorithm: 'gpg-leave-one-out', baseline: 'own' })).toBe(await shortRunHash({ algorithm: 'gpg' }));
    // Weights are no effect of the mean of the loss where all trajectories have one length; here they have not.
    expect(await shortRunHash({ algorithm: 'gpg-leave-one-out', baseline: 'own', lossWeighting: 'trajectory-mean' })).not.toBe(
      await shortRunHash({ algorithm: 'gpg' }),
    );
  });

  it.each([...groupMethods, vineppo, vine, hybridGrpo].map(({ name }) => name))(
    '%s goes on from a checkpoint with the bits of a run in one piece',
    async (algorithm) => {
      const cohort = testCohort();
      const small = { ...shortRun, algorithm, iterations: 4, numSteps: 32, hiddenSizes: [8], checkpointInterval: 1 };
      const whole = await cohort.train(small).finish();
      await cohort.train({ ...small, stopAfter: 2 }, { runDirectory: 'run' }).finish();
      const resumed = await (await cohort.resume('run')).finish();
      expect(resumed.summary.parametersSha256).toBe(whole.summary.parametersSha256);
      expect(resumed.summary.progress).toEqual(whole.summary.progress);
    },
  );
});
