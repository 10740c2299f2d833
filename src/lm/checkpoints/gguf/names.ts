/**
 * The tensors of a model by Hugging Face's names, and where a GGUF file has them. ggml's names: the Python package `gguf`, constants.py (`TENSOR_NAMES`).
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import { eachTensor } from '../../../kernels/transformer/shapes.ts';
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

/** ggml's names by Hugging Face's, without the end (`.weight`, `.bias`) and, in blocks, without `blk.N.` and `model.layers.N.`. */
const ggmlNames: ReadonlyMap<string, string> = new Map([
  ['model.embed_tokens', 'token_embd'],
  ['model.norm', 'output_norm'],
  ['lm_head', 'output'],
  ['input_layernorm', 'attn_norm'],
  ['self_attn.q_proj', 'attn_q'],
  ['self_attn.k_proj', 'attn_k'],
  ['self_attn.v_proj', 'attn_v'],
  ['self_attn.q_norm', 'attn_q_norm'],
  ['self_attn.k_norm', 'attn_k_norm'],
  ['self_attn.o_proj', 'attn_output'],
  ['post_attention_layernorm', 'ffn_norm'],
  ['mlp.gate_proj', 'ffn_gate'],
  ['mlp.up_proj', 'ffn_up'],
  ['mlp.down_proj', 'ffn_down'],
]);

/** ggml's name of a tensor. */
function ggmlName(name: string): string {
  const [, layer, part, end] = /^(?:model\.layers\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name)!;
  const ggml = `${ggmlNames.get(part!)}.${end}`;
  return layer === undefined ? ggml : `blk.${layer}.${ggml}`;
}

/** Heads whose rows the converter of Llama models interleaves: those of queries and of keys. */
function interleavedHeadsOf(name: string, { numAttentionHeads, numKeyValueHeads }: ModelShape): number {
  if (name.includes('.q_proj.')) return numAttentionHeads;
  return name.includes('.k_proj.') ? numKeyValueHeads : 0;
}

/**
 * The model's tensors by Hugging Face's names. Throws `CohortError`: kind failure for one that is missing or of another shape, kind usage for one that
 * a model of this shape does not have, because whatever it does would be left out.
 */
export function nameTensors(header: GgufHeader, architecture: GgufArchitecture, shape: ModelShape): ReadonlyMap<string, NamedTensor> {
  const { headDim, numHiddenLayers } = shape;
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
  // One by one: a file may claim more blocks than memory holds names for.
  for (const [name, expected] of eachTensor(shape)) {
    const interleavedHeads = architecture === 'llama' ? interleavedHeadsOf(name, shape) : 0;
    named.set(name, { tensor: find(ggmlName(name), expected), interleavedHeads });
  }
  if (tensors.has(ropeDivisors)) find(ropeDivisors, [headDim / 2]);
  for (const extra of tensors.keys()) {
    if (claimed.has(extra)) continue;
    const expected = `only the tensors of a ${architecture} model of ${numHiddenLayers} blocks`;
    throw mistake(subject, expected, `also ${show(extra)}`, 'use another model, or its safetensors files');
  }
  return named;
}
