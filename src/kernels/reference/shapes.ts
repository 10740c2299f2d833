/**
 * Names and shapes of a transformer's parameters.
 */
import type { TransformerSpec } from '../transformer/spec.ts';

/** Names and shapes of all parameters of a spec, as Hugging Face has them. */
export function referenceShapes(spec: TransformerSpec): Map<string, readonly number[]> {
  const { hiddenSize: hidden, headDim, intermediateSize } = spec;
  const queries = spec.numAttentionHeads * headDim;
  const keys = spec.numKeyValueHeads * headDim;
  const shapes = new Map<string, readonly number[]>([['model.embed_tokens.weight', [spec.vocabSize, hidden]]]);
  if (spec.patches) {
    shapes.set('model.patch_embedding.weight', [hidden, spec.patches.inputs]);
    shapes.set('model.patch_positions.weight', [spec.patches.count, hidden]);
  }
  for (let layer = 0; layer < spec.numHiddenLayers; layer++) {
    const name = `model.layers.${layer}`;
    shapes.set(`${name}.input_layernorm.weight`, [hidden]);
    for (const [part, size] of [
      ['q', queries],
      ['k', keys],
      ['v', keys],
    ] as const) {
      shapes.set(`${name}.self_attn.${part}_proj.weight`, [size, hidden]);
      if (spec.attentionBias) shapes.set(`${name}.self_attn.${part}_proj.bias`, [size]);
    }
    if (spec.queryKeyNorm) for (const part of ['q', 'k']) shapes.set(`${name}.self_attn.${part}_norm.weight`, [headDim]);
    shapes.set(`${name}.self_attn.o_proj.weight`, [hidden, queries]);
    shapes.set(`${name}.post_attention_layernorm.weight`, [hidden]);
    shapes.set(`${name}.mlp.gate_proj.weight`, [intermediateSize, hidden]);
    shapes.set(`${name}.mlp.up_proj.weight`, [intermediateSize, hidden]);
    shapes.set(`${name}.mlp.down_proj.weight`, [hidden, intermediateSize]);
  }
  shapes.set('model.norm.weight', [hidden]);
  if (spec.output === 'value') shapes.set('value_head.weight', [1, hidden]);
  else if (!spec.tieWordEmbeddings) shapes.set('lm_head.weight', [spec.vocabSize, hidden]);
  return shapes;
}

/** Names and shapes of what a spec trains: its parameters, or those of its adapter. */
export function referenceTrainedShapes(spec: TransformerSpec): Map<string, readonly number[]> {
  const shapes = referenceShapes(spec);
  const { adapter } = spec;
  if (!adapter) return shapes;
  const matrices = [...shapes].filter(([name]) => adapter.targets.some((target) => name.endsWith(`.${target}.weight`)));
  return new Map(
    matrices.flatMap(([name, [outputs, inputs]]) => [
      [name.replace(/weight$/, 'lora_A.weight'), [adapter.rank, inputs!]],
      [name.replace(/weight$/, 'lora_B.weight'), [outputs!, adapter.rank]],
    ]),
  );
}
