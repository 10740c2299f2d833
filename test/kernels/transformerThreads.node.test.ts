/** Transformers on threads: the same bits for any number of them; arithmetic `fused` agrees with the reference and with itself. */
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/index.ts';
import { referenceGradient, referenceTransformer } from '../../src/kernels/reference/transformer.ts';
import { adapterTargets, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { bitsOf, relativeError } from './helpers.ts';
import { expectSameBits, openKernels } from './manyThreads.ts';
import { openTransformer, pick, smallSpec, tokenPlaces } from './transformerHelpers.ts';

const spec: TransformerSpec = {
  ...{ ...smallSpec, vocabSize: 300, hiddenSize: 32, numAttentionHeads: 4, numKeyValueHeads: 2, headDim: 8, intermediateSize: 45 },
  ...{ attentionBias: true, tieWordEmbeddings: true, maxPositionEmbeddings: 32 },
};
const room = { numGroups: 13, groupSize: 8, promptLength: 6, completionLength: 7 };
const range = { numGroups: 13, groupSize: 8 };

/** Samples, evaluates and takes steps with a policy and a critic; everything that came out, as bits. */
function work(kernels: Kernels): string {
  const { model, sequences } = openTransformer(spec, room, 1, kernels);
  const critic = openTransformer({ ...spec, name: 'critic', output: 'value', numHiddenLayers: 1 }, room, 2, kernels);
  const out: string[] = [];
  for (let step = 1; step <= 4; step++) {
    const draws = { key: [1, 2], iteration: step, firstRollout: 0, stream: 0, maxTokens: 7, endToken: 0, temperature: 0.9 };
    model.sample(sequences, { ...range, ...draws, topK: step === 2 ? 9 : 0, topP: step === 3 ? 0.7 : 1 });
    out.push(bitsOf(sequences.completions), bitsOf(sequences.completionLengths), bitsOf(sequences.logProbs));
    const sampled = bitsOf(pick(sequences.logProbs, tokenPlaces(sequences, range)));
    model.evaluate(sequences, { ...range, temperature: 0.9 });
    expect(bitsOf(pick(sequences.logProbs, tokenPlaces(sequences, range)))).toBe(sampled);
    model.gradient(sequences, {
      ...range,
      loss: step % 2 === 0 ? 'clipped' : 'score',
      referenceCoefficient: 0.1,
      entropyCoefficient: step === 3 ? 0.2 : 0,
    });
    out.push(bitsOf(model.parameters.gradients));
    critic.model.gradient(critic.sequences, { ...range, loss: 'value' });
    out.push(bitsOf(critic.sequences.values), bitsOf(critic.model.parameters.gradients));
    for (const { parameters } of [model, critic.model]) {
      out.push(String(kernels.adamStep({ parameters, learningRate: 1e-3, epsilon: 1e-8, maxGradNorm: 1, step })));
    }
  }
  out.push(bitsOf(model.parameters.values), bitsOf(critic.model.parameters.values));
  return out.join('\n');
}

/** Gradients of adapters with a dropout, which every step draws anew, and of a model with a frozen block. */
function workOfOptions(kernels: Kernels): string {
  const adapter = { rank: 5, alpha: 10, targets: adapterTargets, dropout: 0.2 };
  const { model, sequences } = openTransformer({ ...spec, adapter }, room, 4, kernels);
  const out: string[] = [];
  for (let step = 1; step <= 3; step++) {
    model.gradient(sequences, { ...range, loss: 'clipped', dropout: { key: [1, 2], step, stream: 6 } });
    out.push(bitsOf(sequences.logProbs), bitsOf(model.parameters.gradients));
    kernels.adamStep({ parameters: model.parameters, learningRate: 1e-3, epsilon: 1e-8, step });
  }
  const frozen = openTransformer({ ...spec, tieWordEmbeddings: false }, room, 5, kernels);
  frozen.model.gradient(frozen.sequences, { ...range, loss: 'score', frozenLayers: 1 });
  out.push(bitsOf(frozen.model.parameters.gradients));
  expect(new Set(out).size).toBe(7);
  return out.join('\n');
}

describe.each(['plain', 'fused'] as const)('%s', (arithmetic) => {
  it('1, 2 and 5 threads give the same bits', async () => {
    await expectSameBits(arithmetic, work);
    await expectSameBits(arithmetic, workOfOptions);
  });

  it.each(['bfloat16', 'int8'] as const)('of frozen weights as %s, too', async (baseWeights) => {
    const narrow: TransformerSpec = { ...spec, baseWeights, adapter: { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] } };
    await expectSameBits(arithmetic, (kernels) => {
      const { model, sequences } = openTransformer(narrow, room, 1, kernels);
      model.gradient(sequences, { ...range, loss: 'score' });
      const out = [bitsOf(model.parameters.gradients.slice())];
      model.sample(sequences, { ...range, key: [1, 2], iteration: 1, firstRollout: 0, stream: 0, maxTokens: 7, endToken: 0 });
      out.push(bitsOf(sequences.completions), bitsOf(pick(sequences.logProbs, tokenPlaces(sequences, range))));
      const plain = openTransformer({ ...narrow, baseWeights: 'float32' }, room, 1, kernels);
      for (const tensor of model.base!.tensors()) plain.model.base!.tensor(tensor.name)!.set('values', tensor.get());
      plain.model.gradient(plain.sequences, { ...range, loss: 'score' });
      expect(bitsOf(plain.model.parameters.gradients.slice())).toBe(out[0]);
      return out.join('\n');
    });
  });

  it.each([{}, { entropyCoefficient: 0.3 }])('gradients and log-probabilities are those of the reference: %j', async (terms) => {
    const kernels = await openKernels(1, arithmetic);
    const { model, sequences } = openTransformer(spec, room, 3, kernels);
    const options = { ...range, loss: 'score', temperature: 0.9, ...terms } as const;
    model.gradient(sequences, options);
    const expected = referenceGradient(spec, referenceTransformer(model), sequences, options);
    const places = tokenPlaces(sequences, options);
    expect(relativeError(pick(sequences.logProbs, places), pick(expected.logProbs, places))).toBeLessThan(1e-5);
    const gradients = referenceTransformer(model, 'gradients');
    for (const [name, values] of expected.gradients) expect(relativeError(gradients.get(name)!, values), name).toBeLessThan(1e-5);
  });
});
