/**
 * The same configuration and seed give the same bits: twice, and whatever is evaluated. The hashes below were recorded once;
 * every supported Node and Chromium must give them.
 */

import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { testCohort } from '../training/cohort.ts';
import { shortRun } from './languageRun.ts';

/** SHA-256 of the final parameters. */
async function hashOf(input: LanguageTrainConfig, cohort = testCohort()): Promise<string> {
  return (await cohort.trainLanguageModel(input).finish()).summary.parametersSha256;
}

const golden: readonly [string, LanguageTrainConfig, string][] = [
  ['gpg-lm', shortRun, 'cea656f12cf760474435db8311524be94780cb9ff643aac993d6f090c87a0ff6'],
  [
    'gpg-lm, drawn to the threshold, with a reference and SGD',
    { ...shortRun, minValidFraction: 0.8, klCoef: 0.1, optimizer: 'sgd', momentum: 0.9, learningRate: 0.1 },
    'd8a3f6dff05d91525eee6662e07ce17edb78e19c657dd37fc6310b2a4bd762d2',
  ],
  [
    'grpo, two epochs, AdamW along a cosine',
    { ...shortRun, estimator: 'grpo', updateEpochs: 2, optimizer: 'adamw', schedule: 'cosine', warmupIterations: 2 },
    '3af7cf9318233e4feb5bf21360549207276572e10634c5fd07d7641f0df6152e',
  ],
  [
    'remax, grouped queries, interleaved, untied, with biases',
    { ...shortRun, estimator: 'remax', numKeyValueHeads: 1, rotaryLayout: 'interleaved', tieWordEmbeddings: false, attentionBias: true },
    '4ccc7ac3933167fa52f56b741b5c7b8a96b88e2bfa8922cb6583e7e29201c0ea',
  ],
  ['ppo', { ...shortRun, estimator: 'ppo' }, '52863ccdd8bdac0b79e27bac3f95fca276cf8cb6cb3ab7f0e99f07bcd189a086'],
];

describe('the same bits', () => {
  it.each(golden)('%s: the recorded hash, with a warm start and with the one that was kept', async (_name, input, hash) => {
    const cohort = testCohort();
    expect(await hashOf(input, cohort)).toBe(hash);
    expect(await hashOf(input, cohort)).toBe(hash);
  });

  it('another seed gives other bits, also from the same warm start', async () => {
    expect(await hashOf({ ...shortRun, seed: 2, warmStartSeed: 1 })).not.toBe(golden[0]![2]);
  });

  it('evaluating more or less changes nothing', async () => {
    const input = { ...shortRun, evaluationInterval: 0, finalEvaluationPrompts: 1, evaluationSamples: 1 };
    expect(await hashOf(input)).toBe(golden[0]![2]);
  });
});
