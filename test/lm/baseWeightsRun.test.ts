/** Runs whose frozen weights are kept in fewer bytes. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { filesOf } from '../../src/lm/checkpoints/files.ts';
import { openHuggingFace } from '../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { testCohort } from '../training/cohort.ts';
import { bytesOfFiles } from './checkpoints/huggingFace/output.ts';
import { frame, unframe } from './checkpoints/huggingFace/safetensors.ts';
import { largestDigit, shortRun } from './languageRun.ts';
import { packages, pretrainedRun, smallModel, written } from './smallModel.ts';

type Files = Awaited<ReturnType<typeof smallModel>>;

let folder: Files;
beforeAll(async () => {
  folder = await smallModel();
});

async function opened() {
  const cohort = testCohort();
  await cohort.openModel(folder, packages);
  return { cohort, input: { ...pretrainedRun, loraRank: 4, iterations: 3 } satisfies LanguageTrainConfig };
}

const noTokenizer = () => Promise.reject(new Error('not asked'));

const draw = { prompt: '274=', greedy: true };

describe.each(['bfloat16', 'int8'] as const)('a run whose frozen weights are %s', (baseWeights) => {
  it('has one result for any number of threads, another than float32', async () => {
    const hashes = new Set<string>();
    const { cohort, input } = await opened();
    for (const threads of [1, 2, 3]) {
      hashes.add((await cohort.trainLanguageModel({ ...input, baseWeights, threads }).finish()).summary.parametersSha256);
    }
    expect(hashes.size).toBe(1);
    expect(hashes).not.toContain((await cohort.trainLanguageModel(input).finish()).summary.parametersSha256);
  });

  it('takes less memory, and says so before it begins', async () => {
    const { cohort, input } = await opened();
    const bytes = async (fields: Partial<LanguageTrainConfig>): Promise<number> => {
      const said: number[] = [];
      await cohort
        .trainLanguageModel({ ...input, ...fields }, { onEvent: (event) => event.event === 'config' && said.push(event.memoryBytes) })
        .finish();
      return said[0]!;
    };
    expect(await bytes({ baseWeights })).toBeLessThan(await bytes({}));
  });

  it('is merged as it was trained: what it exports says the same, and every matrix is the one that it kept', async () => {
    const { cohort, input } = await opened();
    const { model } = await cohort
      .trainLanguageModel({ ...input, baseWeights, loraTargets: 'query-value' }, { runDirectory: 'run' })
      .finish();
    const [said] = model.sample(draw);
    const merged = await written('merged', await model.export('huggingface'));
    await cohort.openModel(merged, packages);
    const [again] = (await cohort.loadLanguageModel('merged', { maxTokens: 3 })).sample(draw);
    expect(again!.completion).toBe(said!.completion);
    expect(again!.logProb).toBeCloseTo(said!.logProb, 5);
    // A matrix without an adapter is not the one of the folder, for it was rounded; a norm is.
    const [before, after] = await Promise.all([folder, merged].map((files) => openHuggingFace(files, noTokenizer)));
    const isSame = async (name: string): Promise<boolean> => {
      const other = await after!.tensor(name);
      return (await before!.tensor(name)).every((x, i) => x === other[i]);
    };
    expect(await isSame('model.norm.weight')).toBe(true);
    expect(await isSame('model.layers.0.mlp.up_proj.weight')).toBe(false);
    expect(await isSame('model.embed_tokens.weight')).toBe(false);
    // A loaded run keeps its weights as in training, here and for longer prompts.
    expect((await cohort.loadLanguageModel('run', { task: largestDigit })).sample(draw)).toEqual([said]);
    const wide = await cohort.loadLanguageModel('run', { task: largestDigit, promptLength: 6, maxTokens: 3 });
    expect(wide.sample(draw)).toEqual([said]);
    const plain = await cohort.loadLanguageModel('run', { task: largestDigit, baseWeights: 'float32' });
    expect(plain.sample(draw)[0]!.logProb).not.toBe(said!.logProb);
  });

  it('begins as the model says that is kept so', async () => {
    const { cohort, input } = await opened();
    const { model: begun } = await cohort.trainLanguageModel({ ...input, baseWeights, iterations: 1, learningRate: 0 }).finish();
    const model = await cohort.loadLanguageModel('base', { maxTokens: 3, baseWeights });
    expect(model.sample(draw)).toEqual(begun.sample(draw));
    expect(model.sample(draw)).not.toEqual((await cohort.loadLanguageModel('base', { maxTokens: 3 })).sample(draw));
  });
});

/** The small model with the upper halves of its numbers: a folder of bfloat16. */
async function halved(): Promise<Files> {
  const names = await folder.list();
  const files = await Promise.all(names.map(async (name) => [name, await folder.read(name, 0, (await folder.size(name))!)] as const));
  const bytes = Object.fromEntries(files);
  const { header, data } = unframe(bytes['model.safetensors']!);
  for (const field of Object.values(header)) {
    field.dtype = 'BF16';
    field.data_offsets = [field.data_offsets[0] / 2, field.data_offsets[1] / 2];
  }
  return filesOf('base', {
    ...bytes,
    'model.safetensors': frame(
      JSON.stringify(header),
      data.filter((_, i) => i % 4 >= 2),
    ),
  });
}

describe('a run from a folder of bfloat16', () => {
  it('has the bits of float32 in bfloat16, and goes out with the bytes that it came with', async () => {
    const cohort = testCohort();
    const files = await halved();
    await cohort.openModel(files, packages);
    const input = { ...pretrainedRun, loraRank: 4, loraTargets: 'query-value' } as const;
    const [wide, narrow] = [
      await cohort.trainLanguageModel(input).finish(),
      await cohort.trainLanguageModel({ ...input, baseWeights: 'bfloat16' }).finish(),
    ];
    expect(narrow.summary.parametersSha256).toBe(wide.summary.parametersSha256);
    expect(narrow.model.sample({ prompt: '274=', numSamples: 8 })).toEqual(wide.model.sample({ prompt: '274=', numSamples: 8 }));
    const [ofWide, ofNarrow] = [await wide.model.export('huggingface'), await narrow.model.export('huggingface')];
    expect(await bytesOfFiles(ofNarrow)).toEqual(await bytesOfFiles(ofWide));
    const written = await openHuggingFace(filesOf('narrow', await bytesOfFiles(ofNarrow)), noTokenizer);
    expect(written.describe('model.embed_tokens.weight').dtype).toBe('BF16');
    expect(written.describe('model.layers.0.self_attn.q_proj.weight').dtype).toBe('F32');
  });
});

describe('refusals', () => {
  it.each<[string, LanguageTrainConfig]>([
    ['weights that are trained', { ...pretrainedRun, loraRank: 0, baseWeights: 'int8' }],
    ['a run from random weights', { ...shortRun, baseWeights: 'bfloat16' }],
  ])('%s', async (_, config) => {
    const { cohort } = await opened();
    expect(() => cohort.trainLanguageModel(config)).toThrow('baseWeights: expected float32 without adapters');
  });

  it('a run that trained all weights, where it is loaded', async () => {
    const { cohort } = await opened();
    await cohort.trainLanguageModel({ ...shortRun, iterations: 1 }, { runDirectory: 'own' }).finish();
    await expect(cohort.loadLanguageModel('own', { baseWeights: 'int8' })).rejects.toThrow(
      'baseWeights: expected a pretrained model, or a run beside its weights, got a run that trained all weights',
    );
    expect(
      (await cohort.evaluate('own', { task: largestDigit, baseWeights: 'float32', numPrompts: 4, numSamples: 0 })).greedy.returns,
    ).toHaveLength(4);
  });

  it('another name, of a run and of a model', async () => {
    const { cohort, input } = await opened();
    const wrong = 'int4' as 'int8';
    expect(() => cohort.trainLanguageModel({ ...input, baseWeights: wrong })).toThrow('baseWeights');
    await expect(cohort.loadLanguageModel('base', { baseWeights: wrong })).rejects.toThrow('float32, bfloat16, int8, got "int4"');
  });
});
