/** What is read of a folder computes what transformers and peft compute from it. Models whose parts the float64 reference has. */
import { expect, it } from 'vitest';
import { referenceGradient, referenceTransformerForward } from '../../../../src/kernels/reference/transformer.ts';
import { tensorShapes } from '../../../../src/kernels/transformer/shapes.ts';
import type { TransformerSpec } from '../../../../src/kernels/transformer/spec.ts';
import { openHuggingFace } from '../../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { readPeft } from '../../../../src/lm/checkpoints/huggingFace/peft.ts';
import {
  type RecordedCheckpoint,
  type RecordedResults,
  recordedFiles,
  recordedResults,
  summedGradient,
} from '../../../fixtures/checkpoints.ts';
import { fillRecorded, roomOf, sequencesOf } from '../../../fixtures/recordedBatch.ts';
import { numbers } from '../../../fixtures/typedArray.ts';
import { relativeError } from '../../../kernels/helpers.ts';
import { plainSequences } from '../../../kernels/transformerHelpers.ts';

async function load(name: RecordedCheckpoint) {
  const checkpoint = await openHuggingFace(await recordedFiles(name), () => Promise.reject(new Error('none')));
  const weights = new Map<string, Float64Array>();
  const shapes = tensorShapes(checkpoint.shape);
  for (const tensor of shapes.keys()) weights.set(tensor, Float64Array.from(await checkpoint.tensor(tensor)));
  const maxPositionEmbeddings = checkpoint.contextLength;
  const spec: TransformerSpec = { ...checkpoint.shape, name: 'policy', output: 'logits', maxPositionEmbeddings };
  return { checkpoint, weights, shapes, spec };
}

type Loaded = Pick<Awaited<ReturnType<typeof load>>, 'weights' | 'spec'>;

/** Holds the logits against the recorded ones, and gives the gradients of the recorded loss. */
function compare({ weights, spec }: Loaded, results: RecordedResults) {
  sequencesOf(results).forEach((tokens, index) => {
    const { outputs } = referenceTransformerForward(spec, weights, tokens);
    expect(relativeError(outputs, numbers(results.logits[index]!))).toBeLessThan(5e-6);
  });
  const room = roomOf(results);
  const sequences = plainSequences(room);
  fillRecorded(results, sequences);
  const { loss, gradients } = referenceGradient(spec, weights, sequences, { ...room, loss: 'score' });
  expect(Math.abs(loss - results.loss)).toBeLessThan(1e-4);
  return gradients;
}

it.each(['llama', 'qwen2', 'mistral'] as const)('%s: logits within 5e-6, gradients within 1e-5 of their size', async (name) => {
  const { weights, shapes, spec } = await load(name);
  const results = await recordedResults(name);
  const gradients = compare({ weights, spec }, results);
  expect(Object.keys(results.gradients).sort()).toEqual([...shapes.keys()].sort());
  for (const [tensor, packed] of Object.entries(results.gradients)) {
    expect(relativeError(summedGradient(gradients.get(tensor)!, shapes.get(tensor)!), numbers(packed)), tensor).toBeLessThan(1e-5);
  }
});

it('mistral with its adapter: W + alpha / rank B A has the logits of peft, and A and B its gradients', async () => {
  const { checkpoint, weights, spec } = await load('mistral');
  const peft = await readPeft(await recordedFiles('mistral-lora'), checkpoint.shape);
  const { rank, alpha } = peft.adapter;
  const scale = alpha / rank;
  const parts: { readonly name: string; readonly a: Float32Array; readonly b: Float32Array }[] = [];
  for (const name of peft.shapes.keys()) {
    if (!name.endsWith('.lora_A.weight')) continue;
    parts.push({
      name: name.replace('.lora_A.weight', ''),
      a: await peft.tensor(name),
      b: await peft.tensor(name.replace('lora_A', 'lora_B')),
    });
  }
  for (const { name, a, b } of parts) {
    const [matrix, columns] = [weights.get(`${name}.weight`)!, a.length / rank];
    for (let at = 0; at < matrix.length; at++) {
      const [i, j] = [Math.floor(at / columns), at % columns];
      for (let k = 0; k < rank; k++) matrix[at]! += scale * b[i * rank + k]! * a[k * columns + j]!;
    }
  }
  const results = await recordedResults('mistral-lora');
  const gradients = compare({ weights, spec }, results);
  expect(Object.keys(results.gradients).sort()).toEqual([...peft.shapes.keys()].sort());
  for (const { name, a, b } of parts) {
    const [ofMatrix, columns] = [gradients.get(`${name}.weight`)!, a.length / rank];
    const [ofA, ofB] = [new Float64Array(a.length), new Float64Array(b.length)];
    for (let at = 0; at < ofMatrix.length; at++) {
      const [i, j] = [Math.floor(at / columns), at % columns];
      for (let k = 0; k < rank; k++) {
        ofA[k * columns + j]! += scale * b[i * rank + k]! * ofMatrix[at]!;
        ofB[i * rank + k]! += scale * a[k * columns + j]! * ofMatrix[at]!;
      }
    }
    for (const [tensor, gradient] of [
      [`${name}.lora_A.weight`, ofA],
      [`${name}.lora_B.weight`, ofB],
    ] as const) {
      const error = relativeError(summedGradient(gradient, peft.shapes.get(tensor)!), numbers(results.gradients[tensor]!));
      expect(error, tensor).toBeLessThan(2e-5);
    }
  }
});
