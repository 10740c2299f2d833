/**
 * The model types of Hugging Face transformers that are read, and what each takes where its config.json says nothing: the defaults of the
 * configuration classes of transformers 5.23 (`src/transformers/models/<type>/configuration_<type>.py`), which transformers 4 has, too.
 */

/** What a model type decides. */
export interface ModelType {
  readonly vocabSize: number;
  readonly intermediateSize: number;
  readonly contextLength: number;
  /** `undefined`: as many as query heads. */
  readonly keyValueHeads: number | undefined;
  /** `undefined`: hidden size / heads. */
  readonly headDim: number | undefined;
  /** Whether queries, keys and values have a bias; no field of config.json says so. */
  readonly hasBias: boolean;
  /** Whether every head's query and key is normalised. */
  readonly hasQueryKeyNorm: boolean;
  /** Whether `attention_bias` is a field; it would add a bias to the output projection, too. */
  readonly hasAttentionBiasField: boolean;
  /**
   * `always`: `sliding_window` counts where it is a number; `asked`: only with `use_sliding_window`, and in the layers from
   * `max_window_layers` on.
   */
  readonly window: 'never' | 'always' | 'asked';
}

const qwen = {
  ...{ vocabSize: 151936, intermediateSize: 22016, contextLength: 32768, keyValueHeads: 32 },
  window: 'asked',
} as const;

/** The model types by their `model_type`. SmolLM2 is a `llama`. */
export const modelTypes: ReadonlyMap<string, ModelType> = new Map<string, ModelType>([
  [
    'llama',
    {
      ...{ vocabSize: 32000, intermediateSize: 11008, contextLength: 2048, keyValueHeads: undefined, headDim: undefined },
      ...{ hasBias: false, hasQueryKeyNorm: false, hasAttentionBiasField: true, window: 'never' },
    },
  ],
  [
    'mistral',
    {
      ...{ vocabSize: 32000, intermediateSize: 14336, contextLength: 131072, keyValueHeads: 8, headDim: undefined },
      ...{ hasBias: false, hasQueryKeyNorm: false, hasAttentionBiasField: false, window: 'always' },
    },
  ],
  ['qwen2', { ...qwen, headDim: undefined, hasBias: true, hasQueryKeyNorm: false, hasAttentionBiasField: false }],
  ['qwen3', { ...qwen, headDim: 128, hasBias: false, hasQueryKeyNorm: true, hasAttentionBiasField: true }],
]);

/** What all of them take where config.json says nothing. */
export const commonDefaults = {
  hiddenSize: 4096,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  rmsNormEps: 1e-6,
  ropeTheta: 10000,
  tieWordEmbeddings: false,
  /** Tokens of a sliding window where there is one. */
  window: 4096,
  /** First layer with a sliding window. */
  firstWindowLayer: 28,
} as const;
