/**
 * A run that was stopped and resumed is the run that never stopped: the same bits, metrics, completions and summary.
 */

import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { testCohort } from '../training/cohort.ts';
import { fileText, largestDigit, metricsWithoutTimes, shortRun } from './languageRun.ts';

const own = { task: largestDigit };

describe('resume', () => {
  const variants: readonly [string, Partial<LanguageTrainConfig>][] = [
    ['gpg-lm', {}],
    [
      'gpg-lm to a threshold, with a reference and momentum',
      { minValidFraction: 0.8, klCoef: 0.1, optimizer: 'sgd', momentum: 0.9, learningRate: 0.1 },
    ],
    ['grpo, two epochs, AdamW along a cosine', { estimator: 'grpo', updateEpochs: 2, optimizer: 'adamw', schedule: 'cosine' }],
    ['remax', { estimator: 'remax' }],
    ['ppo', { estimator: 'ppo' }],
    ['gpg-lm from random weights', { warmStartAccuracy: 0 }],
    // So many prompts that some come again after the stop.
    ['gpg-lm with a curriculum', { curriculum: 'soft', numGroups: 40 }],
    [
      'grpo, steered towards a reference that moves',
      { estimator: 'grpo', klCoef: 0.1, klTarget: 0.01, referenceInterval: 2, referenceMix: 0.6 },
    ],
  ];

  it.each(variants)('%s: stopped after 1, then after 4, then to the end', async (_name, change) => {
    const input = { ...shortRun, ...change } as LanguageTrainConfig;
    const cohort = testCohort();
    const whole = await cohort.trainLanguageModel(input, { runDirectory: 'whole' }).finish();
    const first = await cohort.trainLanguageModel({ ...input, stopAfter: 1 }, { runDirectory: 'parts' }).finish();
    expect(first.summary).toMatchObject({ status: 'stopped', iterations: 1 });
    await (await cohort.resume('parts', { ...own, stopAfter: 4 })).finish();
    const last = await (await cohort.resume('parts', own)).finish();
    const { parametersSha256, progress, tokens, evaluation, startEvaluation } = whole.summary;
    expect(last.summary).toMatchObject({ status: 'done', iterations: 6, parametersSha256, progress, tokens });
    expect(last.summary.evaluation).toEqual(evaluation);
    expect(last.summary.startEvaluation).toEqual(startEvaluation);
    expect(metricsWithoutTimes(fileText(cohort, 'parts', 'metrics.jsonl'))).toEqual(
      metricsWithoutTimes(fileText(cohort, 'whole', 'metrics.jsonl')),
    );
    expect(fileText(cohort, 'parts', 'completions.jsonl')).toBe(fileText(cohort, 'whole', 'completions.jsonl'));
    expect(fileText(cohort, 'parts', 'evaluations.csv')).toBe(fileText(cohort, 'whole', 'evaluations.csv'));
  });

  it('files that went past the checkpoint are cut back to it', async () => {
    const cohort = testCohort();
    const whole = await cohort.trainLanguageModel(shortRun, { runDirectory: 'whole' }).finish();
    await cohort.trainLanguageModel({ ...shortRun, stopAfter: 3 }, { runDirectory: 'parts' }).finish();
    // As a process killed between two checkpoints leaves them.
    const { files } = cohort.home.folders.get('parts')!;
    for (const name of ['completions.jsonl', 'metrics.jsonl', 'evaluations.csv']) {
      files.set(name, new TextEncoder().encode(`${fileText(cohort, 'parts', name)}{"iteration":4,"half a li`));
    }
    const { summary } = await (await cohort.resume('parts', own)).finish();
    expect(summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(fileText(cohort, 'parts', 'completions.jsonl')).toBe(fileText(cohort, 'whole', 'completions.jsonl'));
    expect(fileText(cohort, 'parts', 'evaluations.csv')).toBe(fileText(cohort, 'whole', 'evaluations.csv'));
  });

  it('an abort ends the run with a checkpoint; leaving the loop early does the same', async () => {
    const cohort = testCohort();
    const { summary: whole } = await cohort.trainLanguageModel(shortRun).finish();
    const controller = new AbortController();
    const aborted = cohort.trainLanguageModel(shortRun, { runDirectory: 'aborted', signal: controller.signal });
    for await (const { iteration } of aborted) if (iteration === 3) controller.abort();
    expect((await aborted.finish()).summary).toMatchObject({ status: 'interrupted', iterations: 3 });
    const left = cohort.trainLanguageModel(shortRun, { runDirectory: 'left' });
    for await (const { iteration } of left) if (iteration === 2) break;
    expect((await left.finish()).summary).toMatchObject({ status: 'interrupted', iterations: 2 });
    for (const directory of ['aborted', 'left']) {
      const { summary } = await (await cohort.resume(directory, own)).finish();
      expect(summary).toMatchObject({ status: 'done', parametersSha256: whole.parametersSha256 });
    }
  });

  it('an abort in the warm start leaves nothing to go on from; the run begins again', async () => {
    const cohort = testCohort();
    const { summary: whole } = await testCohort().trainLanguageModel(shortRun).finish();
    const controller = new AbortController();
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => {
      events.push(event);
      if (event.event === 'warmStart') controller.abort();
    };
    const run = cohort.trainLanguageModel(shortRun, { runDirectory: 'run', signal: controller.signal, onEvent });
    const { summary } = await run.finish();
    expect(summary).toMatchObject({ status: 'interrupted', iterations: 0, evaluation: null });
    expect(events.map(({ event }) => event)).toEqual(['config', 'warmStart', 'summary']);
    expect(cohort.home.folders.get('run')!.files.has('checkpoint.safetensors')).toBe(false);
    const resumed = await (await cohort.resume('run', own)).finish();
    expect(resumed.summary.parametersSha256).toBe(whole.parametersSha256);
  });

  it('a task and an estimator of one’s own must be given again', async () => {
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...shortRun, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    await expect(cohort.resume('run')).rejects.toThrow(
      'task: expected the run’s own task, which no file can hold, got nothing; pass it again as { task: yourTask }',
    );
  });
});

describe('a warm start', () => {
  it('is done once for runs that share it, and anew where what was kept is damaged', async () => {
    const cohort = testCohort();
    const told = async (runDirectory: string): Promise<Extract<RunEvent, { event: 'warmStart' }>> => {
      const events: RunEvent[] = [];
      await cohort.trainLanguageModel({ ...shortRun, iterations: 1 }, { runDirectory, onEvent: (event) => events.push(event) }).finish();
      return events.findLast((event) => event.event === 'warmStart')!;
    };
    const first = await told('first');
    expect(first).toMatchObject({ done: true, cached: false, target: 0.3 });
    expect(await told('second')).toMatchObject({ done: true, cached: true, step: first.step, accuracy: first.accuracy });
    const { files } = cohort.home.folders.get('runs/warm-starts')!;
    const [name, bytes] = [...files][0]!;
    bytes[bytes.length - 1]! ^= 1;
    expect(await told('third')).toMatchObject({ cached: false, step: first.step, discarded: expect.stringContaining('expected') });
    expect(files.size).toBe(1);
    expect(await told('fourth')).toMatchObject({ cached: true });
    expect(name).toMatch(/^[0-9a-f]{64}\.safetensors$/);
    expect(fileText(cohort, 'fourth', 'completions.jsonl')).toBe(fileText(cohort, 'first', 'completions.jsonl'));
  });
});
