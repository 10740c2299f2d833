/** The float64 reference is right: its gradients are those of finite differences. */
import { describe, expect, it } from 'vitest';
import { referenceSurrogate } from '../../src/kernels/reference/losses.ts';
import {
  type ReferenceNetwork,
  referenceAdam,
  referenceBackward,
  referenceCategorical,
  referenceCategoricals,
  referenceForward,
  referenceGaussian,
  referenceNormalCdf,
  referenceValue,
} from '../../src/kernels/reference/perceptron.ts';
import { createGenerator } from '../../src/random/index.ts';
import { slopeAt } from './helpers.ts';

const tolerance = 1e-6;

function uniforms(length: number, seed: number): Float64Array {
  const generator = createGenerator(seed);
  return Float64Array.from({ length }, () => generator.uniform(-1, 1));
}

function network(activation: 'tanh' | 'relu' | 'gelu', sizes: number[]): ReferenceNetwork {
  const layers = sizes.slice(1).map((outputs, index) => ({
    inputs: sizes[index]!,
    outputs,
    weight: uniforms(outputs * sizes[index]!, index + 1),
    bias: uniforms(outputs, index + 11),
  }));
  return { activation, layers };
}

describe('reference', () => {
  it.each(['tanh', 'relu', 'gelu'] as const)('%s: backward is the finite difference of forward', (activation) => {
    for (const sizes of [
      [3, 2],
      [3, 5, 2],
      [2, 4, 3, 1],
    ]) {
      const net = network(activation, sizes);
      const count = 4;
      const inputs = uniforms(count * sizes[0]!, 5);
      const weights = uniforms(count * sizes.at(-1)!, 6);
      const loss = () => referenceForward(net, inputs, count).outputs.reduce((sum, value, i) => sum + value * weights[i]!, 0);
      const gradients = referenceBackward(net, referenceForward(net, inputs, count), weights);
      net.layers.forEach((layer, index) => {
        for (const kind of ['weight', 'bias'] as const) {
          gradients[index]![kind].forEach((value, i) => {
            expect(Math.abs(value - slopeAt(loss, layer[kind], i))).toBeLessThan(tolerance);
          });
        }
      });
    }
  });

  it('categorical head: slopes of log-probability and entropy', () => {
    const logits = uniforms(5, 1);
    const head = referenceCategorical(logits, 3);
    for (let k = 0; k < 5; k++) {
      expect(Math.abs(head.logProbSlopes[k]! - slopeAt(() => referenceCategorical(logits, 3).logProb, logits, k))).toBeLessThan(tolerance);
      expect(Math.abs(head.entropySlopes[k]! - slopeAt(() => referenceCategorical(logits, 3).entropy, logits, k))).toBeLessThan(tolerance);
    }
  });

  it.each([
    ['all allowed', undefined],
    ['masked', [1, 0, 1, 1, 1, 0, 0, 1, 1]],
  ])('several categorical heads, %s: slopes of log-probability and entropy', (_, mask) => {
    const [sizes, actions] = [
      [4, 1, 2, 2],
      [2, 0, 1, 0],
    ];
    const allowed = mask?.map((entry, k) => (k === 6 ? 1 : entry));
    const logits = uniforms(9, 1);
    const again = () => referenceCategoricals(logits, sizes!, actions!, allowed);
    const head = again();
    for (let k = 0; k < 9; k++) {
      expect(Math.abs(head.logProbSlopes[k]! - slopeAt(() => again().logProb, logits, k))).toBeLessThan(tolerance);
      expect(Math.abs(head.entropySlopes[k]! - slopeAt(() => again().entropy, logits, k))).toBeLessThan(tolerance);
    }
  });

  it('gaussian head: slopes by mean and log standard deviation', () => {
    const [mean, logStd, action] = [uniforms(3, 1), uniforms(3, 2), uniforms(3, 3)];
    const head = referenceGaussian(mean, logStd, action);
    const again = () => referenceGaussian(mean, logStd, action);
    for (let a = 0; a < 3; a++) {
      expect(Math.abs(head.logProbSlopes[a]! - slopeAt(() => again().logProb, mean, a))).toBeLessThan(tolerance);
      expect(Math.abs(head.logProbByLogStd[a]! - slopeAt(() => again().logProb, logStd, a))).toBeLessThan(tolerance);
      expect(Math.abs(head.entropyByLogStd[a]! - slopeAt(() => again().entropy, logStd, a))).toBeLessThan(tolerance);
    }
  });

  it('surrogate: slope by log-probability on both sides of both clips', () => {
    const clip = { clipLow: 0.2, clipHigh: 0.3 };
    for (const advantage of [-1.5, 0.7]) {
      for (const logRatio of [-0.5, -0.1, 0.05, 0.2, 0.4]) {
        const logProb = Float64Array.of(logRatio - 1);
        const loss = () => referenceSurrogate(logProb[0]!, -1, advantage, clip).loss;
        expect(Math.abs(referenceSurrogate(logProb[0]!, -1, advantage, clip).slope - slopeAt(loss, logProb, 0))).toBeLessThan(tolerance);
      }
    }
  });

  it('surrogate: ties as torch has them', () => {
    const clip = { clipLow: 0.2, clipHigh: 0.2 };
    // Inside the range both terms are equal: two halves make the whole.
    expect(referenceSurrogate(0, 0, 2, clip).slope).toBe(-2);
    // Beyond the range with an advantage of 0 the loss is flat.
    expect(Math.abs(referenceSurrogate(1, 0, 0, clip).slope)).toBe(0);
  });

  it('value loss: slope by the value, clipped and not', () => {
    for (const clip of [undefined, 0.2]) {
      for (const [v, old] of [
        [0.3, 0.25],
        [0.9, 0.1],
        [-0.9, 0.1],
        [0.2, 0.9],
      ] as const) {
        const value = Float64Array.of(v);
        const loss = () => referenceValue(value[0]!, 0.5, old, clip).loss;
        expect(Math.abs(referenceValue(v, 0.5, old, clip).slope - slopeAt(loss, value, 0))).toBeLessThan(tolerance);
      }
    }
  });

  it('adam: the first step is the learning rate against the sign of the gradient', () => {
    const state = {
      values: Float64Array.of(1, 1, 1),
      gradients: Float64Array.of(3, -4, 0),
      firstMoments: new Float64Array(3),
      secondMoments: new Float64Array(3),
    };
    const norm = referenceAdam(state, { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-12, maxGradNorm: 0, step: 1 });
    expect(norm).toBe(5);
    expect(state.values[0]).toBeCloseTo(0.99, 9);
    expect(state.values[1]).toBeCloseTo(1.01, 9);
    expect(state.values[2]).toBe(1);
  });

  it('normal distribution: known quantiles', () => {
    expect(referenceNormalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(referenceNormalCdf(-5)).toBeCloseTo(2.866515718791939e-7, 14);
  });
});
