/**
 * config.json and generation_config.json of a model that transformers is to load.
 */
import { mistake } from '../../../core/errors.ts';
import { parseJsonObject } from '../../../core/json.ts';
import type { ModelShape } from '../checkpoint.ts';

/** What these files say beside the shape. */
export interface ConfigOut {
  /** Most tokens of a sequence. */
  readonly contextLength: number;
  /** Every id that ends a completion. */
  readonly endTokens: readonly number[];
}

/** The classes of transformers 5.23 (`models/<type>/modeling_<type>.py`) by what is special about a shape. */
function modelTypeOf(shape: ModelShape): { readonly type: string; readonly architecture: string } {
  const { attentionBias, queryKeyNorm } = shape;
  if (attentionBias && queryKeyNorm) {
    const expected = 'biases of queries, keys and values, or norms of queries and keys';
    throw mistake('export', expected, 'both', 'train a model with one of them: transformers has no class for both');
  }
  if (queryKeyNorm) return { type: 'qwen3', architecture: 'Qwen3ForCausalLM' };
  if (attentionBias) return { type: 'qwen2', architecture: 'Qwen2ForCausalLM' };
  // LlamaConfig refuses a width that is no multiple of the heads (validate_architecture); Mistral, the same without a window, does not.
  if (shape.hiddenSize % shape.numAttentionHeads !== 0) return { type: 'mistral', architecture: 'MistralForCausalLM' };
  return { type: 'llama', architecture: 'LlamaForCausalLM' };
}

/**
 * config.json of a shape. The rotary positions stand in it twice, as transformers 4 reads them (`rope_theta`, `rope_scaling`) and as
 * transformers 5 does (`rope_parameters`), and so does the dtype, float32. Throws `CohortError` for a shape that has no class in
 * transformers.
 */
export function configOf(shape: ModelShape, { contextLength, endTokens }: ConfigOut): Record<string, unknown> {
  const { type, architecture } = modelTypeOf(shape);
  const { ropeTheta, ropeScaling } = shape;
  const scaling = ropeScaling && {
    rope_type: 'llama3',
    factor: ropeScaling.factor,
    low_freq_factor: ropeScaling.lowFrequencyFactor,
    high_freq_factor: ropeScaling.highFrequencyFactor,
    original_max_position_embeddings: ropeScaling.originalMaxPositionEmbeddings,
  };
  return {
    architectures: [architecture],
    model_type: type,
    vocab_size: shape.vocabSize,
    hidden_size: shape.hiddenSize,
    intermediate_size: shape.intermediateSize,
    num_hidden_layers: shape.numHiddenLayers,
    num_attention_heads: shape.numAttentionHeads,
    num_key_value_heads: shape.numKeyValueHeads,
    head_dim: shape.headDim,
    hidden_act: 'silu',
    max_position_embeddings: contextLength,
    rms_norm_eps: shape.rmsNormEps,
    rope_theta: ropeTheta,
    rope_scaling: scaling ?? null,
    rope_parameters: { ...(scaling ?? { rope_type: 'default' }), rope_theta: ropeTheta },
    tie_word_embeddings: shape.tieWordEmbeddings,
    ...(type === 'llama' && { attention_bias: false, mlp_bias: false }),
    ...(type === 'qwen3' && { attention_bias: false }),
    ...(type === 'mistral' ? { sliding_window: null } : {}),
    ...(type.startsWith('qwen') && { use_sliding_window: false }),
    attention_dropout: 0,
    bos_token_id: null,
    eos_token_id: endTokens.length === 1 ? endTokens[0] : endTokens,
    pad_token_id: null,
    dtype: 'float32',
    torch_dtype: 'float32',
    use_cache: true,
  };
}

/**
 * The text of a config.json of which nothing is changed but its dtype, which becomes float32: transformers casts every tensor to it, and
 * would round what was trained. The rest stays as it is written, so that 4.0 does not become 4, of which transformers 4 warns.
 */
export function withFloat32(text: string): string {
  const config = parseJsonObject(text) ?? {};
  const fields = ['dtype', 'torch_dtype'].filter((field) => Object.hasOwn(config, field));
  const changed = fields.length > 0 ? fields : ['torch_dtype'];
  const wanted = { ...config, ...Object.fromEntries(changed.map((field) => [field, 'float32'])) };
  const edited = text.replace(/("(?:torch_)?dtype"\s*:\s*)(?:"[^"]*"|null)/g, '$1"float32"');
  // A dtype inside of something else was changed, or none was there.
  const isRight = JSON.stringify(parseJsonObject(edited)) === JSON.stringify(wanted);
  return isRight ? edited : `${JSON.stringify(wanted, undefined, 2)}\n`;
}

/** generation_config.json: where `generate` of transformers stops. */
export function generationConfigOf({ endTokens }: Pick<ConfigOut, 'endTokens'>): Record<string, unknown> {
  return { eos_token_id: endTokens.length === 1 ? endTokens[0] : endTokens };
}
