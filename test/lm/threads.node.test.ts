/**
 * The bits of a language-model run do not depend on the number of threads, in the warm start, in sampling, or in training.
 */

import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { nodePlatform } from '../../src/node/platform.ts';
import { testCohort } from '../training/cohort.ts';
import { largestDigit, shortRun } from './languageRun.ts';
import { countShapesHash, countShapesRun } from './pictureRun.ts';
import { packages, pretrainedRun, smallModel } from './smallModel.ts';

const wide: LanguageTrainConfig = { ...shortRun, iterations: 3, numGroups: 24, groupSize: 8 };

describe('threads', () => {
  it.each([
    ['gpg-lm', wide],
    ['grpo with a reference', { ...wide, estimator: 'grpo', klCoef: 0.1, updateEpochs: 2 }],
    ['ppo', { ...wide, estimator: 'ppo' }],
    ['vineppo', { ...wide, estimator: 'vineppo', branches: 3, branchInterval: 1 }],
    ['pictures', countShapesRun],
    ['pictures that branch', { ...countShapesRun, estimator: 'vineppo', branches: 2 }],
    ['adapters that branch', { ...pretrainedRun, loraRank: 4, estimator: 'vineppo', branches: 3, branchInterval: 1 }],
    [
      'adapters with a dropout, and an entropy bonus',
      { ...pretrainedRun, loraRank: 4, loraDropout: 0.2, entropyCoef: 0.05, numGroups: 24, groupSize: 8 },
    ],
    ['two of three blocks frozen', { ...wide, numHiddenLayers: 3, frozenLayers: 2, estimator: 'grpo', optimizer: 'adamw' }],
    ['adapters with a reference', { ...pretrainedRun, loraRank: 4, numGroups: 24, groupSize: 8, klCoef: 0.1 }],
  ] as [string, LanguageTrainConfig][])('%s: 1, 2 and 3 give the same hash and the same accuracy', async (_name, input) => {
    const runs = [];
    const folder = input.model === undefined ? undefined : await smallModel();
    for (const threads of [1, 2, 3]) {
      const cohort = testCohort(nodePlatform);
      if (folder) await cohort.openModel(folder, packages);
      runs.push((await cohort.trainLanguageModel({ ...input, threads }).finish()).summary);
    }
    expect(new Set(runs.map(({ parametersSha256 }) => parametersSha256)).size).toBe(1);
    if (input === countShapesRun) expect(runs[0]!.parametersSha256).toBe(countShapesHash);
    expect(runs[1]!.evaluation).toEqual(runs[0]!.evaluation);
    expect(runs[2]!.evaluation).toEqual(runs[0]!.evaluation);
  });

  it('a run goes on with another number of threads', async () => {
    const { summary: whole } = await testCohort(nodePlatform).trainLanguageModel(wide).finish();
    const cohort = testCohort(nodePlatform);
    await cohort.trainLanguageModel({ ...wide, threads: 2, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    const resumed = await cohort.resume('run', { task: largestDigit, threads: 1 });
    expect((await resumed.finish()).summary.parametersSha256).toBe(whole.parametersSha256);
  });
});
