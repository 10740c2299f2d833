/**
 * A run on a server from the outside: its folder, its resume, its evaluation.
 */
import { describe, expect, it } from 'vitest';
import { testCohort } from '../../training/cohort.ts';
import { fileText, metricsWithoutTimes } from '../languageRun.ts';
import { lastLetter } from '../smallState.ts';
import { ReferenceServer } from './referenceServer.ts';
import { accessTo, beginning, referenceServer, served } from './servedRun.ts';

const input = {
  ...served,
  numGroups: 4,
  groupSize: 4,
  iterations: 6,
  checkpointInterval: 2,
  evaluationInterval: 3,
  evaluationPrompts: 8,
  finalEvaluationPrompts: 8,
  evaluationSamples: 4,
} as const;

const secret = 'a-key-that-is-written-nowhere';

describe('a run on a server', () => {
  it('stopped and resumed after the server was started again: the same lines and weights as in one go', async () => {
    const whole = testCohort();
    const one = await referenceServer();
    const ended = await whole.trainLanguageModel(input, { runDirectory: 'run', server: accessTo(one) }).finish();
    expect(ended.summary).toMatchObject({ status: 'done', iterations: 6, target: 'last-letter' });

    const parts = testCohort();
    const first = await referenceServer({ apiKey: secret });
    const access = { apiKey: secret };
    await parts.trainLanguageModel({ ...input, stopAfter: 3 }, { runDirectory: 'run', server: accessTo(first, access) }).finish();
    const second = new ReferenceServer({ state: await beginning(), kept: first.kept, apiKey: secret });
    const resumed = await parts.resume('run', { task: lastLetter, server: accessTo(second, access) });
    const { summary } = await resumed.finish();
    expect(second.asked.slice(0, 4)).toEqual(['get_server_capabilities', 'create_session', 'create_model', 'retrieve_future']);
    expect(second.asked).toContain('load_weights');

    for (const file of ['metrics.jsonl', 'completions.jsonl']) {
      const [a, b] = [fileText(parts, 'run', file), fileText(whole, 'run', file)];
      expect(file === 'metrics.jsonl' ? metricsWithoutTimes(a) : a).toEqual(file === 'metrics.jsonl' ? metricsWithoutTimes(b) : b);
    }
    expect(summary.evaluation).toEqual(ended.summary.evaluation);
    const last = [...one.kept.values()].at(-1)!;
    expect([...second.kept.values()].at(-1)!.values).toEqual(last.values);
    expect(last.steps).toBeGreaterThan(3);
    // Of every model the last two: one may not be named yet when a client is killed.
    expect([...one.kept.keys()].map((place) => place.split('/').at(-1))).toEqual(['iteration-4', 'iteration-6']);

    // The key is in no file.
    for (const [name, bytes] of parts.home.folders.get('run')!.files) {
      expect(new TextDecoder().decode(bytes).includes(secret), name).toBe(false);
    }
    const measured = await parts.evaluate('run', { task: lastLetter, numPrompts: 8, numSamples: 2, server: accessTo(second, access) });
    expect(measured.greedy.returns).toHaveLength(8);
  });

  it('gives a model that is evaluated there, also after the end, and is not sampled at once', async () => {
    const cohort = testCohort();
    const server = await referenceServer();
    const run = cohort.trainLanguageModel({ ...input, iterations: 2 }, { runDirectory: 'run', server: accessTo(server) });
    const { model } = await run.finish();
    expect((await model.evaluate({ numPrompts: 8, numSamples: 2 })).sampled.returns).toHaveLength(8);
    expect(() => model.sample({ prompt: 'abc=' })).toThrow(
      'sample: expected a model whose weights are in this process, got "tiny" on the server http://127.0.0.1:8000; write await sampleAsync(...)',
    );
    expect(server.asked).toContain('unload_model');
  });

  it('leaves no folder where the server cannot be used', async () => {
    const cohort = testCohort();
    const server = await referenceServer({ model: 'other' });
    const run = cohort.trainLanguageModel(input, { runDirectory: 'run', server: accessTo(server) });
    await expect(run.finish()).rejects.toThrow('expected one of the 1 models');
    expect(cohort.home.folders.get('run')?.files.size ?? 0).toBe(0);
  });
});
