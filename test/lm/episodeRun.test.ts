/**
 * Whole runs on a task of episodes, as a program makes them.
 */
import { describe, expect, it } from 'vitest';
import { testCohort } from '../training/cohort.ts';
import { relay } from './algorithm/relay.ts';
import { fileText, tiny } from './languageRun.ts';
import { packages, written } from './smallModel.ts';

const fields = {
  task: relay,
  ...tiny,
  iterations: 4,
  warmStartAccuracy: 0.4,
  evaluationInterval: 2,
  evaluationPrompts: 16,
  finalEvaluationPrompts: 12,
  evaluationSamples: 4,
} as const;

describe('a run of episodes', () => {
  it('stopped and resumed is the run that never stopped', async () => {
    const cohort = testCohort();
    const whole = await cohort.trainLanguageModel(fields, { runDirectory: 'whole' }).finish();
    await cohort.trainLanguageModel({ ...fields, stopAfter: 1 }, { runDirectory: 'parts' }).finish();
    const parts = await (await cohort.resume('parts', { task: relay })).finish();
    expect(parts.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(parts.summary.evaluation).toEqual(whole.summary.evaluation);
    // What the model said, the tool, and the model.
    const [line] = fileText(cohort, 'whole', 'completions.jsonl').split('\n');
    expect(JSON.parse(line!).completion).toMatch(/^[a-d=]*=[a-d]=[a-d=]*$/);
  });

  it('begins from a pretrained model like any other', async () => {
    const { model } = await testCohort().trainLanguageModel(fields).finish();
    const folder = await written('base', await model.export('huggingface'));
    const {
      hiddenSize: _,
      numHiddenLayers: __,
      numAttentionHeads: ___,
      intermediateSize: ____,
      warmStartAccuracy: _____,
      ...rest
    } = fields;
    const hashes = await Promise.all(
      [1, 2].map(async (threads) => {
        const cohort = testCohort();
        await cohort.openModel(folder, packages);
        const input = { ...rest, model: 'base', loraRank: 4, maxTokens: 9, threads };
        const { summary } = await cohort.trainLanguageModel(input).finish();
        expect(summary.startEvaluation!.sampled.mean).toBeGreaterThan(0.25);
        return summary.parametersSha256;
      }),
    );
    expect(hashes[1]).toBe(hashes[0]);
  });

  it('has no limit of another thread for its rewards', () => {
    expect(() => testCohort().trainLanguageModel({ ...fields, rewardTimeout: 1 })).toThrow(
      'rewardTimeout: expected none for task relay, which has a rollout',
    );
  });
});
