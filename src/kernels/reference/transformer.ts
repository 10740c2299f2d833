/**
 * The whole transformer in float64 and plain loops: the oracle of the language-model kernels. Every completion is a sequence of its own, its
 * prompt computed anew, so that this also checks the kernels' shared prompts. Not part of the exact path, and not fast.
 */
import type { EvaluateOptions, GradientOptions, PatchSpec, Sequences, Transformer, TransformerSpec } from '../transformer/spec.ts';
import {
  type ReferenceDropout,
  type ReferenceOptions,
  type ReferenceParameters,
  referenceDropout,
  referenceProjection,
  referenceProjectionBackward,
} from './adapters.ts';
import {
  referenceAttention,
  referenceAttentionBackward,
  referenceDense,
  referenceDenseBackward,
  referenceEmbedding,
  referenceEmbeddingBackward,
  referenceRmsNorm,
  referenceRmsNormBackward,
  referenceRotary,
  referenceSwiglu,
  referenceSwigluBackward,
} from './layers.ts';
import {
  referenceEntropy,
  referenceEntropyBackward,
  referenceLogSoftmax,
  referenceLogSoftmaxBackward,
  referenceSquaredLoss,
  referenceTokenLoss,
} from './losses.ts';

export * from './adapters.ts';
export * from './layers.ts';
export * from './losses.ts';
export * from './sampling.ts';

/** The numbers of a transformer in kernel memory as float64; `block` as in `ParameterTensor.get`, gradients of what is trained alone. */
export function referenceTransformer(
  { parameters, base }: Pick<Transformer, 'parameters' | 'base'>,
  block: 'values' | 'gradients' = 'values',
): Map<string, Float64Array> {
  const tensors = [...(block === 'values' && base ? base.tensors() : []), ...parameters.tensors()];
  return new Map(tensors.map((tensor) => [tensor.name, Float64Array.from(tensor.get(block))]));
}

/** What a block leaves for its backward pass; all (T, ...). */
interface BlockPass {
  readonly input: Float64Array;
  readonly normed1: Float64Array;
  /** Queries and keys before their norms, if they have any. */
  readonly rawQueries: Float64Array;
  readonly rawKeys: Float64Array;
  /** Queries and keys after their rotation. */
  readonly queries: Float64Array;
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly probabilities: Float64Array;
  readonly attended: Float64Array;
  readonly middle: Float64Array;
  readonly normed2: Float64Array;
  readonly gates: Float64Array;
  readonly ups: Float64Array;
  readonly products: Float64Array;
}

/** What {@link referenceTransformerForward} leaves for the backward pass. */
export interface ReferenceTransformerPass {
  /** (T, vocabSize) logits, or (T, 1) values. */
  readonly outputs: Float64Array;
  readonly tokens: readonly number[];
  /** (count, inputs) the patches of the prompt, if it has any. */
  readonly patches: Float64Array | undefined;
  /** What the inputs of adapters are multiplied by, if any are dropped. */
  readonly dropout: ReferenceDropout | undefined;
  readonly blocks: readonly BlockPass[];
  /** Residual stream after the last block, and normed. */
  readonly last: Float64Array;
  readonly normed: Float64Array;
}

const sumOf = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => x + b[i]!);

function headName(spec: TransformerSpec): string {
  if (spec.output === 'value') return 'value_head.weight';
  return spec.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
}

function blockForward(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  layer: number,
  input: Float64Array,
  dropout: ReferenceDropout | undefined,
): [BlockPass, Float64Array] {
  const { hiddenSize: hidden, headDim, rmsNormEps } = spec;
  const of = (name: string): Float64Array => parameters.get(`model.layers.${layer}.${name}`)!;
  const project = (part: string, rows: Float64Array, inputs: number): Float64Array =>
    referenceProjection(spec, parameters, `model.layers.${layer}.${part}`, rows, inputs, dropout);
  const headNorm = (part: string, rows: Float64Array): Float64Array =>
    spec.queryKeyNorm ? referenceRmsNorm(rows, of(`self_attn.${part}_norm.weight`), rmsNormEps) : rows;
  const normed1 = referenceRmsNorm(input, of('input_layernorm.weight'), rmsNormEps);
  const rawQueries = project('self_attn.q_proj', normed1, hidden);
  const rawKeys = project('self_attn.k_proj', normed1, hidden);
  const queries = referenceRotary(headNorm('q', rawQueries), spec.numAttentionHeads * headDim, spec);
  const keys = referenceRotary(headNorm('k', rawKeys), spec.numKeyValueHeads * headDim, spec);
  const values = project('self_attn.v_proj', normed1, hidden);
  const { outputs: attended, probabilities } = referenceAttention(queries, keys, values, spec);
  const middle = sumOf(input, project('self_attn.o_proj', attended, spec.numAttentionHeads * headDim));
  const normed2 = referenceRmsNorm(middle, of('post_attention_layernorm.weight'), rmsNormEps);
  const gates = project('mlp.gate_proj', normed2, hidden);
  const ups = project('mlp.up_proj', normed2, hidden);
  const products = referenceSwiglu(gates, ups);
  const output = sumOf(middle, project('mlp.down_proj', products, spec.intermediateSize));
  const raw = { rawQueries, rawKeys };
  return [{ input, normed1, ...raw, queries, keys, values, probabilities, attended, middle, normed2, gates, ups, products }, output];
}

function blockBackward(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  layer: number,
  pass: BlockPass,
  outputGradients: Float64Array,
  gradients: ReferenceParameters,
  dropout: ReferenceDropout | undefined,
): Float64Array {
  const { hiddenSize: hidden, headDim, rmsNormEps } = spec;
  const queryWidth = spec.numAttentionHeads * headDim;
  const name = (tensor: string): string => `model.layers.${layer}.${tensor}`;
  const dense = (tensor: string, slopes: Float64Array, input: Float64Array, inputs: number): Float64Array =>
    referenceProjectionBackward(spec, parameters, name(tensor), slopes, input, inputs, gradients, dropout);
  const norm = (tensor: string, slopes: Float64Array, input: Float64Array): Float64Array =>
    referenceRmsNormBackward(slopes, input, parameters.get(name(tensor))!, rmsNormEps, gradients.get(name(tensor))!);

  const swiglu = referenceSwigluBackward(
    dense('mlp.down_proj', outputGradients, pass.products, spec.intermediateSize),
    pass.gates,
    pass.ups,
  );
  const normed2 = sumOf(dense('mlp.gate_proj', swiglu.gates, pass.normed2, hidden), dense('mlp.up_proj', swiglu.ups, pass.normed2, hidden));
  const middle = sumOf(outputGradients, norm('post_attention_layernorm.weight', normed2, pass.middle));
  const attention = referenceAttentionBackward(
    dense('self_attn.o_proj', middle, pass.attended, queryWidth),
    pass.queries,
    pass.keys,
    pass.values,
    pass.probabilities,
    spec,
  );
  const headNorm = (part: string, slopes: Float64Array, raw: Float64Array): Float64Array =>
    spec.queryKeyNorm ? norm(`self_attn.${part}_norm.weight`, slopes, raw) : slopes;
  const queries = headNorm('q', referenceRotary(attention.queries, queryWidth, spec, -1), pass.rawQueries);
  const keys = headNorm('k', referenceRotary(attention.keys, spec.numKeyValueHeads * headDim, spec, -1), pass.rawKeys);
  const normed1 = [
    dense('self_attn.q_proj', queries, pass.normed1, hidden),
    dense('self_attn.k_proj', keys, pass.normed1, hidden),
    dense('self_attn.v_proj', attention.values, pass.normed1, hidden),
  ].reduce(sumOf);
  return sumOf(middle, norm('input_layernorm.weight', normed1, pass.input));
}

/** The rows of tokens; those of patches are a linear map of their numbers and a position. */
function embedForward(
  { vocabSize, hiddenSize, patches: spec }: TransformerSpec,
  parameters: ReferenceParameters,
  tokens: ArrayLike<number>,
  patches: Float64Array | undefined,
): Float64Array {
  const words = Array.from(tokens, (token) => (token < vocabSize ? token : 0));
  const rows = referenceEmbedding(parameters.get('model.embed_tokens.weight')!, words, hiddenSize);
  if (!spec || !patches) return rows;
  const mapped = referenceDense(patches, parameters.get('model.patch_embedding.weight')!, undefined, spec.inputs);
  const positions = parameters.get('model.patch_positions.weight')!;
  for (let t = 0; t < tokens.length; t++) {
    const k = tokens[t]! - vocabSize;
    if (k < 0) continue;
    for (let i = 0; i < hiddenSize; i++) rows[t * hiddenSize + i] = mapped[k * hiddenSize + i]! + positions[k * hiddenSize + i]!;
  }
  return rows;
}

/** Backward of {@link embedForward}. */
function embedBackward(
  { vocabSize, hiddenSize, patches: spec }: TransformerSpec,
  parameters: ReferenceParameters,
  { tokens, patches }: ReferenceTransformerPass,
  slopes: Float64Array,
  gradients: ReferenceParameters,
): void {
  const row = (t: number): Float64Array => slopes.subarray(t * hiddenSize, (t + 1) * hiddenSize);
  const mapped = new Float64Array(hiddenSize * (spec?.count ?? 0));
  tokens.forEach((token, t) => {
    if (token < vocabSize) referenceEmbeddingBackward(row(t), [token], hiddenSize, gradients.get('model.embed_tokens.weight')!);
    else for (let i = 0; i < hiddenSize; i++) mapped[(token - vocabSize) * hiddenSize + i]! += row(t)[i]!;
  });
  if (!spec || !patches) return;
  const name = 'model.patch_embedding.weight';
  referenceDenseBackward(mapped, patches, parameters.get(name)!, spec.inputs, gradients.get(name)!);
  const positions = gradients.get('model.patch_positions.weight')!;
  mapped.forEach((slope, i) => {
    positions[i]! += slope;
  });
}

/** Forward pass of one sequence of tokens; `patches` (count, inputs) are those of its prompt, `dropout` says what its adapters read. */
export function referenceTransformerForward(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  tokens: ArrayLike<number>,
  patches?: Float64Array,
  dropout?: ReferenceDropout,
): ReferenceTransformerPass {
  const blocks: BlockPass[] = [];
  let stream = embedForward(spec, parameters, tokens, patches);
  for (let layer = 0; layer < spec.numHiddenLayers; layer++) {
    const [block, output] = blockForward(spec, parameters, layer, stream, dropout);
    blocks.push(block);
    stream = output;
  }
  const normed = referenceRmsNorm(stream, parameters.get('model.norm.weight')!, spec.rmsNormEps);
  const outputs = referenceDense(normed, parameters.get(headName(spec))!, undefined, spec.hiddenSize);
  return { outputs, tokens: Array.from(tokens), patches, dropout, blocks, last: stream, normed };
}

/**
 * Adds the gradient of every parameter to `gradients`, given that of the outputs, (T, vocabSize) or (T, 1); none of the first `frozenLayers` blocks and of
 * the embedding, if there are frozen blocks.
 */
export function referenceTransformerBackward(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  pass: ReferenceTransformerPass,
  outputGradients: Float64Array,
  gradients: ReferenceParameters,
  frozenLayers = 0,
): void {
  const { hiddenSize: hidden, rmsNormEps } = spec;
  const head = headName(spec);
  const normed = referenceDenseBackward(outputGradients, pass.normed, parameters.get(head)!, hidden, gradients.get(head)!);
  const norm = 'model.norm.weight';
  let stream = referenceRmsNormBackward(normed, pass.last, parameters.get(norm)!, rmsNormEps, gradients.get(norm)!);
  for (let layer = spec.numHiddenLayers - 1; layer >= frozenLayers; layer--) {
    stream = blockBackward(spec, parameters, layer, pass.blocks[layer]!, stream, gradients, pass.dropout);
  }
  if (frozenLayers === 0) embedBackward(spec, parameters, pass, stream, gradients);
}

/** What the reference reads of a batch; {@link Sequences} in kernel memory will do, as will plain arrays in the same places. */
export type ReferenceSequences = Pick<Sequences, 'spec'> & {
  readonly [name in
    | 'prompts'
    | 'patches'
    | 'promptLengths'
    | 'completions'
    | 'completionLengths'
    | 'advantageWeights'
    | 'oldLogProbs'
    | 'referenceLogProbs'
    | 'tokenWeights'
    | 'targets']: ArrayLike<number>;
};

/** The patches of a group without their padding. */
export function referencePatches({ count, inputs }: PatchSpec, patches: ArrayLike<number>, group: number): Float64Array {
  const padded = Math.ceil(inputs / 8) * 8;
  return Float64Array.from(
    { length: count * inputs },
    (_, i) => patches[(group * count + Math.floor(i / inputs)) * padded + (i % inputs)]!,
  );
}

/** What {@link referenceEvaluate} gives: the loss, 0 without one, and per token, all (N, completionLength), zero past a completion's end. */
export interface ReferenceEvaluation {
  readonly loss: number;
  readonly logProbs: Float64Array;
  readonly entropies: Float64Array;
  readonly values: Float64Array;
}

/**
 * Log-probabilities and entropies, or values, of every completion token, and the loss if there is one; each completion is run as a sequence of its own.
 * With `gradients`, adds the gradient of every parameter to them.
 */
export function referenceEvaluate(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  sequences: ReferenceSequences,
  range: ReferenceOptions<EvaluateOptions> | ReferenceOptions<GradientOptions>,
  gradients?: ReferenceParameters,
): ReferenceEvaluation {
  const { spec: room, prompts, completions, promptLengths, completionLengths } = sequences;
  const width = spec.output === 'value' ? 1 : spec.vocabSize;
  const { temperature = 1 } = range;
  const frozenLayers = 'loss' in range ? (range.frozenLayers ?? 0) : 0;
  const empty = (): Float64Array => new Float64Array(room.numGroups * room.groupSize * room.completionLength);
  const result = { loss: 0, logProbs: empty(), entropies: empty(), values: empty() };
  for (let group = 0; group < range.numGroups; group++) {
    const promptLength = promptLengths[group]!;
    const patches = spec.patches && referencePatches(spec.patches, sequences.patches, group);
    const prompt = Array.from({ length: promptLength }, (_, k) => prompts[group * room.promptLength + k]!);
    for (let member = 0; member < range.groupSize; member++) {
      const row = group * room.groupSize + member;
      const length = completionLengths[row]!;
      const tokens = Array.from({ length }, (_, t) => completions[row * room.completionLength + t]!);
      // The last token predicts nothing.
      const dropout = referenceDropout(spec, room, group, member, promptLength, range.dropout);
      const pass = referenceTransformerForward(spec, parameters, [...prompt, ...tokens.slice(0, -1)], patches, dropout);
      const outputGradients = new Float64Array(pass.outputs.length);
      for (let t = 0; t < length; t++) {
        const at = row * room.completionLength + t;
        const start = (promptLength - 1 + t) * width;
        const outputs = pass.outputs.slice(start, start + width);
        if (spec.output === 'value') {
          result.values[at] = outputs[0]!;
          const { loss, slope } = referenceSquaredLoss(outputs[0]!, sequences.targets[at]!, sequences.tokenWeights[at]!);
          result.loss += loss;
          outputGradients[start] = slope;
          continue;
        }
        const logProbs = referenceLogSoftmax(outputs, temperature);
        const logProb = logProbs[tokens[t]!]!;
        result.logProbs[at] = logProb;
        result.entropies[at] = referenceEntropy(logProbs);
        if (!('loss' in range)) continue;
        const token = {
          weight: sequences.advantageWeights[at]!,
          oldLogProb: sequences.oldLogProbs[at]!,
          referenceLogProb: sequences.referenceLogProbs[at]!,
          share: sequences.tokenWeights[at]!,
        };
        const { loss, slope } = referenceTokenLoss(logProb, token, range);
        result.loss += loss;
        const slopes = new Float64Array(width);
        slopes[tokens[t]!] = slope;
        const bonus = (range.entropyCoefficient ?? 0) * token.share;
        result.loss -= bonus * result.entropies[at]!;
        const ofEntropy = referenceEntropyBackward(logProbs).map((g) => (bonus * g) / temperature);
        outputGradients.set(
          referenceLogSoftmaxBackward(slopes, logProbs, temperature).map((g, v) => g - ofEntropy[v]!),
          start,
        );
      }
      if (gradients) referenceTransformerBackward(spec, parameters, pass, outputGradients, gradients, frozenLayers);
    }
  }
  return result;
}

/** {@link referenceEvaluate} with the gradient of every parameter. */
export function referenceGradient(
  spec: TransformerSpec,
  parameters: ReferenceParameters,
  sequences: ReferenceSequences,
  options: ReferenceOptions<GradientOptions>,
): ReferenceEvaluation & { gradients: Map<string, Float64Array> } {
  const gradients = new Map(Array.from(parameters, ([name, values]) => [name, new Float64Array(values.length)]));
  return { ...referenceEvaluate(spec, parameters, sequences, options, gradients), gradients };
}
