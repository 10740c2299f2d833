/**
 * Names and shapes of a model's tensors in a Hugging Face folder, from its shape alone.
 */
import { type AdapterSpec, type AdapterTarget, adapterTargets } from '../../../kernels/transformer/spec.ts';
import type { ModelShape } from '../checkpoint.ts';

/** Name of the head's matrix. */
export const headName = 'lm_head.weight';
/** Name of the embedding, which is the head of a model whose head is tied. */
export const embeddingName = 'model.embed_tokens.weight';

/** The module of a block that a target stands in. */
export function moduleOf(target: AdapterTarget): 'self_attn' | 'mlp' {
  return adapterTargets.indexOf(target) < 4 ? 'self_attn' : 'mlp';
}

/** (out, in) of the matrix of a target. */
export function targetShape(shape: ModelShape, target: AdapterTarget): readonly [rows: number, columns: number] {
  const { hiddenSize, headDim, intermediateSize } = shape;
  const queries = shape.numAttentionHeads * headDim;
  const keys = shape.numKeyValueHeads * headDim;
  switch (target) {
    case 'q_proj':
      return [queries, hiddenSize];
    case 'k_proj':
    case 'v_proj':
      return [keys, hiddenSize];
    case 'o_proj':
      return [hiddenSize, queries];
    case 'gate_proj':
    case 'up_proj':
      return [intermediateSize, hiddenSize];
    case 'down_proj':
      return [hiddenSize, intermediateSize];
  }
}

/** The tensors of a model by their names, with their shapes: (out, in) for matrices, the length of vectors. A tied head has none of its own. */
export function tensorShapes(shape: ModelShape): Map<string, readonly number[]> {
  const { vocabSize, hiddenSize, numHiddenLayers, headDim } = shape;
  const shapes = new Map<string, readonly number[]>([[embeddingName, [vocabSize, hiddenSize]]]);
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const block = `model.layers.${layer}`;
    shapes.set(`${block}.input_layernorm.weight`, [hiddenSize]);
    shapes.set(`${block}.post_attention_layernorm.weight`, [hiddenSize]);
    for (const target of adapterTargets) {
      const [rows, columns] = targetShape(shape, target);
      const name = `${block}.${moduleOf(target)}.${target}`;
      shapes.set(`${name}.weight`, [rows, columns]);
      if (shape.attentionBias && ['q_proj', 'k_proj', 'v_proj'].includes(target)) shapes.set(`${name}.bias`, [rows]);
    }
    if (shape.queryKeyNorm) {
      for (const part of ['q', 'k']) shapes.set(`${block}.self_attn.${part}_norm.weight`, [headDim]);
    }
  }
  shapes.set('model.norm.weight', [hiddenSize]);
  if (!shape.tieWordEmbeddings) shapes.set(headName, [vocabSize, hiddenSize]);
  return shapes;
}

/** The tensors of an adapter by their names, with their shapes: A is (rank, in), B is (out, rank). */
export function adapterShapes(shape: ModelShape, { rank, targets }: AdapterSpec): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (let layer = 0; layer < shape.numHiddenLayers; layer++) {
    for (const target of adapterTargets) {
      if (!targets.includes(target)) continue;
      const [rows, columns] = targetShape(shape, target);
      const name = `model.layers.${layer}.${moduleOf(target)}.${target}`;
      shapes.set(`${name}.lora_A.weight`, [rank, columns]);
      shapes.set(`${name}.lora_B.weight`, [rows, rank]);
    }
  }
  return shapes;
}
