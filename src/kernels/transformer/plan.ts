/**
 * Where the rows of a batch lie in a thread's workspace, in training and in sampling.
 */
import type { Arena } from '../memory.ts';
import { roundUp } from '../parameters.ts';
import * as layout from './layout.ts';
import { qkvSize } from './parameters.ts';
import type { SequencesSpec, TransformerSpec } from './spec.ts';

/** A plan in kernel memory, and the workspace that it needs. */
export interface Plan {
  readonly record: number;
  readonly workspaceBytes: number;
}

/** Rows of a chunk, unless one group has more: enough to use the weights often, few enough for the second-level cache. */
const chunkRows = 128;

/** Writes a plan. `shardGroups` is the most groups of a shard; a plan for sampling keeps one layer's buffers and has a cache; one for training keeps those of all if they take at most `keptBytes`. */
export function placePlan(
  arena: Arena,
  spec: TransformerSpec,
  sequences: SequencesSpec,
  purpose: 'training' | 'sampling',
  shardGroups: number,
  keptBytes: number,
): Plan {
  const { hiddenSize: hidden, numHiddenLayers, numAttentionHeads, headDim, numKeyValueHeads } = spec;
  const { groupSize, promptLength, completionLength } = sequences;
  const training = purpose === 'training';
  const feedForward = roundUp(spec.intermediateSize, 8);
  const vocabulary = roundUp(spec.vocabSize, 8);
  const queries = numAttentionHeads * headDim;
  const qkv = qkvSize(spec);
  const longest = training ? promptLength + groupSize * (completionLength - 1) : promptLength;
  const rows = roundUp(Math.max(chunkRows, longest), 4);
  const record = arena.allocate(layout.planWords * 4, 'plan');
  const { words } = arena;
  const w = record / 4;
  // The first words are the chunk's own.
  let bytes = 64;
  const at = (word: number, floats: number): void => {
    words[w + word] = bytes;
    bytes += roundUp(floats * 4, 64);
  };
  const keyWidth = numKeyValueHeads * headDim;
  const keys = promptLength + completionLength + 8;
  words[w + layout.planRows] = rows;
  at(layout.planFinalInverse, rows);
  at(layout.planFinalNormed, rows * hidden);
  at(layout.planBranch, rows * hidden);
  at(layout.planDescriptors, rows * layout.rowWords);
  at(layout.planScores, keys);
  at(layout.planHeadRows, rows);
  at(layout.planHeadInputs, rows * hidden);
  at(layout.planHeadState, rows * layout.headWords);
  if (spec.patches) {
    at(layout.planPatches, rows * roundUp(spec.patches.inputs, 8));
    at(layout.planPatchRows, rows * hidden);
  }
  if (spec.adapter) {
    const rank = roundUp(spec.adapter.rank, 8);
    at(layout.planLow, rows * rank);
    at(layout.planLowGradient, rows * rank);
    at(layout.planProducts, rows * Math.max(hidden, queries, feedForward));
    if (training && spec.adapter.dropout) at(layout.planMask, rows * Math.max(hidden, queries, feedForward));
  }
  if ((spec.baseWeights ?? 'float32') !== 'float32') at(layout.planWidened, 8 * Math.max(hidden, queries, feedForward));
  if (training) {
    if (spec.adapter) {
      at(layout.planUnread, Math.max(hidden, headDim));
      at(layout.planTransposed, Math.max(8 * Math.max(hidden, qkv, 2 * feedForward), Math.min(vocabulary, layout.vocabularyTile) * hidden));
    }
    if (spec.queryKeyNorm) at(layout.planRawGradient, queries + keyWidth);
    at(layout.planScores2, keys);
    at(layout.planPredictions, rows * (groupSize + 1) * layout.predictionWords);
    at(layout.planHeadTile, rows * Math.min(vocabulary, layout.vocabularyTile));
    at(layout.planHeadGradients, rows * hidden);
    at(layout.planStreamGradient, rows * hidden);
    at(layout.planNormGradient, rows * hidden);
    at(layout.planQkvGradient, rows * qkv);
    at(layout.planAttentionGradient, rows * queries);
    at(layout.planGateUpGradient, rows * 2 * feedForward);
    at(layout.planHiddenGradient, rows * feedForward);
  } else {
    const cacheRows = shardGroups * (promptLength + groupSize * completionLength);
    const layerFloats = roundUp(cacheRows * 2 * numKeyValueHeads * headDim, 16);
    at(layout.planCache, numHiddenLayers * layerFloats);
    words[w + layout.planCacheLayerBytes] = layerFloats * 4;
    // Of a prompt its last row alone has logits.
    at(layout.planLogits, Math.min(rows, shardGroups * groupSize) * vocabulary);
    at(layout.planExponentials, vocabulary);
    at(layout.planHeap, vocabulary);
    at(layout.planLive, shardGroups * groupSize);
  }
  const inputStart = bytes;
  at(layout.planInput, rows * hidden);
  const inputBytes = bytes - inputStart;
  at(layout.planInverse1, rows);
  at(layout.planNormed1, rows * hidden);
  if (spec.queryKeyNorm) {
    if (training) at(layout.planRaw, rows * (queries + keyWidth));
    at(layout.planHeadInverses, rows * (numAttentionHeads + numKeyValueHeads));
  }
  at(layout.planQkv, rows * qkv);
  at(layout.planAttention, rows * queries);
  at(layout.planSoftmax, rows * numAttentionHeads * 2);
  at(layout.planMiddle, rows * hidden);
  at(layout.planInverse2, rows);
  at(layout.planNormed2, rows * hidden);
  at(layout.planGateUp, rows * 2 * feedForward);
  at(layout.planHidden, rows * feedForward);
  if (!training) return { record, workspaceBytes: bytes };
  const layerBytes = bytes - inputStart;
  if (numHiddenLayers * layerBytes <= keptBytes) {
    words[w + layout.planInputBytes] = layerBytes;
    words[w + layout.planLayerBytes] = layerBytes;
    // Behind the last layer lies its output.
    return { record, workspaceBytes: inputStart + numHiddenLayers * layerBytes + inputBytes };
  }
  // The inputs of all layers behind everything else.
  words[w + layout.planRecomputes] = 1;
  words[w + layout.planInput] = bytes;
  words[w + layout.planInputBytes] = inputBytes;
  return { record, workspaceBytes: bytes + (numHiddenLayers + 1) * inputBytes };
}
