import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError, explainMemory, outOfMemory } from '../../src/core/errors.ts';
import { createSequences, createTransformer, type Kernels, layOutKernels } from '../../src/kernels/index.ts';
import { Arena } from '../../src/kernels/memory.ts';
import { makeNetwork } from './helpers.ts';
import { fillSequences, smallSpec } from './transformerHelpers.ts';

/** What is free of the memory behind a layout; see src/kernels/create.ts. */
const spareBytes = 2 ** 20;
const pageBytes = 2 ** 16;
const sizeOf = (kernels: Kernels): number => kernels.context.arena.buffer.byteLength;

/** A policy's gradient over `rows` rows. */
function layOutMinibatch(kernels: Kernels, hiddenSizes: number[], rows: number) {
  const parameters = kernels.createParameters({
    networks: [{ name: 'net', inputSize: 5, hiddenSizes, outputSize: 3, activation: 'gelu' }],
    logStdSize: 3,
  });
  const [observations, actions] = [kernels.float32(rows * 5), kernels.float32(rows * 3)];
  const [logProbs, advantages] = [kernels.float32(rows), kernels.float32(rows)];
  const policy = { network: parameters.networks[0]!, head: 'gaussian' as const, observations, actions, logProbs, advantages };
  return { kernels, parameters, minibatch: kernels.createMinibatch({ policy }), observations };
}

describe('an arena without a memory', () => {
  it('counts what one with a memory hands out', () => {
    const memory = new WebAssembly.Memory({ initial: 4 });
    const lengths = fc.array(fc.tuple(fc.constantFrom(Float32Array, Int32Array, Float64Array, Uint8Array), fc.nat(1000)), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(lengths, (wanted) => {
        const [counting, real] = [new Arena(), new Arena(memory)];
        for (const [type, length] of wanted) {
          expect(counting.array<Float32Array | Uint8Array>(type as typeof Float32Array, length, 'test')).toHaveLength(0);
          expect(real.array<Float32Array | Uint8Array>(type as typeof Float32Array, length, 'test')).toHaveLength(length);
        }
        expect(counting.used).toBe(real.used);
      }),
    );
  });

  it('has room for everything, and forgets what is written', () => {
    const arena = new Arena();
    const address = arena.allocate(2 ** 40, 'much');
    arena.words[address / 4] = 7;
    arena.floats[address / 4] = 7;
    expect(arena.used).toBe(address + 2 ** 40);
    expect(arena.words).toHaveLength(0);
  });
});

describe('kernels for a layout', () => {
  it('have the memory that it takes, and the spare room', async () => {
    for (const [hiddenSizes, rows] of [
      [[], 1],
      [[16], 300],
      [[64, 200], 5000],
    ] as const) {
      const { kernels, observations } = await layOutKernels((room) => layOutMinibatch(room, [...hiddenSizes], rows));
      expect(observations).toHaveLength(rows * 5);
      const free = sizeOf(kernels) - kernels.bytesUsed;
      expect(free).toBeGreaterThanOrEqual(spareBytes);
      expect(free).toBeLessThan(spareBytes + pageBytes);
    }
  });

  it('take nothing more when a minibatch runs', async () => {
    const { kernels, minibatch } = await layOutKernels((room) => layOutMinibatch(room, [64], 200));
    const before = kernels.bytesUsed;
    minibatch.run({ indices: null, first: 0, count: 200, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0 });
    expect(kernels.bytesUsed).toBe(before);
  });

  it.each([1, 3])('take nothing more when a transformer samples and learns, if the layout reserved it: %i threads', async (threads) => {
    const room = { numGroups: 7, groupSize: 3, promptLength: 5, completionLength: 6 };
    const spawnThread = (): { terminate(): void } => ({ terminate() {} });
    const { kernels, model, sequences } = await layOutKernels(
      (kernels) => {
        const model = createTransformer(kernels, smallSpec);
        const sequences = createSequences(kernels, room);
        model.reserve(sequences, 'sample', 'evaluate', 'gradient');
        return { kernels, model, sequences };
      },
      { threads, spawnThread },
    );
    const before = kernels.bytesUsed;
    fillSequences(sequences, smallSpec.vocabSize, 1);
    const range = { numGroups: 1, groupSize: 1 };
    model.sample(sequences, { ...range, maxTokens: 6, endToken: 0, key: [1, 2], iteration: 0, firstRollout: 0, stream: 0 });
    model.evaluate(sequences, range);
    model.gradient(sequences, { ...range, loss: 'score' });
    expect(kernels.bytesUsed).toBe(before);
    kernels.close();
  });

  it('call the layout twice, first with empty arrays', async () => {
    const lengths: number[] = [];
    await layOutKernels((kernels) => lengths.push(kernels.float32(10).length));
    expect(lengths).toEqual([0, 10]);
  });

  it('refuse a layout that computes, or takes more the second time', async () => {
    const computing = layOutKernels((kernels) => kernels.forward(makeNetwork(kernels, {}), kernels.float32(5), 1, kernels.float32(3)));
    await expect(computing).rejects.toThrow('layout: expected a function that only takes memory, got one that computes');
    const growing = layOutKernels((kernels) => kernels.float32(kernels.float32(1000).length));
    await expect(growing).rejects.toThrow(/layout: expected a function that takes \d+ bytes, as when they were counted, got \d+ bytes/);
  });

  it('are refused with the code of a memory that is too small', async () => {
    const error = await layOutKernels((kernels) => kernels.float32(2 ** 31)).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(CohortError);
    expect((error as CohortError).parts.code).toBe(outOfMemory);
  });
});

describe('explainMemory', () => {
  const parts = { subject: 'numEnvs', expected: 'a rollout that fits', got: 'a large one', advice: 'use fewer' };

  it('says the parts where the kernels or the engine ran out of memory', () => {
    const full = new CohortError({ ...parts, code: outOfMemory });
    for (const cause of [full, new RangeError('Invalid typed array length')]) {
      const error = explainMemory(cause, parts) as CohortError;
      expect(error.message).toBe('numEnvs: expected a rollout that fits, got a large one; use fewer');
      expect(error.parts.code).toBe(outOfMemory);
      expect(error.cause).toBe(cause);
    }
  });

  it('leaves every other error as it is', () => {
    for (const cause of [new CohortError(parts), new TypeError('no'), 'text']) expect(explainMemory(cause, parts)).toBe(cause);
  });
});
