/** Several categorical heads and action masks: against the reference, the documented draws, exactly zero where masked. */
import { describe, expect, it } from 'vitest';
import type { ActOptions, MinibatchRun, NetworkHandle } from '../../src/kernels/index.ts';
import { packMasks } from '../../src/kernels/index.ts';
import { referenceSurrogate } from '../../src/kernels/reference/losses.ts';
import {
  referenceBackward,
  referenceCategoricals,
  referenceDraw,
  referenceForward,
  referenceNetwork,
} from '../../src/kernels/reference/perceptron.ts';
import { createGenerator, Philox } from '../../src/random/index.ts';
import { bitsOf, fillNormal, makeNetwork, openKernels, relativeError } from './helpers.ts';

const tolerance = 1e-5;
const key = [0xdeadbeef, 0x12345678] as const;
/** With a head of one value, and together more outputs than a word has bits. */
const sizes = [3, 1, 2, 30];
const outputSize = 36;

/** Rows of masks that allow about half, and at least one value of every head. */
function drawMasks(rows: number, seed: number): Uint8Array {
  const generator = createGenerator(seed);
  const masks = new Uint8Array(rows * outputSize);
  for (let row = 0; row < rows; row++) {
    let begin = row * outputSize;
    for (const size of sizes) {
      for (let k = 0; k < size; k++) masks[begin + k] = generator.integers(0, 2);
      masks[begin + generator.integers(0, size)] = 1;
      begin += size;
    }
  }
  return masks;
}

function setUp(rows: number, masked: boolean, seed = 4) {
  const kernels = openKernels();
  const network = makeNetwork(kernels, { outputSize, headSizes: sizes, hiddenSizes: [24, 10] }, seed);
  const observations = fillNormal(kernels.float32(rows * 5), 2);
  const actions = kernels.int32(rows * sizes.length);
  const logProbs = kernels.float32(rows);
  const entropies = kernels.float32(rows);
  const allowed = masked ? drawMasks(rows, 9) : new Uint8Array(rows * outputSize).fill(1);
  const masks = kernels.int32(rows * 2);
  packMasks(allowed, rows, outputSize, masks);
  const options: ActOptions = {
    ...{ network, head: 'categorical', observations, count: rows, actions, logProbs, entropies, key },
    ...{ iteration: 3, step: 5, firstEnv: 7, stream: 2, greedy: false, masks: masked ? masks : undefined },
  };
  const { outputs } = referenceForward(referenceNetwork(network), observations, rows);
  /** Outputs of one head, of allowed values only, and where they stand in the head. */
  const headOf = (row: number, head: number) => {
    const begin = row * outputSize + sizes.slice(0, head).reduce((sum, size) => sum + size, 0);
    const places = Array.from({ length: sizes[head]! }, (_, k) => k).filter((k) => allowed[begin + k] === 1);
    return { places, logits: Float64Array.from(places, (k) => outputs[begin + k]!) };
  };
  return { kernels, network, observations, actions, logProbs, entropies, allowed, masks, options, outputs, headOf };
}

describe.each([
  ['without masks', false],
  ['with masks', true],
] as const)('several heads, %s', (_, masked) => {
  it('each head draws with its own word of Philox, by the inverse cumulative distribution', () => {
    const rows = 300;
    const { kernels, actions, options, headOf } = setUp(rows, masked);
    kernels.act(options);
    const philox = new Philox(key);
    let differences = 0;
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < sizes.length; head++) {
        const word = philox.block(options.stream, options.iteration, options.step, options.firstEnv + row, head >> 2)[head & 3]!;
        const { places, logits } = headOf(row, head);
        if (places[referenceDraw(logits, ((word >>> 8) + 0.5) * 2 ** -24)] !== actions[row * sizes.length + head]) differences++;
      }
    }
    // A uniform within a rounding error of a border may fall on either side.
    expect(differences).toBeLessThanOrEqual(1);
  });

  it('greedy takes the best that is allowed', () => {
    const rows = 70;
    const { kernels, actions, options, headOf } = setUp(rows, masked);
    kernels.act({ ...options, greedy: true });
    for (let row = 0; row < rows; row++) {
      for (let head = 0; head < sizes.length; head++) {
        const { places, logits } = headOf(row, head);
        expect(actions[row * sizes.length + head]).toBe(places[logits.indexOf(Math.max(...logits))]);
      }
    }
  });

  it('log-probabilities and entropies are the sums of the reference', () => {
    const rows = 65;
    const { kernels, actions, logProbs, entropies, allowed, options, outputs } = setUp(rows, masked);
    kernels.act(options);
    for (let row = 0; row < rows; row++) {
      const at = row * outputSize;
      const chosen = actions.subarray(row * sizes.length, (row + 1) * sizes.length);
      const mask = allowed.subarray(at, at + outputSize);
      const { logProb, entropy } = referenceCategoricals(outputs.subarray(at, at + outputSize), sizes, chosen, mask);
      expect(Math.abs(logProbs[row]! - logProb)).toBeLessThan(tolerance * 10);
      expect(Math.abs(entropies[row]! - entropy)).toBeLessThan(tolerance * 10);
    }
  });

  it.each([1, 63, 150])('gradients and statistics of %i rows', (count) => {
    const rows = 200;
    const { kernels, network, observations, actions, logProbs, allowed, masks, options, outputs } = setUp(rows, masked);
    kernels.act(options);
    const generator = createGenerator(count);
    for (let row = 0; row < rows; row++) logProbs[row]! += generator.uniform(-0.5, 0.5);
    const advantages = fillNormal(kernels.float32(rows), 3);
    const indices = kernels.int32(count);
    for (let i = 0; i < count; i++) indices[i] = (i * 77 + 13) % rows;
    const policy = { network, head: 'categorical', observations, actions, logProbs, advantages } as const;
    const minibatch = kernels.createMinibatch({ policy: { ...policy, masks: masked ? masks : undefined } });
    const run: MinibatchRun = { indices, first: 0, count, advantageMean: 0.1, advantageScale: 1.3, clipCoef: 0.2, entropyCoef: 0.03 };
    const statistics = minibatch.run(run);
    const outputGradients = new Float64Array(rows * outputSize);
    const sums = { policyLoss: 0, entropy: 0, approxKl: 0, clipFraction: 0 };
    for (const row of indices) {
      const at = row * outputSize;
      const chosen = actions.subarray(row * sizes.length, (row + 1) * sizes.length);
      const one = referenceCategoricals(outputs.subarray(at, at + outputSize), sizes, chosen, allowed.subarray(at, at + outputSize));
      const advantage = (advantages[row]! - run.advantageMean) * run.advantageScale;
      const surrogate = referenceSurrogate(one.logProb, logProbs[row]!, advantage, { clipLow: 0.2, clipHigh: 0.2 });
      sums.policyLoss += surrogate.loss / count;
      sums.entropy += one.entropy / count;
      sums.approxKl += surrogate.approxKl / count;
      sums.clipFraction += surrogate.clipped / count;
      for (let k = 0; k < outputSize; k++) {
        outputGradients[at + k]! += (surrogate.slope * one.logProbSlopes[k]! - run.entropyCoef * one.entropySlopes[k]!) / count;
      }
    }
    for (const [name, expected] of Object.entries(sums)) {
      expect(Math.abs(statistics[name as keyof typeof sums] - expected), name).toBeLessThan(tolerance * (1 + Math.abs(expected)));
    }
    const net = referenceNetwork(network);
    const expected = referenceBackward(net, referenceForward(net, observations, rows), outputGradients);
    const got = network.parameters.tensors().flatMap((tensor) => [...tensor.get('gradients')]);
    expect(
      relativeError(
        got,
        expected.flatMap(({ weight, bias }) => [...weight, ...bias]),
      ),
    ).toBeLessThan(tolerance);
  });

  it.each([1, 61, 130])('%i rows: the first ratio is exactly 1, whatever the batch and the order', (count) => {
    const { kernels, network, observations, actions, logProbs, masks, options } = setUp(count, masked);
    for (let firstRow = 0; firstRow < count; firstRow += 4) {
      kernels.act({ ...options, count: Math.min(4, count - firstRow), firstRow, firstEnv: firstRow });
    }
    const advantages = fillNormal(kernels.float32(count), 3);
    const indices = kernels.int32(count);
    for (let i = 0; i < count; i++) indices[i] = count - 1 - i;
    const policy = { network, head: 'categorical', observations, actions, logProbs, advantages } as const;
    const minibatch = kernels.createMinibatch({ policy: { ...policy, masks: masked ? masks : undefined } });
    const run = { indices, first: 0, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0 };
    const { ratioMax, approxKl, clipFraction } = minibatch.run(run);
    expect({ ratioMax, approxKl, clipFraction }).toEqual({ ratioMax: 1, approxKl: 0, clipFraction: 0 });
  });
});

describe('a mask', () => {
  it('is never disobeyed, not even by outputs that are not numbers', () => {
    const rows = 2000;
    for (const spoil of [false, true]) {
      const { kernels, network, actions, allowed, options } = setUp(rows, true);
      if (spoil) network.parameters.tensor('net.2.bias')!.set('values', new Float32Array(outputSize).fill(Number.NaN));
      for (const greedy of [false, true]) {
        kernels.act({ ...options, greedy });
        for (let row = 0; row < rows; row++) {
          let begin = row * outputSize;
          for (const [head, size] of sizes.entries()) {
            expect(allowed[begin + actions[row * sizes.length + head]!]).toBe(1);
            begin += size;
          }
        }
      }
    }
  });

  it('of everything changes no bit, and leaves no slope where it forbids', () => {
    const rows = 40;
    const bits = [false, true].map((masked) => {
      const { kernels, actions, logProbs, entropies, masks, options } = setUp(rows, false);
      kernels.act({ ...options, masks: masked ? masks : undefined });
      return [actions, logProbs, entropies].map((array) => bitsOf(array as Float32Array)).join();
    });
    expect(bits[1]).toBe(bits[0]);
    const { kernels, network, observations, actions, logProbs, options } = setUp(rows, true);
    const one = new Uint8Array(rows * outputSize).fill(1);
    for (let row = 0; row < rows; row++) one[row * outputSize + 1] = 0;
    const masks = kernels.int32(rows * 2);
    packMasks(one, rows, outputSize, masks);
    kernels.act({ ...options, masks });
    const advantages = fillNormal(kernels.float32(rows), 3);
    const policy = { network, head: 'categorical', observations, actions, logProbs, advantages, masks } as const;
    const run = { indices: null, first: 0, count: rows, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0.1 };
    kernels.createMinibatch({ policy }).run(run);
    const gradient = network.parameters.tensor('net.2.bias')!.get('gradients');
    expect(gradient[1] === 0).toBe(true);
    expect(gradient.filter((entry) => entry !== 0).length).toBe(outputSize - 2); // the head of one value has no slope either
  });

  it('is refused where it is too short, and heads where they do not add up', () => {
    const { kernels, options } = setUp(4, true);
    expect(() => kernels.act({ ...options, masks: kernels.int32(7) })).toThrow(/masks/);
    expect(() => makeNetwork(openKernels(), { outputSize: 5, headSizes: [3, 3] })).toThrow(/add up to 5 outputs/);
    expect(() => makeNetwork(openKernels(), { outputSize: 3, headSizes: [3, 0] })).toThrow(/add up/);
  });
});

it('one head that is named has the bits of one that is not', () => {
  const hashes = [undefined, [6]].map((headSizes) => {
    const kernels = openKernels();
    const network: NetworkHandle = makeNetwork(kernels, { outputSize: 6, headSizes });
    const observations = fillNormal(kernels.float32(70 * 5), 2);
    const [actions, logProbs] = [kernels.int32(70), kernels.float32(70)];
    const options = { network, head: 'categorical', observations, count: 70, actions, logProbs, key } as const;
    kernels.act({ ...options, iteration: 1, step: 2, firstEnv: 0, stream: 1, greedy: false });
    return `${actions.join()} ${bitsOf(logProbs)}`;
  });
  expect(hashes[1]).toBe(hashes[0]);
});
