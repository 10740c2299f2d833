/** Pretrained checkpoints in the kernels, against what transformers and peft compute from them (test/fixtures/checkpoints.ts). */
import { describe, expect, it } from 'vitest';
import { createKernels } from '../../../src/kernels/index.ts';
import {
  type AdapterSpec,
  adapterTargets,
  createSequences,
  createTransformer,
  type Transformer,
} from '../../../src/kernels/transformer/index.ts';
import { openHuggingFace } from '../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { loadTensors } from '../../../src/lm/model/load.ts';
import { decodeSafetensors } from '../../../src/run/safetensors.ts';
import {
  type RecordedCheckpoint,
  type RecordedResults,
  recordedBytes,
  recordedCheckpoints,
  recordedFiles,
  recordedResults,
  summedGradient,
} from '../../fixtures/checkpoints.ts';
import { fillRecorded, roomOf, sequencesOf } from '../../fixtures/recordedBatch.ts';
import { numbers } from '../../fixtures/typedArray.ts';

const noTokenizer = (): Promise<never> => Promise.reject(new Error('not asked'));

async function openRecorded(
  name: RecordedCheckpoint,
  adapter?: AdapterSpec,
): Promise<{ model: Transformer; kernels: ReturnType<typeof createKernels> }> {
  const checkpoint = await openHuggingFace(await recordedFiles(name), noTokenizer);
  const kernels = createKernels({ bytes: 2 ** 24 });
  const spec = { ...checkpoint.shape, name: 'policy', output: 'logits', maxPositionEmbeddings: 64, adapter } as const;
  const model = createTransformer(kernels, spec);
  await loadTensors(model.base ?? model.parameters, checkpoint, async () => {});
  return { model, kernels };
}

const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));

/** Logits within 1e-4, gradients of every tensor within 1e-4 of the largest one of it or a hundredth of the largest of all. */
function expectParity({ model, kernels }: Awaited<ReturnType<typeof openRecorded>>, recorded: RecordedResults): void {
  sequencesOf(recorded).forEach((tokens, index) => {
    const expected = numbers(recorded.logits[index]!);
    const got = model.logits(tokens);
    expect(got).toHaveLength(expected.length);
    expect(largest(got.map((x, i) => x - expected[i]!))).toBeLessThan(1e-4);
  });
  const batch = createSequences(kernels, roomOf(recorded));
  fillRecorded(recorded, batch);
  model.gradient(batch, { ...batch.spec, loss: 'score' });
  const names = Object.keys(recorded.gradients);
  expect(
    model.parameters
      .tensors()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...names].sort());
  const all = names.map((name) => largest(numbers(recorded.gradients[name]!)));
  names.forEach((name, i) => {
    const expected = numbers(recorded.gradients[name]!);
    const tensor = model.parameters.tensor(name)!;
    const got = summedGradient(tensor.get('gradients'), tensor.shape);
    const unit = Math.max(all[i]!, 0.01 * Math.max(...all));
    expect(largest(got.map((x, k) => x - expected[k]!)) / unit, name).toBeLessThan(1e-4);
  });
}

describe('what transformers computes from checkpoints', () => {
  it.each(recordedCheckpoints)('%s: logits and gradients', async (name) => {
    expectParity(await openRecorded(name), await recordedResults(name));
  });

  it.each([
    ['mistral-lora', {}],
    ['mistral-lora-upper', { frozenLayers: 1 }],
  ] as const)('and peft from one with adapters: %s', async (name, blocks) => {
    const opened = await openRecorded('mistral', { rank: 4, alpha: 8, targets: adapterTargets, ...blocks });
    const bytes = (await recordedBytes(name))['adapter_model.safetensors']!;
    for (const [tensor, { data }] of decodeSafetensors(bytes, 'adapter').tensors) {
      opened.model.parameters.tensor(tensor.replace('base_model.model.', ''))!.set('values', data as Float32Array);
    }
    expectParity(opened, await recordedResults(name));
  });
});
