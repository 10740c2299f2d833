/**
 * Training a language model as a program sees it: events, iterations, files, own tasks and estimators, the model at the end, and what ends a run.
 */

import { describe, expect, it } from 'vitest';
import { defineEstimator } from '../../src/advantage/core.ts';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { LanguageTask } from '../../src/lm/tasks/task.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { metricTable } from '../../src/run/metrics.ts';
import { testCohort } from '../training/cohort.ts';
import { fileText, largestDigit, shortRun } from './languageRun.ts';

async function eventsOf(input: LanguageTrainConfig): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await testCohort()
    .trainLanguageModel(input, { onEvent: (event) => events.push(event) })
    .finish();
  return events;
}

describe('events', () => {
  it('come in order: what runs, the warm start, its evaluation, iterations, the summary', async () => {
    const events = await eventsOf(shortRun);
    const names = events.map(({ event }) => event).filter((name, i, all) => name !== all[i - 1]);
    const pair = ['iteration', 'completions'];
    expect(names).toEqual([
      'config',
      'warmStart',
      'evaluation',
      ...[...pair, ...pair, 'evaluation'],
      ...[...pair, ...pair, 'evaluation'],
      ...[...pair, ...pair, 'evaluation'],
      'summary',
    ]);
    expect(events[0]).toMatchObject({
      event: 'config',
      seed: 1,
      resumed: false,
      road: 'language-models',
      config: { task: 'custom', estimator: 'gpg-lm' },
    });
    expect((events[0] as { memoryBytes: number }).memoryBytes).toBeGreaterThan(100_000);
    const warm = events.filter((event) => event.event === 'warmStart');
    expect(warm.map(({ done }) => done)).toEqual([...warm.slice(1).map(() => false), true]);
    expect(warm.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.3);
    const evaluations = events.filter((event) => event.event === 'evaluation');
    expect(evaluations.map(({ iteration }) => iteration)).toEqual([0, 2, 4, 6]);
    expect(evaluations[0]!.sampled.returns).toHaveLength(16);
    expect(evaluations[0]!.passAtK).toBeUndefined();
    const draws = events.reduce((sum, event) => sum + (event.event === 'iteration' ? event.metrics['group/attempts']! : 0), 0);
    const summary = events.at(-1) as Extract<RunEvent, { event: 'summary' }>;
    const progress = { unit: 'completions', count: 24 * draws };
    expect(summary).toMatchObject({ status: 'done', iterations: 6, progress, method: 'gpg-lm', target: 'largest-digit' });
    expect(summary).toMatchObject({ startEvaluation: { sampled: { mean: evaluations[0]!.sampled.mean } } });
  });

  it('of an iteration carry metrics that the table describes, and completions with rewards', async () => {
    const known = new Set(metricTable.map(({ key }) => key));
    for (const estimator of ['gpg-lm', 'grpo', 'ppo'] as const) {
      for (const event of await eventsOf({ ...shortRun, estimator, iterations: 2, evaluationInterval: 0 })) {
        if (event.event === 'iteration') {
          const keys = Object.keys(event.metrics).map((key) => (/^reward\/(right|ended)$/.test(key) ? 'reward/<component>' : key));
          expect(keys.filter((key) => !known.has(key))).toEqual([]);
          expect(event.metrics['reward/failed']).toBe(0);
          expect(Object.values(event.metrics).every(Number.isFinite)).toBe(true);
        }
        if (event.event === 'completions') {
          expect(event.completions.length).toBeGreaterThan(0);
          for (const { prompt, total, components } of event.completions) {
            expect(prompt).toMatch(/^[0-9]{3}=$/);
            expect(total).toBeCloseTo(components.right! + 0.1 * components.ended!, 12);
          }
        }
      }
    }
  });
});

describe('the end', () => {
  it('has pass@k and maj@k, which fit the accuracy', async () => {
    const { summary } = await testCohort().trainLanguageModel(shortRun).finish();
    const { evaluation } = summary;
    const { passAtK = [], majAtK = [] } = evaluation!;
    expect(passAtK.map(({ k }) => k)).toEqual([2, 4]);
    expect(majAtK.map(({ k }) => k)).toEqual([2, 4]);
    expect(passAtK[0]!.accuracy).toBeGreaterThanOrEqual(evaluation!.sampled.mean!);
    expect(passAtK[1]!.accuracy).toBeGreaterThanOrEqual(passAtK[0]!.accuracy);
    for (const { accuracy, low, high } of [...passAtK, ...majAtK]) expect(low <= accuracy && accuracy <= high).toBe(true);
    expect(evaluation!.sampled.returns).toHaveLength(12);
    // Four completions per prompt: shares in quarters.
    expect(evaluation!.sampled.returns.every((share) => Number.isInteger(share * 4))).toBe(true);
  });

  it('gives the model: it completes prompts, the same for the same seed, and knows its accuracy', async () => {
    const cohort = testCohort();
    const { summary, model } = await cohort.trainLanguageModel(shortRun, { runDirectory: 'run' }).finish();
    const options = { prompt: '274=', numSamples: 20, seed: 5 };
    const samples = model.sample(options);
    expect(samples).toHaveLength(20);
    expect(model.sample(options)).toEqual(samples);
    expect(model.sample({ ...options, seed: 6 })).not.toEqual(samples);
    expect(new Set(model.sample({ ...options, greedy: true }).map(({ completion }) => completion)).size).toBe(1);
    for (const { logProb, tokens } of samples) expect(logProb < 0 && tokens >= 1 && tokens <= 3).toBe(true);
    const given = { task: largestDigit };
    expect((await cohort.loadLanguageModel('run', given)).sample(options)).toEqual(samples);
    const evaluation = await model.evaluate({ numPrompts: 12, numSamples: 2 });
    expect(await cohort.evaluate('run', { numPrompts: 12, numSamples: 2, ...given })).toEqual({
      ...evaluation,
      road: 'language-models',
      target: 'largest-digit',
    });
    // The likeliest answers to the same held-out prompts.
    expect(evaluation.greedy.returns).toEqual(summary.evaluation!.greedy.returns);
  });

  it('leaves a folder with completions and without episodes', async () => {
    const cohort = testCohort();
    await cohort.trainLanguageModel(shortRun, { runDirectory: 'run' }).finish();
    const names = [...cohort.home.folders.get('run')!.files.keys()].filter((name) => !name.startsWith('events.')).sort();
    expect(names).toEqual([
      'checkpoint.safetensors',
      'completions.jsonl',
      'config.json',
      'evaluations.csv',
      'metrics.jsonl',
      'summary.json',
    ]);
    expect(JSON.parse(fileText(cohort, 'run', 'config.json'))).toMatchObject({
      road: 'language-models',
      config: { task: 'custom', numGroups: 6 },
    });
    const lines = fileText(cohort, 'run', 'completions.jsonl').trimEnd().split('\n');
    expect(new Set(lines.map((line) => (JSON.parse(line) as { iteration: number }).iteration))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('comes early as solved where everything is right', async () => {
    const easy: LanguageTask = {
      ...largestDigit,
      prompts: (random) => ({ ...largestDigit.prompts(random), reward: () => 1 }),
      weights: {},
    };
    const input = { ...shortRun, task: easy, warmStartAccuracy: 0, maxAttempts: 2 };
    const { summary } = await testCohort().trainLanguageModel(input).finish();
    expect(summary).toMatchObject({ status: 'done', message: 'solved', iterations: 1 });
    expect(summary.evaluation!.sampled.mean).toBe(1);
  });
});

describe('learning', () => {
  it('the largest of three digits, from a third to most of them', async () => {
    const input = { ...shortRun, iterations: 60, numGroups: 16, groupSize: 8, finalEvaluationPrompts: 80, evaluationInterval: 0 };
    const { summary } = await testCohort().trainLanguageModel(input).finish();
    expect(summary.evaluation!.sampled.mean!).toBeGreaterThan(0.6);
  });

  it('an estimator of one’s own: the sign of the centered reward', async () => {
    const estimator = defineEstimator({
      title: 'sign',
      advantages: ({ rewards, groups }) => {
        const sums = new Map<number, [number, number]>();
        rewards.forEach((reward, i) => {
          const [sum, count] = sums.get(groups[i]!) ?? [0, 0];
          sums.set(groups[i]!, [sum + reward, count + 1]);
        });
        return rewards.map((reward, i) => Math.sign(reward - sums.get(groups[i]!)![0] / sums.get(groups[i]!)![1]));
      },
    });
    const cohort = testCohort();
    const input = { ...shortRun, estimator, stopAfter: 2 };
    const { summary } = await cohort.trainLanguageModel(input, { runDirectory: 'run' }).finish();
    expect(summary).toMatchObject({ method: 'custom', status: 'stopped' });
    const own = { task: largestDigit };
    await expect(cohort.resume('run', own)).rejects.toThrow('estimator: expected the run’s own estimator');
    const whole = await testCohort()
      .trainLanguageModel({ ...shortRun, estimator })
      .finish();
    const last = await (await cohort.resume('run', { ...own, estimator })).finish();
    expect(last.summary.parametersSha256).toBe(whole.summary.parametersSha256);
  });
});
