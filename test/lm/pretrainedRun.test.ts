/**
 * Runs that begin from a pretrained model: a small one, trained here, is written as a Hugging Face folder and taken as the beginning of others. The hashes were
 * recorded once; every supported Node and Chromium must give them.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { ModelFiles } from '../../src/lm/checkpoints/files.ts';
import { taskFromRows } from '../../src/lm/data/task.ts';
import type { LanguageTask } from '../../src/lm/tasks/task.ts';
import { testCohort, testPlatform } from '../training/cohort.ts';
import { fileText, largestDigit, metricsWithoutTimes, shortRun } from './languageRun.ts';
import { packages, pretrainedRun, smallModel, written } from './smallModel.ts';

type Cohort = ReturnType<typeof testCohort>;

let folder: ModelFiles;
beforeAll(async () => {
  folder = await smallModel();
});

async function opened(cohort: Cohort = testCohort()): Promise<{ cohort: Cohort; input: LanguageTrainConfig }> {
  await cohort.openModel(folder, packages);
  return { cohort, input: { ...pretrainedRun, loraRank: 4 } };
}

const golden: readonly [string, Partial<LanguageTrainConfig>, string][] = [
  ['adapters', {}, '985e211e858cade164ceb788ffcc74fc'],
  [
    'adapters of two matrices, a reference, two threads',
    { loraTargets: 'query-value', loraAlpha: 3, klCoef: 0.2, threads: 2 },
    'c3956908d129023476b3682225407053',
  ],
  [
    'adapters with a dropout, an entropy bonus, two epochs of grpo',
    { estimator: 'grpo', updateEpochs: 2, loraDropout: 0.25, entropyCoef: 0.02, threads: 2 },
    '2456566172b7e3763b46ef9adad487c6',
  ],
  ['adapters of the upper block', { frozenLayers: 1 }, 'c9398d6c2795964fe72acdc5ea0bedc3'],
  ['the upper block, its norms and the head', { loraRank: 0, frozenLayers: 1, optimizer: 'adamw' }, '0cabf37e784c20194275bb39dc8502dc'],
  ['all weights', { loraRank: 0 }, '9674f5da6f00e08ece3269c18ed9f2ab'],
];

describe('a run that begins from a pretrained model', () => {
  it.each(golden)('%s: the recorded hash, twice', async (_name, fields, hash) => {
    const { cohort, input } = await opened();
    const first = (await cohort.trainLanguageModel({ ...input, ...fields }).finish()).summary.parametersSha256;
    expect((await cohort.trainLanguageModel({ ...input, ...fields, threads: 1 }).finish()).summary.parametersSha256).toBe(first);
    // The first digits tell enough.
    expect(first).toMatch(new RegExp(`^${hash}`));
  });

  it('begins with what the model says: adapters that are new change nothing', async () => {
    const { cohort, input } = await opened();
    const { model: begun } = await cohort.trainLanguageModel({ ...input, iterations: 1, learningRate: 0 }).finish();
    const base = await cohort.loadLanguageModel('base', { maxTokens: 3 });
    for (const prompt of ['274=', '901=']) {
      const draw = { prompt, numSamples: 4, seed: 5 };
      expect(begun.sample(draw)).toEqual(base.sample(draw));
    }
  });

  it('is kept with its model by name and digest, is resumed with the bits of one that was not stopped, and refuses other files', async () => {
    const whole = await opened();
    await whole.cohort.trainLanguageModel(whole.input, { runDirectory: 'runs/whole' }).finish();
    const { cohort, input } = await opened();
    await cohort.trainLanguageModel({ ...input, stopAfter: 2 }, { runDirectory: 'runs/part' }).finish();
    const { config } = JSON.parse(fileText(cohort, 'runs/part', 'config.json')) as { config: Record<string, unknown> };
    expect(config).toMatchObject({ model: 'base', hiddenSize: 16, numHiddenLayers: 2, loraRank: 4, warmStartAccuracy: 0 });
    expect(config.modelSha256).toMatch(/^[0-9a-f]{64}$/);
    const other = testCohort(testPlatform, cohort.home);
    await expect(other.resume('runs/part', { task: largestDigit })).rejects.toThrow('paths');
    const changed = await written('base', [
      ...(await (await whole.cohort.loadLanguageModel('runs/whole', { task: largestDigit })).export('huggingface')),
    ]);
    await other.openModel(changed, packages);
    await expect(other.resume('runs/part', { task: largestDigit })).rejects.toThrow('SHA-256');
    await (await cohort.resume('runs/part', { task: largestDigit })).finish();
    const lines = (of: Cohort, directory: string) => metricsWithoutTimes(fileText(of, directory, 'metrics.jsonl'));
    expect(lines(cohort, 'runs/part')).toEqual(lines(whole.cohort, 'runs/whole'));
    const loaded = await cohort.loadLanguageModel('runs/part', { task: largestDigit });
    expect(loaded.sample({ prompt: '274=', greedy: true })).toEqual(
      (await whole.cohort.loadLanguageModel('runs/whole', { task: largestDigit })).sample({ prompt: '274=', greedy: true }),
    );
  });

  it('goes out and in again: adapters for peft begin a run where they ended, merged weights say the same to 1e-5', async () => {
    const { cohort, input } = await opened();
    const { model } = await cohort.trainLanguageModel(input).finish();
    const [peft, merged] = [
      await written('adapter', await model.export('peft')),
      await written('merged', await model.export('huggingface')),
    ];
    const logProb = async (place: string): Promise<number> => {
      const [drawn] = (await cohort.loadLanguageModel(place, { maxTokens: 3 })).sample({ prompt: '274=', greedy: true });
      return drawn!.logProb;
    };
    // What an adapter calls its model has to be found.
    const find = async (path: string) => ({ files: path === 'base' ? folder : peft });
    const withPaths = testCohort({ ...testPlatform, openModelFiles: find, loadTokenizers: async () => packages.tokenizers });
    await withPaths.openModel('adapter', packages);
    const [expected] = model.sample({ prompt: '274=', greedy: true });
    const [again] = (await withPaths.loadLanguageModel('adapter', { maxTokens: 3 })).sample({ prompt: '274=', greedy: true });
    expect(again).toEqual(expected);
    const next = withPaths.trainLanguageModel({ ...pretrainedRun, iterations: 1, learningRate: 0, model: 'adapter' });
    expect(next.config).toMatchObject({ loraRank: 4, loraAlpha: 8, loraTargets: 'all' });
    expect((await next.finish()).model.sample({ prompt: '274=', greedy: true })).toEqual([expected]);
    await cohort.openModel(merged, packages);
    expect(await logProb('merged')).toBeCloseTo(expected!.logProb, 5);
  });

  it('of a run there is room for longer prompts than those of its task, with what it has learned', async () => {
    const { cohort, input } = await opened();
    const { model } = await cohort.trainLanguageModel({ ...input, learningRate: 0.02 }, { runDirectory: 'run' }).finish();
    const wide = await cohort.loadLanguageModel('run', { task: largestDigit, promptLength: 6, maxTokens: 1 });
    expect(wide.sample({ prompt: '27427=', greedy: true })[0]!.tokens).toBe(1);
    const draw = { prompt: '274=', greedy: true };
    expect(wide.sample(draw)[0]!.completion[0]).toBe(model.sample(draw)[0]!.completion[0]);
    const base = await cohort.loadLanguageModel('base', { maxTokens: 1 });
    expect(wide.sample(draw)[0]!.logProb).not.toBe(base.sample(draw)[0]!.logProb);
    const narrow = await cohort.loadLanguageModel('run', { task: largestDigit });
    expect(() => narrow.sample({ prompt: '27427=' })).toThrow('1 to 4 tokens');
  });

  it('asks questions of a file, whose last number is the answer', async () => {
    const { cohort } = await opened();
    const rows = Array.from({ length: 12 }, (_, i) => ({ prompt: `${i % 10}${(3 * i) % 10}0=`, answer: '7' }));
    const evaluation = await cohort.evaluate('base', {
      benchmark: taskFromRows(rows, { id: 'sevens', heldOut: 1 }),
      numSamples: 2,
      maxTokens: 3,
    });
    expect(evaluation.sampled.returns).toHaveLength(12);
    const task = taskFromRows(
      rows.map((row) => ({ ...row, answer: '1,072' })),
      { id: 'numbers', heldOut: 1 },
    );
    const { reward } = task.forPretrained!().heldOutProblems!()[0]!;
    expect(reward('It is 4 and 1072 in all.', true)).toEqual({ accuracy: 1, unclear: 0 });
    expect(reward('1072, or rather 4.', true)).toEqual({ accuracy: 0, unclear: 0 });
    expect(reward('It is 1072', false)).toEqual({ accuracy: 0, unclear: 0 });
    expect(reward('Not 4. #### 1072', true)).toMatchObject({ accuracy: 1 });
    expect(task.heldOutProblems!()[0]!.reward('It is 4 and 1072 in all.', true)).toMatchObject({ accuracy: 0 });
  });

  it('is measured as pretrained models are, whoever asks: a folder, or a model that was just trained', async () => {
    const { cohort, input } = await opened();
    const rows = Array.from({ length: 4 }, (_, i) => ({ prompt: `${i}70=`, answer: '7' }));
    const task = taskFromRows(rows, { id: 'sevens', heldOut: 1 });
    const alwaysRight = (): LanguageTask => {
      const own = task.forPretrained!();
      return {
        ...own,
        heldOutProblems: () => own.heldOutProblems!().map((problem) => ({ ...problem, reward: () => ({ accuracy: 1, unclear: 0 }) })),
      };
    };
    const benchmark = { ...task, forPretrained: alwaysRight };
    const { model } = await cohort.trainLanguageModel({ ...input, iterations: 1 }, { runDirectory: 'run' }).finish();
    for (const { sampled } of [
      await model.evaluate({ benchmark, numSamples: 1 }),
      await cohort.evaluate('run', { task: largestDigit, benchmark, numSamples: 1 }),
      await cohort.evaluate('base', { benchmark, numSamples: 1 }),
    ]) {
      expect(sampled.returns).toEqual([1, 1, 1, 1]);
    }
  });
});

describe('what a pretrained model cannot be combined with', () => {
  it.each<[Partial<LanguageTrainConfig>, string]>([
    [{ hiddenSize: 64 }, 'hiddenSize: expected 16'],
    [{ warmStartAccuracy: 0.5 }, 'warmStartAccuracy'],
    [{ estimator: 'ppo' }, 'critic'],
    [{ maxTokens: 60 }, 'its context'],
  ])('%j', async (fields, message) => {
    const { cohort, input } = await opened();
    expect(() => cohort.trainLanguageModel({ ...input, ...fields })).toThrow(message);
  });

  it('adapters without a model, a model that was not opened, a task with a tokenizer of its own, a conversation without a template', async () => {
    const { cohort, input } = await opened();
    expect(() => cohort.trainLanguageModel({ ...shortRun, loraRank: 4 })).toThrow('0 without a model');
    expect(() => cohort.trainLanguageModel({ ...input, model: 'another' })).toThrow('openModel');
    const { alphabet: _alphabet, ...own } = largestDigit;
    const tokenizer = { size: 12, endToken: 0, encode: () => [1], decode: () => '' };
    expect(() => cohort.trainLanguageModel({ ...input, task: { ...own, tokenizer } })).toThrow('tokenizer of its own');
    const model = await cohort.loadLanguageModel('base', { maxTokens: 3 });
    expect(() => model.chat({ messages: [{ role: 'user', content: '274=' }] })).toThrow('chat template');
  });
});
