/**
 * Names and shapes of a transformer's tensors, as Hugging Face and peft have them: (out, in) of matrices, the length of vectors.
 */
import { type AdapterSpec, type AdapterTarget, adapterTargets, type TransformerSpec } from './spec.ts';

/** What decides the shapes; without `output` a model of logits. */
type Sizes = Omit<TransformerSpec, 'name' | 'output' | 'maxPositionEmbeddings' | 'adapter'> & Partial<Pick<TransformerSpec, 'output'>>;

/** Name of the head's matrix. */
export const headName = 'lm_head.weight';
/** Name of the embedding, which is the head of a model whose head is tied. */
export const embeddingName = 'model.embed_tokens.weight';

/** A matrix of a block. */
export interface BlockMatrix {
  /** Its name in the block, without `.weight`. */
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
}

/** The matrices of a block, which adapters can stand beside. */
export function blockMatrices(sizes: Sizes): Readonly<Record<AdapterTarget, BlockMatrix>> {
  const { hiddenSize, headDim, intermediateSize } = sizes;
  const queries = sizes.numAttentionHeads * headDim;
  const keys = sizes.numKeyValueHeads * headDim;
  const matrix = (name: string, outputs: number, inputs: number): BlockMatrix => ({ name, outputs, inputs });
  return {
    q_proj: matrix('self_attn.q_proj', queries, hiddenSize),
    k_proj: matrix('self_attn.k_proj', keys, hiddenSize),
    v_proj: matrix('self_attn.v_proj', keys, hiddenSize),
    o_proj: matrix('self_attn.o_proj', hiddenSize, queries),
    gate_proj: matrix('mlp.gate_proj', intermediateSize, hiddenSize),
    up_proj: matrix('mlp.up_proj', intermediateSize, hiddenSize),
    down_proj: matrix('mlp.down_proj', hiddenSize, intermediateSize),
  };
}

/** Matrices that have a bias where `attentionBias` says so. */
const biased: readonly AdapterTarget[] = ['q_proj', 'k_proj', 'v_proj'];

/** The tensors of a model, one after another, with their shapes. A tied head has none of its own. */
export function* eachTensor(sizes: Sizes): Generator<readonly [name: string, shape: readonly number[]]> {
  const { vocabSize, hiddenSize, numHiddenLayers, headDim, patches } = sizes;
  yield [embeddingName, [vocabSize, hiddenSize]];
  if (patches) {
    yield ['model.patch_embedding.weight', [hiddenSize, patches.inputs]];
    yield ['model.patch_positions.weight', [patches.count, hiddenSize]];
  }
  const matrices = blockMatrices(sizes);
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const block = `model.layers.${layer}`;
    yield [`${block}.input_layernorm.weight`, [hiddenSize]];
    yield [`${block}.post_attention_layernorm.weight`, [hiddenSize]];
    for (const target of adapterTargets) {
      const { name, outputs, inputs } = matrices[target];
      yield [`${block}.${name}.weight`, [outputs, inputs]];
      if (sizes.attentionBias && biased.includes(target)) yield [`${block}.${name}.bias`, [outputs]];
    }
    if (sizes.queryKeyNorm) for (const part of ['q', 'k']) yield [`${block}.self_attn.${part}_norm.weight`, [headDim]];
  }
  yield ['model.norm.weight', [hiddenSize]];
  if (sizes.output === 'value') yield ['value_head.weight', [1, hiddenSize]];
  else if (!sizes.tieWordEmbeddings) yield [headName, [vocabSize, hiddenSize]];
}

/** {@link eachTensor} as a map. */
export function tensorShapes(sizes: Sizes): Map<string, readonly number[]> {
  return new Map(eachTensor(sizes));
}

/** The tensors of an adapter by their names, with their shapes: A is (rank, in), B is (out, rank). */
export function adapterShapes(sizes: Sizes, { rank, targets, frozenLayers = 0 }: AdapterSpec): Map<string, readonly number[]> {
  const matrices = blockMatrices(sizes);
  const shapes = new Map<string, readonly number[]>();
  for (let layer = frozenLayers; layer < sizes.numHiddenLayers; layer++) {
    for (const target of adapterTargets) {
      if (!targets.includes(target)) continue;
      const { name, outputs, inputs } = matrices[target];
      shapes.set(`model.layers.${layer}.${name}.lora_A.weight`, [rank, inputs]);
      shapes.set(`model.layers.${layer}.${name}.lora_B.weight`, [outputs, rank]);
    }
  }
  return shapes;
}
