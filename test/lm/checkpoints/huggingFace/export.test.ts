import { describe, expect, it } from 'vitest';
import { referenceTransformerForward } from '../../../../src/kernels/reference/transformer.ts';
import { tensorShapes } from '../../../../src/kernels/transformer/shapes.ts';
import type { ModelShape } from '../../../../src/lm/checkpoints/checkpoint.ts';
import { filesOf } from '../../../../src/lm/checkpoints/files.ts';
import { type HuggingFaceCheckpoint, openHuggingFace } from '../../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { configOf, withFloat32 } from '../../../../src/lm/checkpoints/huggingFace/configOut.ts';
import { encodeHuggingFace, type HuggingFaceExport } from '../../../../src/lm/checkpoints/huggingFace/export.ts';
import { bytesFile, jsonFile } from '../../../../src/lm/checkpoints/outputFile.ts';
import { createGenerator } from '../../../../src/random/index.ts';
import { recordedBytes, recordedCheckpoints } from '../../../fixtures/checkpoints.ts';
import { relativeError } from '../../../kernels/helpers.ts';
import { bytesOfFiles } from './output.ts';
import { tensorBytes, unframe } from './safetensors.ts';

const noTokenizer = async (): Promise<never> => {
  throw new Error('no tokenizer');
};
const open = (bytes: Record<string, Uint8Array>): Promise<HuggingFaceCheckpoint> => openHuggingFace(filesOf('folder', bytes), noTokenizer);
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const weights = 'model.safetensors';
const exportOf = (checkpoint: HuggingFaceCheckpoint): HuggingFaceExport => ({
  shape: checkpoint.shape,
  contextLength: checkpoint.contextLength,
  endTokens: [2, 3],
  tensor: (name) => checkpoint.tensor(name),
});

const shape: ModelShape = {
  ...{ vocabSize: 12, hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2, headDim: 8, intermediateSize: 20 },
  ...{ ropeTheta: 10000, rotaryLayout: 'half', rmsNormEps: 1e-6, attentionBias: false, tieWordEmbeddings: false },
};

/** Random numbers for every tensor of a shape. */
function randomTensors(of: ModelShape): Map<string, Float32Array> {
  const random = createGenerator(1);
  const size = (lengths: readonly number[]): number => lengths.reduce((product, length) => product * length, 1);
  return new Map(
    [...tensorShapes(of)].map(([name, lengths]) => [name, new Float32Array(size(lengths)).map(() => random.uniform(-0.6, 0.6))]),
  );
}

describe('encodeHuggingFace', () => {
  it.each(recordedCheckpoints)('%s: what was not changed keeps its bytes, and so does config.json', async (name) => {
    const recorded = await recordedBytes(name);
    const source = await open({ ...recorded, 'tokenizer.json': Uint8Array.of(7), 'README.md': Uint8Array.of(8) });
    const written = await bytesOfFiles(await encodeHuggingFace({ ...exportOf(source), source, isChanged: () => false }));
    expect(Object.keys(written).sort()).toEqual(['config.json', 'generation_config.json', weights, 'tokenizer.json']);
    for (const file of ['config.json', 'generation_config.json']) expect(written[file]).toEqual(recorded[file]);
    expect(written['tokenizer.json']).toEqual(Uint8Array.of(7));
    const shards = Object.keys(recorded).filter((file) => file.endsWith('.safetensors'));
    for (const shard of shards) {
      const { header } = unframe(recorded[shard]!);
      for (const [tensor, { dtype, shape: lengths }] of Object.entries(header)) {
        expect(unframe(written[weights]!).header[tensor]).toMatchObject({ dtype, shape: lengths });
        expect(tensorBytes(written[weights]!, tensor)).toEqual(tensorBytes(recorded[shard]!, tensor));
      }
    }
  });

  it.each(recordedCheckpoints)('%s: a changed tensor is float32, and config.json says so', async (name) => {
    const source = await open(await recordedBytes(name));
    const q = 'model.layers.0.self_attn.q_proj.weight';
    const doubled = (await source.tensor(q)).map((value) => value * 2);
    const model = { ...exportOf(source), source, isChanged: (tensor: string) => tensor === q, tensor: () => doubled };
    const written = await bytesOfFiles(await encodeHuggingFace(model));
    const { header } = unframe(written[weights]!);
    for (const tensor of tensorShapes(source.shape).keys()) {
      expect(header[tensor]!.dtype, tensor).toBe(tensor === q ? 'F32' : source.describe(tensor).dtype);
      if (tensor !== q) expect(tensorBytes(written[weights]!, tensor)).toEqual((await source.stored(tensor)).bytes);
    }
    const before = text((await recordedBytes(name))['config.json']);
    expect(text(written['config.json'])).toBe(before.replace(/"(b?float16|float32)"/, '"float32"'));
    const again = await open(written);
    expect(again.shape).toEqual(source.shape);
    expect(await again.tensor(q)).toEqual(doubled);
  });

  it.each(recordedCheckpoints)('%s without its source: the same model, in float32', async (name) => {
    const source = await open(await recordedBytes(name));
    const again = await open(await bytesOfFiles(await encodeHuggingFace(exportOf(source))));
    expect(again.shape).toEqual(source.shape);
    expect(again.contextLength).toBe(source.contextLength);
    for (const tensor of tensorShapes(source.shape).keys()) expect(await again.tensor(tensor)).toEqual(await source.tensor(tensor));
  });

  it('models of our own: the model type follows from the shape', async () => {
    const typeOf = (changes: Partial<ModelShape>): unknown =>
      configOf({ ...shape, ...changes }, { contextLength: 24, endTokens: [0] }).model_type;
    expect(typeOf({})).toBe('llama');
    expect(typeOf({ attentionBias: true })).toBe('qwen2');
    expect(typeOf({ queryKeyNorm: true })).toBe('qwen3');
    expect(typeOf({ numAttentionHeads: 6, numKeyValueHeads: 3 })).toBe('mistral');
    expect(() => typeOf({ attentionBias: true, queryKeyNorm: true })).toThrow('transformers has no class for both');
    for (const changes of [
      {},
      { tieWordEmbeddings: true },
      { attentionBias: true, headDim: 16 },
      { numAttentionHeads: 6, numKeyValueHeads: 3 },
    ]) {
      const own = { ...shape, ...changes };
      const tensors = randomTensors(own);
      const model: HuggingFaceExport = { shape: own, contextLength: 24, endTokens: [0], tensor: (name) => tensors.get(name)! };
      const written = await bytesOfFiles(await encodeHuggingFace(model));
      const again = await open(written);
      expect(again.shape).toEqual(own);
      expect(again.contextLength).toBe(24);
      expect(JSON.parse(text(written['generation_config.json']))).toEqual({ eos_token_id: 0 });
      for (const [name, values] of tensors) expect(await again.tensor(name)).toEqual(values);
    }
  });

  it('interleaved rotary positions become half ones, with the same logits', async () => {
    const own: ModelShape = { ...shape, rotaryLayout: 'interleaved', attentionBias: true };
    const tensors = randomTensors(own);
    const model: HuggingFaceExport = { shape: own, contextLength: 24, endTokens: [0], tensor: (name) => tensors.get(name)! };
    const again = await open(await bytesOfFiles(await encodeHuggingFace(model)));
    const logits = async (of: ModelShape, tensor: HuggingFaceExport['tensor']) => {
      const values = new Map<string, Float64Array>();
      for (const name of tensors.keys()) values.set(name, Float64Array.from(await tensor(name)));
      const spec = { ...of, name: 'policy', output: 'logits', maxPositionEmbeddings: 24 } as const;
      return referenceTransformerForward(spec, values, [3, 1, 4, 1, 5, 9, 2, 6]).outputs;
    };
    const [ours, theirs] = [await logits(own, model.tensor), await logits(again.shape, (name) => again.tensor(name))];
    expect(relativeError(ours, theirs)).toBeLessThan(1e-12);
    const wrong = await logits({ ...own, rotaryLayout: 'half' }, model.tensor);
    expect(relativeError(wrong, theirs)).toBeGreaterThan(1e-3);
  });

  it('asks for one tensor at a time, in the order of the file, and only when its piece is due', async () => {
    const tensors = randomTensors(shape);
    const asked: string[] = [];
    const tensor = (name: string): Float32Array => {
      asked.push(name);
      return tensors.get(name)!;
    };
    const files = await encodeHuggingFace({ shape, contextLength: 24, endTokens: [0], tensor });
    expect(asked).toEqual([]);
    let pieces = 0;
    for await (const _ of files.find(({ name }) => name === weights)!.pieces()) expect(asked.length).toBe(pieces++);
    expect(asked).toEqual([...tensors.keys()].sort());
  });

  it('a given file goes before one of the source, and both before one that is made', async () => {
    const source = await open({ ...(await recordedBytes('llama')), 'tokenizer.json': Uint8Array.of(7), 'merges.txt': Uint8Array.of(6) });
    const files = [bytesFile('tokenizer.json', Uint8Array.of(9)), jsonFile('generation_config.json', { eos_token_id: 5 })];
    const written = await bytesOfFiles(await encodeHuggingFace({ ...exportOf(source), source, isChanged: () => false, files }));
    expect(written['tokenizer.json']).toEqual(Uint8Array.of(9));
    expect(written['merges.txt']).toEqual(Uint8Array.of(6));
    expect(JSON.parse(text(written['generation_config.json']))).toEqual({ eos_token_id: 5 });
  });

  it('refuses another shape than the source has, and numbers that are wrong', async () => {
    const source = await open(await recordedBytes('llama'));
    const model = { ...exportOf(source), source };
    await expect(encodeHuggingFace({ ...model, shape: { ...source.shape, vocabSize: 17 } })).rejects.toThrow(
      'export, vocabSize: expected 16, as folder has it, got 17',
    );
    const layout = { ...source.shape, rotaryLayout: 'interleaved' } as const;
    await expect(encodeHuggingFace({ ...model, shape: layout })).rejects.toThrow('export, rotaryLayout: expected "half"');
    const short = await encodeHuggingFace({ ...model, tensor: () => new Float32Array(5) });
    await expect(bytesOfFiles(short)).rejects.toThrow('export, tensor lm_head.weight: expected 512 numbers, got 5');
    const infinite = async (name: string) => (await source.tensor(name)).fill(Number.POSITIVE_INFINITY, 3);
    await expect(bytesOfFiles(await encodeHuggingFace({ ...model, tensor: infinite }))).rejects.toThrow(
      'tensor lm_head.weight: expected finite numbers, got Infinity at index 3',
    );
  });
});

describe('withFloat32', () => {
  it('changes the dtype and nothing else', () => {
    expect(withFloat32('{"dtype": "bfloat16", "x": 4.0}')).toBe('{"dtype": "float32", "x": 4.0}');
    expect(withFloat32('{"torch_dtype" : null, "dtype":"float16"}')).toBe('{"torch_dtype" : "float32", "dtype":"float32"}');
    expect(JSON.parse(withFloat32('{"x": 4.0}'))).toEqual({ x: 4, torch_dtype: 'float32' });
    const inner = '{"dtype": "float16", "other": {"dtype": "int8"}}';
    expect(JSON.parse(withFloat32(inner))).toEqual({ dtype: 'float32', other: { dtype: 'int8' } });
  });
});
