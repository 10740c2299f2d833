/** Runs on questions and answers: the folder keeps a copy, and needs nothing else to go on. */
import { describe, expect, it } from 'vitest';
import { readRows } from '../../src/lm/data/rows.ts';
import { taskFromRows } from '../../src/lm/data/task.ts';
import { testCohort } from '../training/cohort.ts';
import { fileText, shortRun } from './languageRun.ts';

const rows = Array.from({ length: 200 }, (_, i) => ({
  prompt: `${Math.floor(i / 10)}+${i % 10}=`,
  answer: String(Math.floor(i / 10) + (i % 10)),
}));
const task = taskFromRows(rows, { id: 'sums', source: { name: 'sums.jsonl', sha256: 'b'.repeat(64) } });
const input = { ...shortRun, task, iterations: 4, warmStartAccuracy: 0.1 };

describe('a run on data', () => {
  it('records name and SHA-256, keeps the rows, and goes on without the task: the same bits', async () => {
    const cohort = testCohort();
    const whole = await cohort.trainLanguageModel(input, { runDirectory: 'whole' }).finish();
    expect(JSON.parse(fileText(cohort, 'whole', 'config.json'))).toMatchObject({
      config: { task: 'sums', evaluationPrompts: 16, finalEvaluationPrompts: 12 },
      data: { name: 'sums.jsonl', sha256: 'b'.repeat(64), heldOut: 0.1 },
    });
    expect(readRows(fileText(cohort, 'whole', 'data.jsonl'), 'jsonl').map(({ line: _, ...row }) => row)).toEqual(rows);
    await cohort.trainLanguageModel({ ...input, stopAfter: 2 }, { runDirectory: 'parts' }).finish();
    const { summary } = await (await cohort.resume('parts')).finish();
    expect(summary).toMatchObject({ target: 'sums', status: 'done', parametersSha256: whole.summary.parametersSha256 });
    expect(summary.evaluation).toEqual(whole.summary.evaluation);
    const evaluated = await cohort.evaluate('parts', { numSamples: 2 });
    // 25 of 200 prompts are held out: each is asked once.
    expect(evaluated.greedy.returns).toHaveLength(25);
    expect(evaluated.unclear).toEqual({ sampled: expect.any(Number), greedy: expect.any(Number) });
  });

  it('never asks more held-out prompts than there are', () => {
    const training = testCohort().trainLanguageModel({ ...input, evaluationPrompts: 200, finalEvaluationPrompts: 500 });
    expect(training.config).toMatchObject({ evaluationPrompts: 25, finalEvaluationPrompts: 25 });
  });

  it.each<[string, (text: string) => string | undefined]>([
    ['changed', (text) => text.replace('"0"', '"1"')],
    ['cut', (text) => text.slice(0, -5)],
    ['missing', () => undefined],
  ])('a copy that is %s is refused', async (_, change) => {
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...input, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    const { files } = cohort.home.folders.get('run')!;
    const text = change(fileText(cohort, 'run', 'data.jsonl'));
    if (text === undefined) files.delete('data.jsonl');
    else files.set('data.jsonl', new TextEncoder().encode(text));
    await expect(cohort.resume('run')).rejects.toThrow(
      /data\.jsonl: expected the questions and answers of the run \(SHA-256 .{12}\.\.\.\), got/,
    );
  });

  it('what a stranger recorded of the data is checked', async () => {
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...input, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    const { files } = cohort.home.folders.get('run')!;
    const config = JSON.parse(fileText(cohort, 'run', 'config.json'));
    // Nothing binds a configuration before the first checkpoint.
    files.delete('checkpoint.safetensors');
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, data: { ...config.data, name: '\u001b[2J' } })));
    await expect(cohort.loadLanguageModel('run')).rejects.toThrow(/data\.name: expected text without control characters/);
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, data: 5 })));
    await expect(cohort.loadLanguageModel('run')).rejects.toThrow(/data: expected/);
  });

  it('another answer in one row is another warm start', async () => {
    const cohort = testCohort();
    const hashOf = async (answer: string): Promise<unknown> => {
      const other = taskFromRows([...rows.slice(0, -1), { prompt: '19+9=', answer }], { id: 'sums' });
      return (await cohort.trainLanguageModel({ ...input, task: other, iterations: 1 }).finish()).summary.startEvaluation;
    };
    const warmStarts: unknown[] = [];
    for (const answer of ['28', '29']) {
      await cohort
        .trainLanguageModel(
          { ...input, task: taskFromRows([...rows.slice(0, -1), { prompt: '19+9=', answer }], { id: 'sums' }), iterations: 1 },
          { onEvent: (event) => void (event.event === 'warmStart' && event.done && warmStarts.push(event.cached)) },
        )
        .finish();
    }
    expect(warmStarts).toEqual([false, false]);
    expect(await hashOf('28')).toEqual(await hashOf('28'));
  });

  it('several seeds: the plan keeps the data for those that wait, and each seed has its own copy', async () => {
    const cohort = testCohort();
    const controller = new AbortController();
    const { outcomes } = await cohort.trainSeeds({ ...input, iterations: 2 }, [1, 2], {
      runDirectory: 'seeds',
      signal: controller.signal,
      onEvent: (event) => void (event.event === 'iteration' && controller.abort()),
    });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'notStarted']);
    expect(JSON.parse(fileText(cohort, 'seeds', 'seeds.json'))).toMatchObject({
      target: 'sums',
      input: { task: 'sums' },
      data: { name: 'sums.jsonl' },
    });
    const resumed = await cohort.resumeSeeds('seeds');
    expect(resumed.summaries.map(({ seed, status }) => [seed, status])).toEqual([
      [1, 'done'],
      [2, 'done'],
    ]);
    expect(fileText(cohort, 'seeds/seed2', 'data.jsonl')).toBe(fileText(cohort, 'seeds', 'data.jsonl'));
  });

  it('a benchmark is asked in part, or greedily alone, and says how far it is', async () => {
    const { model } = await testCohort()
      .trainLanguageModel({ ...input, iterations: 1, numGroups: 4 })
      .finish();
    const questions = Array.from({ length: 40 }, (_, i) => ({ prompt: `${i % 10}+${i % 7}=`, answer: String((i % 10) + (i % 7)) }));
    const benchmark = taskFromRows(questions, { id: 'bench', heldOut: 1 });
    const told: number[] = [];
    const whole = await model.evaluate({
      benchmark,
      numSamples: 2,
      onProgress({ done, total }) {
        expect(total).toBe(120);
        told.push(done);
      },
    });
    expect(whole.greedy.returns).toHaveLength(40);
    expect(told.at(-1)).toBe(120);
    expect(told.length).toBeGreaterThan(2);
    expect(told.every((done, i) => done > (told[i - 1] ?? 0))).toBe(true);
    const part = await model.evaluate({ benchmark, numPrompts: 10, numSamples: 0 });
    expect(part.greedy.returns).toEqual(whole.greedy.returns.slice(0, 10));
    expect([part.sampled.returns, part.sampled.mean, part.passAtK]).toEqual([[], null, undefined]);
    expect(part.unclear?.sampled).toBe(0);
  });

  it('a benchmark asks what the model can read, and counts what it cannot', async () => {
    const cohort = testCohort();
    const { model } = await cohort.trainLanguageModel({ ...input, iterations: 1 }).finish();
    const questions = [
      { prompt: '3+4=', answer: '7' },
      { prompt: '12+3=', answer: '15' },
      { prompt: 'x', answer: '7' },
      { prompt: '123456789', answer: '7' },
    ];
    const benchmark = taskFromRows(questions, { id: 'bench', heldOut: 1 });
    const { greedy, sampled, notAsked, unclear } = await model.evaluate({ benchmark, numSamples: 4 });
    expect([greedy.returns.length, sampled.returns.length, notAsked]).toEqual([2, 2, 2]);
    expect(unclear).toBeDefined();
    await expect(model.evaluate({ benchmark: taskFromRows(questions.slice(2), { id: 'bench', heldOut: 1 }) })).rejects.toThrow(
      /evaluate: benchmark: expected prompts that a model of sums can read, got none of 2/,
    );
  });
});
