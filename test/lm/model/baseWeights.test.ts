/** Pretrained checkpoints whose matrices are kept in fewer bytes: without any difference where they are stored so. */
import { describe, expect, it } from 'vitest';
import { createKernels } from '../../../src/kernels/index.ts';
import {
  adapterTargets,
  type BaseWeights,
  createSequences,
  createTransformer,
  type Transformer,
} from '../../../src/kernels/transformer/index.ts';
import type { ModelCheckpoint } from '../../../src/lm/checkpoints/checkpoint.ts';
import { openGguf } from '../../../src/lm/checkpoints/gguf/checkpoint.ts';
import { openHuggingFace } from '../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { loadTensors } from '../../../src/lm/model/load.ts';
import { createGenerator } from '../../../src/random/index.ts';
import { sha256 } from '../../../src/run/sha256.ts';
import { recordedFiles } from '../../fixtures/checkpoints.ts';
import { randomTensor } from '../../kernels/transformerHelpers.ts';
import { inMemory, wideInQ8, writeModel } from '../checkpoints/gguf/madeUpFile.ts';

const noTokenizer = (): Promise<never> => Promise.reject(new Error('not asked'));
const huggingFace = async (name: 'llama' | 'llama3-rope' | 'qwen3' | 'mistral') => openHuggingFace(await recordedFiles(name), noTokenizer);
const gguf = () => openGguf(inMemory(writeModel(wideInQ8)), 'model.gguf', noTokenizer);

/** A model with random adapters, and hashes of its logits, log-probabilities, gradients and completions. */
async function saidBy(checkpoint: ModelCheckpoint, baseWeights: BaseWeights): Promise<{ model: Transformer; said: string[] }> {
  const kernels = createKernels({ bytes: 2 ** 24 });
  const adapter = { rank: 4, alpha: 8, targets: adapterTargets };
  const model = createTransformer(kernels, {
    ...checkpoint.shape,
    ...{ name: 'policy', output: 'logits', maxPositionEmbeddings: 32, adapter, baseWeights },
  });
  await loadTensors(model.base!, checkpoint, async () => {});
  const generator = createGenerator(1);
  for (const { name, shape, set } of model.parameters.tensors()) set('values', randomTensor(generator, name, shape));
  const batch = createSequences(kernels, { numGroups: 2, groupSize: 3, promptLength: 4, completionLength: 5 });
  batch.prompts.set([1, 2, 3, 0, 2, 0, 1, 3]);
  batch.promptLengths.set([4, 3]);
  const draws = { key: [1, 2], iteration: 1, firstRollout: 0, stream: 0, maxTokens: 5, endToken: 0 };
  model.sample(batch, { ...batch.spec, ...draws });
  batch.advantageWeights.fill(0.5);
  model.gradient(batch, { ...batch.spec, loss: 'score' });
  const { completions, logProbs, completionLengths } = batch;
  const said = [model.logits([1, 2, 3, 0]), completions, completionLengths, logProbs, model.parameters.gradients];
  return { model, said: said.map((array) => sha256(new Uint8Array(array.slice().buffer))) };
}

describe('nothing is lost', () => {
  it.each(['llama', 'llama3-rope', 'qwen3'] as const)('of %s, stored as bfloat16, in bfloat16', async (name) => {
    const checkpoint = await huggingFace(name);
    expect((await saidBy(checkpoint, 'bfloat16')).said).toEqual((await saidBy(checkpoint, 'float32')).said);
    expect((await saidBy(checkpoint, 'int8')).said).not.toEqual((await saidBy(checkpoint, 'float32')).said);
  });

  it('of a GGUF file in Q8_0, in int8', async () => {
    const checkpoint = await gguf();
    expect((await saidBy(checkpoint, 'int8')).said).toEqual((await saidBy(checkpoint, 'float32')).said);
    expect((await saidBy(checkpoint, 'bfloat16')).said).not.toEqual((await saidBy(checkpoint, 'float32')).said);
  });
});

describe('loading', () => {
  it('asks for one tensor after another, and for the numbers of none that is taken as it is stored', async () => {
    const checkpoint = await gguf();
    const asked: string[] = [];
    let open = 0;
    const counted: ModelCheckpoint = {
      ...checkpoint,
      async tensor(name) {
        expect(++open).toBe(1);
        asked.push(name);
        const values = await checkpoint.tensor(name);
        open--;
        return values;
      },
    };
    await saidBy(counted, 'int8');
    expect(asked.sort()).toEqual(
      ['input_layernorm', 'post_attention_layernorm'].map((norm) => `model.layers.0.${norm}.weight`).concat('model.norm.weight'),
    );
  });

  it('of other checkpoints rounds once: numbers of float32 are within what their kind can say', async () => {
    const checkpoint = await huggingFace('mistral');
    const { model: plain } = await saidBy(checkpoint, 'float32');
    for (const [kind, bound] of [
      ['bfloat16', 2 ** -8],
      ['int8', 1 / 254],
    ] as const) {
      const { model } = await saidBy(checkpoint, kind);
      const name = 'model.layers.0.mlp.down_proj.weight';
      const [got, expected] = [model.base!.tensor(name)!.get(), plain.base!.tensor(name)!.get()];
      const most = Math.max(...expected.map(Math.abs));
      expect(Math.max(...got.map((x, i) => Math.abs(x - expected[i]!)))).toBeLessThanOrEqual(bound * most * 1.001);
    }
  });
});
