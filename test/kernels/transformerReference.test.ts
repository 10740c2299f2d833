/** The float64 reference of the transformer against central finite differences, layer by layer and as a whole. */
import { describe, expect, it } from 'vitest';
import {
  type ReferenceOptions,
  type ReferenceParameters,
  referenceAttention,
  referenceAttentionBackward,
  referenceDense,
  referenceDenseBackward,
  referenceEmbedding,
  referenceEmbeddingBackward,
  referenceEvaluate,
  referenceGradient,
  referenceK3,
  referenceLogSoftmax,
  referenceLogSoftmaxBackward,
  referenceRmsNorm,
  referenceRmsNormBackward,
  referenceRotary,
  referenceScoreLoss,
  referenceSquaredLoss,
  referenceSurrogate,
  referenceSwiglu,
  referenceSwigluBackward,
  referenceTransformerForward,
} from '../../src/kernels/reference/transformer.ts';
import { adapterTargets, type GradientOptions, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { adapterShapes, tensorShapes } from '../../src/kernels/transformer/shapes.ts';
import { createGenerator, philox4x32 } from '../../src/random/index.ts';
import { relativeError, slopeAt } from './helpers.ts';
import { fillSequences, plainSequences, randomTensor, smallSpec, specs } from './transformerHelpers.ts';

const tolerance = 1e-6;

/** Normal numbers. */
function normal(length: number, seed: number): Float64Array {
  const generator = createGenerator(seed);
  return Float64Array.from({ length }, () => generator.standardNormal());
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Compares a gradient with finite differences of every entry. */
function expectGradient(f: () => number, array: Float64Array, gradient: Float64Array): void {
  const expected = Float64Array.from(array, (_, index) => slopeAt(f, array, index));
  expect(gradient.length).toBe(array.length);
  expect(relativeError(gradient, expected)).toBeLessThan(tolerance);
}

describe('layers of the reference against finite differences', () => {
  it('embedding', () => {
    const weight = normal(7 * 3, 1);
    const tokens = [2, 6, 2, 0];
    const outer = normal(4 * 3, 2);
    const gradient = new Float64Array(21);
    referenceEmbeddingBackward(outer, tokens, 3, gradient);
    expectGradient(() => dot(outer, referenceEmbedding(weight, tokens, 3)), weight, gradient);
  });

  it.each([true, false])('dense, bias %s', (hasBias) => {
    const input = normal(4 * 5, 3);
    const weight = normal(6 * 5, 4);
    const bias = hasBias ? normal(6, 5) : undefined;
    const outer = normal(4 * 6, 6);
    const weightGradient = new Float64Array(30);
    const biasGradient = new Float64Array(6);
    const f = (): number => dot(outer, referenceDense(input, weight, bias, 5));
    expectGradient(f, input, referenceDenseBackward(outer, input, weight, 5, weightGradient, biasGradient));
    expectGradient(f, weight, weightGradient);
    if (bias) expectGradient(f, bias, biasGradient);
  });

  it.each([1e-6, 0.3])('RMSNorm, epsilon %f', (epsilon) => {
    const input = normal(3 * 8, 7);
    const weight = normal(8, 8);
    const outer = normal(24, 9);
    const weightGradient = new Float64Array(8);
    const f = (): number => dot(outer, referenceRmsNorm(input, weight, epsilon));
    expectGradient(f, input, referenceRmsNormBackward(outer, input, weight, epsilon, weightGradient));
    expectGradient(f, weight, weightGradient);
  });

  it.each(['half', 'interleaved'] as const)('rotary positions, %s', (rotaryLayout) => {
    const rotary = { headDim: 8, ropeTheta: 100, rotaryLayout };
    const input = normal(5 * 16, 10);
    const outer = normal(5 * 16, 11);
    expectGradient(() => dot(outer, referenceRotary(input, 16, rotary, 1, 3)), input, referenceRotary(outer, 16, rotary, -1, 3));
  });

  it('the rotary layouts differ by the order of the components alone', () => {
    const shuffle = (row: Float64Array): Float64Array =>
      row.map((_, k) => row[8 * Math.floor(k / 8) + (k % 8 < 4 ? 2 * (k % 8) : 2 * (k % 8) - 7)]!);
    const input = normal(5 * 16, 12);
    const rotary = { headDim: 8, ropeTheta: 100 };
    const interleaved = referenceRotary(input, 16, { ...rotary, rotaryLayout: 'interleaved' });
    expect(relativeError(referenceRotary(shuffle(input), 16, { ...rotary, rotaryLayout: 'half' }), shuffle(interleaved))).toBeLessThan(
      1e-15,
    );
  });

  it.each([
    { numAttentionHeads: 2, numKeyValueHeads: 2 },
    { numAttentionHeads: 6, numKeyValueHeads: 2 },
    { numAttentionHeads: 3, numKeyValueHeads: 1 },
  ])('attention, $numAttentionHeads heads on $numKeyValueHeads', (counts) => {
    const heads = { ...counts, headDim: 4 };
    const queries = normal(5 * heads.numAttentionHeads * 4, 13);
    const keys = normal(5 * heads.numKeyValueHeads * 4, 14);
    const values = normal(5 * heads.numKeyValueHeads * 4, 15);
    const outer = normal(queries.length, 16);
    const f = (): number => dot(outer, referenceAttention(queries, keys, values, heads).outputs);
    const { probabilities } = referenceAttention(queries, keys, values, heads);
    const gradients = referenceAttentionBackward(outer, queries, keys, values, probabilities, heads);
    expectGradient(f, queries, gradients.queries);
    expectGradient(f, keys, gradients.keys);
    expectGradient(f, values, gradients.values);
  });

  it('SwiGLU', () => {
    const gates = normal(20, 17);
    const ups = normal(20, 18);
    const outer = normal(20, 19);
    const f = (): number => dot(outer, referenceSwiglu(gates, ups));
    const gradients = referenceSwigluBackward(outer, gates, ups);
    expectGradient(f, gates, gradients.gates);
    expectGradient(f, ups, gradients.ups);
  });

  it.each([1, 0.6, 2])('log-softmax, temperature %f', (temperature) => {
    const logits = normal(9, 20);
    const outer = normal(9, 21);
    const logProbs = referenceLogSoftmax(logits, temperature);
    expect(logProbs.reduce((sum, l) => sum + Math.exp(l), 0)).toBeCloseTo(1, 14);
    const f = (): number => dot(outer, referenceLogSoftmax(logits, temperature));
    expectGradient(f, logits, referenceLogSoftmaxBackward(outer, logProbs, temperature));
  });

  it('losses of one token', () => {
    for (const logProb of [-0.2, -1, -2.5]) {
      for (const weight of [1.3, -0.7]) {
        const x = Float64Array.of(logProb);
        expectGradient(() => referenceScoreLoss(x[0]!, weight).loss, x, Float64Array.of(referenceScoreLoss(logProb, weight).slope));
        const clipped = (value: number) => referenceSurrogate(value, -1.1, weight, { clipLow: 0.2, clipHigh: 0.3 });
        expectGradient(() => clipped(x[0]!).loss, x, Float64Array.of(clipped(logProb).slope));
        expectGradient(() => referenceK3(x[0]!, -1.4).loss, x, Float64Array.of(referenceK3(logProb, -1.4).slope));
        const squared = (value: number) => referenceSquaredLoss(value, weight, 0.4);
        expectGradient(() => squared(x[0]!).loss, x, Float64Array.of(squared(logProb).slope));
      }
    }
    // Both sides of the clip range, for either sign of the weight.
    expect(
      [-0.2, -2.5].flatMap((l) => [1, -1].map((w) => referenceSurrogate(l, -1.1, w, { clipLow: 0.2, clipHigh: 0.3 }).slope !== 0)),
    ).toEqual([false, true, true, false]);
    expect(referenceK3(-1.4, -1.4)).toEqual({ loss: 0, slope: 0 });
  });
});

function randomParameters(spec: TransformerSpec, seed: number): Map<string, Float64Array> {
  const generator = createGenerator(seed);
  return new Map(Array.from(shapesOf(spec), ([name, shape]) => [name, randomTensor(generator, name, shape)]));
}

/** Every entry of small tensors, evenly spaced entries of large ones. */
function someEntries(length: number): number[] {
  const count = Math.min(length, 24);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.4) * length) / count));
}

/** All parameters, those of an adapter too. */
function shapesOf(spec: TransformerSpec): Map<string, readonly number[]> {
  return new Map([...tensorShapes(spec), ...(spec.adapter ? adapterShapes(spec, spec.adapter) : [])]);
}

/** Compares the gradient of every tensor with finite differences of the loss. */
function expectModelGradient(spec: TransformerSpec, options: ReferenceOptions<GradientOptions>, seed: number): void {
  const parameters: ReferenceParameters = randomParameters(spec, seed);
  const sequences = fillSequences(
    plainSequences({ numGroups: 2, groupSize: 2, promptLength: 3, completionLength: 4, patches: spec.patches }),
    spec.vocabSize,
    seed + 1,
  );
  const { gradients } = referenceGradient(spec, parameters, sequences, options);
  const loss = (): number => referenceEvaluate(spec, parameters, sequences, options).loss;
  expect([...gradients.keys()]).toEqual([...shapesOf(spec).keys()]);
  for (const [name, values] of parameters) {
    const entries = someEntries(values.length);
    const expected = entries.map((index) => slopeAt(loss, values, index));
    const got = entries.map((index) => gradients.get(name)![index]!);
    expect(relativeError(got, expected), name).toBeLessThan(tolerance);
    expect(Math.max(...expected.map(Math.abs)), name).toBeGreaterThan(1e-5);
  }
}

describe('the whole reference against finite differences', () => {
  it.each(specs)('%s', (_, spec) => {
    expectModelGradient(spec, { numGroups: 2, groupSize: 2, loss: spec.output === 'value' ? 'value' : 'score' }, 31);
  });

  it.each<[string, Partial<ReferenceOptions<GradientOptions>>]>([
    ['clipped', { loss: 'clipped', clipLow: 0.2, clipHigh: 0.28 }],
    ['score at a temperature', { temperature: 0.7 }],
    ['score with k3', { referenceCoefficient: 0.3 }],
    ['clipped on both sides', { loss: 'clipped', dualClip: 1.1, clipHigh: 0.02 }],
    ['weighted', { loss: 'weighted', clipLow: 0.1, clipHigh: 0.1 }],
    ['weighted without a lower end', { loss: 'weighted', clipLow: 1, clipHigh: 5 }],
    ['gated', { loss: 'gated', gate: { positive: 1, negative: 2.5 } }],
    ['score with k1', { referenceCoefficient: 0.3, referenceForm: 'k1' }],
    ['gated with k2', { loss: 'gated', referenceCoefficient: 0.3, referenceForm: 'k2' }],
    ['score with an entropy bonus', { entropyCoefficient: 0.7 }],
    ['an entropy bonus at a temperature', { loss: 'clipped', entropyCoefficient: 0.4, referenceCoefficient: 0.1, temperature: 1.4 }],
    ['clipped with k3 at a temperature', { loss: 'clipped', referenceCoefficient: 0.1, temperature: 1.5 }],
  ])('%s', (_, options) => {
    expectModelGradient({ ...smallSpec, numHiddenLayers: 1 }, { numGroups: 2, groupSize: 2, loss: 'score', ...options }, 41);
  });

  it('adapters with a dropout, the draw being fixed', () => {
    const adapter = { rank: 3, alpha: 2, targets: adapterTargets, dropout: 0.4 };
    const dropout = { key: Uint32Array.of(1, 2), step: 3, stream: 6, words: philox4x32 };
    expectModelGradient({ ...smallSpec, adapter }, { numGroups: 2, groupSize: 2, loss: 'score', dropout }, 45);
  });

  it('only the groups and completions of the range take part', () => {
    const parameters = randomParameters(smallSpec, 51);
    const sequences = fillSequences(plainSequences({ numGroups: 3, groupSize: 3, promptLength: 3, completionLength: 4 }), 11, 52);
    const before = referenceGradient(smallSpec, parameters, sequences, { numGroups: 2, groupSize: 2, loss: 'score' });
    const outside = [2, 5, 6, 7, 8];
    for (const row of outside) {
      sequences.advantageWeights.fill(1e3, row * 4, row * 4 + 4);
      sequences.completions.fill(0, row * 4, row * 4 + 4);
    }
    const after = referenceGradient(smallSpec, parameters, sequences, { numGroups: 2, groupSize: 2, loss: 'score' });
    expect(after.gradients).toEqual(before.gradients);
    expect(after.loss).toBe(before.loss);
  });

  it('later tokens leave earlier outputs alone, and log-probabilities are those of the logits', () => {
    const parameters = randomParameters(smallSpec, 61);
    const tokens = [3, 1, 4, 1, 5, 9];
    const whole = referenceTransformerForward(smallSpec, parameters, tokens).outputs;
    expect(referenceTransformerForward(smallSpec, parameters, tokens.slice(0, 4)).outputs).toEqual(whole.slice(0, 4 * 11));
    const sequences = plainSequences({ numGroups: 1, groupSize: 1, promptLength: 2, completionLength: 4 });
    sequences.prompts.set(tokens.slice(0, 2));
    sequences.completions.set(tokens.slice(2));
    sequences.promptLengths[0] = 2;
    sequences.completionLengths[0] = 4;
    const { logProbs, entropies } = referenceEvaluate(smallSpec, parameters, sequences, { numGroups: 1, groupSize: 1, temperature: 0.5 });
    for (let t = 0; t < 4; t++) {
      const expected = referenceLogSoftmax(whole.slice((t + 1) * 11, (t + 2) * 11), 0.5);
      expect(logProbs[t]).toBe(expected[tokens[t + 2]!]);
      expect(entropies[t]).toBeCloseTo(-expected.reduce((sum, l) => sum + Math.exp(l) * l, 0), 12);
    }
  });
});
