/**
 * A transformer's parameters in one flat block, so that one norm and one optimizer step cover them. All matrices lie in panels
 * [outputs / 8][inputs][8], padded with zeros that stay zero; queries, keys and values are one matrix, gates and ups another.
 */
import { mistake, show } from '../../core/errors.ts';
import { cos, exp, log, sin } from '../../math/index.ts';
import type { Arena } from '../memory.ts';
import {
  type FrozenParameters,
  makeFrozen,
  makeStore,
  type ParameterStore,
  type Place,
  type PlacedTensor,
  roundUp,
} from '../parameters.ts';
import { checkAdapter, placeAdapters } from './adapters.ts';
import { checkBaseWeights, kinds, matrixBytes, narrowCodec } from './baseWeights.ts';
import * as layout from './layout.ts';
import type { TransformerSpec } from './spec.ts';

/** Part of the flat block, in floats: the matrices, which weight decay shrinks. */
export interface Range {
  readonly start: number;
  readonly length: number;
  /** The block; -1 of the embedding and its patches, the number of blocks of the head. */
  readonly layer: number;
}

/** A transformer as it lies in memory. */
export interface PlacedTransformer {
  /** Address of the model record. */
  readonly record: number;
  /** Address of the model's own numbers. */
  readonly address: number;
  /** What is trained: the model's own parameters, or its adapters. */
  readonly parameters: ParameterStore;
  /** The model's own parameters where only adapters are trained. */
  readonly base: FrozenParameters | undefined;
}

/** Ranges of the matrices in each store's flat block; norms and biases are not decayed. */
const decayedRanges = new WeakMap<ParameterStore, readonly Range[]>();

/** The ranges that decoupled weight decay shrinks: all matrices that are trained; none for parameters that are no transformer's. */
export function decayRanges(parameters: ParameterStore, frozenLayers = 0): readonly Range[] {
  const ranges = decayedRanges.get(parameters) ?? [];
  return frozenLayers > 0 ? ranges.filter(({ layer }) => layer >= frozenLayers) : ranges;
}

/** Width of queries, keys and values together. */
export function qkvSize(spec: TransformerSpec): number {
  return (spec.numAttentionHeads + 2 * spec.numKeyValueHeads) * spec.headDim;
}

function refuse(spec: TransformerSpec, expected: string, got: unknown, advice: string): never {
  throw mistake(`transformer ${spec.name}`, expected, show(got), advice);
}

/** Throws {@link CohortError} unless what is never trained can be left out. */
function checkFrozen(spec: TransformerSpec): void {
  const { frozenLayers = 0, numHiddenLayers, adapter, tieWordEmbeddings, output } = spec;
  if (frozenLayers === 0) return;
  const isLayer = Number.isInteger(frozenLayers) && frozenLayers > 0 && frozenLayers < numHiddenLayers;
  if (!isLayer) refuse(spec, `frozenLayers from 0, below the ${numHiddenLayers} blocks`, frozenLayers, 'leave a block to be trained');
  if (adapter || (tieWordEmbeddings && output === 'logits')) {
    refuse(spec, 'frozenLayers: 0 beside an adapter, and where the head is the embedding', frozenLayers, 'say it of the adapter');
  }
}

/** Throws {@link CohortError} unless the sizes fit together. */
export function checkTransformerSpec(spec: TransformerSpec): void {
  const whole = (field: keyof TransformerSpec, min: number, max: number, multiple = 1): void => {
    const value = spec[field];
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max && value % multiple === 0) return;
    const kind = multiple === 1 ? 'a whole number' : `a multiple of ${multiple}`;
    refuse(spec, `${field}: ${kind} from ${min} to ${max}`, value, 'choose another size');
  };
  whole('vocabSize', 1, 2 ** 20);
  whole('hiddenSize', 8, 65536, 8);
  whole('numHiddenLayers', 1, 1024);
  whole('numAttentionHeads', 1, 1024);
  whole('numKeyValueHeads', 1, 1024);
  whole('headDim', 8, 1024, 8);
  whole('intermediateSize', 1, 262144);
  whole('maxPositionEmbeddings', 2, 2 ** 20);
  if (spec.numAttentionHeads % spec.numKeyValueHeads !== 0) {
    refuse(
      spec,
      `numAttentionHeads: a multiple of the ${spec.numKeyValueHeads} key and value heads`,
      spec.numAttentionHeads,
      'let every key head serve equally many',
    );
  }
  if (!(spec.ropeTheta > 0 && Number.isFinite(spec.ropeTheta))) {
    refuse(spec, 'ropeTheta: a positive number', spec.ropeTheta, 'use 10000');
  }
  checkAdapter(spec);
  checkBaseWeights(spec);
  checkFrozen(spec);
  if (spec.patches) {
    const { count, inputs } = spec.patches;
    const isSize = (size: number): boolean => Number.isInteger(size) && size >= 1 && size <= 65536;
    if (!(isSize(count) && isSize(inputs))) refuse(spec, 'patches: count and inputs from 1 to 65536', spec.patches, 'choose other patches');
    if (spec.adapter) refuse(spec, 'no patches beside an adapter', spec.patches, 'train all weights');
  }
  const { ropeScaling } = spec;
  if (ropeScaling) {
    const { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositionEmbeddings } = ropeScaling;
    const fits = factor >= 1 && lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor && originalMaxPositionEmbeddings >= 1;
    if (!(fits && Number.isFinite(factor + highFrequencyFactor + originalMaxPositionEmbeddings))) {
      refuse(spec, 'ropeScaling: a factor of at least 1, low below high, positions', ropeScaling, 'take them from the checkpoint');
    }
  }
  if (!(spec.rmsNormEps > 0 && spec.rmsNormEps < 1)) refuse(spec, 'rmsNormEps: a small positive number', spec.rmsNormEps, 'use 1e-6');
}

/**
 * Radians by which pair i of a head turns per position: theta^(-2 i / headDim). With `ropeScaling` pairs of a wavelength above L / low turn 1 / factor times as
 * far, those below L / high as ever, and between them it changes linearly in L / wavelength; L are the positions known before (transformers,
 * `rope_type: llama3`).
 */
export function rotaryFrequency({ headDim, ropeTheta, ropeScaling }: TransformerSpec, i: number): number {
  const frequency = exp((-2 * i * log(ropeTheta)) / headDim);
  if (!ropeScaling) return frequency;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositionEmbeddings } = ropeScaling;
  // Turns within the positions known before.
  const turns = (originalMaxPositionEmbeddings * frequency) / (2 * Math.PI);
  const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return share === 1 ? frequency : (1 - share) * (frequency / factor) + share * frequency;
}

/** Angles of the rotary positions: tables (maxPositionEmbeddings, headDim / 2) of position times frequency. */
function writeTables(arena: Arena, spec: TransformerSpec, cosines: number, sines: number): void {
  const half = spec.headDim / 2;
  for (let i = 0; i < half; i++) {
    const frequency = rotaryFrequency(spec, i);
    for (let position = 0; position < spec.maxPositionEmbeddings; position++) {
      arena.floats[cosines / 4 + position * half + i] = cos(position * frequency);
      arena.floats[sines / 4 + position * half + i] = sin(position * frequency);
    }
  }
}

/** Parameters above which the gradient has four shards instead of eight: their sums take longer than a better balance saves. */
const largeModel = 250_000;
/** Parameters above which it has one: four shards of 64 million take 1 GiB. */
const hugeModel = 2 ** 26;

/** Shards of a gradient: depends on the model alone, so that the order of summation is fixed. */
export function gradientShards(parameters: number): number {
  return parameters > hugeModel ? 1 : parameters > largeModel ? 4 : 8;
}

/** Places a transformer's record, tables and flat blocks in kernel memory; all parameters are zero. */
export function placeTransformer(arena: Arena, spec: TransformerSpec): PlacedTransformer {
  checkTransformerSpec(spec);
  const { hiddenSize: hidden, numHiddenLayers, headDim, tieWordEmbeddings, attentionBias, queryKeyNorm = false, adapter, patches } = spec;
  const { baseWeights = 'float32', frozenLayers = 0 } = spec;
  const isValue = spec.output === 'value';
  const feedForward = roundUp(spec.intermediateSize, 8);
  const vocabulary = roundUp(spec.vocabSize, 8);
  const queries = spec.numAttentionHeads * headDim;
  const keys = spec.numKeyValueHeads * headDim;
  const qkv = queries + 2 * keys;
  const { words, floats } = arena;
  const record = arena.allocate((layout.modelLayerRecords + numHiddenLayers * layout.blockWords) * 4, `transformer ${spec.name}`);
  const w = record / 4;
  const tensors: PlacedTensor[] = [];
  const matrices: Range[] = [];
  let used = 0;
  let untrained = 0;
  const take = (length: number): number => {
    const at = used;
    used += roundUp(length, 16);
    return at;
  };
  const vector = (name: string, size: number, at: number): void => {
    tensors.push({ name, shape: [size], place: (_, column) => at + column });
  };
  /** Rows `firstRow ..` of a panelled matrix with `inputs` columns. */
  const matrix = (name: string, rows: number, columns: number, at: number, inputs: number, firstRow = 0): void => {
    const place: Place = (row, column) => at + (((row + firstRow) >> 3) * inputs + column) * 8 + ((row + firstRow) & 7);
    const narrow = baseWeights !== 'float32' && narrowCodec(baseWeights, { start: at * 4, rows, columns, inputs, firstRow });
    tensors.push({ name, shape: [rows, columns], place: narrow || place });
  };
  const takeMatrix = (layer: number, outputs: number, inputs: number): number => {
    const length = matrixBytes(baseWeights, outputs, inputs) / 4;
    const start = take(length);
    matrices.push({ start, length: roundUp(length, 16), layer });
    return start;
  };
  const transposed = (outputs: number, inputs: number, layer = numHiddenLayers): number =>
    adapter || layer < frozenLayers ? 0 : arena.allocate(outputs * inputs * 4, 'transposed weights');
  const adapters = adapter && placeAdapters(arena, spec, adapter);

  const embedding = takeMatrix(-1, vocabulary, hidden);
  matrix('model.embed_tokens.weight', spec.vocabSize, hidden, embedding, hidden);
  if (patches) {
    const inputs = roundUp(patches.inputs, 8);
    const map = takeMatrix(-1, hidden, inputs);
    matrix('model.patch_embedding.weight', hidden, patches.inputs, map, inputs);
    const positions = take(patches.count * hidden);
    tensors.push({
      name: 'model.patch_positions.weight',
      shape: [patches.count, hidden],
      place: (row, column) => positions + row * hidden + column,
    });
    words[w + layout.modelPatchInputs] = inputs;
    words[w + layout.modelPatchOffset] = map * 4;
    words[w + layout.modelPatchPositions] = positions * 4;
    words[w + layout.modelPatches] = patches.count;
  }
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const name = `model.layers.${layer}`;
    const b = w + layout.modelLayerRecords + layer * layout.blockWords;
    if (layer === frozenLayers && layer > 0) untrained = used;
    const norm1 = take(hidden);
    vector(`${name}.input_layernorm.weight`, hidden, norm1);
    const attention = takeMatrix(layer, qkv, hidden);
    const bias = attentionBias ? take(qkv) : 0;
    const parts = [
      ['q', queries, 0],
      ['k', keys, queries],
      ['v', keys, queries + keys],
    ] as const;
    for (const [part, size, firstRow] of parts) {
      matrix(`${name}.self_attn.${part}_proj.weight`, size, hidden, attention, hidden, firstRow);
      if (attentionBias) vector(`${name}.self_attn.${part}_proj.bias`, size, bias + firstRow);
    }
    const headNorms = queryKeyNorm ? [take(headDim), take(headDim)] : [0, 0];
    if (queryKeyNorm) {
      vector(`${name}.self_attn.q_norm.weight`, headDim, headNorms[0]!);
      vector(`${name}.self_attn.k_norm.weight`, headDim, headNorms[1]!);
    }
    const output = takeMatrix(layer, hidden, queries);
    matrix(`${name}.self_attn.o_proj.weight`, hidden, queries, output, queries);
    const norm2 = take(hidden);
    vector(`${name}.post_attention_layernorm.weight`, hidden, norm2);
    const gateUp = takeMatrix(layer, 2 * feedForward, hidden);
    matrix(`${name}.mlp.gate_proj.weight`, spec.intermediateSize, hidden, gateUp, hidden);
    matrix(`${name}.mlp.up_proj.weight`, spec.intermediateSize, hidden, gateUp, hidden, feedForward);
    const down = takeMatrix(layer, hidden, feedForward);
    matrix(`${name}.mlp.down_proj.weight`, hidden, spec.intermediateSize, down, feedForward);
    words[b + layout.blockNorm1] = norm1 * 4;
    words[b + layout.blockQkv] = attention * 4;
    words[b + layout.blockQkvBias] = bias * 4;
    words[b + layout.blockOutput] = output * 4;
    words[b + layout.blockNorm2] = norm2 * 4;
    words[b + layout.blockGateUp] = gateUp * 4;
    words[b + layout.blockDown] = down * 4;
    words[b + layout.blockQueryNorm] = headNorms[0]! * 4;
    words[b + layout.blockKeyNorm] = headNorms[1]! * 4;
    words[b + layout.blockAdapters] = adapters ? adapters.records[layer]! : 0;
    words[b + layout.blockQkvTransposed] = transposed(qkv, hidden, layer);
    words[b + layout.blockOutputTransposed] = transposed(hidden, queries, layer);
    words[b + layout.blockGateUpTransposed] = transposed(2 * feedForward, hidden, layer);
    words[b + layout.blockDownTransposed] = transposed(hidden, feedForward, layer);
  }
  const norm = take(hidden);
  vector('model.norm.weight', hidden, norm);
  let head = embedding;
  if (isValue) {
    head = takeMatrix(numHiddenLayers, 1, hidden);
    tensors.push({ name: 'value_head.weight', shape: [1, hidden], place: (_, column) => head + column });
  } else if (!tieWordEmbeddings) {
    head = takeMatrix(numHiddenLayers, vocabulary, hidden);
    matrix('lm_head.weight', spec.vocabSize, hidden, head, hidden);
  }
  const base = adapters && makeFrozen(arena, used, tensors);
  const parameters = adapters?.store ?? makeStore(arena, used, tensors, untrained);
  decayedRanges.set(parameters, adapters?.matrices ?? matrices);
  const cosines = arena.allocate(spec.maxPositionEmbeddings * headDim * 2, 'rotary positions');
  const sines = arena.allocate(spec.maxPositionEmbeddings * headDim * 2, 'rotary positions');
  writeTables(arena, spec, cosines, sines);
  words[w + layout.modelHidden] = hidden;
  words[w + layout.modelLayers] = numHiddenLayers;
  words[w + layout.modelHeads] = spec.numAttentionHeads;
  words[w + layout.modelKeyValueHeads] = spec.numKeyValueHeads;
  words[w + layout.modelHeadSize] = headDim;
  words[w + layout.modelFeedForward] = feedForward;
  words[w + layout.modelVocabulary] = spec.vocabSize;
  words[w + layout.modelVocabularyPadded] = vocabulary;
  words[w + layout.modelQkv] = qkv;
  words[w + layout.modelInterleaved] = spec.rotaryLayout === 'interleaved' ? 1 : 0;
  floats[w + layout.modelEpsilonF] = spec.rmsNormEps;
  floats[w + layout.modelScaleF] = 1 / Math.sqrt(headDim);
  words[w + layout.modelCosines] = cosines;
  words[w + layout.modelSines] = sines;
  words[w + layout.modelEmbeddingOffset] = embedding * 4;
  words[w + layout.modelNormOffset] = norm * 4;
  words[w + layout.modelHeadOffset] = head * 4;
  words[w + layout.modelHeadTransposed] = isValue ? 0 : transposed(vocabulary, hidden);
  words[w + layout.modelIsValue] = isValue ? 1 : 0;
  words[w + layout.modelAttentionBias] = attentionBias ? 1 : 0;
  words[w + layout.modelTrainedBytes] = (parameters.length - parameters.untrained) * 4;
  words[w + layout.modelUntrainedBytes] = untrained * 4;
  words[w + layout.modelFrozenLayers] = frozenLayers;
  words[w + layout.modelIsFrozen] = adapters ? 1 : 0;
  words[w + layout.modelAdapterRank] = adapters?.rank ?? 0;
  floats[w + layout.modelAdapterScaleF] = adapter ? adapter.alpha / adapter.rank : 0;
  words[w + layout.modelAdapterValues] = adapters?.store.values.byteOffset ?? 0;
  words[w + layout.modelQueryKeyNorm] = queryKeyNorm ? 1 : 0;
  words[w + layout.modelBaseWeights] = kinds[baseWeights];
  return { record, address: (base ?? parameters).values.byteOffset, parameters, base };
}
