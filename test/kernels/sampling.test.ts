/** Acting: the right random words, the documented rule, the right distribution. */
import { describe, expect, it } from 'vitest';
import type { ActOptions } from '../../src/kernels/index.ts';
import { referenceDraw, referenceForward, referenceNetwork, referenceNormalCdf } from '../../src/kernels/reference/perceptron.ts';
import { Philox } from '../../src/random/index.ts';
import { bitsOf, fillNormal, makeNetwork, openKernels } from './helpers.ts';

const key = [0xdeadbeef, 0x12345678] as const;

function setUp(head: 'categorical' | 'gaussian', outputSize: number, count: number) {
  const kernels = openKernels();
  const network = makeNetwork(kernels, { outputSize }, 4, head === 'gaussian' ? outputSize : 0);
  const observations = fillNormal(kernels.float32(count * 5), 2);
  const actions = head === 'gaussian' ? kernels.float32(count * outputSize) : kernels.int32(count);
  const logProbs = kernels.float32(count);
  const options: ActOptions = {
    ...{ network, head, observations, count, actions, logProbs, key },
    ...{ iteration: 0xfffffff0, step: 5, firstEnv: 3, stream: 2, greedy: false },
  };
  const { outputs } = referenceForward(referenceNetwork(network), observations, count);
  return { kernels, network, actions, logProbs, options, outputs };
}

describe('categorical head', () => {
  it.each([1, 2, 3, 6, 18])('%i actions: the draw is the inverse cumulative distribution of Philox word 0 of each environment', (size) => {
    const count = 500;
    const { kernels, actions, options, outputs } = setUp('categorical', size, count);
    kernels.act(options);
    const philox = new Philox(key);
    let differences = 0;
    for (let row = 0; row < count; row++) {
      const uniform = philox.uniform(options.stream, options.iteration, options.step, options.firstEnv + row);
      if (referenceDraw(outputs.slice(row * size, (row + 1) * size), uniform) !== actions[row]) differences++;
    }
    // A uniform within a rounding error of a border may fall on either side.
    expect(differences).toBeLessThanOrEqual(1);
  });

  it('frequencies are the probabilities', () => {
    const count = 20_000;
    const { kernels, network, actions, options } = setUp('categorical', 3, count);
    options.observations.fill(0.3);
    kernels.act(options);
    const logits = referenceForward(referenceNetwork(network), options.observations, 1).outputs;
    const weights = logits.map((z) => Math.exp(z));
    const total = weights.reduce((a, b) => a + b, 0);
    for (let k = 0; k < 3; k++) {
      const p = weights[k]! / total;
      const share = actions.filter((action) => action === k).length / count;
      expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count));
    }
  });

  it('never draws an action of probability zero, whatever the word', () => {
    const count = 4000;
    const { kernels, network, actions, options } = setUp('categorical', 3, count);
    network.parameters.tensor('net.1.weight')!.set('values', new Float32Array(48));
    network.parameters.tensor('net.1.bias')!.set('values', [0, 0, -1000]);
    kernels.act(options);
    expect(actions.some((action) => action === 2)).toBe(false);
  });

  it('greedy: the lowest index of the largest output', () => {
    const { kernels, network, actions, options, outputs } = setUp('categorical', 6, 37);
    kernels.act({ ...options, greedy: true });
    for (let row = 0; row < 37; row++) {
      const logits = [...outputs.slice(row * 6, (row + 1) * 6)];
      expect(actions[row]).toBe(logits.indexOf(Math.max(...logits)));
    }
    network.parameters.tensor('net.1.weight')!.set('values', new Float32Array(96));
    network.parameters.tensor('net.1.bias')!.set('values', [1, 2, 0, 2, 2, 1]);
    kernels.act({ ...options, greedy: true });
    expect(actions.every((action) => action === 1)).toBe(true);
  });
});

describe('gaussian head', () => {
  it('each dimension has its own word, mapped by the inverse normal distribution', () => {
    const count = 300;
    const size = 6;
    const { kernels, network, actions, options, outputs } = setUp('gaussian', size, count);
    kernels.act(options);
    const philox = new Philox(key);
    const { logStd } = network.parameters;
    for (let row = 0; row < count; row++) {
      for (let a = 0; a < size; a++) {
        const word = philox.block(options.stream, options.iteration, options.step, options.firstEnv + row, a >> 2)[a & 3]!;
        const uniform = ((word >>> 8) + 0.5) * 2 ** -24;
        const normal = (actions[row * size + a]! - outputs[row * size + a]!) / Math.exp(logStd[a]!);
        expect(Math.abs(referenceNormalCdf(normal) - uniform)).toBeLessThan(2e-6);
      }
    }
  });

  it('moments of many draws', () => {
    const count = 50_000;
    const { kernels, network, actions, options } = setUp('gaussian', 1, count);
    network.parameters.tensor('net.1.weight')!.set('values', new Float32Array(16));
    network.parameters.tensor('net.1.bias')!.set('values', [0]);
    network.parameters.logStd.fill(0);
    kernels.act(options);
    const moment = (power: number) => Array.from(actions).reduce((sum, x) => sum + x ** power / count, 0);
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  });

  it('greedy: the mean', () => {
    const { kernels, network, actions, options } = setUp('gaussian', 3, 37);
    kernels.act({ ...options, greedy: true });
    const means = kernels.float32(37 * 3);
    kernels.forward(network, options.observations, 37, means);
    expect(bitsOf(actions)).toBe(bitsOf(means));
  });
});

describe('both heads', () => {
  it.each(['categorical', 'gaussian'] as const)(
    '%s: an environment draws the same in any batch; another step, stream or key draws otherwise',
    (head) => {
      const { kernels, actions, logProbs, options } = setUp(head, 2, 96);
      kernels.act(options);
      const [first, firstLogProbs] = [bitsOf(actions), bitsOf(logProbs)];
      actions.fill(0);
      for (const [firstRow, count] of [
        [0, 5],
        [5, 64],
        [69, 27],
      ] as const)
        kernels.act({ ...options, firstRow, count, firstEnv: 3 + firstRow });
      expect(bitsOf(actions)).toBe(first);
      expect(bitsOf(logProbs)).toBe(firstLogProbs);
      for (const change of [{ step: 6 }, { stream: 1 }, { iteration: 1 }, { key: [key[0], 1] }, { firstEnv: 4 }]) {
        kernels.act({ ...options, ...change });
        expect(bitsOf(actions)).not.toBe(first);
      }
    },
  );
});
