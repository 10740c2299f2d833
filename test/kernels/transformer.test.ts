/** The transformer's kernels against the float64 reference (norm-wise 1e-5), and against themselves: shared prompts, splits, padding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ReferenceOptions,
  referenceGradient,
  referencePatches,
  referenceTransformer,
  referenceTransformerForward,
} from '../../src/kernels/reference/transformer.ts';
import type { GradientOptions, Sequences, SequencesSpec, TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { adapterTargets, createSequences } from '../../src/kernels/transformer/index.ts';
import { gradientShards } from '../../src/kernels/transformer/parameters.ts';
import { philox4x32 } from '../../src/random/index.ts';
import { bitsOf, relativeError } from './helpers.ts';
import { fillSequences, gradientsOf, openTransformer, pick, smallSpec, specs, tokenPlaces } from './transformerHelpers.ts';
import { expectParity, tolerance } from './transformerParity.ts';

it.each([
  [250_000, 8],
  [250_001, 4],
  [2 ** 26, 4],
  [2 ** 26 + 1, 1],
])('the gradient of %i parameters has %i shards', (parameters, shards) => expect(gradientShards(parameters)).toBe(shards));

const room: SequencesSpec = { numGroups: 3, groupSize: 3, promptLength: 5, completionLength: 6 };

describe('what changes no bits', () => {
  it.each(specs)('activations computed again: %s', (_, spec) => {
    const gradientWith = (keptBytes: number) => {
      const { kernels, model, sequences } = openTransformer(spec, room, 900, undefined, { keptBytes });
      model.gradient(sequences, { numGroups: 3, groupSize: 3, loss: spec.output === 'value' ? 'value' : 'score' });
      return { bits: bitsOf(Float32Array.from(gradientsOf(model))), bytes: kernels.bytesUsed };
    };
    const [again, kept] = [gradientWith(0), gradientWith(2 ** 28)];
    expect(again.bits).toBe(kept.bits);
    if (spec.numHiddenLayers > 1) expect(again.bytes).toBeLessThan(kept.bytes);
  });

  it('several end tokens: a completion ends with the first of them', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 901);
    const draw = (endToken: number | readonly number[]): number[][] => {
      const options = { numGroups: 3, groupSize: 3, maxTokens: 6, key: [1, 2], iteration: 0, firstRollout: 0, stream: 0 };
      model.sample(sequences, { ...options, endToken });
      return Array.from(sequences.completionLengths, (length, row) => [...sequences.completions.subarray(row * 6, row * 6 + length)]);
    };
    const free = draw([10]).map((tokens) => tokens.filter((token) => token !== 10));
    const ends = [3, 10, 5];
    const cut = draw(ends);
    cut.forEach((tokens, row) => {
      const first = free[row]!.findIndex((token) => ends.includes(token));
      if (first >= 0) expect(tokens).toEqual(free[row]!.slice(0, first + 1));
      expect(tokens.slice(0, -1).some((token) => ends.includes(token))).toBe(false);
    });
    expect(cut.some((tokens) => tokens.at(-1) === 3 || tokens.at(-1) === 5)).toBe(true);
    expect(() => draw([])).toThrow(/endToken/);
  });

  it('an adapter whose B is 0, and one that is left out, give the bits of the model without one', () => {
    const adapter = { rank: 4, alpha: 8, targets: adapterTargets };
    const plain = openTransformer(smallSpec, room, 902);
    const adapted = openTransformer({ ...smallSpec, adapter }, room, 902);
    const expected = plain.model.logits([1, 2, 3]);
    expect(bitsOf(adapted.model.withoutAdapter(() => adapted.model.logits([1, 2, 3])))).toBe(bitsOf(expected));
    expect(bitsOf(adapted.model.logits([1, 2, 3]))).not.toBe(bitsOf(expected));
    for (const tensor of adapted.model.parameters.tensors()) {
      if (tensor.name.includes('lora_B')) tensor.set('values', new Float32Array(tensor.get().length));
    }
    expect(bitsOf(adapted.model.logits([1, 2, 3]))).toBe(bitsOf(expected));
  });
});

describe('the kernels against the reference', () => {
  it.each(specs)('%s', (_, spec) => {
    expectParity(spec, room, {}, 100);
  });

  it.each<[string, Partial<ReferenceOptions<GradientOptions>>]>([
    ['temperature', { temperature: 0.6 }],
    ['clipped', { loss: 'clipped' }],
    ['clipped, a wider range above', { loss: 'clipped', clipLow: 0.1, clipHigh: 0.4, temperature: 1.3 }],
    ['k3', { referenceCoefficient: 0.4 }],
    ['clipped on both sides', { loss: 'clipped', dualClip: 1.1, clipHigh: 0.02 }],
    ['weighted', { loss: 'weighted', clipLow: 0.1, clipHigh: 0.1 }],
    ['weighted without a lower end', { loss: 'weighted', clipLow: 1, clipHigh: 5 }],
    ['gated', { loss: 'gated', gate: { positive: 1, negative: 2.5 } }],
    ['gated at its usual temperatures', { loss: 'gated' }],
    ['k1', { referenceCoefficient: 0.3, referenceForm: 'k1' }],
    ['gated with k2', { loss: 'gated', referenceCoefficient: 0.3, referenceForm: 'k2' }],
    ['an entropy bonus', { entropyCoefficient: 0.6 }],
    [
      'clipped with k3 and an entropy bonus at a temperature',
      { loss: 'clipped', referenceCoefficient: 0.05, entropyCoefficient: 0.4, temperature: 0.7 },
    ],
    ['clipped with k3', { loss: 'clipped', referenceCoefficient: 0.05 }],
    ['fewer groups and completions than there is room for', { numGroups: 2, groupSize: 2 }],
    ['one completion', { numGroups: 1, groupSize: 1 }],
  ])('%s', (_, options) => {
    expectParity({ ...smallSpec, vocabSize: 17, attentionBias: true }, room, options, 200);
  });

  it.each([2, 7, 8, 9, 256, 257, 300, 513, 1000])('%i tokens', (vocabSize) => {
    expectParity({ ...smallSpec, vocabSize, numHiddenLayers: 1 }, room, { loss: 'clipped', temperature: 0.9 }, 300);
    expectParity({ ...smallSpec, vocabSize, numHiddenLayers: 1, tieWordEmbeddings: true }, room, { referenceCoefficient: 0.1 }, 301);
    expectParity({ ...smallSpec, vocabSize, numHiddenLayers: 1 }, room, { entropyCoefficient: 0.5, temperature: 1.2 }, 302);
  });

  it.each<[string, SequencesSpec]>([
    ['prompts of one token', { numGroups: 4, groupSize: 3, promptLength: 1, completionLength: 5 }],
    ['completions of one token', { numGroups: 4, groupSize: 3, promptLength: 5, completionLength: 1 }],
    ['one token after one token', { numGroups: 3, groupSize: 1, promptLength: 1, completionLength: 1 }],
    ['more completions than rows', { numGroups: 2, groupSize: 150, promptLength: 1, completionLength: 1 }],
    ['many chunks of rows', { numGroups: 30, groupSize: 6, promptLength: 6, completionLength: 7 }],
    ['a group with more rows than a chunk', { numGroups: 3, groupSize: 24, promptLength: 4, completionLength: 12 }],
    ['more groups than shards', { numGroups: 37, groupSize: 1, promptLength: 3, completionLength: 2 }],
    ['long sequences', { numGroups: 2, groupSize: 2, promptLength: 90, completionLength: 70 }],
  ])('%s', (_, shape) => {
    const spec = { ...smallSpec, maxPositionEmbeddings: 160, numAttentionHeads: 4, numKeyValueHeads: 2 };
    expectParity(spec, shape, {}, 400);
    expectParity({ ...spec, name: 'critic', output: 'value' }, shape, {}, 401);
  });

  it('a prompt of 1,024 tokens and a completion of 1,100', () => {
    const spec = { ...smallSpec, maxPositionEmbeddings: 2304, numKeyValueHeads: 1, numHiddenLayers: 1 };
    expectParity(spec, { numGroups: 1, groupSize: 1, promptLength: 1024, completionLength: 1100 }, {}, 402);
  });

  it.each<[string, SequencesSpec, Partial<TransformerSpec>]>([
    ['a small batch', room, {}],
    ['norms, bias, grouped queries', room, { numAttentionHeads: 4, attentionBias: true, queryKeyNorm: true, tieWordEmbeddings: true }],
    ['many chunks of rows', { numGroups: 12, groupSize: 6, promptLength: 6, completionLength: 7 }, {}],
    ['a group with more rows than a chunk', { numGroups: 2, groupSize: 24, promptLength: 4, completionLength: 12 }, {}],
  ])('adapters with a dropout: %s', (_, shape, fields) => {
    const adapter = { rank: 3, alpha: 2, targets: adapterTargets, dropout: 0.3 };
    const dropout = { key: Uint32Array.of(0xfedcba98, 77), step: 5, stream: 6, words: philox4x32 };
    expectParity({ ...smallSpec, ...fields, adapter }, shape, { loss: 'clipped', referenceCoefficient: 0.1, dropout }, 450);
  });

  it.each<[string, Partial<TransformerSpec>, number]>([
    ['the embedding and a block', {}, 1],
    ['all blocks but the last, norms and bias', { numHiddenLayers: 3, numAttentionHeads: 4, attentionBias: true, queryKeyNorm: true }, 2],
    ['a value head', { name: 'critic', output: 'value', tieWordEmbeddings: true }, 1],
    ['pictures', { patches: { count: 3, inputs: 12 } }, 1],
    ['adapters in all blocks', { tieWordEmbeddings: true, adapter: { rank: 3, alpha: 1, targets: adapterTargets } }, 1],
    ['adapters in the last block', { adapter: { rank: 3, alpha: 1, targets: adapterTargets, frozenLayers: 1 } }, 0],
  ])('frozen: %s', (_, fields, frozenLayers) => {
    expectParity({ ...smallSpec, ...fields }, { ...room, patches: fields.patches }, { frozenLayers }, 460);
  });

  it('a model of the usual size', () => {
    const spec = {
      ...smallSpec,
      vocabSize: 32,
      hiddenSize: 64,
      numAttentionHeads: 4,
      numKeyValueHeads: 4,
      headDim: 16,
      intermediateSize: 172,
    };
    expectParity(spec, { numGroups: 4, groupSize: 8, promptLength: 8, completionLength: 6 }, {}, 500);
  });

  it('more than 250,000 parameters', () => {
    const spec = {
      ...smallSpec,
      vocabSize: 40,
      hiddenSize: 128,
      numHiddenLayers: 2,
      numAttentionHeads: 8,
      numKeyValueHeads: 8,
      headDim: 16,
      intermediateSize: 200,
    };
    expectParity(spec, { numGroups: 5, groupSize: 2, promptLength: 4, completionLength: 4 }, {}, 501);
  });

  it('any sizes', () => {
    const sizes = fc.record({
      vocabSize: fc.integer({ min: 2, max: 60 }),
      hiddenSize: fc.constantFrom(8, 16, 24, 40),
      numHiddenLayers: fc.integer({ min: 1, max: 3 }),
      numKeyValueHeads: fc.integer({ min: 1, max: 3 }),
      shared: fc.integer({ min: 1, max: 3 }),
      headDim: fc.constantFrom(8, 16, 24),
      intermediateSize: fc.integer({ min: 1, max: 40 }),
      ropeTheta: fc.constantFrom(10, 10_000, 1e6),
      rotaryLayout: fc.constantFrom('half' as const, 'interleaved' as const),
      rmsNormEps: fc.constantFrom(1e-6, 1e-5),
      attentionBias: fc.boolean(),
      tieWordEmbeddings: fc.boolean(),
      output: fc.constantFrom('logits' as const, 'logits' as const, 'value' as const),
    });
    const shapes = fc.record({
      numGroups: fc.integer({ min: 1, max: 10 }),
      groupSize: fc.integer({ min: 1, max: 5 }),
      promptLength: fc.integer({ min: 1, max: 9 }),
      completionLength: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(sizes, shapes, fc.integer({ min: 1, max: 1e6 }), fc.boolean(), ({ shared, ...size }, shape, seed, isClipped) => {
        const spec = { ...smallSpec, ...size, numAttentionHeads: shared * size.numKeyValueHeads };
        expectParity(
          spec,
          shape,
          isClipped && size.output === 'logits' ? { loss: 'clipped', referenceCoefficient: 0.2, entropyCoefficient: 0.1 } : {},
          seed,
        );
      }),
      // One seed: a batch of few, well predicted tokens has almost no gradient, and float32 only its rounding.
      { numRuns: 40, seed: 3 },
    );
  });

  it.each(specs)('logits at every position: %s', (_, spec) => {
    const { model, sequences } = openTransformer(spec, room, 600);
    const tokens = [...sequences.prompts.slice(0, 5), ...sequences.completions.slice(0, 6)];
    for (const count of [11, 1, 4]) {
      const patches = spec.patches && referencePatches(spec.patches, sequences.patches, 0);
      const expected = referenceTransformerForward(spec, referenceTransformer(model), tokens.slice(0, count), patches).outputs;
      const got = model.logits(tokens.slice(0, count), sequences.patches.subarray(0, sequences.patches.length / 3));
      expect(got.length).toBe(expected.length);
      expect(relativeError(got, expected)).toBeLessThan(tolerance);
    }
  });
});

/** Copies group `from` of one batch to group `to` of another, `member` of its completions or all. */
function copyGroup(source: Sequences, from: number, target: Sequences, to: number, member?: number): void {
  const { promptLength, completionLength, groupSize } = source.spec;
  target.prompts.set(source.prompts.subarray(from * promptLength, (from + 1) * promptLength), to * promptLength);
  target.promptLengths[to] = source.promptLengths[from]!;
  const patches = source.patches.length / source.spec.numGroups;
  target.patches.set(source.patches.subarray(from * patches, (from + 1) * patches), to * patches);
  const members = member === undefined ? Array.from({ length: groupSize }, (_, k) => k) : [member];
  members.forEach((one, k) => {
    const [a, b] = [from * groupSize + one, to * target.spec.groupSize + k];
    target.completionLengths[b] = source.completionLengths[a]!;
    for (const name of ['completions', 'advantageWeights', 'tokenWeights', 'targets', 'oldLogProbs', 'referenceLogProbs'] as const) {
      target[name].set(source[name].subarray(a * completionLength, (a + 1) * completionLength), b * completionLength);
    }
  });
}

describe('the kernels against themselves', () => {
  it.each(specs)('a prompt computed once gives the bits of a prompt computed for every completion: %s', (_, spec) => {
    const { kernels, model, sequences } = openTransformer(spec, room, 700);
    const loss = spec.output === 'value' ? 'value' : 'score';
    const written = spec.output === 'value' ? 'values' : 'logProbs';
    model.gradient(sequences, { numGroups: 3, groupSize: 3, loss });
    const sharedGradients = gradientsOf(model);
    const sharedBits = bitsOf(pick(sequences[written], tokenPlaces(sequences, { numGroups: 3, groupSize: 3 })));
    const apart = createSequences(kernels, { ...room, numGroups: 9, groupSize: 1, patches: spec.patches });
    for (let row = 0; row < 9; row++) copyGroup(sequences, Math.floor(row / 3), apart, row, row % 3);
    model.gradient(apart, { numGroups: 9, groupSize: 1, loss });
    expect(bitsOf(pick(apart[written], tokenPlaces(apart, { numGroups: 9, groupSize: 1 })))).toBe(sharedBits);
    expect(relativeError(sharedGradients, gradientsOf(model))).toBeLessThan(tolerance);
  });

  it('a token has the same bits whatever else is in the batch, and those of its logits', () => {
    const spec = { ...smallSpec, vocabSize: 300, maxPositionEmbeddings: 40 };
    const shape = { numGroups: 20, groupSize: 4, promptLength: 7, completionLength: 8 };
    const { kernels, model, sequences } = openTransformer(spec, shape, 701);
    model.evaluate(sequences, { numGroups: 20, groupSize: 4 });
    const alone = createSequences(kernels, { ...shape, numGroups: 1 });
    for (const group of [0, 3, 11, 19]) {
      copyGroup(sequences, group, alone, 0);
      for (const groupSize of [1, 3, 4]) {
        model.evaluate(alone, { numGroups: 1, groupSize });
        const places = tokenPlaces(alone, { numGroups: 1, groupSize });
        const offset = group * 4 * 8;
        expect(bitsOf(pick(alone.logProbs, places))).toBe(bitsOf(pick(sequences.logProbs.subarray(offset), places)));
        expect(bitsOf(pick(alone.entropies, places))).toBe(bitsOf(pick(sequences.entropies.subarray(offset), places)));
      }
    }
    const prefix = Array.from({ length: 12 }, (_, k) => (k * 37) % 300);
    const whole = model.logits(prefix);
    for (const count of [1, 2, 5, 11]) expect(bitsOf(model.logits(prefix.slice(0, count)))).toBe(bitsOf(whole.slice(0, count * 300)));
  });

  it('the gradient of a batch is the sum of those of its parts', () => {
    const shape = { numGroups: 10, groupSize: 3, promptLength: 5, completionLength: 6 };
    const { kernels, model, sequences } = openTransformer({ ...smallSpec, tieWordEmbeddings: true }, shape, 702);
    const options = { groupSize: 3, loss: 'clipped', referenceCoefficient: 0.1 } as const;
    model.gradient(sequences, { ...options, numGroups: 10 });
    const whole = gradientsOf(model);
    const part = createSequences(kernels, shape);
    const sum = new Float64Array(whole.length);
    for (const [first, last] of [
      [0, 4],
      [4, 5],
      [5, 10],
    ] as const) {
      for (let group = first; group < last; group++) copyGroup(sequences, group, part, group - first);
      model.gradient(part, { ...options, numGroups: last - first });
      gradientsOf(model).forEach((x, i) => {
        sum[i]! += x;
      });
    }
    expect(relativeError(sum, whole)).toBeLessThan(tolerance);
  });

  it('the same batch gives the same bits again: gradients are overwritten, and nothing is left over from other batches', () => {
    const { kernels, model, sequences } = openTransformer({ ...smallSpec, vocabSize: 300 }, room, 703);
    const options = { numGroups: 3, groupSize: 3, loss: 'score' } as const;
    model.gradient(sequences, options);
    const first = bitsOf(model.parameters.gradients);
    const other = fillSequences(createSequences(kernels, { numGroups: 5, groupSize: 4, promptLength: 9, completionLength: 9 }), 300, 9);
    model.gradient(other, { ...options, numGroups: 5, groupSize: 4 });
    model.evaluate(other, { numGroups: 4, groupSize: 2, temperature: 0.3 });
    model.sample(other, { numGroups: 5, groupSize: 4, maxTokens: 9, endToken: 0, key: [1, 2], iteration: 0, firstRollout: 0, stream: 0 });
    expect(bitsOf(model.parameters.gradients)).not.toBe(first);
    model.gradient(sequences, options);
    expect(bitsOf(model.parameters.gradients)).toBe(first);
  });

  it.each(specs)('padding stays zero through gradients and steps: %s', (_, spec) => {
    const { kernels, model, sequences } = openTransformer(spec, room, 704);
    const { parameters } = model;
    const inTensors = (block: 'values' | 'gradients'): number =>
      parameters.tensors().reduce((sum, tensor) => sum + tensor.get(block).filter((x) => x !== 0).length, 0);
    for (let step = 1; step <= 3; step++) {
      model.gradient(sequences, { numGroups: 3, groupSize: 3, loss: spec.output === 'value' ? 'value' : 'score' });
      const norm = kernels.adamStep({ parameters, learningRate: 0.01, epsilon: 1e-8, step, weightDecay: 0.1 });
      expect(norm / Math.sqrt(gradientsOf(model).reduce((sum, g) => sum + g * g, 0))).toBeCloseTo(1, 5);
      expect(parameters.gradients.filter((x) => x !== 0).length).toBe(inTensors('gradients'));
      expect(parameters.values.filter((x) => x !== 0).length).toBe(inTensors('values'));
    }
    expect(parameters.count).toBe(parameters.tensors().reduce((sum, tensor) => sum + tensor.get().length, 0));
  });

  it('large logits: no overflow, and the gradient of the reference', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 705);
    const head = model.parameters.tensor('lm_head.weight')!;
    head.set(
      'values',
      head.get().map((x) => 60 * x),
    );
    const options = { numGroups: 3, groupSize: 3, loss: 'score' } as const;
    const expected = referenceGradient(smallSpec, referenceTransformer(model), sequences, options);
    model.gradient(sequences, options);
    const places = tokenPlaces(sequences, options);
    expect(relativeError(pick(sequences.logProbs, places), pick(expected.logProbs, places))).toBeLessThan(tolerance);
    const gradients = referenceTransformer(model, 'gradients');
    for (const [name, values] of expected.gradients) expect(relativeError(gradients.get(name)!, values), name).toBeLessThan(1e-3);
  });

  it('refuses what it cannot compute, with a sentence', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 706);
    const all = { numGroups: 3, groupSize: 3 };
    expect(() => model.evaluate(sequences, { numGroups: 4, groupSize: 3 })).toThrow('numGroups: expected a whole number from 1 to the 3');
    expect(() => model.evaluate(sequences, { ...all, temperature: 0 })).toThrow('temperature: expected a positive number');
    expect(() => model.gradient(sequences, { ...all, loss: 'value' })).toThrow('expected a loss of log-probabilities');
    sequences.completions[1] = 11;
    expect(() => model.evaluate(sequences, all)).toThrow('completion token: expected an id from 0 to 10, got 11');
    sequences.completions[1] = 0;
    sequences.promptLengths[2] = 0;
    expect(() => model.evaluate(sequences, all)).toThrow('prompt length: expected a whole number from 1 to 5, got 0');
    expect(() => model.logits([])).toThrow('tokens: expected 1 to 24 tokens');
    expect(() => model.logits([11])).toThrow('prompt token: expected an id from 0 to 10');
  });
});
