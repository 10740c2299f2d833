/**
 * The tensors of a model by Hugging Face's names, and where a GGUF file has them. ggml's names: the Python package `gguf`, constants.py (`TENSOR_NAMES`).
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import type { ModelShape } from '../checkpoint.ts';
import type { GgufArchitecture } from './architecture.ts';
import type { GgufHeader, GgufTensor } from './header.ts';
import { otherCopy } from './pieces.ts';

/** A tensor of the model in the file. */
export interface NamedTensor {
  readonly tensor: GgufTensor;
  /** Heads whose rows stand in the order of interleaved rotary pairs and have to be put into the order of halves; 0 for none. */
  readonly interleavedHeads: number;
}

/** What ggml calls the divisors of the rotary frequencies. */
export const ropeDivisors = 'rope_freqs.weight';

/** Hugging Face's name and shape behind `model.layers.N.`, and heads, of every tensor of a block by ggml's name behind `blk.N.`. */
function blockTensors(shape: ModelShape): Record<string, readonly [name: string, shape: readonly number[], heads?: number]> {
  const { hiddenSize, headDim, intermediateSize, numAttentionHeads, numKeyValueHeads } = shape;
  const queries = numAttentionHeads * headDim;
  const keys = numKeyValueHeads * headDim;
  return {
    'attn_norm.weight': ['input_layernorm.weight', [hiddenSize]],
    'attn_q.weight': ['self_attn.q_proj.weight', [queries, hiddenSize], numAttentionHeads],
    'attn_k.weight': ['self_attn.k_proj.weight', [keys, hiddenSize], numKeyValueHeads],
    'attn_v.weight': ['self_attn.v_proj.weight', [keys, hiddenSize]],
    ...(shape.attentionBias && {
      'attn_q.bias': ['self_attn.q_proj.bias', [queries], numAttentionHeads],
      'attn_k.bias': ['self_attn.k_proj.bias', [keys], numKeyValueHeads],
      'attn_v.bias': ['self_attn.v_proj.bias', [keys]],
    }),
    ...(shape.queryKeyNorm && {
      'attn_q_norm.weight': ['self_attn.q_norm.weight', [headDim]],
      'attn_k_norm.weight': ['self_attn.k_norm.weight', [headDim]],
    }),
    'attn_output.weight': ['self_attn.o_proj.weight', [hiddenSize, queries]],
    'ffn_norm.weight': ['post_attention_layernorm.weight', [hiddenSize]],
    'ffn_gate.weight': ['mlp.gate_proj.weight', [intermediateSize, hiddenSize]],
    'ffn_up.weight': ['mlp.up_proj.weight', [intermediateSize, hiddenSize]],
    'ffn_down.weight': ['mlp.down_proj.weight', [hiddenSize, intermediateSize]],
  };
}

/**
 * The model's tensors by Hugging Face's names. Throws `CohortError`: kind failure for one that is missing or of another shape, kind usage for one that
 * a model of this shape does not have, because whatever it does would be left out.
 */
export function nameTensors(header: GgufHeader, architecture: GgufArchitecture, shape: ModelShape): ReadonlyMap<string, NamedTensor> {
  const { hiddenSize, vocabSize, headDim, numHiddenLayers, tieWordEmbeddings } = shape;
  const { subject, tensors } = header;
  const named = new Map<string, NamedTensor>();
  const claimed = new Set<string>();
  const find = (name: string, expected: readonly number[]): GgufTensor => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw failure(subject, `a tensor ${show(name)}`, 'none of that name', otherCopy);
    if (tensor.shape.length !== expected.length || tensor.shape.some((length, i) => length !== expected[i])) {
      throw failure(`${subject}, tensor ${show(name)}`, `shape ${show(expected)} (rows first)`, show(tensor.shape), otherCopy);
    }
    claimed.add(name);
    return tensor;
  };
  const name = (ggml: string, huggingFace: string, expected: readonly number[], heads = 0): void => {
    named.set(huggingFace, { tensor: find(ggml, expected), interleavedHeads: architecture === 'llama' ? heads : 0 });
  };
  name('token_embd.weight', 'model.embed_tokens.weight', [vocabSize, hiddenSize]);
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    for (const [ggml, [huggingFace, expected, heads]] of Object.entries(blockTensors(shape))) {
      name(`blk.${layer}.${ggml}`, `model.layers.${layer}.${huggingFace}`, expected, heads);
    }
  }
  name('output_norm.weight', 'model.norm.weight', [hiddenSize]);
  if (!tieWordEmbeddings) name('output.weight', 'lm_head.weight', [vocabSize, hiddenSize]);
  if (tensors.has(ropeDivisors)) find(ropeDivisors, [headDim / 2]);
  for (const extra of tensors.keys()) {
    if (claimed.has(extra)) continue;
    const expected = `only the tensors of a ${architecture} model of ${numHiddenLayers} blocks`;
    throw mistake(subject, expected, `also ${show(extra)}`, 'use another model, or its safetensors files');
  }
  return named;
}
