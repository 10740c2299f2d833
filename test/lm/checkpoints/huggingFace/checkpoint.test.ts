import { describe, expect, it } from 'vitest';
import { filesOf, type ModelFiles } from '../../../../src/lm/checkpoints/files.ts';
import { openHuggingFace } from '../../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { decodeSafetensors } from '../../../../src/run/safetensors.ts';
import { recordedBytes, recordedCheckpoints, recordedFiles } from '../../../fixtures/checkpoints.ts';
import { addTensor, dropTensor, frame, tensorBytes } from './safetensors.ts';

const noTokenizer = async (): Promise<never> => {
  throw new Error('no tokenizer');
};
const open = (bytes: Record<string, Uint8Array | Blob>) => openHuggingFace(filesOf('folder', bytes), noTokenizer);
const q = 'model.layers.1.self_attn.q_proj.weight';
const weights = 'model.safetensors';
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('openHuggingFace', () => {
  it.each(recordedCheckpoints)('%s: the numbers of every tensor, one file or shards, of every dtype', async (name) => {
    const files = await recordedFiles(name);
    const checkpoint = await openHuggingFace(files, noTokenizer);
    let count = 0;
    let size = 0;
    for (const [file, bytes] of Object.entries(await recordedBytes(name))) {
      if (!file.endsWith('.safetensors')) continue;
      size += bytes.length;
      for (const { name: tensor, data, shape } of decodeSafetensors(bytes, file).tensors.values()) {
        expect(await checkpoint.tensor(tensor)).toEqual(data);
        const stored = await checkpoint.stored(tensor);
        expect(stored.shape).toEqual(shape);
        expect(stored.bytes).toEqual(tensorBytes(bytes, tensor));
        count += data.length;
      }
    }
    expect(checkpoint).toMatchObject({ place: name, format: 'huggingface', parameters: count, bytes: size });
  });

  it('reads in pieces of at most 4 MiB, and only headers before a tensor is asked for', async () => {
    const vocabulary = 40_000;
    const config = { model_type: 'llama', vocab_size: vocabulary, hidden_size: 32, intermediate_size: 8, num_hidden_layers: 1 };
    const shapes: [string, number[]][] = [
      ['model.embed_tokens.weight', [vocabulary, 32]],
      ['model.layers.0.input_layernorm.weight', [32]],
      ['model.layers.0.post_attention_layernorm.weight', [32]],
      ...['q', 'k', 'v', 'o'].map((part): [string, number[]] => [`model.layers.0.self_attn.${part}_proj.weight`, [32, 32]]),
      ...['gate', 'up'].map((part): [string, number[]] => [`model.layers.0.mlp.${part}_proj.weight`, [8, 32]]),
      ['model.layers.0.mlp.down_proj.weight', [32, 8]],
      ['model.norm.weight', [32]],
    ];
    let at = 0;
    const header: Record<string, unknown> = {};
    for (const [name, shape] of shapes) {
      const size = 4 * shape.reduce((product, length) => product * length, 1);
      header[name] = { dtype: 'F32', shape, data_offsets: [at, at + size] };
      at += size;
    }
    const data = new Uint8Array(Float32Array.from({ length: at / 4 }, (_, i) => i).buffer);
    const bytes = {
      'config.json': text({ ...config, num_attention_heads: 4, tie_word_embeddings: true }),
      [weights]: frame(JSON.stringify(header), data),
    };
    const inner = filesOf('folder', bytes);
    const pieces: number[] = [];
    const files: ModelFiles = {
      ...inner,
      read(file, start, end) {
        if (file === weights) pieces.push(end - start);
        return inner.read(file, start, end);
      },
    };
    const checkpoint = await openHuggingFace(files, noTokenizer);
    expect(Math.max(...pieces)).toBeLessThan(2000);
    const embedding = await checkpoint.tensor('model.embed_tokens.weight');
    expect(Math.max(...pieces)).toBe(4 * 2 ** 20);
    expect([embedding.length, embedding[1_048_576], embedding[1_279_999]]).toEqual([1_280_000, 1_048_576, 1_279_999]);
    expect((await checkpoint.tensor('model.norm.weight'))[31]).toBe(at / 4 - 1);
  });

  it('takes a tied head that is there and equal, and passes over what is computed', async () => {
    const bytes = await recordedBytes('llama3-rope');
    const embedding = tensorBytes(bytes[weights]!, 'model.embed_tokens.weight');
    bytes[weights] = addTensor(bytes[weights]!, 'lm_head.weight', 'BF16', [16, 32], embedding);
    bytes[weights] = addTensor(bytes[weights], 'model.layers.0.self_attn.rotary_emb.inv_freq', 'F32', [2], new Uint8Array(8));
    const checkpoint = await open(bytes);
    expect(checkpoint.parameters).toBe((await openHuggingFace(await recordedFiles('llama3-rope'), noTokenizer)).parameters);
    await expect(checkpoint.tensor('lm_head.weight')).rejects.toThrow('folder, tensor "lm_head.weight": expected a tensor of the model');
    embedding[3]! ^= 1;
    const other = {
      ...bytes,
      [weights]: addTensor(dropTensor(bytes[weights], 'lm_head.weight'), 'lm_head.weight', 'BF16', [16, 32], embedding),
    };
    await expect(open(other)).rejects.toThrow(
      'expected the bytes of model.embed_tokens.weight, since config.json says tie_word_embeddings, got others',
    );
  });

  it('prefers model.safetensors to shards, as transformers does', async () => {
    const bytes = await recordedBytes('llama');
    const checkpoint = await open({ ...bytes, 'model.safetensors.index.json': text({ weight_map: { x: 'y.safetensors' } }) });
    expect(checkpoint.bytes).toBe(bytes[weights]!.length);
  });

  it('reads files of a page', async () => {
    const bytes = await recordedBytes('llama');
    const blobs = Object.fromEntries(
      Object.entries(bytes).map(([name, content]) => [name, new Blob([content as Uint8Array<ArrayBuffer>])]),
    );
    const [first, second] = [await open(bytes), await open(blobs)];
    expect(await second.tensor(q)).toEqual(await first.tensor(q));
    expect(await second.fingerprint()).toBe(await first.fingerprint());
  });

  it('the fingerprint: of config, tokenizer and weights, and of nothing else', async () => {
    const bytes = await recordedBytes('qwen2');
    const of = async (changed: Record<string, Uint8Array>): Promise<string> => (await open({ ...bytes, ...changed })).fingerprint();
    const first = await of({});
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await of({ 'README.md': text('other') })).toBe(first);
    const spaced = new TextEncoder().encode(`${new TextDecoder().decode(bytes['config.json'])} `);
    const shard = bytes['model-00002-of-00002.safetensors']!.slice();
    shard[shard.length - 1]! ^= 1;
    const all = [
      first,
      await of({ 'config.json': spaced }),
      await of({ 'tokenizer.json': text({}) }),
      await of({ 'tokenizer_config.json': text({}) }),
      await of({ 'generation_config.json': text({}) }),
      await of({ 'model-00002-of-00002.safetensors': shard }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('asks for a tokenizer once, and only when it is asked', async () => {
    let count = 0;
    const made = { size: 16, endToken: 2, endTokens: [2, 3], encode: () => [], encodePrompt: () => [], decode: () => '' };
    const checkpoint = await openHuggingFace(await recordedFiles('llama'), async (files, shape) => {
      count++;
      expect([files.place, shape.vocabSize]).toEqual(['llama', 16]);
      return made;
    });
    expect(count).toBe(0);
    expect(await checkpoint.tokenizer()).toBe(made);
    await checkpoint.tokenizer();
    expect(count).toBe(1);
  });

  it('refuses numbers that are not finite when their tensor is asked for', async () => {
    const bytes = await recordedBytes('mistral');
    const replaced = new Uint8Array(Float32Array.from({ length: 32 }, (_, i) => (i === 5 ? Number.NaN : 1)).buffer);
    const checkpoint = await open({
      ...bytes,
      [weights]: addTensor(dropTensor(bytes[weights]!, 'model.norm.weight'), 'model.norm.weight', 'F32', [32], replaced),
    });
    await expect(checkpoint.tensor('model.norm.weight')).rejects.toThrow(
      'folder, tensor model.norm.weight: expected finite numbers, got NaN at index 5',
    );
    await expect(checkpoint.tensor('__proto__')).rejects.toThrow('none of that name');
  });
});
