/** Folders that are broken in one way each, and in ways that chance thinks of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import { filesOf } from '../../../../src/lm/checkpoints/files.ts';
import { openHuggingFace } from '../../../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { recordedBytes } from '../../../fixtures/checkpoints.ts';
import { addTensor, dropTensor, editHeader, frame } from './safetensors.ts';

const noTokenizer = async (): Promise<never> => {
  throw new Error('no tokenizer');
};
const open = (bytes: Bytes) => openHuggingFace(filesOf('folder', bytes), noTokenizer);
const q = 'model.layers.1.self_attn.q_proj.weight';
const weights = 'model.safetensors';
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

type Bytes = Record<string, Uint8Array>;
const index = 'model.safetensors.index.json';
const [shard1, shard2] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const remap = (bytes: Bytes, edit: (map: Record<string, unknown>) => void): void => {
  const json = parsed(bytes[index]);
  edit(json.weight_map);
  bytes[index] = text(json);
};
const reshape = (bytes: Bytes, edit: Parameters<typeof editHeader>[1]): void => {
  bytes[weights] = editHeader(bytes[weights]!, edit);
};
describe('openHuggingFace', () => {
  it.each<[string, 'llama' | 'llama3-rope' | 'qwen2', (bytes: Bytes) => void, string]>([
    [
      'no config.json',
      'llama',
      (b) => delete b['config.json'],
      'folder: expected a folder with config.json, as transformers writes it, got none',
    ],
    [
      'a config.json that is no JSON',
      'llama',
      (b) => (b['config.json'] = text({}).slice(1)),
      'folder, config.json: expected a JSON object',
    ],
    ['a config.json that is a list', 'llama', (b) => (b['config.json'] = text([1])), 'folder, config.json: expected a JSON object'],
    [
      'no weights',
      'llama',
      (b) => delete b[weights],
      'folder: expected model.safetensors, or model.safetensors.index.json and its shards, got neither',
    ],
    [
      'pickled weights',
      'llama',
      (b) => {
        b['pytorch_model.bin'] = text('');
        delete b[weights];
      },
      'got "pytorch_model.bin", which only Python can read',
    ],
    [
      'an empty file',
      'llama',
      (b) => (b[weights] = new Uint8Array(0)),
      'folder, model.safetensors: expected a safetensors file, got 0 bytes',
    ],
    ['nine bytes', 'llama', (b) => (b[weights] = b[weights]!.slice(0, 9)), 'got 9 bytes'],
    [
      'another format',
      'llama',
      (b) => (b[weights] = new TextEncoder().encode('GGUF and so on, and on')),
      'no safetensors header at its start',
    ],
    [
      'a header longer than the file',
      'llama',
      (b) => new DataView(b[weights]!.buffer).setUint32(0, 50_000_000, true),
      'expected a header of 50000000 bytes',
    ],
    ['a header of 2^60 bytes', 'llama', (b) => (b[weights]![7] = 0x10), 'got something else (no safetensors header at its start)'],
    ['a header that is no JSON', 'llama', (b) => (b[weights]![9] = 0), 'folder, model.safetensors: expected a header of JSON'],
    ['a file that is cut short', 'llama', (b) => (b[weights] = b[weights]!.slice(0, -2)), '(the file is cut short)'],
    ['bytes behind the last tensor', 'llama', (b) => (b[weights] = Uint8Array.from([...b[weights]!, 0])), 'bytes of data, got'],
    [
      'two tensors that overlap',
      'llama',
      (b) => reshape(b, (h) => (h[q]!.data_offsets = h['model.norm.weight']!.data_offsets.map((x) => x - 2) as [number, number])),
      '(data_offsets)',
    ],
    [
      'two tensors in one place',
      'llama',
      (b) => reshape(b, (h) => (h['model.norm.weight']!.data_offsets = h['model.layers.0.input_layernorm.weight']!.data_offsets)),
      '(overlap)',
    ],
    ['a hole', 'llama', (b) => reshape(b, (h) => delete h[q]), '(gap)'],
    ['a shape that does not fit its bytes', 'llama', (b) => reshape(b, (h) => (h[q]!.shape = [33, 32])), 'bytes (shape and dtype)'],
    ['a shape beyond 2^53', 'llama', (b) => reshape(b, (h) => (h[q]!.shape = [2 ** 40, 2 ** 40])), 'a shape of whole numbers'],
    [
      'a name twice',
      'llama',
      (b) =>
        (b[weights] = frame(
          '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
          new Uint8Array(0),
        )),
      'a name that stands twice in the header',
    ],
    ['a dtype that is unknown', 'llama', (b) => reshape(b, (h) => (h[q]!.dtype = 'F8_E4M3')), 'a dtype of F64, F32'],
    [
      'whole numbers',
      'llama',
      (b) => (b[weights] = addTensor(dropTensor(b[weights]!, 'model.norm.weight'), 'model.norm.weight', 'I32', [32], new Uint8Array(128))),
      'folder, tensor model.norm.weight: expected a dtype of F32, BF16, F16, got "I32"',
    ],
    [
      'a missing tensor',
      'llama',
      (b) => (b[weights] = dropTensor(b[weights]!, q)),
      `folder: expected the tensors that config.json asks for, "${q}" among them, got fewer tensors`,
    ],
    [
      'a tensor by another name',
      'llama',
      (b) => reshape(b, (h) => Object.assign(h, { 'transformer.q': h[q] }) && delete h[q]),
      'got others, "transformer.q"',
    ],
    [
      'one tensor more',
      'llama',
      (b) => (b[weights] = addTensor(b[weights]!, 'score.weight', 'F32', [1], new Uint8Array(4))),
      'folder: expected the 21 tensors that config.json asks for, got "score.weight" beside them',
    ],
    [
      'a bias that the type does not have',
      'llama',
      (b) => (b[weights] = addTensor(b[weights]!, 'model.layers.0.self_attn.q_proj.bias', 'BF16', [32], new Uint8Array(64))),
      'q_proj.bias" beside them',
    ],
    [
      'a transposed tensor',
      'llama',
      (b) => reshape(b, (h) => h['model.layers.0.mlp.down_proj.weight']!.shape.reverse()),
      'expected the shape (32, 16) that the configuration asks for, got (16, 32)',
    ],
    ['a tensor with one dimension more', 'llama', (b) => reshape(b, (h) => h[q]!.shape.push(1)), 'got (32, 32, 1)'],
    [
      'a head that is neither there nor tied',
      'llama',
      (b) => (b[weights] = dropTensor(b[weights]!, 'lm_head.weight')),
      'folder: expected tensor lm_head.weight, since config.json does not say tie_word_embeddings, got none',
    ],
    [
      'a tied head of another shape',
      'llama3-rope',
      (b) => (b[weights] = addTensor(b[weights]!, 'lm_head.weight', 'BF16', [1, 32], new Uint8Array(64))),
      'expected the shape (16, 32) that the configuration asks for, got (1, 32)',
    ],
    [
      'a tied head of another dtype',
      'llama3-rope',
      (b) => (b[weights] = addTensor(b[weights]!, 'lm_head.weight', 'F32', [16, 32], new Uint8Array(2048))),
      'got F32, not BF16',
    ],
    [
      'more layers than tensors',
      'llama',
      (b) => (b['config.json'] = text({ ...parsed(b['config.json']), num_hidden_layers: 3 })),
      '"model.layers.2.input_layernorm.weight"',
    ],
    ['an index that is no index', 'qwen2', (b) => (b[index] = text({})), `folder, ${index}: expected weight_map`],
    [
      'an empty index',
      'qwen2',
      (b) =>
        remap(b, (map) => {
          for (const name of Object.keys(map)) delete map[name];
        }),
      'got an empty one',
    ],
    [
      'an index that leaves the folder',
      'qwen2',
      (b) => remap(b, (map) => (map[q] = '../other.safetensors')),
      'expected the name of a .safetensors file beside it, got "../other.safetensors"',
    ],
    ['an index of numbers', 'qwen2', (b) => remap(b, (map) => (map[q] = 2)), 'got 2'],
    ['a missing shard', 'qwen2', (b) => delete b[shard2], `folder, ${shard2}: expected a file, got none`],
    ['a shard that is cut short', 'qwen2', (b) => (b[shard2] = b[shard2]!.slice(0, 5000)), '(the file is cut short)'],
    [
      'a tensor in two shards',
      'qwen2',
      (b) => (b[shard2] = addTensor(b[shard2]!, 'model.embed_tokens.weight', 'F16', [1], new Uint8Array(2))),
      `expected one, got one in ${shard1} and one in ${shard2}`,
    ],
    [
      'an index that names the other shard',
      'qwen2',
      (b) => remap(b, (map) => (map[q] = shard1)),
      `tensor "${q}": expected "${shard2}", which holds it, got "${shard1}"`,
    ],
    [
      'a tensor that the index does not name',
      'qwen2',
      (b) => remap(b, (map) => delete map[q]),
      `expected "${shard2}", which holds it, got nothing`,
    ],
    [
      'a tensor that only the index names',
      'qwen2',
      (b) => remap(b, (map) => (map.other = shard1)),
      `tensor "other": expected a tensor that ${shard1} holds`,
    ],
    [
      'a missing bias',
      'qwen2',
      (b) => {
        const name = 'model.layers.1.self_attn.k_proj.bias';
        b[shard2] = dropTensor(b[shard2]!, name);
        remap(b, (map) => delete map[name]);
      },
      'k_proj.bias" among them',
    ],
  ])('refuses %s', async (_, name, damage, message) => {
    const bytes = Object.fromEntries(Object.entries(await recordedBytes(name)).map(([file, content]) => [file, content.slice()]));
    damage(bytes);
    const refused = open(bytes);
    await expect(refused).rejects.toThrow(CohortError);
    await expect(refused).rejects.toThrow(message);
  });

  it('any change of any byte of the config, the index or a header: read, or refused by name', async () => {
    const whole = await recordedBytes('qwen2');
    const change = fc.record({
      file: fc.constantFrom('config.json', index, shard1),
      at: fc.nat(2500),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 3 }),
        fc.constantFrom('0', '"', '{', '}', ',', '-', '9', 'null').map((s) => new TextEncoder().encode(s)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ file, at, bytes }) => {
        const changed = whole[file]!.slice();
        changed.set(bytes, Math.min(at, changed.length - bytes.length));
        const error = await open({ ...whole, [file]: changed }).then(
          () => undefined,
          (cause: unknown) => cause,
        );
        if (error !== undefined) expect(error).toBeInstanceOf(CohortError);
        if (error !== undefined) expect(String(error)).toContain('folder');
      }),
      { numRuns: 300 },
    );
  });
});
