/**
 * The start of a transformer: normal weights of standard deviation 0.02 at width 768 and larger for narrower models, as the root of the width, so
 * that a product with a normed row keeps its size; those that write into the residual stream smaller by the root of their number (A. Radford et
 * al. 2019, GPT-2, section 2.3). RMSNorm weights 1; biases and the value head 0.
 */
import type { Transformer } from '../../kernels/transformer/spec.ts';
import { standardNormals } from '../../random/index.ts';

/** GPT-2's `initializer_range` and the width that it was chosen for. At width 64 it is 0.069. */
const standardDeviation = 0.02;
const standardWidth = 768;
/** Embeddings that are not tied to the head: chosen among 0.02, 0.07, 0.3 and 1 by a few runs of add-2digit at width 64 (docs/log.md, 2026-11-21). */
const embeddingDeviation = 0.3;
/** Overwrites all parameters; moments become 0. `key` is a learner key; `firstIndex` keeps the draws of two models of one key apart. */
export function initialize({ spec, parameters }: Transformer, key: Uint32Array, firstIndex = 0): void {
  parameters.firstMoments.fill(0);
  parameters.secondMoments.fill(0);
  const matrix = standardDeviation * Math.sqrt(standardWidth / spec.hiddenSize);
  const embedding = spec.tieWordEmbeddings && spec.output === 'logits' ? matrix : embeddingDeviation;
  const residual = matrix / Math.sqrt(2 * spec.numHiddenLayers);
  parameters.tensors().forEach((tensor, index) => {
    const { name, shape } = tensor;
    const length = shape.reduce((product, size) => product * size, 1);
    if (/norm\.weight$/.test(name)) tensor.set('values', new Float32Array(length).fill(1));
    else if (/\.bias$|^value_head\.weight$/.test(name)) tensor.set('values', new Float32Array(length));
    else {
      const isEmbedding = name === 'model.embed_tokens.weight' || name === 'model.patch_positions.weight';
      const scale = isEmbedding ? embedding : /(o_proj|down_proj)\.weight$/.test(name) ? residual : matrix;
      const normals = standardNormals(length, key, firstIndex + index, 'cosine and sine');
      tensor.set(
        'values',
        Float32Array.from(normals, (normal) => scale * normal),
      );
    }
  });
}
