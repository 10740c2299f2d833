import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../../src/core/errors.ts';
import { readModelConfig } from '../../../../src/lm/checkpoints/huggingFace/modelConfig.ts';
import { recordedBytes } from '../../../fixtures/checkpoints.ts';

/** The fields that matter of a small Llama's config.json. */
const llama = {
  model_type: 'llama',
  vocab_size: 100,
  hidden_size: 64,
  intermediate_size: 172,
  num_hidden_layers: 5,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};
const qwen3 = { ...llama, model_type: 'qwen3', head_dim: 8 };
const llama3 = { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 256 };
const without = (field: string): object => Object.fromEntries(Object.entries(llama).filter(([key]) => key !== field));

const read = (config: object) => readModelConfig(config as Record<string, unknown>, 'config');
const shapeOf = (config: object) => read(config).shape;

describe('readModelConfig', () => {
  it('a Llama', () => {
    expect(read(llama)).toEqual({
      shape: {
        ...{ vocabSize: 100, hiddenSize: 64, numHiddenLayers: 5, numAttentionHeads: 8, numKeyValueHeads: 4, headDim: 8 },
        ...{ intermediateSize: 172, ropeTheta: 10000, rotaryLayout: 'half', rmsNormEps: 1e-5 },
        ...{ attentionBias: false, tieWordEmbeddings: true },
      },
      contextLength: 512,
    });
  });

  it.each([
    ['llama', { attentionBias: false, headDim: 8, tieWordEmbeddings: false, ropeTheta: 10000 }, 128],
    ['llama3-rope', { headDim: 16, tieWordEmbeddings: true, ropeTheta: 500000 }, 128],
    ['qwen2', { attentionBias: true, headDim: 8, tieWordEmbeddings: true, ropeTheta: 1000000 }, 128],
    ['qwen3', { attentionBias: false, queryKeyNorm: true, headDim: 24, ropeTheta: 1000000 }, 128],
    ['mistral', { attentionBias: false, headDim: 8, numAttentionHeads: 2, numKeyValueHeads: 1, intermediateSize: 12 }, 24],
  ] as const)('%s as transformers wrote it', async (name, expected, contextLength) => {
    const bytes = (await recordedBytes(name))['config.json'];
    const got = read(JSON.parse(new TextDecoder().decode(bytes)));
    expect(got.shape).toMatchObject({ ...expected, vocabSize: 16, hiddenSize: 32, numHiddenLayers: 2 });
    expect(got.contextLength).toBe(contextLength);
    const scaling = { factor: 4, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositionEmbeddings: 32 };
    expect(got.shape.ropeScaling).toEqual(name === 'llama3-rope' ? scaling : undefined);
  });

  it('what is missing is as in transformers', () => {
    const none = {
      ropeTheta: 10000,
      rmsNormEps: 1e-6,
      tieWordEmbeddings: false,
      hiddenSize: 4096,
      numHiddenLayers: 32,
      numAttentionHeads: 32,
    };
    expect(read({ model_type: 'llama' })).toMatchObject({
      shape: { ...none, vocabSize: 32000, intermediateSize: 11008, numKeyValueHeads: 32, headDim: 128 },
      contextLength: 2048,
    });
    expect(read({ model_type: 'mistral' })).toMatchObject({
      shape: { ...none, vocabSize: 32000, intermediateSize: 14336, numKeyValueHeads: 8, headDim: 128 },
      contextLength: 4096,
    });
    expect(read({ model_type: 'qwen2' })).toMatchObject({
      shape: { ...none, vocabSize: 151936, intermediateSize: 22016, numKeyValueHeads: 32, headDim: 128, attentionBias: true },
      contextLength: 32768,
    });
    expect(read({ model_type: 'qwen3', hidden_size: 1024 })).toMatchObject({ shape: { headDim: 128, queryKeyNorm: true } });
    expect(shapeOf({ ...llama, num_key_value_heads: null, head_dim: null })).toMatchObject({ numKeyValueHeads: 8, headDim: 8 });
  });

  it('rotary positions: of transformers 4 and 5, the older field first', () => {
    expect(shapeOf({ ...llama, rope_theta: 5e5, rope_scaling: null })).toMatchObject({ ropeTheta: 5e5 });
    expect(shapeOf({ ...llama, rope_theta: 5e5, rope_scaling: {} })).toMatchObject({ ropeTheta: 5e5 });
    expect(shapeOf({ ...llama, rope_scaling: { type: 'default' } })).not.toHaveProperty('ropeScaling');
    expect(shapeOf({ ...llama, rope_parameters: { rope_theta: 5e5, rope_type: 'default' } })).toMatchObject({ ropeTheta: 5e5 });
    const ropeScaling = { factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalMaxPositionEmbeddings: 256 };
    expect(shapeOf({ ...llama, rope_theta: 5e5, rope_scaling: llama3 })).toMatchObject({ ropeTheta: 5e5, ropeScaling });
    expect(shapeOf({ ...llama, rope_parameters: { ...llama3, rope_theta: 3 } })).toMatchObject({ ropeTheta: 3, ropeScaling });
    const both = { rope_scaling: llama3, rope_parameters: { rope_theta: 7, rope_type: 'default' } };
    expect(shapeOf({ ...llama, ...both })).toMatchObject({ ropeTheta: 10000, ropeScaling });
    const { original_max_position_embeddings: _, ...short } = llama3;
    expect(shapeOf({ ...llama, rope_scaling: short }).ropeScaling?.originalMaxPositionEmbeddings).toBe(512);
    const outside = { rope_scaling: llama3, original_max_position_embeddings: 128 };
    expect(shapeOf({ ...llama, ...outside }).ropeScaling?.originalMaxPositionEmbeddings).toBe(128);
  });

  it('a sliding window cuts the context', () => {
    const length = (config: object): number => read({ ...llama, ...config }).contextLength;
    expect(length({ model_type: 'mistral' })).toBe(512);
    expect(length({ model_type: 'mistral', sliding_window: 100 })).toBe(100);
    expect(length({ model_type: 'mistral', sliding_window: null })).toBe(512);
    expect(length({ sliding_window: 100, use_sliding_window: true })).toBe(512);
    const qwen2 = { model_type: 'qwen2', sliding_window: 100 };
    expect(length(qwen2)).toBe(512);
    expect(length({ ...qwen2, use_sliding_window: true, max_window_layers: 4 })).toBe(100);
    expect(length({ ...qwen2, use_sliding_window: true, max_window_layers: 5 })).toBe(512);
    expect(length({ ...qwen2, use_sliding_window: true })).toBe(512);
    expect(length({ ...qwen2, use_sliding_window: true, sliding_window: null, max_window_layers: 0 })).toBe(512);
    const layers = (kind: string): string[] => ['full_attention', 'full_attention', 'full_attention', 'full_attention', kind];
    expect(length({ ...qwen2, use_sliding_window: true, layer_types: layers('sliding_attention') })).toBe(100);
    expect(length({ ...qwen2, use_sliding_window: true, layer_types: layers('full_attention'), max_window_layers: 0 })).toBe(512);
    expect(length({ ...qwen2, use_sliding_window: false, layer_types: layers('sliding_attention') })).toBe(512);
  });

  it('other activations by the name of the same one', () => {
    expect(shapeOf({ ...llama, hidden_act: 'swish' })).toEqual(shapeOf(llama));
    expect(shapeOf({ ...llama, hidden_act: 'silu', attention_bias: false, mlp_bias: false })).toEqual(shapeOf(llama));
  });

  it.each<[string, object, string]>([
    ['no model type', without('model_type'), 'config, model_type: expected one of llama, mistral, qwen2, qwen3, got nothing'],
    [
      'another model type',
      { ...llama, model_type: 'gemma2' },
      'config, model_type: expected one of llama, mistral, qwen2, qwen3, got "gemma2"',
    ],
    ['a type of the prototype', { ...llama, model_type: 'constructor' }, 'got "constructor"'],
    [
      'yarn',
      { ...llama, rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'config, rope_scaling, rope_type: expected "default" or "llama3", got "yarn"',
    ],
    [
      'linear, by the older name',
      { ...llama, rope_scaling: { type: 'linear', factor: 2 } },
      'rope_scaling, type: expected "default" or "llama3", got "linear"',
    ],
    ['dynamic', { ...llama, rope_parameters: { rope_type: 'dynamic', factor: 2 } }, 'rope_parameters, rope_type: expected'],
    ['longrope', { ...llama, rope_parameters: { rope_type: 'longrope' } }, 'got "longrope"'],
    [
      'positions of every kind of layer',
      { ...qwen3, rope_parameters: { full_attention: {} } },
      'config, rope_parameters: expected one set for all layers',
    ],
    ['part of a head turned', { ...llama, partial_rotary_factor: 0.5 }, 'partial_rotary_factor: expected 1, got 0.5'],
    ['part of a head turned, inside', { ...llama, rope_parameters: { partial_rotary_factor: 0.5 } }, 'got 0.5'],
    ['bias of the attention', { ...llama, attention_bias: true }, 'config, attention_bias: expected false, got true'],
    ['bias of the attention of Qwen3', { ...qwen3, attention_bias: true }, 'config, attention_bias: expected false, got true'],
    ['bias of the feed-forward layer', { ...llama, mlp_bias: true }, 'config, mlp_bias: expected false, got true'],
    ['another activation', { ...llama, hidden_act: 'gelu' }, 'config, hidden_act: expected "silu" or "swish", got "gelu"'],
    ['quantized weights', { ...llama, quantization_config: { bits: 4 } }, 'quantization_config: expected weights that are not quantized'],
    ['a kind of layer', { ...qwen3, use_sliding_window: true, layer_types: Array(5).fill('chunked_attention') }, 'got "chunked_attention"'],
    [
      'too few kinds of layers',
      { ...qwen3, use_sliding_window: true, layer_types: ['full_attention'] },
      'expected a list of 5 kinds of layers',
    ],
    ['half a width', { ...llama, hidden_size: 64.5 }, 'config, hidden_size: expected a multiple of 8 from 8 to 65536, got 64.5'],
    ['a width of 60', { ...llama, hidden_size: 60 }, 'got 60'],
    ['a width as a text', { ...llama, hidden_size: '64' }, 'got "64"'],
    ['no layers', { ...llama, num_hidden_layers: 0 }, 'config, num_hidden_layers: expected a whole number from 1 to 1024, got 0'],
    ['a million layers', { ...llama, num_hidden_layers: 1e6 }, 'got 1000000'],
    ['heads that do not divide', { ...llama, num_key_value_heads: 3 }, 'expected a divisor of the 8 num_attention_heads, got 3'],
    ['heads of 9.14', { ...llama, num_attention_heads: 7, num_key_value_heads: 7 }, 'config, head_dim: expected a multiple of 8'],
    ['heads of 12', { ...llama, head_dim: 12 }, 'config, head_dim: expected a multiple of 8 from 8 to 1024, got 12'],
    ['a vocabulary beyond 2^20', { ...llama, vocab_size: 2 ** 20 + 1 }, 'vocab_size: expected a whole number from 2 to 1048576'],
    ['a list as a vocabulary', { ...llama, vocab_size: [100] }, 'got [100]'],
    ['a feed-forward layer of -1', { ...llama, intermediate_size: -1 }, 'got -1'],
    ['an epsilon of 0', { ...llama, rms_norm_eps: 0 }, 'rms_norm_eps: expected a number above 0'],
    ['a base of 0', { ...llama, rope_theta: 0 }, 'rope_theta: expected a number above 0'],
    ['a base that is a list', { ...llama, rope_parameters: { rope_theta: [1] } }, 'rope_parameters, rope_theta: expected a number'],
    ['positions that are a text', { ...llama, rope_scaling: 'llama3' }, 'rope_scaling: expected an object, got "llama3"'],
    ['no factor', { ...llama, rope_scaling: { ...llama3, factor: undefined } }, 'rope_scaling, factor: expected a number, got nothing'],
    ['a factor of 0.5', { ...llama, rope_scaling: { ...llama3, factor: 0.5 } }, 'factor: expected a number above 1'],
    [
      'frequencies in the wrong order',
      { ...llama, rope_scaling: { ...llama3, high_freq_factor: 1 } },
      'expected a number above low_freq_factor, 1',
    ],
    ['positions of before that are no number', { ...llama, rope_scaling: { ...llama3, original_max_position_embeddings: 1.5 } }, 'got 1.5'],
    ['a head that is perhaps tied', { ...llama, tie_word_embeddings: 1 }, 'tie_word_embeddings: expected true or false, got 1'],
    ['a window of 0', { ...llama, model_type: 'mistral', sliding_window: 0 }, 'sliding_window: expected a whole number from 2'],
    ['a context of 1', { ...llama, max_position_embeddings: 1 }, 'max_position_embeddings: expected a whole number from 2'],
  ])('refuses %s', (_, config, message) => {
    const refused = (): unknown => read(config);
    expect(refused).toThrow(CohortError);
    expect(refused).toThrow(message);
  });
});
