import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import { adapterTargets } from '../../../../src/kernels/transformer/spec.ts';
import { filesOf } from '../../../../src/lm/checkpoints/files.ts';
import { readModelConfig } from '../../../../src/lm/checkpoints/huggingFace/modelConfig.ts';
import { encodePeft, isPeft, readPeft } from '../../../../src/lm/checkpoints/huggingFace/peft.ts';
import { recordedBytes } from '../../../fixtures/checkpoints.ts';
import { bytesOfFiles } from './output.ts';
import { addTensor, dropTensor, editHeader, tensorBytes, unframe } from './safetensors.ts';

const configFile = 'adapter_config.json';
const weights = 'adapter_model.safetensors';
type Bytes = Record<string, Uint8Array>;
const parsed = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const shapeOf = async () => readModelConfig(parsed((await recordedBytes('mistral'))['config.json']), 'config').shape;
const read = async (bytes: Bytes) => readPeft(filesOf('adapter', bytes), await shapeOf());
const withConfig = (bytes: Bytes, changes: object): Bytes => ({
  ...bytes,
  [configFile]: text({ ...parsed(bytes[configFile]), ...changes }),
});
const prefix = 'base_model.model.';
const up = 'model.layers.1.mlp.up_proj.lora_B.weight';

describe('peft adapters', () => {
  it('reads what peft wrote: rank, alpha, targets, and every A and B', async () => {
    const bytes = await recordedBytes('mistral-lora');
    const peft = await read(bytes);
    expect(peft.adapter).toEqual({ rank: 4, alpha: 8, targets: adapterTargets });
    expect(peft.baseModelName).toBe('mistral');
    expect(peft.shapes.size).toBe(28);
    expect(peft.shapes.get('model.layers.0.self_attn.k_proj.lora_A.weight')).toEqual([4, 32]);
    expect(peft.shapes.get('model.layers.0.self_attn.k_proj.lora_B.weight')).toEqual([8, 4]);
    expect(peft.shapes.get(up)).toEqual([12, 4]);
    for (const name of peft.shapes.keys()) {
      expect(await peft.tensor(name)).toEqual(new Float32Array(tensorBytes(bytes[weights]!, `${prefix}${name}`).buffer));
    }
    await expect(peft.tensor('lm_head.weight')).rejects.toThrow('expected a tensor of the adapter, got none of that name');
    expect(await isPeft(filesOf('adapter', bytes))).toBe(true);
    expect(await isPeft(filesOf('model', await recordedBytes('mistral')))).toBe(false);
  });

  it('writes what it read: the header and the data of peft itself', async () => {
    const bytes = await recordedBytes('mistral-lora');
    const { adapter, tensor } = await read(bytes);
    const written = await bytesOfFiles(encodePeft({ shape: await shapeOf(), adapter, tensor, baseModelName: 'mistral' }));
    expect(Object.keys(written)).toEqual([configFile, weights]);
    expect(unframe(written[weights]!)).toEqual(unframe(bytes[weights]!));
    const theirs = parsed(bytes[configFile]);
    for (const [field, value] of Object.entries(parsed(written[configFile]))) {
      if (field === 'target_modules') expect(new Set(value as string[])).toEqual(new Set(theirs[field]));
      else expect(value, field).toEqual(theirs[field]);
    }
  });

  it('the upper layers alone, as a list or one number: reads what peft wrote, and writes what it read', async () => {
    const bytes = await recordedBytes('mistral-lora-upper');
    const { adapter, tensor, shapes } = await read(bytes);
    expect(adapter).toEqual({ rank: 4, alpha: 8, targets: adapterTargets, frozenLayers: 1 });
    expect([...shapes.keys()].every((name) => name.startsWith('model.layers.1.'))).toBe(true);
    expect(shapes.size).toBe(14);
    expect((await read(withConfig(bytes, { layers_to_transform: 1 }))).adapter).toEqual(adapter);
    const written = await bytesOfFiles(encodePeft({ shape: await shapeOf(), adapter, tensor, baseModelName: 'mistral' }));
    expect(unframe(written[weights]!)).toEqual(unframe(bytes[weights]!));
    expect(parsed(written[configFile]).layers_to_transform).toEqual([1]);
    // All of them, or an empty list, is every layer.
    const all = await recordedBytes('mistral-lora');
    for (const layers of [[0, 1], [1, 0], []]) {
      expect((await read(withConfig(all, { layers_to_transform: layers }))).adapter).not.toHaveProperty('frozenLayers');
    }
  });

  it('some targets only, half precision, and the defaults of peft', async () => {
    const shape = await shapeOf();
    const adapter = { rank: 8, alpha: 8, targets: ['v_proj', 'q_proj'] } as const;
    const made = await bytesOfFiles(
      encodePeft({
        shape,
        adapter,
        tensor: (name) => new Float32Array(name.includes('_A') ? 256 : name.includes('v_proj') ? 64 : 128),
        baseModelName: 'x',
      }),
    );
    const { r: _, lora_alpha: __, ...config } = parsed(made[configFile]);
    const peft = await read({ ...made, [configFile]: text(config) });
    expect(peft.adapter).toEqual({ rank: 8, alpha: 8, targets: ['q_proj', 'v_proj'] });
    expect(peft.shapes.size).toBe(8);
    const name = 'model.layers.0.self_attn.v_proj.lora_B.weight';
    const half = addTensor(
      dropTensor(made[weights]!, `${prefix}${name}`),
      `${prefix}${name}`,
      'BF16',
      [8, 8],
      new Uint8Array(128).fill(0x3f),
    );
    // 0x3f3f is 191 / 256 as a bfloat16.
    expect((await (await read({ ...made, [weights]: half })).tensor(name))[63]).toBe(191 / 256);
  });

  it('"all-linear", and ways to begin that leave the base as it is', async () => {
    const bytes = await recordedBytes('mistral-lora');
    for (const changes of [
      { target_modules: 'all-linear' },
      { init_lora_weights: 'gaussian' },
      { layers_pattern: 'layers' },
      { lora_dropout: null },
      { task_type: null },
      { new_field: [] },
    ]) {
      expect((await read(withConfig(bytes, changes))).adapter.targets).toEqual(adapterTargets);
    }
  });

  it('reads the dropout that it was trained with, and writes it', async () => {
    const { adapter, tensor } = await read(withConfig(await recordedBytes('mistral-lora'), { lora_dropout: 0.25 }));
    expect(adapter).toEqual({ rank: 4, alpha: 8, targets: adapterTargets, dropout: 0.25 });
    const written = await bytesOfFiles(encodePeft({ shape: await shapeOf(), adapter, tensor, baseModelName: 'mistral' }));
    expect(parsed(written[configFile]).lora_dropout).toBe(0.25);
  });

  it.each<[string, object, string]>([
    ['another method', { peft_type: 'IA3' }, 'adapter, adapter_config.json, peft_type: expected "LORA", got "IA3"'],
    ['another task', { task_type: 'SEQ_CLS' }, 'task_type: expected "CAUSAL_LM", or nothing, got "SEQ_CLS"'],
    ['rslora', { use_rslora: true }, 'use_rslora: expected that it is not used, got true'],
    ['DoRA', { use_dora: true }, 'use_dora: expected that it is not used'],
    ['biases', { bias: 'all' }, 'bias: expected "none", got "all"'],
    ['biases of B', { lora_bias: true }, 'lora_bias: expected that it is not used'],
    ['modules beside the adapter', { modules_to_save: ['lm_head'] }, 'modules_to_save: expected that it is not used'],
    ['ranks by name', { rank_pattern: { q_proj: 8 } }, 'rank_pattern: expected that it is not used'],
    ['alphas by name', { alpha_pattern: { q_proj: 8 } }, 'alpha_pattern: expected that it is not used'],
    [
      'the lower layers',
      { layers_to_transform: [0] },
      'layers_to_transform: expected nothing, or the layers from one on to the last, 1, got [0]',
    ],
    ['layers that there are not', { layers_to_transform: [1, 2] }, 'layers_to_transform: expected nothing, or the layers'],
    ['a layer twice', { layers_to_transform: [1, 1] }, 'layers_to_transform: expected nothing, or the layers'],
    ['a layer that is a text', { layers_to_transform: '1' }, 'layers_to_transform: expected nothing, or the layers'],
    ['fewer layers than tensors', { layers_to_transform: [1] }, 'expected a target and a layer of the model, got another one'],
    ['layers twice', { layer_replication: [[0, 2]] }, 'layer_replication: expected that it is not used'],
    ['transposed matrices', { fan_in_fan_out: true }, 'fan_in_fan_out: expected that it is not used'],
    ['tokens that are trained', { trainable_token_indices: [1] }, 'trainable_token_indices: expected that it is not used'],
    ['something of a later version', { use_newest: true }, 'use_newest: expected that it is not used'],
    [
      'a base model that was changed',
      { init_lora_weights: 'pissa_niter_16' },
      'init_lora_weights: expected a beginning that leaves the base model as it is',
    ],
    ['a rank of 0', { r: 0 }, 'r: expected a whole number from 1 to 4096, got 0'],
    ['a rank that is a text', { r: '4' }, 'got "4"'],
    ['an alpha of -1', { lora_alpha: -1 }, 'lora_alpha: expected a number above 0'],
    ['a dropout of everything', { lora_dropout: 1 }, 'lora_dropout: expected a number from 0 to 0.999, got 1'],
    ['a dropout that is a text', { lora_dropout: '0.1' }, 'lora_dropout: expected a number from 0 to 0.999, got "0.1"'],
    ['layers of another name', { layers_pattern: ['h'] }, 'layers_pattern: expected nothing, or "layers", got ["h"]'],
    ['no targets', { target_modules: [] }, 'target_modules: expected a list of q_proj'],
    ['a pattern of targets', { target_modules: '.*_proj' }, 'got ".*_proj"'],
    ['a target that is none', { target_modules: ['q_proj', 'embed_tokens'] }, 'got "embed_tokens"'],
    ['a target of the prototype', { target_modules: ['constructor'] }, 'got "constructor"'],
    ['another rank than the tensors', { r: 2 }, 'expected the shape (2, 32) that the configuration asks for, got (4, 32)'],
    ['fewer targets than tensors', { target_modules: ['q_proj'] }, 'expected a target and a layer of the model, got another one'],
  ])('refuses %s', async (_, changes, message) => {
    const refused = read(withConfig(await recordedBytes('mistral-lora'), changes));
    await expect(refused).rejects.toThrow(CohortError);
    await expect(refused).rejects.toThrow(message);
  });

  it.each<[string, (bytes: Bytes) => void, string]>([
    ['a folder without an adapter', (b) => delete b[configFile], 'adapter: expected a folder with adapter_config.json, got none'],
    ['a config that is no JSON', (b) => (b[configFile] = Uint8Array.of(1)), 'expected a JSON object'],
    ['no tensors', (b) => delete b[weights], 'adapter: expected adapter_model.safetensors, got none'],
    ['a damaged file', (b) => (b[weights] = b[weights]!.slice(0, -1)), 'cut short'],
    ['a missing B', (b) => (b[weights] = dropTensor(b[weights]!, `${prefix}${up}`)), `adapter, tensor ${prefix}${up}: expected one`],
    [
      'a layer that the model does not have',
      (b) => (b[weights] = addTensor(b[weights]!, up.replace('1', '7'), 'F32', [1], new Uint8Array(4))),
      'layers.7.mlp',
    ],
    ['a transposed B', (b) => (b[weights] = editHeader(b[weights]!, (header) => header[`${prefix}${up}`]!.shape.reverse())), 'got (4, 12)'],
  ])('refuses %s', async (_, damage, message) => {
    const bytes = await recordedBytes('mistral-lora');
    damage(bytes);
    const refused = read(bytes);
    await expect(refused).rejects.toThrow(CohortError);
    await expect(refused).rejects.toThrow(message);
  });

  it('does not write an adapter of interleaved heads, nor numbers that are wrong', async () => {
    const shape = await shapeOf();
    const adapter = { rank: 2, alpha: 4, targets: ['down_proj'] } as const;
    const model = { shape, adapter, tensor: () => new Float32Array(5), baseModelName: 'x' };
    expect(() => encodePeft({ ...model, shape: { ...shape, rotaryLayout: 'interleaved' } })).toThrow(
      'expected rotaryLayout half for an adapter',
    );
    await expect(bytesOfFiles(encodePeft(model))).rejects.toThrow('down_proj.lora_A.weight": expected 96 bytes, got 20');
    await expect(bytesOfFiles(encodePeft({ ...model, tensor: () => new Float32Array(24).fill(Number.NaN) }))).rejects.toThrow(
      'finite numbers',
    );
  });
});
