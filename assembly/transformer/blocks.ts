// The decoder's blocks on the rows of a chunk, forwards and backwards. Buffers lie in a thread's workspace, where the plan says.
import {
  adapterDown, adapterGate, adapterKey, adapterOutput, adapterQuery, adapterUp, adapterValue, blockDown, blockDownTransposed, blockGateUp,
  blockGateUpTransposed, blockKeyNorm, blockNorm1, blockNorm2, blockOutput, blockOutputTransposed, blockQkv, blockQkvBias, blockQkvTransposed,
  blockQueryNorm, blockWords, modelAttentionBias, modelEmbeddingOffset, modelEpsilonF, modelFeedForward, modelFrozenLayers, modelHeads,
  modelHeadOffset, modelHeadSize, modelHeadTransposed, modelHidden, modelIsFrozen, modelIsValue, modelKeyValueHeads, modelLayerRecords,
  modelLayers, modelNormOffset, modelQkv, modelQueryKeyNorm, modelVocabularyPadded, planAttention, planAttentionGradient, planBranch, planCache,
  planCacheLayerBytes, planDescriptors, planFinalInverse, planFinalNormed, planGateUp, planGateUpGradient, planHeadInverses, planHidden,
  planHiddenGradient, planInput, planInputBytes, planInverse1, planInverse2, planLayerBytes, planMiddle, planNormed1, planNormed2,
  planNormGradient, planQkv, planQkvGradient, planRaw, planRawGradient, planRecomputes, planScores, planScores2, planSoftmax,
  planStreamGradient, planTransposed, planUnread, rowKept,
} from '../../src/kernels/transformer/layout';
import { denseForward, denseWeightGradient, transposePanels } from '../dense';
import { address, float, word } from '../lanes';
import { adapt, adaptBackward, transposeAdapters } from './adapters';
import { attend, attendBackward } from './attention';
import {
  add, addRows, descriptorOf, embed, embedBackward, normBackward, normForward, normHeads, rotate, sum, swigluBackward, swigluForward,
} from './layers';
import { embedPatches, embedPatchesBackward } from './patches';
import { baseForward, transposeBasePanel } from './weights';

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

/** Width of the keys in bytes. */
// @ts-ignore: decorator
@inline
function keyBytes(model: usize): usize {
  return (address(model, modelKeyValueHeads) * address(model, modelHeadSize)) << 2;
}

/** y = x w + bias; widths in floats, `inputs` padded as the weights are. */
// @ts-ignore: decorator
@inline
function dense(
  model: usize, plan: usize, workspace: usize, x: usize, inputs: usize, weights: usize, bias: usize, y: usize, outputs: usize, rows: usize,
): void {
  baseForward(model, plan, workspace, x, inputs, weights, bias, y, outputs << 2, outputs, wholeGroups(rows));
}

/** dx = g w^T. Without transposed weights (address 0) a panel of them at a time is transposed into the workspace; the bits are the same. */
function inputGradient(
  model: usize, g: usize, outputs: usize, weights: usize, transposed: usize, plan: usize, workspace: usize, dx: usize, inputs: usize, rows: usize,
): void {
  if (transposed != 0) {
    denseForward(g, outputs << 2, transposed, outputs << 5, 0, dx, inputs << 2, outputs << 2, inputs << 2, wholeGroups(rows));
    return;
  }
  const panel = workspace + address(plan, planTransposed);
  for (let first: usize = 0; first < inputs; first += 8) {
    transposeBasePanel(model, plan, workspace, weights, panel, inputs, outputs, first);
    denseForward(g, outputs << 2, panel, 0, 0, dx + (first << 2), inputs << 2, outputs << 2, 32, wholeGroups(rows));
  }
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

/** The first `bytes` of rows `stride` bytes apart, one after another. */
function copyColumns(rows: usize, stride: usize, target: usize, bytes: usize, count: usize): void {
  for (let row: usize = 0; row < count; row++, rows += stride, target += bytes) memory.copy(target, rows, bytes);
}

/**
 * One block: from the rows at `x` to those at `y`, which may be the same; the block's buffers lie from `base` on. In training keys and values are those of
 * the chunk; in sampling (`cached`) they come from the cache. Without `whole` it stops at what the backward pass reads.
 */
function forwardBlock(
  model: usize, parameters: usize, plan: usize, workspace: usize, layer: i32, x: usize, base: usize, y: usize, rows: usize, cached: bool,
  whole: bool,
): void {
  const block = blockOf(model, layer), epsilon = float(model, modelEpsilonF);
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const hiddenBytes = hidden << 2, queries = queryBytes(model), keyWidth = keyBytes(model);
  const descriptors = workspace + address(plan, planDescriptors), branch = workspace + address(plan, planBranch);
  const normed1 = base + address(plan, planNormed1), qkv = base + address(plan, planQkv), attention = base + address(plan, planAttention);
  const middle = base + address(plan, planMiddle), normed2 = base + address(plan, planNormed2);
  const gateUp = base + address(plan, planGateUp), h = base + address(plan, planHidden);
  normForward(x, parameters + address(block, blockNorm1), normed1, base + address(plan, planInverse1), hiddenBytes, rows, epsilon);
  const bias = word(model, modelAttentionBias) != 0 ? parameters + address(block, blockQkvBias) : 0;
  dense(model, plan, workspace, normed1, hidden, parameters + address(block, blockQkv), bias, qkv, qkvSize, rows);
  for (let target = adapterQuery; target <= adapterValue; target++) {
    adapt(model, block, target, plan, workspace, normed1, qkv, qkvSize << 2, rows);
  }
  if (word(model, modelQueryKeyNorm) != 0) {
    if (!cached) copyColumns(qkv, qkvSize << 2, base + address(plan, planRaw), queries + keyWidth, rows);
    normHeads(
      qkv, qkvSize << 2, parameters + address(block, blockQueryNorm), parameters + address(block, blockKeyNorm), address(model, modelHeads),
      address(model, modelKeyValueHeads), address(model, modelHeadSize) << 2, base + address(plan, planHeadInverses), rows, epsilon,
    );
  }
  rotate(model, qkv, descriptors, rows, 1);
  let keys = qkv + queries, stride = qkvSize << 2;
  if (cached) {
    keys = workspace + address(plan, planCache) + <usize>layer * address(plan, planCacheLayerBytes);
    stride = keyWidth << 1;
    keep(model, qkv, descriptors, keys, rows);
  }
  const scores = workspace + address(plan, planScores), softmax = base + address(plan, planSoftmax);
  attend(model, qkv, keys, keys + keyWidth, stride, descriptors, scores, softmax, attention, rows);
  dense(model, plan, workspace, attention, queries >> 2, parameters + address(block, blockOutput), 0, branch, hidden, rows);
  adapt(model, block, adapterOutput, plan, workspace, attention, branch, hiddenBytes, rows);
  sum(middle, x, branch, rows * hiddenBytes);
  normForward(middle, parameters + address(block, blockNorm2), normed2, base + address(plan, planInverse2), hiddenBytes, rows, epsilon);
  dense(model, plan, workspace, normed2, hidden, parameters + address(block, blockGateUp), 0, gateUp, feedForward << 1, rows);
  adapt(model, block, adapterGate, plan, workspace, normed2, gateUp, feedForward << 3, rows);
  adapt(model, block, adapterUp, plan, workspace, normed2, gateUp, feedForward << 3, rows);
  swigluForward(gateUp, h, feedForward << 2, rows);
  if (!whole) return;
  dense(model, plan, workspace, h, feedForward, parameters + address(block, blockDown), 0, branch, hidden, rows);
  adapt(model, block, adapterDown, plan, workspace, h, branch, hiddenBytes, rows);
  sum(y, middle, branch, rows * hiddenBytes);
}

/** Rows, whose descriptors are written, through all blocks and the last norm. In training the inputs of all layers stay, in sampling none. */
export function forwardRows(model: usize, parameters: usize, plan: usize, workspace: usize, rows: usize, cached: bool): void {
  const inputBytes = address(plan, planInputBytes), layerBytes = address(plan, planLayerBytes);
  const layers = word(model, modelLayers);
  let x = workspace + address(plan, planInput), base = workspace;
  embed(model, parameters + address(model, modelEmbeddingOffset), workspace + address(plan, planDescriptors), x, rows);
  embedPatches(model, parameters, plan, workspace, x, rows);
  for (let layer = 0; layer < layers; layer++, x += inputBytes, base += layerBytes) {
    forwardBlock(model, parameters, plan, workspace, layer, x, base, x + inputBytes, rows, cached, true);
  }
  const inverses = workspace + address(plan, planFinalInverse), normed = workspace + address(plan, planFinalNormed);
  const hiddenBytes = address(model, modelHidden) << 2;
  normForward(x, parameters + address(model, modelNormOffset), normed, inverses, hiddenBytes, rows, float(model, modelEpsilonF));
}

/** From the gradient of normed queries and keys to that of the rows before their norms, in place; adds those of the two norms. */
function headNormsBackward(
  model: usize, parameters: usize, gradients: usize, block: usize, plan: usize, workspace: usize, base: usize, dQkv: usize, rows: usize,
): void {
  const heads = address(model, modelHeads), keyHeads = address(model, modelKeyValueHeads), headBytes = address(model, modelHeadSize) << 2;
  const stride = address(model, modelQkv) << 2, queries = queryBytes(model), bytes = queries + keyBytes(model);
  const dRaw = workspace + address(plan, planRawGradient), unread = workspace + address(plan, planUnread);
  const isFrozen = word(model, modelIsFrozen) != 0;
  const dQueryNorm = isFrozen ? unread : gradients + address(block, blockQueryNorm);
  const dKeyNorm = isFrozen ? unread : gradients + address(block, blockKeyNorm);
  let raw = base + address(plan, planRaw), inverses = base + address(plan, planHeadInverses);
  for (let row: usize = 0; row < rows; row++) {
    memory.fill(dRaw, 0, bytes);
    normBackward(raw, parameters + address(block, blockQueryNorm), inverses, dQkv, dRaw, dQueryNorm, headBytes, heads);
    normBackward(
      raw + queries, parameters + address(block, blockKeyNorm), inverses + (heads << 2), dQkv + queries, dRaw + queries, dKeyNorm, headBytes,
      keyHeads,
    );
    memory.copy(dQkv, dRaw, bytes);
    dQkv += stride;
    raw += bytes;
    inverses += (heads + keyHeads) << 2;
  }
}

/**
 * Adds the gradient of all that is trained, but the head's, to `gradients`; that of the normed rows lies in the plan's norm gradient. Of frozen
 * parameters only what their adapters need is computed, and nothing below the first block that is trained.
 */
export function backwardRows(model: usize, parameters: usize, gradients: usize, plan: usize, workspace: usize, rows: usize): void {
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const queries = queryBytes(model) >> 2;
  const hiddenBytes = hidden << 2;
  const isFrozen = word(model, modelIsFrozen) != 0, lowest = word(model, modelFrozenLayers), recomputes = word(plan, planRecomputes) != 0;
  const descriptors = workspace + address(plan, planDescriptors), unread = workspace + address(plan, planUnread);
  const scores = workspace + address(plan, planScores), slopes = workspace + address(plan, planScores2);
  const inputBytes = address(plan, planInputBytes), layerBytes = address(plan, planLayerBytes);
  const dx = workspace + address(plan, planStreamGradient), dNormed = workspace + address(plan, planNormGradient);
  const dQkv = workspace + address(plan, planQkvGradient), dAttention = workspace + address(plan, planAttentionGradient);
  const dGateUp = workspace + address(plan, planGateUpGradient), dh = workspace + address(plan, planHiddenGradient);
  let layer = word(model, modelLayers);
  let x = workspace + address(plan, planInput) + <usize>layer * inputBytes, base = workspace + <usize>layer * layerBytes;
  memory.fill(dx, 0, rows * hiddenBytes);
  normBackward(
    x, parameters + address(model, modelNormOffset), workspace + address(plan, planFinalInverse), dNormed, dx,
    isFrozen ? unread : gradients + address(model, modelNormOffset), hiddenBytes, rows,
  );
  while (--layer >= lowest) {
    x -= inputBytes;
    base -= layerBytes;
    const block = blockOf(model, layer);
    if (recomputes) forwardBlock(model, parameters, plan, workspace, layer, x, base, 0, rows, false, false);
    const normed1 = base + address(plan, planNormed1), qkv = base + address(plan, planQkv);
    const attention = base + address(plan, planAttention), middle = base + address(plan, planMiddle);
    const normed2 = base + address(plan, planNormed2), gateUp = base + address(plan, planGateUp), h = base + address(plan, planHidden);
    if (!isFrozen) weightGradient(h, feedForward, dx, hidden, gradients + address(block, blockDown), rows);
    const down = parameters + address(block, blockDown);
    inputGradient(model, dx, hidden, down, address(block, blockDownTransposed), plan, workspace, dh, feedForward, rows);
    adaptBackward(model, block, adapterDown, gradients, plan, workspace, h, dx, hiddenBytes, dh, rows);
    swigluBackward(gateUp, dh, dGateUp, feedForward << 2, rows);
    if (!isFrozen) weightGradient(normed2, hidden, dGateUp, feedForward << 1, gradients + address(block, blockGateUp), rows);
    const gates = parameters + address(block, blockGateUp);
    inputGradient(model, dGateUp, feedForward << 1, gates, address(block, blockGateUpTransposed), plan, workspace, dNormed, hidden, rows);
    adaptBackward(model, block, adapterGate, gradients, plan, workspace, normed2, dGateUp, feedForward << 3, dNormed, rows);
    adaptBackward(model, block, adapterUp, gradients, plan, workspace, normed2, dGateUp, feedForward << 3, dNormed, rows);
    normBackward(
      middle, parameters + address(block, blockNorm2), base + address(plan, planInverse2), dNormed, dx,
      isFrozen ? unread : gradients + address(block, blockNorm2), hiddenBytes, rows,
    );
    if (!isFrozen) weightGradient(attention, queries, dx, hidden, gradients + address(block, blockOutput), rows);
    const output = parameters + address(block, blockOutput);
    inputGradient(model, dx, hidden, output, address(block, blockOutputTransposed), plan, workspace, dAttention, queries, rows);
    adaptBackward(model, block, adapterOutput, gradients, plan, workspace, attention, dx, hiddenBytes, dAttention, rows);
    memory.fill(dQkv, 0, (rows * qkvSize) << 2);
    const softmax = base + address(plan, planSoftmax);
    attendBackward(model, qkv, descriptors, scores, slopes, softmax, attention, dAttention, dQkv, rows);
    rotate(model, dQkv, descriptors, rows, -1);
    if (word(model, modelQueryKeyNorm) != 0) headNormsBackward(model, parameters, gradients, block, plan, workspace, base, dQkv, rows);
    if (!isFrozen) {
      if (word(model, modelAttentionBias) != 0) addRows(gradients + address(block, blockQkvBias), dQkv, qkvSize << 2, rows);
      weightGradient(normed1, hidden, dQkv, qkvSize, gradients + address(block, blockQkv), rows);
    }
    const projections = parameters + address(block, blockQkv);
    // Where only adapters are trained, nobody reads the gradient of the lowest block's rows.
    const isLast = isFrozen && layer == lowest;
    if (!isLast) inputGradient(model, dQkv, qkvSize, projections, address(block, blockQkvTransposed), plan, workspace, dNormed, hidden, rows);
    for (let target = adapterQuery; target <= adapterValue; target++) {
      adaptBackward(model, block, target, gradients, plan, workspace, normed1, dQkv, qkvSize << 2, dNormed, rows);
    }
    if (isLast) break;
    normBackward(
      x, parameters + address(block, blockNorm1), base + address(plan, planInverse1), dNormed, dx,
      isFrozen ? unread : gradients + address(block, blockNorm1), hiddenBytes, rows,
    );
  }
  if (isFrozen || lowest > 0) return;
  embedBackward(model, gradients + address(model, modelEmbeddingOffset), descriptors, dx, rows);
  embedPatchesBackward(model, gradients, plan, workspace, dx, rows);
}

/** Renews the transposed weights that the backward pass reads; once after what is trained changed. */
export function transposeModel(model: usize, parameters: usize): void {
  const hidden = address(model, modelHidden), feedForward = address(model, modelFeedForward), qkvSize = address(model, modelQkv);
  const queries = queryBytes(model) >> 2;
  const isFrozen = word(model, modelIsFrozen) != 0;
  for (let layer = word(model, modelFrozenLayers); layer < word(model, modelLayers); layer++) {
    const block = blockOf(model, layer);
    if (isFrozen) {
      transposeAdapters(model, block);
      continue;
    }
    transposePanels(parameters + address(block, blockQkv), address(block, blockQkvTransposed), hidden, qkvSize);
    transposePanels(parameters + address(block, blockOutput), address(block, blockOutputTransposed), queries, hidden);
    transposePanels(parameters + address(block, blockGateUp), address(block, blockGateUpTransposed), hidden, feedForward << 1);
    transposePanels(parameters + address(block, blockDown), address(block, blockDownTransposed), feedForward, hidden);
  }
  if (!isFrozen && word(model, modelIsValue) == 0) {
    const head = parameters + address(model, modelHeadOffset);
    transposePanels(head, address(model, modelHeadTransposed), hidden, address(model, modelVocabularyPadded));
  }
}
