/**
 * What config.json of a Hugging Face folder says about a model, as transformers 4 and 5 write it. Facts: the configuration and modelling
 * files of transformers 5.23 (`models/{llama,mistral,qwen2,qwen3}`, `modeling_rope_utils.py`).
 */
import { isRecord } from '../../../core/arguments.ts';
import { failure, mistake, show } from '../../../core/errors.ts';
import type { RopeScaling } from '../../../kernels/transformer/spec.ts';
import type { ModelShape } from '../checkpoint.ts';
import { commonDefaults, type ModelType, modelTypes } from './modelTypes.ts';

/** What a config.json says. */
export interface ModelConfig {
  readonly shape: ModelShape;
  /** Most tokens of a sequence that the model was made for, cut to its sliding window. */
  readonly contextLength: number;
}

const broken = 'use another copy of the model, or correct config.json';
const other = `choose a model of type ${[...modelTypes.keys()].join(', ')} without it`;

/** Reads the fields of one config.json. A field that is missing or null counts as not given. */
class Fields {
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #subject: string;

  constructor(config: Readonly<Record<string, unknown>>, subject: string) {
    this.#config = config;
    this.#subject = subject;
  }

  /** A field; `undefined` where it is missing or null. */
  raw(field: string): unknown {
    return Object.hasOwn(this.#config, field) ? (this.#config[field] ?? undefined) : undefined;
  }

  /** Whether it is there and null, which for some fields says more than its absence. */
  isNull(field: string): boolean {
    return Object.hasOwn(this.#config, field) && this.#config[field] === null;
  }

  #where(field: string): string {
    return `${this.#subject}, ${field}`;
  }

  damaged(field: string, expected: string, got: unknown): Error {
    return failure(this.#where(field), expected, show(got), broken);
  }

  refuse(field: string, expected: string, got: unknown): Error {
    return mistake(this.#where(field), expected, show(got), other);
  }

  whole<Default>(field: string, fallback: Default, min: number, max: number, multiple = 1): number | Default {
    const value = this.raw(field);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max && value % multiple === 0) return value;
    throw this.damaged(field, `${multiple === 1 ? 'a whole number' : `a multiple of ${multiple}`} from ${min} to ${max}`, value);
  }

  /** A finite number above `above`, at most `max`. */
  number<Default>(field: string, fallback: Default, above: number, max: number): number | Default {
    const value = this.raw(field);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value > above && value <= max) return value;
    throw this.damaged(field, `a number above ${above}, at most ${max}`, value);
  }

  flag(field: string, fallback: boolean): boolean {
    const value = this.raw(field);
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    throw this.damaged(field, 'true or false', value);
  }

  /** A field that must have one of these values, or be missing. */
  only(field: string, values: readonly unknown[]): void {
    const value = this.raw(field);
    if (value !== undefined && !values.includes(value)) throw this.refuse(field, values.map(show).join(' or '), value);
  }

  /** The fields of an object that is a field. */
  inner(field: string): Fields | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw this.damaged(field, 'an object', value);
    // transformers takes an empty one for none.
    return Object.keys(value).length === 0 ? undefined : new Fields(value, this.#where(field));
  }
}

/** Largest number of positions that is believed. */
const longestContext = 2 ** 30;
/** Largest base, and largest factor, of rotary positions. */
const largestTheta = 1e15;

function readRope(config: Fields, contextLength: number): Pick<ModelShape, 'ropeTheta' | 'ropeScaling'> {
  // transformers 5 prefers the older field where both stand, and what stands inside of it to what stands outside.
  const rope = config.inner('rope_scaling') ?? config.inner('rope_parameters');
  const outer = config.number<number>('rope_theta', commonDefaults.ropeTheta, 0, largestTheta);
  config.only('partial_rotary_factor', [1]);
  if (!rope) return { ropeTheta: outer };
  if (['full_attention', 'sliding_attention'].some((kind) => rope.raw(kind) !== undefined)) {
    throw config.refuse('rope_parameters', 'one set for all layers', 'one for every kind of layer');
  }
  rope.only('partial_rotary_factor', [1]);
  const ropeTheta = rope.number('rope_theta', outer, 0, largestTheta);
  const field = rope.raw('rope_type') === undefined && rope.raw('type') !== undefined ? 'type' : 'rope_type';
  const type = rope.raw(field) ?? 'default';
  if (type === 'default') return { ropeTheta };
  if (type !== 'llama3') throw rope.refuse(field, '"default" or "llama3"', type);
  const required = (name: string, above: number): number => {
    const value = rope.number(name, undefined, above, largestTheta);
    if (value === undefined) throw rope.damaged(name, 'a number', undefined);
    return value;
  };
  // Below 1 positions would turn faster, which transformers warns of.
  const factor = rope.raw('factor') === 1 ? 1 : required('factor', 1);
  const lowFrequencyFactor = required('low_freq_factor', 0);
  const highFrequencyFactor = required('high_freq_factor', 0);
  if (highFrequencyFactor <= lowFrequencyFactor) {
    throw rope.damaged('high_freq_factor', `a number above low_freq_factor, ${lowFrequencyFactor}`, highFrequencyFactor);
  }
  const positions = 'original_max_position_embeddings';
  const inside = rope.whole<number>(positions, contextLength, 1, longestContext);
  const originalMaxPositionEmbeddings = config.whole<number>(positions, inside, 1, longestContext);
  const ropeScaling: RopeScaling = { factor, lowFrequencyFactor, highFrequencyFactor, originalMaxPositionEmbeddings };
  return { ropeTheta, ropeScaling };
}

/** Tokens that a layer with a sliding window looks at, itself included; `undefined` where no layer has one. */
function readWindow(config: Fields, { window }: ModelType, layers: number): number | undefined {
  if (window === 'never') return undefined;
  if (config.isNull('sliding_window')) return undefined;
  const size = config.whole<number>('sliding_window', commonDefaults.window, 2, longestContext);
  if (window === 'always') return size;
  if (!config.flag('use_sliding_window', false)) return undefined;
  const first = config.whole<number>('max_window_layers', commonDefaults.firstWindowLayer, 0, longestContext);
  const types = config.raw('layer_types');
  if (types === undefined) return first < layers ? size : undefined;
  if (!Array.isArray(types) || types.length !== layers) throw config.damaged('layer_types', `a list of ${layers} kinds of layers`, types);
  const known = ['full_attention', 'sliding_attention'];
  const unknown = types.find((type) => !known.includes(type));
  if (unknown !== undefined) throw config.refuse('layer_types', known.map(show).join(' or '), unknown);
  return types.includes('sliding_attention') ? size : undefined;
}

/**
 * What a parsed config.json says: the shape of the model, and how long its sequences may be. `rope_theta`, `rope_scaling` (transformers 4) and
 * `rope_parameters` (transformers 5) are read. A field that is missing has the value that transformers gives it: {@link modelTypes} and
 * {@link commonDefaults}; the head is not tied, and the activation SiLU.
 *
 * A model with a sliding window (Mistral; Qwen with `use_sliding_window`) computes the same as one without as long as a sequence fits into the
 * window, and only then: `contextLength` is cut to it.
 *
 * Throws `CohortError` that begins with `subject`: for another model type, for a part that the kernels do not compute (other activations,
 * biases of the output or the feed-forward layer, yarn, linear, dynamic and longrope positions, quantized weights), and for a broken number.
 */
export function readModelConfig(config: Readonly<Record<string, unknown>>, subject: string): ModelConfig {
  const fields = new Fields(config, subject);
  const name = fields.raw('model_type');
  const type = typeof name === 'string' ? modelTypes.get(name) : undefined;
  if (!type) {
    const known = [...modelTypes.keys()].join(', ');
    throw mistake(`${subject}, model_type`, `one of ${known}`, show(name), 'choose a model of one of these types (SmolLM2 is a llama)');
  }
  fields.only('hidden_act', ['silu', 'swish']);
  if (type.hasAttentionBiasField) fields.only('attention_bias', [false]);
  if (name === 'llama') fields.only('mlp_bias', [false]);
  if (fields.raw('quantization_config') !== undefined) {
    throw fields.refuse('quantization_config', 'weights that are not quantized', fields.raw('quantization_config'));
  }
  const numHiddenLayers = fields.whole<number>('num_hidden_layers', commonDefaults.numHiddenLayers, 1, 1024);
  const hiddenSize = fields.whole<number>('hidden_size', commonDefaults.hiddenSize, 8, 65536, 8);
  const numAttentionHeads = fields.whole<number>('num_attention_heads', commonDefaults.numAttentionHeads, 1, 1024);
  // Null means as many as query heads for every type; a missing field is the type's own default.
  const defaultHeads = fields.isNull('num_key_value_heads') ? numAttentionHeads : (type.keyValueHeads ?? numAttentionHeads);
  const numKeyValueHeads = fields.whole<number>('num_key_value_heads', defaultHeads, 1, 1024);
  if (numAttentionHeads % numKeyValueHeads !== 0) {
    throw fields.damaged('num_key_value_heads', `a divisor of the ${numAttentionHeads} num_attention_heads`, numKeyValueHeads);
  }
  const headDim = fields.whole<number>('head_dim', type.headDim ?? hiddenSize / numAttentionHeads, 8, 1024, 8);
  if (headDim % 8 !== 0 || headDim < 8 || headDim > 1024) {
    throw fields.damaged(
      'head_dim',
      'a multiple of 8 from 8 to 1024 (it is hidden_size / num_attention_heads where it is missing)',
      headDim,
    );
  }
  const maxPositions = fields.whole<number>('max_position_embeddings', type.contextLength, 2, longestContext);
  const window = readWindow(fields, type, numHiddenLayers) ?? maxPositions;
  const shape: ModelShape = {
    vocabSize: fields.whole<number>('vocab_size', type.vocabSize, 2, 2 ** 20),
    hiddenSize,
    numHiddenLayers,
    numAttentionHeads,
    numKeyValueHeads,
    headDim,
    intermediateSize: fields.whole<number>('intermediate_size', type.intermediateSize, 1, 262144),
    ...readRope(fields, maxPositions),
    rotaryLayout: 'half',
    rmsNormEps: fields.number<number>('rms_norm_eps', commonDefaults.rmsNormEps, 0, 0.1),
    attentionBias: type.hasBias,
    ...(type.hasQueryKeyNorm && { queryKeyNorm: true }),
    tieWordEmbeddings: fields.flag('tie_word_embeddings', commonDefaults.tieWordEmbeddings),
  };
  return { shape, contextLength: Math.min(maxPositions, window) };
}
