/** Kernels against the float64 reference: outputs, gradients of every loss, statistics; norm-wise 1e-5. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activation, Head, MinibatchRun, NetworkHandle } from '../../src/kernels/index.ts';
import { referenceScoreLoss, referenceSurrogate } from '../../src/kernels/reference/losses.ts';
import {
  referenceBackward,
  referenceCategorical,
  referenceForward,
  referenceGaussian,
  referenceNetwork,
  referenceValue,
} from '../../src/kernels/reference/perceptron.ts';
import { createGenerator } from '../../src/random/index.ts';
import { fillNormal, makeNetwork, openKernels, randomize, relativeError } from './helpers.ts';

const tolerance = 1e-5;

/** All gradients of a network in one array, in the order of its tensors. */
function gradientsOf(network: NetworkHandle): number[] {
  return network.parameters
    .tensors()
    .filter(({ name }) => name.startsWith(network.spec.name))
    .flatMap((tensor) => [...tensor.get('gradients')]);
}

function referenceGradients(network: NetworkHandle, inputs: ArrayLike<number>, outputGradients: Float64Array, count: number): number[] {
  const net = referenceNetwork(network);
  return referenceBackward(net, referenceForward(net, inputs, count), outputGradients).flatMap(({ weight, bias }) => [...weight, ...bias]);
}

const shapes = fc.record({
  inputSize: fc.integer({ min: 1, max: 20 }),
  hiddenSizes: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
  outputSize: fc.integer({ min: 1, max: 9 }),
  activation: fc.constantFrom<Activation>('tanh', 'relu', 'gelu'),
});

describe('kernels against the reference', () => {
  it('any depth, width, activation and count: outputs and gradients', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 1e6 }), (shape, count, seed) => {
        const kernels = openKernels(8 * 2 ** 20);
        const network = makeNetwork(kernels, shape, seed);
        const inputs = fillNormal(kernels.float32(count * shape.inputSize), seed + 1);
        const outputs = kernels.float32(count * shape.outputSize);
        kernels.forward(network, inputs, count, outputs);
        expect(relativeError(outputs, referenceForward(referenceNetwork(network), inputs, count).outputs)).toBeLessThan(tolerance);
        const outputGradients = fillNormal(kernels.float32(outputs.length), seed + 2, 1 / count);
        kernels.backward({ network, inputs, outputGradients, indices: null, first: 0, count });
        const expected = referenceGradients(network, inputs, Float64Array.from(outputGradients), count);
        expect(relativeError(gradientsOf(network), expected)).toBeLessThan(tolerance);
      }),
      { numRuns: 60 },
    );
  });

  it('a wide network: 48 inputs, two layers of 256', () => {
    const kernels = openKernels(32 * 2 ** 20);
    const count = 70;
    const network = makeNetwork(kernels, { inputSize: 48, hiddenSizes: [256, 256], outputSize: 6 });
    const inputs = fillNormal(kernels.float32(count * 48), 3);
    const outputGradients = fillNormal(kernels.float32(count * 6), 4);
    kernels.backward({ network, inputs, outputGradients, indices: null, first: 0, count });
    expect(
      relativeError(gradientsOf(network), referenceGradients(network, inputs, Float64Array.from(outputGradients), count)),
    ).toBeLessThan(tolerance);
  });

  it('padding stays zero: gradients, moments and values', () => {
    const kernels = openKernels();
    const network = makeNetwork(kernels, { inputSize: 3, hiddenSizes: [5, 9], outputSize: 2 });
    const { parameters } = network;
    const inputs = fillNormal(kernels.float32(30), 3);
    const outputGradients = fillNormal(kernels.float32(20), 4);
    const covered = (block: 'values' | 'gradients') =>
      parameters.tensors().reduce((sum, { get }) => sum + get(block).filter((x) => x !== 0).length, 0);
    for (let step = 1; step <= 3; step++) {
      kernels.backward({ network, inputs, outputGradients, indices: null, first: 0, count: 10 });
      kernels.adamStep({ parameters, learningRate: 0.1, epsilon: 1e-5, step });
      expect(parameters.gradients.filter((x) => x !== 0).length).toBe(covered('gradients'));
      expect(parameters.values.filter((x) => x !== 0).length).toBe(covered('values'));
    }
  });
});

const rows = 200;

/** A policy and a critic with data whose ratios lie on both sides of the clip range. */
function problem(head: Head, seed: number, count: number, weighted = false) {
  const kernels = openKernels();
  const outputSize = 3;
  const spec = { name: 'actor', inputSize: 4, hiddenSizes: [24, 10], outputSize, activation: 'tanh' } as const;
  const parameters = kernels.createParameters({
    networks: [spec, { ...spec, name: 'critic', outputSize: 1 }],
    logStdSize: head === 'gaussian' ? outputSize : 0,
  });
  randomize(parameters, seed);
  const [actor, critic] = parameters.networks as [NetworkHandle, NetworkHandle];
  const generator = createGenerator(seed + 100);
  const observations = fillNormal(kernels.float32(rows * 4), seed + 1);
  const actions = head === 'gaussian' ? fillNormal(kernels.float32(rows * outputSize), seed + 2) : kernels.int32(rows);
  const logProbs = kernels.float32(rows);
  const advantages = fillNormal(kernels.float32(rows), seed + 3);
  const returns = fillNormal(kernels.float32(rows), seed + 4);
  const values = kernels.float32(rows);
  const rowWeights = kernels.float32(rows).fill(1);
  if (weighted) for (let row = 0; row < rows; row++) rowWeights[row] = ((row * 37) % 11) / 4;
  const policyPass = referenceForward(referenceNetwork(actor), observations, rows);
  const valuePass = referenceForward(referenceNetwork(critic), observations, rows);
  const logStd = Float64Array.from(parameters.logStd);
  const headOf = (row: number) => {
    const outputs = policyPass.outputs.subarray(row * outputSize, (row + 1) * outputSize);
    if (head === 'categorical') return referenceCategorical(outputs, actions[row]!);
    return referenceGaussian(outputs, logStd, actions.subarray(row * outputSize, (row + 1) * outputSize));
  };
  for (let row = 0; row < rows; row++) {
    if (head === 'categorical') actions[row] = Math.floor(generator.random() * outputSize);
    logProbs[row] = headOf(row).logProb + generator.uniform(-0.5, 0.5);
    values[row] = valuePass.outputs[row]! + generator.uniform(-0.5, 0.5);
  }
  const indices = kernels.int32(count);
  for (let i = 0; i < count; i++) indices[i] = (i * 77 + 13) % rows;
  const minibatch = kernels.createMinibatch({
    policy: { network: actor, head, observations, actions, logProbs, advantages, ...(weighted && { rowWeights }) },
    value: { network: critic, observations, returns, values },
  });
  return {
    kernels,
    parameters,
    actor,
    critic,
    observations,
    logProbs,
    advantages,
    rowWeights,
    returns,
    values,
    indices,
    minibatch,
    headOf,
    valuePass,
  };
}

describe.each(['categorical', 'gaussian'] as const)('minibatch, %s head', (head) => {
  it.each([
    { count: 1, valueClip: 0.2 },
    { count: 63, valueClip: 0.2 },
    { count: 64, valueClip: undefined },
    { count: 150, valueClip: 0.2 },
    { count: 63, valueClip: 0.2, weighted: true },
    { count: 150, valueClip: 0.2, weighted: true, score: true },
  ])('gradients and statistics: %o', ({ count, valueClip, weighted = false, score = false }) => {
    const p = problem(head, count, count, weighted);
    const outputSize = 3;
    const run: MinibatchRun = {
      indices: p.indices,
      first: 0,
      count,
      advantageMean: 0.1,
      advantageScale: 1.3,
      clipCoef: 0.2,
      clipCoefHigh: 0.25,
      entropyCoef: 0.03,
      valueCoef: 0.5,
      valueClip,
      score,
    };
    const statistics = p.minibatch.run(run);
    const policyGradients = new Float64Array(rows * outputSize);
    const valueGradients = new Float64Array(rows);
    const logStdGradients = new Float64Array(outputSize);
    const sums = { policyLoss: 0, entropy: 0, approxKl: 0, oldApproxKl: 0, clipFraction: 0, valueLoss: 0 };
    for (const row of p.indices) {
      const one = p.headOf(row);
      const advantage = (p.advantages[row]! - run.advantageMean) * run.advantageScale;
      const surrogate = referenceSurrogate(one.logProb, p.logProbs[row]!, advantage, { clipLow: 0.2, clipHigh: 0.25 });
      const value = referenceValue(p.valuePass.outputs[row]!, p.returns[row]!, p.values[row]!, valueClip);
      const { loss, slope } = score ? referenceScoreLoss(one.logProb, advantage) : surrogate;
      const weight = p.rowWeights[row]! / count;
      sums.policyLoss += weight * loss;
      // A figure for people: every row counts the same there.
      sums.entropy += one.entropy / count;
      sums.approxKl += surrogate.approxKl / count;
      sums.oldApproxKl += surrogate.oldApproxKl / count;
      sums.clipFraction += surrogate.clipped / count;
      sums.valueLoss += value.loss / count;
      for (let a = 0; a < outputSize; a++) {
        policyGradients[row * outputSize + a]! += weight * (slope * one.logProbSlopes[a]! - run.entropyCoef * one.entropySlopes[a]!);
        if (head === 'gaussian') {
          logStdGradients[a]! += weight * (slope * one.logProbByLogStd[a]! - run.entropyCoef * one.entropyByLogStd[a]!);
        }
      }
      valueGradients[row]! += (run.valueCoef! * value.slope) / count;
    }
    expect(relativeError(gradientsOf(p.actor), referenceGradients(p.actor, p.observations, policyGradients, rows))).toBeLessThan(tolerance);
    expect(relativeError(gradientsOf(p.critic), referenceGradients(p.critic, p.observations, valueGradients, rows))).toBeLessThan(
      tolerance,
    );
    if (head === 'gaussian')
      expect(relativeError(p.parameters.tensor('logStd')!.get('gradients'), logStdGradients)).toBeLessThan(tolerance);
    for (const [name, expected] of Object.entries(sums)) {
      expect(Math.abs(statistics[name as keyof typeof sums] - expected), name).toBeLessThan(tolerance * (1 + Math.abs(expected)));
    }
  });

  it('weights of 1 change no bit', () => {
    const run: MinibatchRun = {
      indices: null,
      first: 0,
      count: 100,
      advantageMean: 0,
      advantageScale: 1,
      clipCoef: 0.2,
      entropyCoef: 0.02,
    };
    const [plain, weighted] = [problem(head, 8, 100), problem(head, 8, 100, true)];
    weighted.rowWeights.fill(1);
    plain.minibatch.run(run);
    weighted.minibatch.run(run);
    expect(gradientsOf(weighted.actor)).toEqual(gradientsOf(plain.actor));
  });

  it('a loss in TypeScript gives the gradient of the kernel', () => {
    const count = 100;
    const { kernels, actor, observations, advantages, logProbs, minibatch, headOf } = problem(head, 5, count);
    minibatch.run({ indices: null, first: 0, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0.02 });
    const expected = gradientsOf(actor);
    const outputGradients = kernels.float32(count * 3);
    for (let row = 0; row < count; row++) {
      const one = headOf(row);
      const clip = { clipLow: 0.2, clipHigh: 0.2 };
      const { slope } = referenceSurrogate(one.logProb, logProbs[row]!, advantages[row]!, clip);
      for (let a = 0; a < 3; a++) {
        outputGradients[row * 3 + a] = (slope * one.logProbSlopes[a]! - 0.02 * one.entropySlopes[a]!) / count;
      }
    }
    kernels.backward({ network: actor, inputs: observations, outputGradients, indices: null, first: 0, count });
    expect(relativeError(gradientsOf(actor), expected)).toBeLessThan(tolerance);
  });
});
