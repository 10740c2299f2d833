/** Promise of the kernels: a sample's forward bits depend on the sample and the parameters alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activation } from '../../src/kernels/index.ts';
import { bitsOf, fillNormal, makeNetwork, openKernels } from './helpers.ts';

const most = 200;

describe('forward bits', () => {
  it.each([
    { hiddenSizes: [64, 64], outputSize: 2 },
    { hiddenSizes: [13], outputSize: 1 },
    { hiddenSizes: [], outputSize: 5 },
    { hiddenSizes: [9, 17, 3], outputSize: 3, activation: 'gelu' as Activation },
  ])('every batch size from 1 to 200: $hiddenSizes -> $outputSize', (shape) => {
    const kernels = openKernels();
    const network = makeNetwork(kernels, shape);
    const inputs = fillNormal(kernels.float32(most * 5), 2);
    const outputs = kernels.float32(most * shape.outputSize);
    kernels.forward(network, inputs, most, outputs);
    const whole = outputs.slice();
    for (let count = 1; count <= most; count++) {
      outputs.fill(Number.NaN);
      kernels.forward(network, inputs, count, outputs);
      const length = count * shape.outputSize;
      expect(bitsOf(outputs.subarray(0, length))).toBe(bitsOf(whole.subarray(0, length)));
      expect(Number.isNaN(outputs[length] ?? Number.NaN)).toBe(true); // and nothing is written beyond
    }
  });

  it('position in the batch and neighbours do not matter, nor does NaN beside it', () => {
    const kernels = openKernels();
    const network = makeNetwork(kernels, { hiddenSizes: [24, 8], outputSize: 3 });
    const inputs = fillNormal(kernels.float32(most * 5), 2);
    const one = kernels.float32(5);
    const alone = kernels.float32(3);
    const outputs = kernels.float32(most * 3);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: most - 1 }), fc.integer({ min: 1, max: most }), fc.boolean(), (row, count, spoil) => {
        const place = row % count;
        one.set(inputs.subarray(row * 5, row * 5 + 5));
        kernels.forward(network, one, 1, alone);
        const kept = inputs.slice();
        inputs.set(one, place * 5);
        if (spoil && place > 0) inputs.fill(Number.NaN, (place - 1) * 5, place * 5);
        kernels.forward(network, inputs, count, outputs);
        inputs.set(kept);
        expect(bitsOf(outputs.subarray(place * 3, place * 3 + 3))).toBe(bitsOf(alone));
      }),
    );
  });
});

describe.each(['categorical', 'gaussian'] as const)('acting and learning agree, %s head', (head) => {
  it.each([1, 4, 61, 64, 130, 200])('%i rows: the first ratio is exactly 1', (count) => {
    const kernels = openKernels();
    const outputSize = 3;
    const network = makeNetwork(kernels, { outputSize }, 1, head === 'gaussian' ? outputSize : 0);
    const observations = fillNormal(kernels.float32(count * 5), 2);
    const actions = head === 'gaussian' ? kernels.float32(count * outputSize) : kernels.int32(count);
    const logProbs = kernels.float32(count);
    const advantages = fillNormal(kernels.float32(count), 3);
    const entropies = kernels.float32(count);
    const sample = { network, head, actions, logProbs, entropies, key: [7, 8], iteration: 3, step: 1, stream: 0, greedy: false };
    // Acting in pieces of 4, learning in one piece and in another order.
    for (let firstRow = 0; firstRow < count; firstRow += 4) {
      kernels.act({ ...sample, observations, count: Math.min(4, count - firstRow), firstRow, firstEnv: firstRow });
    }
    const indices = kernels.int32(count);
    for (let i = 0; i < count; i++) indices[i] = count - 1 - i;
    const minibatch = kernels.createMinibatch({ policy: { network, head, observations, actions, logProbs, advantages } });
    const run = { indices, first: 0, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0 };
    const { ratioMax, approxKl, oldApproxKl, clipFraction, entropy } = minibatch.run(run);
    expect({ ratioMax, approxKl, oldApproxKl: Math.abs(oldApproxKl), clipFraction }).toEqual({
      ratioMax: 1,
      approxKl: 0,
      oldApproxKl: 0,
      clipFraction: 0,
    });
    expect(entropy).toBeCloseTo(
      entropies.reduce((sum, value) => sum + value / count, 0),
      5,
    );
  });
});
