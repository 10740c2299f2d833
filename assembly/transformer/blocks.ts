// The decoder's blocks on the rows of a chunk, forwards and backwards. Buffers lie in a thread's workspace, where the plan says.
import {
  blockDown, blockDownTransposed, blockGateUp, blockGateUpTransposed, blockNorm1, blockNorm2, blockOutput, blockOutputTransposed, blockQkv,
  blockQkvBias, blockQkvTransposed, blockWords, modelAttentionBias, modelEmbeddingOffset, modelEpsilonF, modelFeedForward, modelHeads,
  modelHeadOffset, modelHeadSize, modelHeadTransposed, modelHidden, modelIsValue, modelKeyValueHeads, modelLayerRecords, modelLayers,
  modelNormOffset, modelQkv, modelVocabularyPadded, planAttention, planAttentionGradient, planBranch, planCache, planCacheLayerBytes,
  planDescriptors, planFinalInverse, planFinalNormed, planGateUp, planGateUpGradient, planHidden, planHiddenGradient, planInput,
  planInverse1, planInverse2, planLayerBytes, planMiddle, planNormed1, planNormed2, planNormGradient, planQkv, planQkvGradient,
  planScores, planScores2, planSoftmax, planStreamGradient, rowKept,
} from '../../src/kernels/transformer/layout';
import { denseForward, denseWeightGradient, transposePanels } from '../dense';
import { address, float, word } from '../lanes';
import { attend, attendBackward } from './attention';
import {
  add, addRows, descriptorOf, embed, embedBackward, normBackward, normForward, rotate, sum, swigluBackward, swigluForward,
} from './layers';

// @ts-ignore: decorator
@inline
function blockOf(model: usize, layer: i32): usize {
  return model + (<usize>(modelLayerRecords + layer * blockWords) << 2);
}

// @ts-ignore: decorator
@inline
function wholeGroups(rows: usize): usize {
  return (rows + 3) & ~3;
}

/** Width of the queries in bytes. */
// @ts-ignore: decorator
@inline
function queryBytes(model: usize): usize {
  return (address(model, modelHeads) * address(model, modelHeadSize)) << 2;
}

/** y = x w + bias; widths in floats, `inputs` padded as the weights are. */
// @ts-ignore: decorator
@inline
function dense(x: usize, inputs: usize, weights: usize, bias: usize, y: usize, outputs: usize, rows: usize): void {
  denseForward(x, inputs << 2, weights, inputs << 5, bias, y, outputs << 2, inputs << 2, outputs << 2, wholeGroups(rows));
}

/** gradient += x^T g. */
// @ts-ignore: decorator
@inline
function weightGradient(x: usize, inputs: usize, g: usize, outputs: usize, gradient: usize, rows: usize): void {
  denseWeightGradient(x, inputs << 2, g, outputs << 2, gradient, inputs, outputs << 2, rows);
}

/** Copies the keys and values of rows into the cache, at the rows that they are kept in. */
function keep(model: usize, qkv: usize, descriptors: usize, cache: usize, rows: usize): void {
  const queries = queryBytes(model), stride = address(model, modelQkv) << 2;
  const bytes = stride - queries;
  for (let row: usize = 0; row < rows; row++) {
    memory.copy(cache + address(descriptorOf(descriptors, row), rowKept) * bytes, qkv + row * stride + queries, bytes);
  }
}

/**
 * Rows, whose descriptors are written, through all blocks and the last norm. In training every layer's buffers stay for the backward pass and
 * keys and values are those of the chunk; in sampling (`cached`) layers share buffers and keys and values come from the cache.
 */
export function forwardRows(model: usize, parameters: usize, plan: usize, workspace: usize, rows: usize, cached: bool): void {
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const queries = queryBytes(model) >> 2;
  const keyBytes = (address(model, modelKeyValueHeads) * address(model, modelHeadSize)) << 2;
  const hiddenBytes = hidden << 2, epsilon = float(model, modelEpsilonF);
  const descriptors = workspace + address(plan, planDescriptors);
  const branch = workspace + address(plan, planBranch), scores = workspace + address(plan, planScores);
  const layerBytes = address(plan, planLayerBytes);
  const layers = word(model, modelLayers);
  let base = workspace;
  embed(model, parameters + address(model, modelEmbeddingOffset), descriptors, base + address(plan, planInput), rows);
  for (let layer = 0; layer < layers; layer++) {
    const block = blockOf(model, layer);
    const x = base + address(plan, planInput), normed1 = base + address(plan, planNormed1), qkv = base + address(plan, planQkv);
    const attention = base + address(plan, planAttention), middle = base + address(plan, planMiddle);
    const normed2 = base + address(plan, planNormed2), gateUp = base + address(plan, planGateUp), h = base + address(plan, planHidden);
    normForward(x, parameters + address(block, blockNorm1), normed1, base + address(plan, planInverse1), hiddenBytes, rows, epsilon);
    const bias = word(model, modelAttentionBias) != 0 ? parameters + address(block, blockQkvBias) : 0;
    dense(normed1, hidden, parameters + address(block, blockQkv), bias, qkv, qkvSize, rows);
    rotate(model, qkv, descriptors, rows, 1);
    let keys = qkv + (queries << 2), stride = qkvSize << 2;
    if (cached) {
      keys = workspace + address(plan, planCache) + <usize>layer * address(plan, planCacheLayerBytes);
      stride = keyBytes << 1;
      keep(model, qkv, descriptors, keys, rows);
    }
    const softmax = base + address(plan, planSoftmax);
    attend(model, qkv, keys, keys + keyBytes, stride, descriptors, scores, softmax, attention, rows);
    dense(attention, queries, parameters + address(block, blockOutput), 0, branch, hidden, rows);
    sum(middle, x, branch, rows * hiddenBytes);
    normForward(middle, parameters + address(block, blockNorm2), normed2, base + address(plan, planInverse2), hiddenBytes, rows, epsilon);
    dense(normed2, hidden, parameters + address(block, blockGateUp), 0, gateUp, feedForward << 1, rows);
    swigluForward(gateUp, h, feedForward << 2, rows);
    dense(h, feedForward, parameters + address(block, blockDown), 0, branch, hidden, rows);
    base += layerBytes;
    sum(base + address(plan, planInput), middle, branch, rows * hiddenBytes);
  }
  const inverses = workspace + address(plan, planFinalInverse), normed = workspace + address(plan, planFinalNormed);
  normForward(base + address(plan, planInput), parameters + address(model, modelNormOffset), normed, inverses, hiddenBytes, rows, epsilon);
}

/** Adds the gradient of all parameters but the head's to `gradients`; that of the normed rows lies in the plan's norm gradient. */
export function backwardRows(model: usize, parameters: usize, gradients: usize, plan: usize, workspace: usize, rows: usize): void {
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const queries = queryBytes(model) >> 2;
  const hiddenBytes = hidden << 2;
  const descriptors = workspace + address(plan, planDescriptors);
  const scores = workspace + address(plan, planScores), slopes = workspace + address(plan, planScores2);
  const layerBytes = address(plan, planLayerBytes);
  const dx = workspace + address(plan, planStreamGradient), dNormed = workspace + address(plan, planNormGradient);
  const dQkv = workspace + address(plan, planQkvGradient), dAttention = workspace + address(plan, planAttentionGradient);
  const dGateUp = workspace + address(plan, planGateUpGradient), dh = workspace + address(plan, planHiddenGradient);
  let layer = word(model, modelLayers);
  let base = workspace + <usize>layer * layerBytes;
  memory.fill(dx, 0, rows * hiddenBytes);
  normBackward(
    base + address(plan, planInput), parameters + address(model, modelNormOffset), workspace + address(plan, planFinalInverse), dNormed,
    dx, gradients + address(model, modelNormOffset), hiddenBytes, rows,
  );
  while (--layer >= 0) {
    base -= layerBytes;
    const block = blockOf(model, layer);
    const x = base + address(plan, planInput), normed1 = base + address(plan, planNormed1), qkv = base + address(plan, planQkv);
    const attention = base + address(plan, planAttention), middle = base + address(plan, planMiddle);
    const normed2 = base + address(plan, planNormed2), gateUp = base + address(plan, planGateUp), h = base + address(plan, planHidden);
    weightGradient(h, feedForward, dx, hidden, gradients + address(block, blockDown), rows);
    dense(dx, hidden, address(block, blockDownTransposed), 0, dh, feedForward, rows);
    swigluBackward(gateUp, dh, dGateUp, feedForward << 2, rows);
    weightGradient(normed2, hidden, dGateUp, feedForward << 1, gradients + address(block, blockGateUp), rows);
    dense(dGateUp, feedForward << 1, address(block, blockGateUpTransposed), 0, dNormed, hidden, rows);
    normBackward(
      middle, parameters + address(block, blockNorm2), base + address(plan, planInverse2), dNormed, dx,
      gradients + address(block, blockNorm2), hiddenBytes, rows,
    );
    weightGradient(attention, queries, dx, hidden, gradients + address(block, blockOutput), rows);
    dense(dx, hidden, address(block, blockOutputTransposed), 0, dAttention, queries, rows);
    memory.fill(dQkv, 0, (rows * qkvSize) << 2);
    const softmax = base + address(plan, planSoftmax);
    attendBackward(model, qkv, descriptors, scores, slopes, softmax, attention, dAttention, dQkv, rows);
    rotate(model, dQkv, descriptors, rows, -1);
    if (word(model, modelAttentionBias) != 0) addRows(gradients + address(block, blockQkvBias), dQkv, qkvSize << 2, rows);
    weightGradient(normed1, hidden, dQkv, qkvSize, gradients + address(block, blockQkv), rows);
    dense(dQkv, qkvSize, address(block, blockQkvTransposed), 0, dNormed, hidden, rows);
    normBackward(
      x, parameters + address(block, blockNorm1), base + address(plan, planInverse1), dNormed, dx,
      gradients + address(block, blockNorm1), hiddenBytes, rows,
    );
  }
  embedBackward(model, gradients + address(model, modelEmbeddingOffset), descriptors, dx, rows);
}

/** Renews the transposed weights that the backward pass reads; once after the parameters changed. */
export function transposeModel(model: usize, parameters: usize): void {
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const queries = queryBytes(model) >> 2;
  for (let layer = 0; layer < word(model, modelLayers); layer++) {
    const block = blockOf(model, layer);
    transposePanels(parameters + address(block, blockQkv), address(block, blockQkvTransposed), hidden, qkvSize);
    transposePanels(parameters + address(block, blockOutput), address(block, blockOutputTransposed), queries, hidden);
    transposePanels(parameters + address(block, blockGateUp), address(block, blockGateUpTransposed), hidden, feedForward << 1);
    transposePanels(parameters + address(block, blockDown), address(block, blockDownTransposed), feedForward, hidden);
  }
  if (word(model, modelIsValue) == 0) {
    const head = parameters + address(model, modelHeadOffset);
    transposePanels(head, address(model, modelHeadTransposed), hidden, address(model, modelVocabularyPadded));
  }
}
