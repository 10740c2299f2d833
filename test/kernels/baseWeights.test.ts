/** Matrices that are kept in fewer bytes: what is written is read, and kernels compute what they compute with the same numbers as float32. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernels, layOutKernels } from '../../src/kernels/index.ts';
import { referenceGradient, referenceTransformer } from '../../src/kernels/reference/transformer.ts';
import {
  adapterTargets,
  type BaseWeights,
  createTransformer,
  type Transformer,
  type TransformerSpec,
} from '../../src/kernels/transformer/index.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { bitsOf, relativeError } from './helpers.ts';
import { gradientsOf, openTransformer, pick, smallSpec, tokenPlaces } from './transformerHelpers.ts';

const adapter = { rank: 3, alpha: 6, targets: adapterTargets };
const kinds = ['bfloat16', 'int8'] as const;

/** Widths that are no multiples of 32, a vocabulary of two tiles, and matrices that begin inside a panel's row of blocks. */
const wide: TransformerSpec = {
  ...{ ...smallSpec, vocabSize: 300, hiddenSize: 40, numAttentionHeads: 5, numKeyValueHeads: 1, headDim: 8, intermediateSize: 45 },
  adapter,
};
const specs: readonly (readonly [string, TransformerSpec])[] = [
  ['untied', wide],
  ['tied, biases', { ...wide, attentionBias: true, tieWordEmbeddings: true }],
  ['norms of heads, 64 inputs', { ...wide, hiddenSize: 64, numAttentionHeads: 4, numKeyValueHeads: 2, headDim: 16, queryKeyNorm: true }],
  ['8 inputs', { ...smallSpec, hiddenSize: 8, numAttentionHeads: 2, numKeyValueHeads: 1, intermediateSize: 13, adapter }],
];
const room = { numGroups: 3, groupSize: 4, promptLength: 6, completionLength: 7 };
const range = { numGroups: 3, groupSize: 4 };
const draws = { key: [1, 2], iteration: 1, firstRollout: 0, stream: 0, maxTokens: 7, endToken: 0 };

/** The matrices of the model, which are kept in fewer bytes. */
const matricesOf = (model: Transformer) => model.base!.tensors().filter(({ shape }) => shape.length === 2);

/** Gives a model all numbers of another. */
function copy(from: Transformer, to: Transformer): void {
  for (const [source, target] of [
    [from.base!, to.base!],
    [from.parameters, to.parameters],
  ] as const) {
    for (const tensor of source.tensors()) target.tensor(tensor.name)!.set('values', tensor.get());
  }
}

const hashOf = (array: Float32Array | Int32Array): string => sha256(new Uint8Array(array.slice().buffer));

/** Hashes of everything that a model says. */
function saidBy({ model, sequences }: ReturnType<typeof openTransformer>): string[] {
  const places = tokenPlaces(sequences, range);
  model.gradient(sequences, { ...range, loss: 'score', temperature: 0.9 });
  const said = [hashOf(pick(sequences.logProbs, places)), hashOf(model.parameters.gradients)];
  model.sample(sequences, { ...range, ...draws });
  said.push(hashOf(sequences.completions), hashOf(pick(sequences.logProbs, tokenPlaces(sequences, range))));
  return [...said, hashOf(model.logits([1, 2, 3, 4, 5]))];
}

describe.each(kinds)('%s', (baseWeights) => {
  it.each(specs)('%s: the bits of float32 with the same numbers', (_name, spec) => {
    const narrow = openTransformer({ ...spec, baseWeights }, room, 1);
    const plain = openTransformer(spec, room, 1);
    copy(narrow.model, plain.model);
    const said = saidBy(narrow);
    expect(said).toEqual(saidBy(plain));
    // What was rounded is not what it was.
    expect(said[0]).not.toBe(saidBy(openTransformer(spec, room, 1))[0]);
  });

  it('gradients are those of the reference', () => {
    const spec = { ...wide, baseWeights };
    const { model, sequences } = openTransformer(spec, room, 2);
    const options = { ...range, loss: 'score' } as const;
    model.gradient(sequences, options);
    const expected = referenceGradient(spec, referenceTransformer(model), sequences, options);
    const gradients = model.parameters.tensors().flatMap(({ name }) => [...expected.gradients.get(name)!]);
    expect(relativeError(gradientsOf(model), gradients)).toBeLessThan(1e-5);
  });

  it('recomputed layers change nothing', () => {
    const spec = { ...wide, baseWeights };
    const kept = openTransformer(spec, room, 3);
    const again = openTransformer(spec, room, 3, createKernels({ bytes: 2 ** 25 }), { keptBytes: 0 });
    expect(saidBy(again)).toEqual(saidBy(kept));
  });

  it('norms and biases stay as they are; what was read can be written without a change', () => {
    const { model } = openTransformer({ ...wide, attentionBias: true, baseWeights }, room, 4);
    const plain = openTransformer({ ...wide, attentionBias: true }, room, 4).model;
    for (const tensor of model.base!.tensors()) {
      const read = tensor.get();
      const original = plain.base!.tensor(tensor.name)!.get();
      if (tensor.shape.length === 1) expect(bitsOf(read)).toBe(bitsOf(original));
      else expect(relativeError(read, original)).toBeLessThan(baseWeights === 'int8' ? 0.01 : 0.003);
      if (baseWeights === 'int8') continue;
      tensor.set('values', read);
      expect(bitsOf(tensor.get())).toBe(bitsOf(read));
    }
  });
});

/** A model that keeps its matrices so, and one of them: (10, 40), which begins in the middle of a panel. */
function oneMatrix(baseWeights: BaseWeights) {
  const kernels = createKernels({ bytes: 2 ** 22 });
  const spec = { ...smallSpec, hiddenSize: 40, intermediateSize: 12, baseWeights, adapter };
  return createTransformer(kernels, spec).base!.tensor('model.layers.1.mlp.up_proj.weight')!;
}

describe('rounding', () => {
  it('to bfloat16 goes to the nearest, of two to the even one', () => {
    const tensor = oneMatrix('bfloat16');
    const numbers = new Float32Array(12 * 40);
    numbers.set([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -0, -(1 + 2 ** -9), 2 ** -133]);
    tensor.set('values', numbers);
    expect([...tensor.get().subarray(0, 6)]).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7, -0, -1, 2 ** -133]);
  });

  it('to integers has a step of a 127th of the largest of 32 in a row, for the rest of a row of its own', () => {
    const tensor = oneMatrix('int8');
    const numbers = new Float32Array(12 * 40);
    numbers.set([-127, 1.5, 2.5, -0.5, -0.6, 126.4], 40); // step 1
    numbers.set([254, 3, 5, 100], 40 + 32); // step 2
    tensor.set('values', numbers);
    const read = tensor.get();
    expect([...read.subarray(40, 46)]).toEqual([-127, 2, 2, 0, -1, 126]);
    expect([...read.subarray(72, 76)]).toEqual([254, 4, 4, 100]);
    expect(read.subarray(0, 40).every((x) => x === 0)).toBe(true);
  });

  it('integers are within half a step', () => {
    const tensor = oneMatrix('int8');
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 32, maxLength: 32 }), (row) => {
        const numbers = new Float32Array(12 * 40);
        numbers.set(row);
        tensor.set('values', numbers);
        const most = Math.max(...row.map(Math.abs));
        // The step is a float32 itself; below its normal numbers it has few digits.
        const half = most / 254 + 2 ** -143;
        for (const [i, x] of row.entries()) expect(Math.abs(tensor.get()[i]! - x)).toBeLessThanOrEqual(half * 1.0001);
      }),
      { numRuns: 50 },
    );
  });

  it('integers with their scales are taken as they are', () => {
    const tensor = oneMatrix('int8');
    const integers = Int8Array.from({ length: 12 * 40 }, (_, i) => (i * 37) % 256);
    const scales = Float32Array.from({ length: 12 * 2 }, (_, i) => (i - 11) / 64);
    tensor.setBlocks!({ integers, scales });
    const expected = Float32Array.from(integers, (x, i) => x * scales[Math.floor(i / 40) * 2 + (i % 40 < 32 ? 0 : 1)]!);
    expect(bitsOf(tensor.get())).toBe(bitsOf(expected));
    expect(() => tensor.setBlocks!({ integers, scales: scales.subarray(1) })).toThrow('24 numbers');
    expect(() => tensor.set('values', [1])).toThrow('480 numbers');
    expect(oneMatrix('bfloat16').setBlocks).toBeUndefined();
  });
});

describe('memory', () => {
  it('of the matrices is a half, or nine numbers of 32', async () => {
    const spec: TransformerSpec = { ...wide, vocabSize: 4096, hiddenSize: 64, numAttentionHeads: 8, intermediateSize: 192 };
    const bytes = async (baseWeights: BaseWeights): Promise<number> => {
      const { kernels, model } = await layOutKernels((kernels) => ({
        kernels,
        model: createTransformer(kernels, { ...spec, baseWeights }),
      }));
      expect(model.base!.count).toBe(matricesOf(model).reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 5 * 64));
      return kernels.bytesUsed;
    };
    const full = await bytes('float32');
    const numbers = 2 * 4096 * 64 + 2 * (64 * (64 + 2 * 8) + 64 * 64 + 3 * 64 * 192);
    expect(full - (await bytes('bfloat16'))).toBe(2 * numbers);
    expect(full - (await bytes('int8'))).toBe(4 * numbers - (numbers * 9) / 8);
  });
});

describe('refusals', () => {
  it('of narrow weights that are trained, and of other names', () => {
    const kernels = createKernels({ bytes: 2 ** 22 });
    expect(() => createTransformer(kernels, { ...smallSpec, baseWeights: 'int8' })).toThrow('float32 without an adapter');
    expect(() => createTransformer(kernels, { ...wide, baseWeights: 'int4' as 'int8' })).toThrow('float32, bfloat16, int8');
  });
});
