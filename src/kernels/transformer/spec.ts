/**
 * What a transformer is, what it computes on, and what it can do: the contract of the language-model kernels.
 */
import type { FrozenParameters, ParameterStore } from '../parameters.ts';

/** How rotary position embeddings pair the components of a head: (i, i + size / 2) as in Hugging Face checkpoints, or (2i, 2i + 1) as in llama2.c. */
export type RotaryLayout = 'half' | 'interleaved';

/** How Llama 3.1 stretches rotary positions (transformers' `rope_type: llama3`): slow components turn more slowly by `factor`, fast ones stay. */
export interface RopeScaling {
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  /** Positions that the model knew before. */
  readonly originalMaxPositionEmbeddings: number;
}

/** Pictures in prompts, as patches: each is a linear map of its numbers and a learned position, and takes the place of a token. */
export interface PatchSpec {
  /** Patches of a prompt: the token `vocabSize + k` stands for the k-th, and has the k-th position. */
  readonly count: number;
  /** Numbers of a patch. */
  readonly inputs: number;
}

/** Matrices of a block that can have a low-rank adapter, by Hugging Face's names. */
export const adapterTargets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
/** One of {@link adapterTargets}. */
export type AdapterTarget = (typeof adapterTargets)[number];

/** Low-rank adapters (E. Hu et al., LoRA, arXiv 2106.09685): x W + (alpha / rank) x A B, of which only A and B are trained. */
export interface AdapterSpec {
  /** Inner width of A and B. */
  readonly rank: number;
  /** The products are multiplied by alpha / rank. */
  readonly alpha: number;
  readonly targets: readonly AdapterTarget[];
  /** Share of the inputs of every A that {@link DropoutDraw} leaves out, in [0, 1). Default 0. */
  readonly dropout?: number | undefined;
  /** Blocks from the first on that have none, fewer than there are. Default 0. */
  readonly frozenLayers?: number | undefined;
}

/**
 * A draw of the adapters' dropout, as peft's: what A reads is 0 with the adapter's probability, else as it was times 1 / (1 - dropout). It is a
 * function of key, step, stream, layer, target, place of the row in the batch, and column; completions share what is drawn for their prompt.
 */
export interface DropoutDraw {
  /** Philox key, two words. */
  readonly key: ArrayLike<number>;
  /** First word of the counter, so that every step draws anew. */
  readonly step: number;
  readonly stream: number;
}

/** How matrices that are not trained can be kept. */
export type BaseWeights = 'float32' | 'bfloat16' | 'int8';

/**
 * A decoder of the Llama family: pre-norm blocks of grouped-query attention with rotary positions and of SwiGLU, a last RMSNorm, and a head.
 * H. Touvron et al., arXiv 2302.13971; J. Ainslie et al. (grouped queries), arXiv 2305.13245; N. Shazeer (SwiGLU), arXiv 2002.05202;
 * J. Su et al. (rotary positions), arXiv 2104.09864; B. Zhang and R. Sennrich (RMSNorm), arXiv 1910.07467.
 */
export interface TransformerSpec {
  /** Goes into messages: `policy`, `critic`, `reference`. */
  readonly name: string;
  /** Number of tokens, 2 to 2^20. */
  readonly vocabSize: number;
  /** Width of the residual stream, a multiple of 8. */
  readonly hiddenSize: number;
  /** Number of blocks. */
  readonly numHiddenLayers: number;
  /** Query heads, a multiple of `numKeyValueHeads`. */
  readonly numAttentionHeads: number;
  /** Key and value heads. */
  readonly numKeyValueHeads: number;
  /** Components of a head, a multiple of 8; need not be hiddenSize / heads. */
  readonly headDim: number;
  /** Width of the SwiGLU layer. */
  readonly intermediateSize: number;
  /** Most positions of a sequence, prompt and completion together. */
  readonly maxPositionEmbeddings: number;
  /** Base of the rotary frequencies: 10000 unless the checkpoint says otherwise. */
  readonly ropeTheta: number;
  /** Left out: positions turn as they are. */
  readonly ropeScaling?: RopeScaling | undefined;
  readonly rotaryLayout: RotaryLayout;
  /** Added to the mean square inside RMSNorm: 1e-6 or 1e-5. */
  readonly rmsNormEps: number;
  /** Whether the query, key and value projections have a bias (Qwen2). */
  readonly attentionBias: boolean;
  /** Whether every head's query and key has an RMSNorm of its own before it is turned (Qwen3). Default false. */
  readonly queryKeyNorm?: boolean | undefined;
  /** Whether the head is the embedding's transpose. Meaningless for a value head, which is its own. */
  readonly tieWordEmbeddings: boolean;
  /** `logits`: a distribution over the next token. `value`: one number per position, for a critic. */
  readonly output: 'logits' | 'value';
  /** Left out: the model reads no pictures. */
  readonly patches?: PatchSpec | undefined;
  /** With it only the adapters are trained; the parameters themselves are kept without gradients. */
  readonly adapter?: AdapterSpec | undefined;
  /**
   * With an adapter: how the model's own matrices lie in memory. `bfloat16` and `int8` (a float32 scale for 32 inputs of an output) are widened as they are read;
   * tensors that are set are rounded to them. Default `float32`.
   */
  readonly baseWeights?: BaseWeights | undefined;
  /**
   * Without an adapter, and not where the head is the embedding: so many blocks from the first on, and the embedding, are never trained. They have no room for gradients
   * and moments, and every gradient leaves them out. Default 0.
   */
  readonly frozenLayers?: number | undefined;
}

/** Most that a batch of sequences holds. */
export interface SequencesSpec {
  /** Groups, one prompt each. */
  readonly numGroups: number;
  /** Completions of a group. */
  readonly groupSize: number;
  /** Tokens of a prompt. */
  readonly promptLength: number;
  /** Tokens of a completion, the end token included. */
  readonly completionLength: number;
  /** Pictures of a prompt, for a model that reads them. */
  readonly patches?: PatchSpec | undefined;
}

/**
 * Groups of completions of one prompt each, in kernel memory. Completion j of group g is row g * groupSize + j of the (N, C) arrays, where
 * groupSize is the one of `spec`; a batch may use fewer groups and fewer completions per group than it has room for. Tokens are ids, never
 * texts. The prompt of a group is computed once for all its completions.
 */
export interface Sequences {
  readonly spec: SequencesSpec;
  /** (groups, promptLength). */
  readonly prompts: Int32Array;
  /** (groups); at least 1. */
  readonly promptLengths: Int32Array;
  /** (N, completionLength). */
  readonly completions: Int32Array;
  /** (N); at least 1, the end token counted where the completion has one. */
  readonly completionLengths: Int32Array;
  /** (N, completionLength): log-probability of each completion token, written by `sample`, `evaluate` and `gradient`. */
  readonly logProbs: Float32Array;
  /** (N, completionLength): entropy in nats of the distribution that each completion token was drawn from; written with `logProbs`. */
  readonly entropies: Float32Array;
  /** (N, completionLength): output of a value head before each completion token; written by `evaluate` and `gradient` of such a model. */
  readonly values: Float32Array;
  /** (numGroups, patches.count, patches.inputs padded to a multiple of 8): the numbers of the prompts' patches; empty without. */
  readonly patches: Float32Array;
  /** (N, completionLength): read by `gradient`; advantage times share of the token in the loss. */
  readonly advantageWeights: Float32Array;
  /** (N, completionLength): read by the `clipped` loss; log-probabilities under the policy that sampled. */
  readonly oldLogProbs: Float32Array;
  /** (N, completionLength): read where `referenceCoefficient` is positive. */
  readonly referenceLogProbs: Float32Array;
  /** (N, completionLength): the token's share in the loss without its advantage; read by the KL term, the entropy bonus and the `value` loss. */
  readonly tokenWeights: Float32Array;
  /** (N, completionLength): what the value head should say; read by the `value` loss. */
  readonly targets: Float32Array;
}

/** Which part of a batch. */
export interface SequencesRange {
  /** Groups 0 .. groups - 1 take part. */
  readonly numGroups: number;
  /** Completions 0 .. groupSize - 1 of each group take part. */
  readonly groupSize: number;
  /** The distribution is softmax(logits / temperature), in sampling as in the loss; default 1. */
  readonly temperature?: number;
}

/** How to compute the log-probabilities of a batch. */
export interface EvaluateOptions extends SequencesRange {
  /** Left out: nothing is dropped. It says nothing to a model without a dropout. */
  readonly dropout?: DropoutDraw | undefined;
}

/** How to draw completions. */
export interface SampleOptions extends SequencesRange {
  /** Most tokens of a completion, at most the batch's `completionLength`. */
  readonly maxTokens: number;
  /** A completion ends with this token, or one of these (it is kept and counted), or at `maxTokens`. */
  readonly endToken: number | readonly number[];
  /** Only the likeliest tokens, the lower ids on ties: how many; 0 = all. Log-probabilities stay those of the whole distribution. */
  readonly topK?: number;
  /** Of these only the fewest likeliest that together have this share of what `topK` keeps; 1 = all. */
  readonly topP?: number;
  /** The likeliest token, the lowest id on ties, instead of a draw. */
  readonly greedy?: boolean;
  /** Philox key, two words. */
  readonly key: ArrayLike<number>;
  /** Counter of the draw for token t of completion j of group g: [iteration, t, firstRollout + g * groupSize + j, stream], groupSize of this range. */
  readonly iteration: number;
  readonly firstRollout: number;
  readonly stream: number;
}

/** What the gradient is taken of; sums over completion tokens t, nothing is averaged: put averages into `weights` and `shares`. */
export interface GradientOptions extends EvaluateOptions {
  /**
   * `score`: sum of -weight log p. `clipped`: sum of -min(weight r, weight clip(r, 1 - clipLow, 1 + clipHigh)), r = p / p_old. `weighted`: sum of
   * -weight c log p, c = clip(r, ...) taken as a constant. `gated`: sum of -weight (4 / tau) s(tau (r - 1)), s the logistic function and tau of `gate` by the sign of
   * the weight. `value`: sum of share (v - target)^2 / 2.
   */
  readonly loss: 'score' | 'clipped' | 'weighted' | 'gated' | 'value';
  readonly clipLow?: number;
  readonly clipHigh?: number;
  /** `clipped`: where the weight is negative the ratio counts at most so much, above 1 + clipHigh; 0 (default) = without end. */
  readonly dualClip?: number;
  /** `gated`: its temperatures; default 1 and 1.05. */
  readonly gate?: { readonly positive: number; readonly negative: number };
  /** Adds coefficient * share * a term of `referenceForm`. Default 0. */
  readonly referenceCoefficient?: number;
  /**
   * With q the reference's probability, Schulman's estimators of the divergence: `k1` log(p / q), `k2` log(p / q)^2 / 2, `k3` (default)
   * q / p - log(q / p) - 1.
   */
  readonly referenceForm?: 'k1' | 'k2' | 'k3';
  /** Takes coefficient * share * entropy off, the entropy of softmax(logits / temperature) over all tokens; not of the `value` loss. Default 0. */
  readonly entropyCoefficient?: number;
  /**
   * So many blocks from the first on, and the embedding with its patches, get no gradient: it stays 0. Fewer than there are; above 0 not where the head is
   * the embedding, unless only adapters are trained. Default 0.
   */
  readonly frozenLayers?: number;
}

/** What changes no bits of a transformer. */
export interface TransformerOptions {
  /**
   * Bytes of a thread's activations up to which the forward pass keeps those of all layers. Beyond, it keeps the inputs of layers, and the backward pass
   * computes the rest again: a third more work. Default 256 MiB.
   */
  readonly keptBytes?: number;
}

/** A transformer in kernel memory. */
export interface Transformer {
  readonly spec: TransformerSpec;
  /**
   * Tensors with Hugging Face's names and (out, in) shapes: `model.embed_tokens.weight`, `model.layers.0.input_layernorm.weight`,
   * `model.layers.0.self_attn.{q,k,v}_proj.{weight,bias}`, `.o_proj.weight`, `.post_attention_layernorm.weight`,
   * `model.layers.0.mlp.{gate,up,down}_proj.weight`, `model.norm.weight`, with pictures `model.patch_embedding.weight` (hidden, inputs) and
   * `model.patch_positions.weight` (patches, hidden), and `lm_head.weight` (untied) or `value_head.weight` (1, hidden). With an
   * adapter only its tensors: `model.layers.0.self_attn.q_proj.lora_A.weight` (rank, in), `lora_B.weight` (out, rank), ...
   */
  readonly parameters: ParameterStore;
  /** With an adapter the model's own tensors, which are not trained. */
  readonly base: FrozenParameters | undefined;
  /** Lets what `compute` calls of this model work as if it had no adapter; returns what that returns. */
  withoutAdapter<T>(compute: () => T): T;
  /** Takes now the memory with which the named functions work on `sequences`. Without it they take it at their first call. */
  reserve(sequences: Sequences, ...uses: readonly ('sample' | 'evaluate' | 'gradient')[]): void;
  /** Draws completions of the prompts; writes completions, completionLengths, logProbs, entropies. */
  sample(sequences: Sequences, options: SampleOptions): void;
  /** Forward only: writes logProbs and entropies, or values. The bits are those of `sample`, and of `gradient` with the same dropout. */
  evaluate(sequences: Sequences, options: EvaluateOptions): void;
  /** Forward and backward: as `evaluate`, and writes the gradient of the loss into `parameters.gradients` (overwritten, not added to). */
  gradient(sequences: Sequences, options: GradientOptions): void;
  /**
   * Logits (or values) at every position of one sequence of at most `maxPositionEmbeddings` tokens, (T, vocabSize) or (T, 1), with its patches as in
   * {@link Sequences.patches}; for tests and tools.
   */
  logits(tokens: ArrayLike<number>, patches?: ArrayLike<number>): Float32Array;
}
