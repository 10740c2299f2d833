/** Modules, memory, tensors, and what is said to people who pass the wrong thing. */
import { describe, expect, it } from 'vitest';
import { createKernels, createKernelsAsync } from '../../src/kernels/index.ts';
import { instantiate, prepareModule } from '../../src/kernels/module.ts';
import { plainModule } from '../../src/kernels/plain/generated.ts';
import { fillNormal, makeNetwork, openKernels } from './helpers.ts';

describe('modules', () => {
  it('import shared memory, or unshared memory once the flag is cleared', () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const unshared = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const instance = (patched: boolean, memory: WebAssembly.Memory) =>
      instantiate(new WebAssembly.Module(prepareModule(plainModule, 'plain', undefined, !patched).bytes), memory, () => 0);
    expect(() => instance(false, shared)).not.toThrow();
    expect(() => instance(true, unshared)).not.toThrow();
    expect(() => instance(false, unshared)).toThrow();
    expect(() => instance(true, shared)).toThrow();
  });

  it('without SharedArrayBuffer: one thread, the same bits', () => {
    const work = () => {
      const kernels = createKernels({ bytes: 8 * 2 ** 20, threads: 2, spawnThread: () => ({ terminate() {} }) });
      const network = makeNetwork(kernels, { hiddenSizes: [12, 7] });
      const inputs = fillNormal(kernels.float32(5 * 300), 1);
      const outputGradients = fillNormal(kernels.float32(3 * 300), 2);
      kernels.backward({ network, inputs, outputGradients, indices: null, first: 0, count: 300 });
      return { threads: kernels.threads, gradients: Array.from(network.parameters.gradients) };
    };
    const withShared = work();
    const kept = globalThis.SharedArrayBuffer;
    let without: ReturnType<typeof work>;
    try {
      Reflect.set(globalThis, 'SharedArrayBuffer', undefined);
      without = work();
    } finally {
      Reflect.set(globalThis, 'SharedArrayBuffer', kept);
    }
    expect(without.threads).toBe(1);
    expect(without.gradients).toEqual(withShared.gradients);
  });

  it('a pool whose threads never start is only slower', () => {
    const kernels = createKernels({ bytes: 8 * 2 ** 20, threads: 4, spawnThread: () => ({ terminate() {} }) });
    const network = makeNetwork(kernels, {});
    const outputs = kernels.float32(3000);
    kernels.forward(network, fillNormal(kernels.float32(5000), 1), 1000, outputs);
    expect(outputs.every((x) => x !== 0)).toBe(true);
    expect(kernels.threadsReady).toBe(1);
    kernels.close();
    kernels.forward(network, kernels.float32(5000), 1000, outputs);
  });

  it('compile in the background too', async () => {
    const kernels = await createKernelsAsync({ bytes: 2 ** 20 });
    expect(kernels.float32(3).length).toBe(3);
  });
});

describe('tensors', () => {
  it('come back as they were set, in torch order, and agree with a product by hand', () => {
    const kernels = openKernels();
    const network = makeNetwork(kernels, { inputSize: 3, hiddenSizes: [10], outputSize: 2, activation: 'relu' }, 3, 2);
    const tensors = network.parameters.tensors();
    expect(tensors.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'net.0.weight 10x3',
      'net.0.bias 10',
      'net.1.weight 2x10',
      'net.1.bias 2',
      'logStd 2',
    ]);
    expect(network.parameters.count).toBe(30 + 10 + 20 + 2 + 2);
    for (const { shape, get, set } of tensors) {
      const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1);
      for (const block of ['values', 'gradients', 'firstMoments', 'secondMoments'] as const) {
        set(block, numbers);
        expect(get(block)).toEqual(numbers);
      }
    }
    for (const { shape, set } of tensors) set('values', new Float32Array(shape.reduce((a, b) => a * b, 1)));
    network.parameters.tensor('net.0.weight')!.set(
      'values',
      Array.from({ length: 30 }, (_, i) => (i === 9 * 3 + 1 ? 2 : 0)),
    ); // out 9, in 1
    network.parameters.tensor('net.1.weight')!.set(
      'values',
      Array.from({ length: 20 }, (_, i) => (i === 1 * 10 + 9 ? 3 : 0)),
    ); // out 1, in 9
    const outputs = kernels.float32(2);
    const inputs = kernels.float32(3);
    inputs.set([5, 7, 11]);
    kernels.forward(network, inputs, 1, outputs);
    expect([...outputs]).toEqual([0, 42]);
  });
});

describe('memory', () => {
  it('hands out aligned zeroed arrays that never move', () => {
    const kernels = openKernels(2 ** 20);
    const first = kernels.float32(5);
    first.fill(1);
    const second = kernels.int32(7);
    expect([first.byteOffset % 64, second.byteOffset % 64, kernels.int32(1).byteOffset % 64]).toEqual([0, 0, 0]);
    kernels.float32(250);
    expect(first[4]).toBe(1);
    expect(second.every((x) => x === 0)).toBe(true);
    expect(kernels.bytesUsed).toBeGreaterThan(1000);
  });

  it('says what is wrong', () => {
    const kernels = openKernels(2 ** 20);
    const network = makeNetwork(kernels, {});
    const inputs = kernels.float32(50);
    const outputs = kernels.float32(30);
    expect(() => kernels.float32(2 ** 20)).toThrow(/kernels\.bytes: expected 4194304 more bytes for float32, got \d+ free of 1048576/);
    expect(() => kernels.float32(1.5)).toThrow(/kernels\.float32: expected a whole length/);
    expect(() => kernels.forward(network, new Float32Array(50), 10, outputs)).toThrow(/inputs: expected an array in kernel memory/);
    expect(() => kernels.forward(network, inputs, 11, outputs)).toThrow(/inputs: expected at least 55 elements, got 50/);
    expect(() => kernels.forward(network, inputs, 0, outputs)).toThrow(/count 0/);
    expect(() => createKernels({ threads: 0 })).toThrow(/threads: expected a whole number from 1/);
    expect(() => createKernels({ bytes: 2 ** 40 })).toThrow(/kernels\.bytes: expected a size/);
    expect(() => makeNetwork(kernels, { hiddenSizes: [0] })).toThrow(/network net: expected layer sizes/);
    expect(() => makeNetwork(kernels, { activation: 'sine' as 'tanh' })).toThrow(/expected activation tanh, relu or gelu, got "sine"/);
    const actions = kernels.int32(10);
    const logProbs = kernels.float32(10);
    const policy = { network, head: 'gaussian' as const, observations: inputs, actions, logProbs, advantages: logProbs };
    expect(() => kernels.createMinibatch({ policy })).toThrow(/expected 3 log standard deviations/);
    expect(() => kernels.createMinibatch({})).toThrow(/createMinibatch: expected a policy or a value network/);
    const minibatch = kernels.createMinibatch({ policy: { ...policy, head: 'categorical' } });
    const run = { indices: null, first: 0, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0 };
    expect(() => minibatch.run({ ...run, count: 11 })).toThrow(/minibatch: expected rows inside 0 \.\. 9, got first 0, count 11/);
    expect(() => minibatch.run({ ...run, count: 0 })).toThrow(/minibatch: expected rows/);
  });
});
