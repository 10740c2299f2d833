/** Adam and the global norm against the reference. */
import { describe, expect, it } from 'vitest';
import { integerPower } from '../../src/kernels/optimizer.ts';
import { referenceAdam } from '../../src/kernels/reference/perceptron.ts';
import { fillNormal, makeNetwork, openKernels, relativeError } from './helpers.ts';

describe('adam', () => {
  it.each([0, 0.5, 1e6])('ten steps with maxGradNorm %d', (maxGradNorm) => {
    const kernels = openKernels();
    const { parameters } = makeNetwork(kernels, { hiddenSizes: [16, 8] }, 1, 3);
    const { values, gradients, firstMoments, secondMoments } = parameters;
    const state = {
      values: Float64Array.from(values),
      gradients: new Float64Array(values.length),
      firstMoments: new Float64Array(values.length),
      secondMoments: new Float64Array(values.length),
    };
    for (let step = 1; step <= 10; step++) {
      fillNormal(gradients, step, 0.3);
      state.gradients.set(gradients);
      const options = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxGradNorm, step };
      const norm = kernels.adamStep({ parameters, ...options });
      expect(Math.abs(norm / referenceAdam(state, options) - 1)).toBeLessThan(1e-12);
    }
    expect(relativeError(values, state.values)).toBeLessThan(1e-6);
    expect(relativeError(firstMoments, state.firstMoments)).toBeLessThan(1e-6);
    expect(relativeError(secondMoments, state.secondMoments)).toBeLessThan(1e-6);
    expect(Math.abs(kernels.gradientNorm(parameters) / Math.hypot(...gradients) - 1)).toBeLessThan(1e-12);
  });

  it('NaN in a gradient is seen in the norm and in the values', () => {
    const kernels = openKernels();
    const { parameters } = makeNetwork(kernels, {});
    parameters.gradients[3] = Number.NaN;
    expect(kernels.adamStep({ parameters, learningRate: 1e-3, epsilon: 1e-5, maxGradNorm: 0.5, step: 1 })).toBeNaN();
    expect(parameters.values[3]).toBeNaN();
  });

  it('refuses epsilon 0 and a step that is not counted from 1', () => {
    const kernels = openKernels();
    const { parameters } = makeNetwork(kernels, {});
    for (const wrong of [
      { epsilon: 0, step: 1 },
      { epsilon: 1e-5, step: 0 },
      { epsilon: Number.NaN, step: 1 },
    ]) {
      expect(() => kernels.adamStep({ parameters, learningRate: 1e-3, ...wrong })).toThrow(/adamStep: expected a positive epsilon/);
    }
  });

  it('whole powers', () => {
    expect(integerPower(0.5, 10)).toBe(2 ** -10);
    expect(Math.abs(integerPower(0.999, 12345) / 0.999 ** 12345 - 1)).toBeLessThan(1e-11);
    expect(integerPower(0.9, 0)).toBe(1);
  });
});
