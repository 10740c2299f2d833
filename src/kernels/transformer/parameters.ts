/**
 * A transformer's parameters in one flat block, so that one norm and one optimizer step cover them. All matrices lie in panels
 * [outputs / 8][inputs][8], padded with zeros that stay zero; queries, keys and values are one matrix, gates and ups another.
 */
import { CohortError, show } from '../../core/errors.ts';
import { cos, exp, log, sin } from '../../math/index.ts';
import type { Arena } from '../memory.ts';
import { makeStore, type ParameterStore, type Place, type PlacedTensor, roundUp } from '../parameters.ts';
import * as layout from './layout.ts';
import type { TransformerSpec } from './spec.ts';

/** Part of the flat block, in floats: the matrices, which weight decay shrinks. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** A transformer as it lies in memory. */
export interface PlacedTransformer {
  /** Address of the model record. */
  readonly record: number;
  readonly parameters: ParameterStore;
}

/** Ranges of the matrices in each store's flat block; norms and biases are not decayed. */
const decayedRanges = new WeakMap<ParameterStore, readonly Range[]>();

/** The ranges that decoupled weight decay shrinks: all matrices; none for parameters that are no transformer's. */
export function decayRanges(parameters: ParameterStore): readonly Range[] {
  return decayedRanges.get(parameters) ?? [];
}

/** Width of queries, keys and values together. */
export function qkvSize(spec: TransformerSpec): number {
  return (spec.numAttentionHeads + 2 * spec.numKeyValueHeads) * spec.headDim;
}

function refuse(spec: TransformerSpec, expected: string, got: unknown, advice: string): never {
  throw new CohortError({ subject: `transformer ${spec.name}`, expected, got: show(got), advice });
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
  if (!(spec.rmsNormEps > 0 && spec.rmsNormEps < 1)) refuse(spec, 'rmsNormEps: a small positive number', spec.rmsNormEps, 'use 1e-6');
}

/** Angles of the rotary positions: tables (maxPositionEmbeddings, headDim / 2) of position * theta^(-2 i / headDim). */
function writeTables(arena: Arena, spec: TransformerSpec, cosines: number, sines: number): void {
  const half = spec.headDim / 2;
  const logTheta = log(spec.ropeTheta);
  for (let i = 0; i < half; i++) {
    const frequency = exp((-2 * i * logTheta) / spec.headDim);
    for (let position = 0; position < spec.maxPositionEmbeddings; position++) {
      arena.floats[cosines / 4 + position * half + i] = cos(position * frequency);
      arena.floats[sines / 4 + position * half + i] = sin(position * frequency);
    }
  }
}

/** Parameters above which the gradient has four shards instead of eight: their sums take longer than a better balance saves. */
const largeModel = 250_000;

/** Shards of a gradient: depends on the model alone, so that the order of summation is fixed. */
export function gradientShards(parameters: number): number {
  return parameters > largeModel ? 4 : 8;
}

/** Places a transformer's record, tables and flat blocks in kernel memory; all parameters are zero. */
export function placeTransformer(arena: Arena, spec: TransformerSpec): PlacedTransformer {
  checkTransformerSpec(spec);
  const { hiddenSize: hidden, numHiddenLayers, headDim, tieWordEmbeddings, attentionBias } = spec;
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
    tensors.push({ name, shape: [rows, columns], place });
  };
  const takeMatrix = (outputs: number, inputs: number): number => {
    const start = take(outputs * inputs);
    matrices.push({ start, length: roundUp(outputs * inputs, 16) });
    return start;
  };
  const transposed = (outputs: number, inputs: number): number => arena.allocate(outputs * inputs * 4, 'transposed weights');

  const embedding = takeMatrix(vocabulary, hidden);
  matrix('model.embed_tokens.weight', spec.vocabSize, hidden, embedding, hidden);
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const name = `model.layers.${layer}`;
    const b = w + layout.modelLayerRecords + layer * layout.blockWords;
    const norm1 = take(hidden);
    vector(`${name}.input_layernorm.weight`, hidden, norm1);
    const attention = takeMatrix(qkv, hidden);
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
    const output = takeMatrix(hidden, queries);
    matrix(`${name}.self_attn.o_proj.weight`, hidden, queries, output, queries);
    const norm2 = take(hidden);
    vector(`${name}.post_attention_layernorm.weight`, hidden, norm2);
    const gateUp = takeMatrix(2 * feedForward, hidden);
    matrix(`${name}.mlp.gate_proj.weight`, spec.intermediateSize, hidden, gateUp, hidden);
    matrix(`${name}.mlp.up_proj.weight`, spec.intermediateSize, hidden, gateUp, hidden, feedForward);
    const down = takeMatrix(hidden, feedForward);
    matrix(`${name}.mlp.down_proj.weight`, hidden, spec.intermediateSize, down, feedForward);
    words[b + layout.blockNorm1] = norm1 * 4;
    words[b + layout.blockQkv] = attention * 4;
    words[b + layout.blockQkvBias] = bias * 4;
    words[b + layout.blockOutput] = output * 4;
    words[b + layout.blockNorm2] = norm2 * 4;
    words[b + layout.blockGateUp] = gateUp * 4;
    words[b + layout.blockDown] = down * 4;
    words[b + layout.blockQkvTransposed] = transposed(qkv, hidden);
    words[b + layout.blockOutputTransposed] = transposed(hidden, queries);
    words[b + layout.blockGateUpTransposed] = transposed(2 * feedForward, hidden);
    words[b + layout.blockDownTransposed] = transposed(hidden, feedForward);
  }
  const norm = take(hidden);
  vector('model.norm.weight', hidden, norm);
  let head = embedding;
  if (isValue) {
    head = takeMatrix(1, hidden);
    tensors.push({ name: 'value_head.weight', shape: [1, hidden], place: (_, column) => head + column });
  } else if (!tieWordEmbeddings) {
    head = takeMatrix(vocabulary, hidden);
    matrix('lm_head.weight', spec.vocabSize, hidden, head, hidden);
  }
  const parameters = makeStore(arena, used, tensors);
  decayedRanges.set(parameters, matrices);
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
  words[w + layout.modelParameterBytes] = used * 4;
  return { record, parameters };
}
