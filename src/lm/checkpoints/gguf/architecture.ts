/**
 * What a GGUF file's metadata say about the transformer. Names of the keys: the GGUF specification (ggml-org/ggml, docs/gguf.md) and the Python package
 * `gguf`, constants.py (`Keys`); what they mean where both are silent: llama.cpp's llama-model.cpp (`load_hparams`).
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import type { ModelShape } from '../checkpoint.ts';
import { positiveNumber, wholeNumber } from './fields.ts';
import type { GgufHeader } from './header.ts';
import { otherCopy } from './pieces.ts';

/** The architectures that can be read. Mistral's models of this kind call themselves `llama`. */
export const ggufArchitectures = ['llama', 'qwen2', 'qwen3'] as const;
/** One of {@link ggufArchitectures}. */
export type GgufArchitecture = (typeof ggufArchitectures)[number];

/** What the metadata decide. */
export interface GgufArchitectureFacts {
  readonly architecture: GgufArchitecture;
  /** All but `ropeScaling`, which a tensor decides. */
  readonly shape: ModelShape;
  /** Most tokens of a sequence; a window of attention that is narrower bounds it. */
  readonly contextLength: number;
  /** Positions that the model knew before they were stretched, where the file names them. */
  readonly originalPositions: number | undefined;
}

const otherModel = 'use another model, or its safetensors files';

/** Keys behind `<architecture>.` that are read below, or decide nothing. */
const knownKeys = [
  ...['block_count', 'context_length', 'embedding_length', 'feed_forward_length', 'vocab_size', 'tensor_data_layout'],
  ...['attention.head_count', 'attention.head_count_kv', 'attention.key_length', 'attention.value_length', 'attention.sliding_window'],
  ...['attention.layer_norm_rms_epsilon', 'rope.dimension_count', 'rope.freq_base', 'rope.scaling.original_context_length'],
];

/** Keys behind `<architecture>.` whose values change the model unless they are one of these. */
const harmlessValues: ReadonlyMap<string, readonly unknown[]> = new Map([
  ['attention.causal', [true]],
  ['use_parallel_residual', [false]],
  ['expert_count', [0]],
  ['expert_used_count', [0]],
  // Without a factor other than 1, linear stretching is none.
  ['rope.scaling.type', ['none', 'linear']],
  ['rope.scaling.factor', [0, 1]],
  ['rope.scaling.finetuned', [false, true]],
  ['rope.scale_linear', [0, 1]],
]);

/** Throws `CohortError` (kind usage) for a key of the architecture that may change what the model computes. */
function refuseUnknown(header: GgufHeader, architecture: string): void {
  for (const [key, value] of header.metadata) {
    if (!key.startsWith(`${architecture}.`)) continue;
    const name = key.slice(architecture.length + 1);
    if (knownKeys.includes(name) || harmlessValues.get(name)?.includes(value)) continue;
    const values = harmlessValues.get(name);
    const expected =
      values === undefined ? 'no metadata that may change what the model computes' : `${values.map(show).join(' or ')} as ${show(key)}`;
    throw mistake(header.subject, expected, values === undefined ? show(key) : show(value), otherModel);
  }
}

/** Throws `CohortError` for a file that is no whole model. */
function refuseOtherFiles(header: GgufHeader): void {
  const { metadata, subject } = header;
  const type = metadata.get('general.type') ?? 'model';
  if (type !== 'model') throw mistake(subject, 'a model', `general.type ${show(type)}`, 'use the file of the model itself');
  if (wholeNumber(header, 'split.count', 1, 0) > 1) {
    throw mistake(
      subject,
      'a model in one file',
      `part of ${show(metadata.get('split.count'))}`,
      "join the parts with llama.cpp's llama-gguf-split --merge",
    );
  }
  // Version 1 laid out the blocks of four bits differently.
  const version = metadata.get('general.quantization_version') ?? 2;
  if (version !== 2) throw mistake(subject, 'quantization version 2', show(version), 'use a newer file of the model');
}

function architectureOf(header: GgufHeader): GgufArchitecture {
  const found = header.metadata.get('general.architecture');
  const known = ggufArchitectures.find((name) => name === found);
  if (known !== undefined) return known;
  const advice = `use a model of ${ggufArchitectures.join(', ')} (Llama, Mistral, SmolLM2, Qwen2, Qwen2.5 and Qwen3 are such)`;
  throw mistake(header.subject, `the architecture ${ggufArchitectures.join(', ')}`, show(found), advice);
}

/** Throws `CohortError` (kind failure) for a size that the kernels do not have. */
function checkSizes(header: GgufHeader, shape: ModelShape): void {
  const { hiddenSize, headDim, vocabSize, numAttentionHeads, numKeyValueHeads } = shape;
  const refuse = (expected: string, got: string): Error => mistake(header.subject, expected, got, otherModel);
  if (hiddenSize % 8 !== 0) throw refuse('a width that is a multiple of 8', `${hiddenSize}`);
  if (!Number.isInteger(headDim) || headDim % 8 !== 0) throw refuse('heads of a multiple of 8 components', `${headDim}`);
  if (numAttentionHeads % numKeyValueHeads !== 0) {
    throw refuse('a number of query heads that is a multiple of that of key heads', `${numAttentionHeads} and ${numKeyValueHeads}`);
  }
  if (vocabSize < 2 || vocabSize > 2 ** 20) throw refuse('2 to 2^20 tokens', `${vocabSize}`);
}

/**
 * Reads architecture and shape. Throws `CohortError`: kind usage for a model that computes something else than the kernels do, kind failure where a value is
 * missing or none.
 */
export function readArchitecture(header: GgufHeader): GgufArchitectureFacts {
  const { subject, metadata, tensors } = header;
  const architecture = architectureOf(header);
  refuseOtherFiles(header);
  refuseUnknown(header, architecture);
  const key = (name: string): string => `${architecture}.${name}`;
  const hiddenSize = wholeNumber(header, key('embedding_length'));
  const numHiddenLayers = wholeNumber(header, key('block_count'));
  const numAttentionHeads = wholeNumber(header, key('attention.head_count'));
  const headDim = metadata.has(key('attention.key_length'))
    ? wholeNumber(header, key('attention.key_length'))
    : hiddenSize / numAttentionHeads;
  for (const name of ['attention.value_length', 'rope.dimension_count']) {
    const length = metadata.has(key(name)) ? wholeNumber(header, key(name)) : headDim;
    if (length !== headDim) throw mistake(subject, `${headDim}, the size of a head, as ${show(key(name))}`, `${length}`, otherModel);
  }
  const embedding = tensors.get('token_embd.weight');
  if (embedding === undefined) throw failure(subject, 'a tensor "token_embd.weight"', 'none of that name', otherCopy);
  const vocabSize = embedding.shape[0]!;
  const tokens = metadata.get('tokenizer.ggml.tokens');
  for (const [name, size] of [
    [key('vocab_size'), wholeNumber(header, key('vocab_size'), vocabSize)],
    ['tokenizer.ggml.tokens', Array.isArray(tokens) ? tokens.length : vocabSize],
  ] as const) {
    if (size !== vocabSize)
      throw failure(subject, `${vocabSize} tokens, as many as rows in "token_embd.weight", in ${name}`, `${size}`, otherCopy);
  }
  const shape: ModelShape = {
    vocabSize,
    hiddenSize,
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads: wholeNumber(header, key('attention.head_count_kv'), numAttentionHeads),
    headDim,
    intermediateSize: wholeNumber(header, key('feed_forward_length')),
    ropeTheta: positiveNumber(header, key('rope.freq_base'), 10000),
    rotaryLayout: 'half',
    rmsNormEps: positiveNumber(header, key('attention.layer_norm_rms_epsilon')),
    attentionBias: architecture === 'qwen2' || tensors.has('blk.0.attn_q.bias'),
    queryKeyNorm: architecture === 'qwen3',
    tieWordEmbeddings: !tensors.has('output.weight'),
  };
  checkSizes(header, shape);
  const contextLength = wholeNumber(header, key('context_length'));
  // Within the window every token sees all before it, as the kernels have it.
  const window = metadata.has(key('attention.sliding_window')) ? wholeNumber(header, key('attention.sliding_window')) : contextLength;
  const originalKey = key('rope.scaling.original_context_length');
  return {
    architecture,
    shape,
    contextLength: Math.min(contextLength, window),
    originalPositions: metadata.has(originalKey) ? wholeNumber(header, originalKey) : undefined,
  };
}
