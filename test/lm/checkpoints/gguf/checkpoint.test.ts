import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import { openGguf } from '../../../../src/lm/checkpoints/gguf/checkpoint.ts';
import type { GgufVocabulary } from '../../../../src/lm/checkpoints/gguf/vocabulary.ts';
import { sha256 } from '../../../../src/run/sha256.ts';
import models from '../../../fixtures/gguf/models.json' with { type: 'json' };
import { fromBase64, inMemory, type ModelChanges, messageOf, wideInQ8, writeModel } from './madeUpFile.ts';

const noTokenizer = async (): Promise<never> => {
  throw new Error('no tokenizer here');
};
const open = (bytes: Uint8Array) => openGguf(inMemory(bytes), 'model.gguf', noTokenizer);
const names = ['llama', 'llama-k', 'qwen2', 'qwen3'] as const;
const key = 'blk.0.attn_k.weight';

/** What is wrong with a model, the change that makes it so, what the message says, and the architecture. */
const refused: readonly [what: string, changes: ModelChanges, message: RegExp, architecture?: string][] = [
  ['another architecture', {}, /the architecture llama, qwen2, qwen3, got "gemma2"; use a model of/, 'gemma2'],
  ['no architecture', { metadata: { 'general.architecture': undefined } }, /the architecture .*, got nothing/],
  ['an adapter', { metadata: { 'general.type': 'adapter' } }, /expected a model, got general.type "adapter"/],
  ['one part of several', { metadata: { 'split.count': 2 } }, /a model in one file, got part of 2; join the parts/],
  ['blocks of another version', { metadata: { 'general.quantization_version': 1 } }, /quantization version 2, got 1/],
  ['no width', { metadata: { 'llama.embedding_length': undefined } }, /at least 1 as metadata "llama.embedding_length", got nothing/],
  ['a width of 0', { metadata: { 'llama.embedding_length': 0 } }, /"llama.embedding_length", got 0/],
  ['a text as width', { metadata: { 'llama.embedding_length': '8' } }, /"llama.embedding_length", got "8"/],
  ['a broken number of blocks', { metadata: { 'llama.block_count': 1.5 } }, /"llama.block_count", got 1.5/],
  ['2^31 - 1 blocks', { metadata: { 'llama.block_count': 2 ** 31 - 1 } }, /a tensor "blk.1.attn_norm.weight", got none of that name/],
  ['a negative epsilon', { metadata: { 'llama.attention.layer_norm_rms_epsilon': -0.5 } }, /a positive number as .*, got -0.5/],
  ['a base that is not finite', { metadata: { 'llama.rope.freq_base': Number.POSITIVE_INFINITY } }, /a positive number as .*freq_base/],
  [
    'heads that do not divide the width',
    { metadata: { 'llama.attention.head_count': 3 } },
    /heads of a multiple of 8 components, got 2.66/,
  ],
  ['heads of 4', { metadata: { 'llama.attention.head_count': 2 } }, /heads of a multiple of 8 components, got 4/],
  [
    '3 query heads and 2 key heads',
    { metadata: { 'llama.attention.key_length': 8, 'llama.attention.head_count': 3, 'llama.attention.head_count_kv': 2 } },
    /3 and 2/,
  ],
  ['key heads for every block', { metadata: { 'llama.attention.head_count_kv': [1] } }, /"llama.attention.head_count_kv", got Int32Array/],
  [
    'values of another size',
    { metadata: { 'llama.attention.value_length': 16 } },
    /8, the size of a head, as "llama.attention.value_length", got 16/,
  ],
  ['half of a head turned', { metadata: { 'llama.rope.dimension_count': 4 } }, /as "llama.rope.dimension_count", got 4/],
  ['experts', { metadata: { 'llama.expert_count': 8 } }, /0 as "llama.expert_count", got 8/],
  ['YaRN', { metadata: { 'llama.rope.scaling.type': 'yarn' } }, /"none" or "linear" as "llama.rope.scaling.type", got "yarn"/],
  ['linear stretching', { metadata: { 'llama.rope.scaling.factor': 4 } }, /as "llama.rope.scaling.factor", got 4/],
  [
    'a scale of attention',
    { metadata: { 'llama.attention.scale': 0.5 } },
    /no metadata that may change what the model computes, got "llama.attention.scale"/,
  ],
  ['divisors of another rule', { tensors: { 'rope_freqs.weight': [4] } }, /"rope_freqs.weight": expected the divisors of Llama 3.1/],
  [
    'divisors that are not numbers',
    { tensors: { 'rope_freqs.weight': [4] }, values: { 'rope_freqs.weight': [1, 1, 1, Number.NaN] } },
    /finite numbers, got NaN at 3/,
  ],
  ['too few divisors', { tensors: { 'rope_freqs.weight': [2] } }, /"rope_freqs.weight": expected shape \[4\] \(rows first\), got \[2\]/],
  ['no embedding', { tensors: { 'token_embd.weight': undefined } }, /a tensor "token_embd.weight", got none/],
  [
    'a vocabulary of another size',
    { metadata: { 'tokenizer.ggml.tokens': ['a'] } },
    /4 tokens, as many as rows .* in tokenizer.ggml.tokens, got 1/,
  ],
  ['another number of tokens', { metadata: { 'llama.vocab_size': 5 } }, /in llama.vocab_size, got 5/],
  ['one token', { tensors: { 'token_embd.weight': [1, 8] }, metadata: { 'tokenizer.ggml.tokens': ['a'] } }, /2 to 2\^20 tokens, got 1/],
  ['a tensor too few', { tensors: { [key]: undefined } }, /a tensor "blk.0.attn_k.weight", got none of that name/],
  [
    'a tensor of another shape',
    { tensors: { [key]: [4, 16] } },
    /"blk.0.attn_k.weight": expected shape \[8, 8\] \(rows first\), got \[4, 16\]/,
  ],
  ['a tensor of too many dimensions', { tensors: { [key]: [8, 8, 1] } }, /got \[8, 8, 1\]/],
  [
    'a tensor too many',
    { tensors: { 'blk.0.attn_output.bias': [8] } },
    /only the tensors of a llama model of 1 blocks, got also "blk.0.attn_output.bias"/,
  ],
  ['one bias of three', { tensors: { 'blk.0.attn_q.bias': [8] } }, /a tensor "blk.0.attn_k.bias"/],
  ['Qwen2 without biases', {}, /a tensor "blk.0.attn_q.bias", got none/, 'qwen2'],
  ['Qwen3 without norms of the queries', {}, /a tensor "blk.0.attn_q_norm.weight", got none/, 'qwen3'],
];

describe('models in GGUF files', () => {
  it.each(names)('%s: every tensor has the bits that transformers reads', async (name) => {
    const { file, tensors, sha256: digest } = models[name];
    const checkpoint = await open(fromBase64(file));
    let parameters = 0;
    for (const [tensor, expected] of Object.entries(tensors)) {
      const values = await checkpoint.tensor(tensor);
      parameters += values.length;
      expect([tensor, sha256(values)]).toEqual([tensor, expected]);
    }
    expect(checkpoint.parameters).toBe(parameters);
    expect(checkpoint).toMatchObject({ place: 'place/model.gguf', format: 'gguf', contextLength: 256, bytes: fromBase64(file).length });
    expect(await checkpoint.fingerprint()).toBe(digest);
  });

  it.each(names)('%s: the shape is the one that was written', async (name) => {
    const { sizes } = models[name];
    expect((await open(fromBase64(models[name].file))).shape).toEqual({
      vocabSize: sizes.vocab,
      hiddenSize: sizes.width,
      numHiddenLayers: sizes.layers,
      numAttentionHeads: sizes.heads,
      numKeyValueHeads: sizes.kv,
      headDim: sizes.head_dim,
      intermediateSize: sizes.ffn,
      ropeTheta: sizes.theta,
      // The file has float32: 0.0000099999997... becomes what was meant.
      rmsNormEps: sizes.eps,
      rotaryLayout: 'half',
      tieWordEmbeddings: sizes.tied,
      attentionBias: 'bias' in sizes,
      queryKeyNorm: 'norms' in sizes,
      ...('factor' in sizes && {
        ropeScaling: { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositionEmbeddings: 8192 },
      }),
    });
  });

  it('puts the rows of queries and keys of llama in the order of halves, those of Qwen nowhere else', async () => {
    const rows = Float32Array.from({ length: 64 }, (_, i) => Math.floor(i / 8));
    const values = { 'blk.0.attn_q.weight': rows, [key]: rows, 'blk.0.attn_v.weight': rows };
    const llama = await open(writeModel({ values }));
    const firsts = async (of: typeof llama, part: string): Promise<number[]> => {
      const found = await of.tensor(`model.layers.0.self_attn.${part}_proj.weight`);
      return Array.from({ length: 8 }, (_, row) => found[row * 8]!);
    };
    expect(await firsts(llama, 'q')).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
    expect(await firsts(llama, 'k')).toEqual([0, 2, 4, 6, 1, 3, 5, 7]);
    expect(await firsts(llama, 'v')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const norms = { 'blk.0.attn_q_norm.weight': [8], 'blk.0.attn_k_norm.weight': [8] };
    expect(await firsts(await open(writeModel({ values, tensors: norms }, 'qwen3')), 'q')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('takes what changes nothing', async () => {
    const checkpoint = await open(
      writeModel({
        metadata: {
          'llama.rope.scaling.type': 'linear',
          'llama.rope.scaling.factor': 1,
          'llama.expert_count': 0,
          'llama.attention.sliding_window': 16,
          'someone.else': 'whatever',
          'general.name': 'A model',
        },
        tensors: { 'rope_freqs.weight': [4] },
        values: { 'rope_freqs.weight': [1, 1, 1, 1] },
      }),
    );
    // A window of 16 is no window for 16 tokens.
    expect(checkpoint.contextLength).toBe(16);
    expect(checkpoint.shape.ropeScaling).toBeUndefined();
    expect(checkpoint.shape.ropeTheta).toBe(10000);
  });

  it.each(refused)('refuses %s', async (_, changes, message, architecture = 'llama') => {
    const said = await messageOf(open(writeModel(changes, architecture)));
    expect(said).toMatch(/^CohortError: place\/model\.gguf/);
    expect(said).toMatch(message);
  });

  it('names a tensor that it does not have, and one with a number that is none', async () => {
    const checkpoint = await open(writeModel({ values: { 'output_norm.weight': [1, 2, Number.POSITIVE_INFINITY, 4, 5, 6, 7, 8] } }));
    expect(await messageOf(checkpoint.tensor('model.norm'))).toMatch(
      /the name of a tensor, got "model.norm"; did you mean model.norm.weight/,
    );
    expect(await messageOf(checkpoint.tensor('lm_head.weight'))).toMatch(/^CohortError: .*got "lm_head.weight"/);
    expect(await messageOf(checkpoint.tensor('__proto__'))).toMatch(/^CohortError/);
    expect(await messageOf(checkpoint.tensor('model.norm.weight'))).toMatch(
      /tensor "output_norm.weight": expected finite numbers, got Infinity at 2/,
    );
  });

  it.each(names)('%s: integers and scales of Q8_0, whose products are what is read of it', async (name) => {
    const { file, tensors } = models[name];
    const checkpoint = await open(fromBase64(file));
    let found = 0;
    for (const tensor of Object.keys(tensors)) {
      const blocks = await checkpoint.integerBlocks!(tensor);
      if (!blocks) continue;
      found++;
      expect(blocks.scales).toHaveLength(blocks.integers.length / 32);
      const products = Float32Array.from(blocks.integers, (integer, i) => integer * blocks.scales[i >> 5]!);
      expect([tensor, sha256(products)]).toEqual([tensor, tensors[tensor as keyof typeof tensors]]);
    }
    expect(found).toBe({ llama: 3, 'llama-k': 0, qwen2: 8, qwen3: 7 }[name]);
  });

  it('names a scale that is none', async () => {
    const blocksOf = (count: number): Uint8Array => {
      const bytes = wideInQ8.blocksOf!(count);
      bytes.set([0, 0x7c], 34);
      return bytes;
    };
    const checkpoint = await open(writeModel({ ...wideInQ8, blocksOf }));
    expect(await messageOf(checkpoint.integerBlocks!('model.layers.0.mlp.up_proj.weight'))).toMatch(
      /scales, tensor "blk.0.ffn_up.weight": expected finite numbers, got Infinity at 1/,
    );
  });

  it('opens before any number is read, and reads of a tensor its own bytes only', async () => {
    const inner = inMemory(writeModel());
    const ranges: [number, number][] = [];
    const files = {
      ...inner,
      read: (file: string, start: number, end: number) => {
        ranges.push([start, end]);
        return inner.read(file, start, end);
      },
    };
    const checkpoint = await openGguf(files, 'model.gguf', noTokenizer);
    expect(ranges.length).toBe(1);
    await checkpoint.tensor('model.norm.weight');
    const [start, end] = ranges.at(-1)!;
    expect(end - start).toBe(32);
    expect(end).toBe(checkpoint.bytes);
  });

  it('says one sentence about any damage', async () => {
    const whole = writeModel();
    const damage = fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        try {
          const checkpoint = await openGguf(inMemory(bytes), 'model.gguf', async () => ({}) as never);
          await checkpoint.tokenizer();
          for (const name of ['model.embed_tokens.weight', 'model.layers.0.self_attn.q_proj.weight']) await checkpoint.tensor(name);
        } catch (cause) {
          expect(cause).toBeInstanceOf(CohortError);
          expect(String(cause)).not.toMatch(/\n/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('hands the vocabulary to whoever makes a tokenizer of it', async () => {
    const seen: GgufVocabulary[] = [];
    const checkpoint = await openGguf(inMemory(writeModel()), 'model.gguf', async (vocabulary) => {
      seen.push(vocabulary);
      throw new Error('made');
    });
    expect(seen).toEqual([]);
    expect(await messageOf(checkpoint.tokenizer())).toBe('Error: made');
    expect(seen[0]?.tokens).toEqual(['a', 'b', 'ab', '<|end|>']);
  });
});
