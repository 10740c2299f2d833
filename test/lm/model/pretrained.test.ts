/** Pretrained checkpoints in the kernels, against what transformers and peft compute from them (test/fixtures/checkpoints.ts). */
import { describe, expect, it } from 'vitest';
import { createKernels } from '../../../src/kernels/index.ts';
import {
  type AdapterSpec,
  adapterTargets,
  createSequences,
  createTransformer,
  type Sequences,
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
import { numbers } from '../../fixtures/typedArray.ts';

const noTokenizer = (): Promise<never> => Promise.reject(new Error('not asked'));

/** The recorded batch in kernel memory. */
function recordedBatch(kernels: ReturnType<typeof createKernels>, { tokens, lossWeights }: RecordedResults): Sequences {
  const { prompts, completions } = tokens;
  const groupSize = Math.max(...completions.map(({ length }) => length));
  const completionLength = Math.max(...completions.flat().map(({ length }) => length));
  const promptLength = Math.max(...prompts.map(({ length }) => length));
  const batch = createSequences(kernels, { numGroups: prompts.length, groupSize, promptLength, completionLength });
  const weights = lossWeights.map(numbers);
  let recorded = 0;
  prompts.forEach((prompt, g) => {
    batch.prompts.set(prompt, g * promptLength);
    batch.promptLengths[g] = prompt.length;
    // Where a group has fewer, a token of no weight.
    batch.completionLengths.fill(1, g * groupSize, (g + 1) * groupSize);
    completions[g]!.forEach((completion, j) => {
      const row = g * groupSize + j;
      batch.completions.set(completion, row * completionLength);
      batch.completionLengths[row] = completion.length;
      batch.advantageWeights.set(weights[recorded++]!, row * completionLength);
    });
  });
  return batch;
}

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
  const { prompts, completions } = recorded.tokens;
  let sequence = 0;
  prompts.forEach((prompt, g) => {
    for (const completion of completions[g]!) {
      const expected = numbers(recorded.logits[sequence++]!);
      const got = model.logits([...prompt, ...completion.slice(0, -1)]);
      expect(got).toHaveLength(expected.length);
      expect(largest(got.map((x, i) => x - expected[i]!))).toBeLessThan(1e-4);
    }
  });
  const batch = recordedBatch(kernels, recorded);
  model.gradient(batch, { numGroups: prompts.length, groupSize: batch.spec.groupSize, loss: 'score' });
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

  it('and peft from one with adapters', async () => {
    const opened = await openRecorded('mistral', { rank: 4, alpha: 8, targets: adapterTargets });
    const bytes = (await recordedBytes('mistral-lora'))['adapter_model.safetensors']!;
    for (const [name, { data }] of decodeSafetensors(bytes, 'adapter').tensors) {
      opened.model.parameters.tensor(name.replace('base_model.model.', ''))!.set('values', data as Float32Array);
    }
    expectParity(opened, await recordedResults('mistral-lora'));
  });
});
