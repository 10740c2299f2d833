/** Runs that leave the lower blocks as they are: which tensors move, what is kept, written and read again, and what is refused. */
import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { ModelFiles } from '../../src/lm/checkpoints/files.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { runFiles } from '../../src/run/layout.ts';
import { decodeSafetensors } from '../../src/run/safetensors.ts';
import { testCohort, testPlatform } from '../training/cohort.ts';
import { bytesOfFiles } from './checkpoints/huggingFace/output.ts';
import { largestDigit, shortRun } from './languageRun.ts';
import { packages, pretrainedRun, smallModel, written } from './smallModel.ts';

const opened = async (folder?: ModelFiles) => {
  const cohort = testCohort();
  await cohort.openModel(folder ?? (await smallModel()), packages);
  return cohort;
};
const safetensors = 'model.safetensors';
const tensorsIn = (bytes: Uint8Array) =>
  new Map([...decodeSafetensors(bytes, 'weights').tensors].map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
const modelIn = async (folder: ModelFiles) => tensorsIn(await folder.read(safetensors, 0, (await folder.size(safetensors))!));
const isLower = (name: string): boolean => /^model\.(embed_tokens|layers\.0)\./.test(name);
const hashOf = async (fields: Partial<LanguageTrainConfig>): Promise<string> =>
  (
    await testCohort()
      .trainLanguageModel({ ...shortRun, ...fields })
      .finish()
  ).summary.parametersSha256;

describe('a run with frozen blocks', () => {
  it.each(['adam', 'adamw', 'sgd'] as const)('%s: moves the upper blocks, the last norm and the head alone', async (optimizer) => {
    const folder = await smallModel();
    const cohort = await opened(folder);
    const before = await modelIn(folder);
    const input: LanguageTrainConfig = {
      ...pretrainedRun,
      loraRank: 0,
      frozenLayers: 1,
      optimizer,
      ...(optimizer === 'sgd' && { learningRate: 0.1 }),
    };
    const { model } = await cohort.trainLanguageModel(input, { runDirectory: 'run' }).finish();
    const kept = tensorsIn(cohort.home.folders.get('run')!.files.get(runFiles.checkpoint)!);
    for (const [name, values] of before) {
      expect(JSON.stringify(kept.get(name)) === JSON.stringify(values), name).toBe(isLower(name));
      for (const moments of ['adam.first', 'adam.second']) {
        if (isLower(name)) expect(kept.get(`${moments}/${name}`)?.every((x) => x === 0) ?? optimizer === 'sgd', name).toBe(true);
      }
    }
    // What stayed goes out as it came in.
    const after = tensorsIn((await bytesOfFiles(await model.export('huggingface')))[safetensors]!);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [name, values] of after) expect(values, name).toEqual(kept.get(name));
  });

  it('takes less memory the more of them there are, and is taken up again', async () => {
    const folder = await smallModel();
    const cohort = await opened(folder);
    const bytes: number[] = [];
    const onEvent = (event: RunEvent): void => void (event.event === 'config' && bytes.push(event.memoryBytes));
    const input: LanguageTrainConfig = { ...pretrainedRun, loraRank: 0 };
    await cohort.trainLanguageModel({ ...input, iterations: 1 }, { onEvent }).finish();
    const whole = await cohort.trainLanguageModel({ ...input, frozenLayers: 1 }, { onEvent }).finish();
    expect(bytes[1]).toBeLessThan(bytes[0]!);
    await cohort.trainLanguageModel({ ...input, frozenLayers: 1, stopAfter: 2 }, { runDirectory: 'parts' }).finish();
    const last = await (await cohort.resume('parts', { task: largestDigit })).finish();
    expect(last.summary.parametersSha256).toBe(whole.summary.parametersSha256);
  });

  it('the warm start trains them; then they stay', async () => {
    const warm = { ...shortRun, iterations: 4 };
    const start = await testCohort()
      .trainLanguageModel({ ...warm, learningRate: 0 })
      .finish();
    const { model } = await testCohort()
      .trainLanguageModel({ ...warm, frozenLayers: 1 })
      .finish();
    const [before, after] = await Promise.all(
      [start.model, model].map(async (one) => tensorsIn((await bytesOfFiles(await one.export('huggingface')))[safetensors]!)),
    );
    for (const [name, values] of after!) expect(JSON.stringify(values) === JSON.stringify(before!.get(name)), name).toBe(isLower(name));
  });

  it('0 is what it was; ppo freezes its policy and not its critic', async () => {
    expect(await hashOf({ frozenLayers: 0 })).toBe(await hashOf({}));
    expect(await hashOf({ frozenLayers: 1 })).not.toBe(await hashOf({}));
    const { summary } = await testCohort()
      .trainLanguageModel({ ...shortRun, estimator: 'ppo', frozenLayers: 1 })
      .finish();
    expect(summary.status).toBe('done');
  });

  it('is taken up again, with adapters in the upper block, which go out to peft and come in again', async () => {
    const folder = await smallModel();
    const cohort = await opened(folder);
    const input: LanguageTrainConfig = { ...pretrainedRun, loraRank: 4, frozenLayers: 1, learningRate: 0.02 };
    const whole = await cohort.trainLanguageModel(input, { runDirectory: 'whole' }).finish();
    await cohort.trainLanguageModel({ ...input, stopAfter: 2 }, { runDirectory: 'parts' }).finish();
    const last = await (await cohort.resume('parts', { task: largestDigit })).finish();
    expect(last.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    const kept = tensorsIn(cohort.home.folders.get('whole')!.files.get(runFiles.checkpoint)!);
    expect([...kept.keys()].filter((name) => name.includes('.layers.0.'))).toEqual([]);

    const draw = { prompt: '274=', greedy: true };
    const expected = whole.model.sample(draw);
    expect((await cohort.loadLanguageModel('whole', { task: largestDigit, maxTokens: 3 })).sample(draw)).toEqual(expected);
    const files = await bytesOfFiles(await whole.model.export('peft'));
    expect(JSON.parse(new TextDecoder().decode(files['adapter_config.json']))).toMatchObject({ layers_to_transform: [1] });
    const adapter = await written('adapter', await whole.model.export('peft'));
    const find = async (path: string) => ({ files: path === 'base' ? folder : adapter });
    const other = testCohort({ ...testPlatform, openModelFiles: find, loadTokenizers: async () => packages.tokenizers });
    await other.openModel('adapter', packages);
    const next = other.trainLanguageModel({ ...pretrainedRun, iterations: 1, learningRate: 0, model: 'adapter' });
    expect(next.config).toMatchObject({ loraRank: 4, frozenLayers: 1 });
    expect((await next.finish()).model.sample(draw)).toEqual(expected);
    expect(() => other.trainLanguageModel({ ...pretrainedRun, model: 'adapter', frozenLayers: 0 })).toThrow(
      'frozenLayers: expected 1, as the model',
    );
    // Merged, only the matrices of the upper block are other ones.
    const [base, merged] = [await modelIn(folder), tensorsIn((await bytesOfFiles(await whole.model.export('huggingface')))[safetensors]!)];
    for (const [name, values] of merged) {
      expect(JSON.stringify(values) === JSON.stringify(base.get(name)), name).toBe(!/layers\.1\..*_proj/.test(name));
    }
  });

  it('is refused for all blocks, and where the head is the embedding', async () => {
    const begin = (fields: object) => () => testCohort().trainLanguageModel({ ...shortRun, ...fields });
    expect(begin({ frozenLayers: 2 })).toThrow('frozenLayers: expected less than numHiddenLayers = 2, got 2');
    expect(begin({ frozenLayers: 1, tieWordEmbeddings: true })).toThrow('frozenLayers: expected 0 where the head is the embedding');
    expect(begin({ num_layers_unfrozen: 1 })).toThrow('it is frozenLayers here');
    expect(begin({ layers_to_transform: [1] })).toThrow('it is frozenLayers here');
  });
});
